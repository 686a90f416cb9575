import { mean } from 'simple-statistics';
import type { Comparison, Hypothesis, Judgement, UsualRange, Verdict } from '../../core/improvement.ts';
import { after, between, DAY, type Duration, dayOf, type Instant, startOf } from '../../core/time.ts';
import { type Question, settle, type Terms, usualRange, weigh } from './compare.ts';
import { holm } from './holm.ts';
import { goodWay, type Observed, observe, type Sight, within } from './observe.ts';

/** How changes are judged: `improvements` in the configuration. */
export interface JudgeTerms {
  /** The share of changes without effect that may get a false verdict, over all looks and metrics. */
  readonly alpha: number;
  readonly minSessions: number;
  readonly minDays: number;
  readonly minChange: number;
  /** Checked with every change. */
  readonly guardrails: readonly string[];
  /** For changes that do not say how long. */
  readonly window: Duration;
}

/** A change that is in force, and what it promised. */
export interface ChangeInForce {
  readonly at: Instant;
  readonly hypothesis: Hypothesis | null;
}

/**
 * When a change is looked at, and which share of `alpha` each look may spend: halfway through its time, so that harm is seen early,
 * and at its end. The looks are fixed in advance and their shares sum to one, so that looking twice does not make chance more
 * likely (the inequality of C. E. Bonferroni holds whatever the looks have in common).
 */
const LOOKS: readonly { readonly part: number; readonly share: number }[] = [
  { part: 0.5, share: 0.2 },
  { part: 1, share: 0.8 },
];

/** The looks that are due at `now` and were not held; the last of them is to be held. Null if none is due. */
export function dueLook(change: ChangeInForce, { window }: JudgeTerms, held: number, now: Instant): number | null {
  const length = change.hypothesis?.within ?? window;
  const due = LOOKS.filter(({ part }) => after(change.at, part * length) <= now).length;
  return due > held ? due : null;
}

/** Whether there is nothing more to look at. */
export function isLastLook(look: number): boolean {
  return look >= LOOKS.length;
}

/** What `judgeChange` compares, the target first. */
export function questionsOf({ hypothesis }: ChangeInForce, { guardrails }: JudgeTerms): readonly Question[] {
  const target: readonly Question[] =
    hypothesis === null
      ? []
      : [{ metric: hypothesis.metric, role: 'target', good: hypothesis.direction, by: hypothesis.by }];
  const guards = new Set([...guardrails, ...(hypothesis?.guardrails ?? [])]);
  if (hypothesis !== null) guards.delete(hypothesis.metric);
  return [
    ...target,
    ...[...guards].map((metric): Question => ({ metric, role: 'guardrail', good: goodWay(metric), by: null })),
  ];
}

/** The stretches that a look compares: as long before the change as its whole observation time after it. */
export function stretchesOf(
  change: ChangeInForce,
  { window }: JudgeTerms,
  look: number,
): Pick<Judgement, 'before' | 'after'> {
  const length = change.hypothesis?.within ?? window;
  const { part } = LOOKS[look - 1] ?? { part: 1 };
  // Whole days before, so that the weekly rhythm is the same on both sides.
  const from = after(startOf(dayOf(change.at)), -Math.max(DAY, Math.round(length / DAY) * DAY));
  return { before: { from, to: change.at }, after: { from: change.at, to: after(change.at, part * length) } };
}

/**
 * Looks at a change. Pure: the same sessions give the same judgement, whenever it runs. `overlaps` = other changes in that time.
 */
export function judgeChange(
  change: ChangeInForce,
  sight: Sight,
  terms: JudgeTerms,
  { look, overlaps }: Pick<Judgement, 'look' | 'overlaps'>,
): Judgement {
  const alpha = terms.alpha * (LOOKS[look - 1]?.share ?? 0);
  const stretches = stretchesOf(change, terms, look);
  const agent = change.hypothesis?.agent ?? null;
  const questions = questionsOf(change, terms);
  const asked = questions.map((question) => ({
    question,
    observed: observe(sight, { ...question, agent }, stretches),
  }));
  const { minSessions: minValues, minDays, minChange } = terms;
  const comparisons = compareAll(asked, { alpha, questions: questions.length, minValues, minDays, minChange });
  return {
    look,
    of: LOOKS.length,
    alpha,
    ...stretches,
    verdict: overall(comparisons),
    comparisons,
    usual: usualOf(asked, comparisons, agent),
    overlaps,
    savedUsdPerDay: savings(sight, agent, stretches),
  };
}

interface Asked {
  readonly question: Question;
  readonly observed: Observed;
}

function compareAll(asked: readonly Asked[], terms: Terms): readonly Comparison[] {
  const weighed = asked.map(({ question, observed }) => ({
    question,
    weighed: weigh(question, observed, shape(observed, terms)),
  }));
  const known = weighed.flatMap(({ weighed: { p } }) => (p === null ? [] : [p]));
  const raised = holm(known);
  let next = 0;
  return weighed.map(({ question, weighed: one }) => {
    const p = one.p === null ? null : (raised[next++] ?? 1);
    return settle(one, p, question, terms);
  });
}

/** If a day is one value, there are as many values as days. */
function shape(observed: Observed, terms: Terms): Terms {
  const isByDay = observed.kind === 'values' && observed.sides.before.every((day) => day.observed.length <= 1);
  return isByDay ? { ...terms, minValues: Math.min(terms.minValues, terms.minDays) } : terms;
}

/** Harm anywhere is harm; a gain counts if it is the promised one. */
function overall(comparisons: readonly Comparison[]): Verdict {
  if (comparisons.some(({ verdict }) => verdict === 'worse')) return 'worse';
  const target = comparisons.find(({ role }) => role === 'target');
  if (target !== undefined) return target.verdict;
  const isKnown = comparisons.length > 0 && comparisons.every(({ verdict }) => verdict !== 'insufficient data');
  return isKnown ? 'neutral' : 'insufficient data';
}

/** Of the metric that got worse, else of the target, else of the first guardrail. */
function usualOf(asked: readonly Asked[], comparisons: readonly Comparison[], agent: string | null): UsualRange | null {
  const worst = comparisons.findIndex(({ verdict }) => verdict === 'worse');
  const one = asked[Math.max(0, worst)];
  return one === undefined ? null : usualRange(one.question, agent, one.observed);
}

/** The saving per session times the sessions per day after the change; null if the cost is not known on both sides. */
function savings(sight: Sight, agent: string | null, stretches: Pick<Judgement, 'before' | 'after'>): number | null {
  const [before, later] = [stretches.before, stretches.after].map((stretch) =>
    within(sight.samples, agent, stretch).flatMap(({ usd }) => usd ?? []),
  );
  if (before === undefined || later === undefined || before.length === 0 || later.length === 0) return null;
  const days = Math.max(1, between(stretches.after.from, stretches.after.to) / DAY);
  return Math.round((mean(before) - mean(later)) * (later.length / days) * 1e6) / 1e6;
}
