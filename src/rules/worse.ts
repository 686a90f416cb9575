import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import type { FactEvidence, Finding } from '../core/finding.ts';
import type { Comparison, ImprovementCase, Judgement } from '../core/improvement.ts';
import type { Rule } from '../core/rule.ts';
import { agentSubject, repositorySubject } from '../core/subject.ts';
import { between, DAY, type Duration, type Instant } from '../core/time.ts';
import { unitOf } from '../metrics/verdict/observe.ts';
import { changeWords, metricWords } from '../metrics/verdict/words.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { enabledOption } from './options.ts';

export interface WorseOptions {
  readonly enabled: boolean;
}

const options: z.ZodObject = z.strictObject({ enabled: enabledOption() });

/** Older verdicts contain nothing that anybody would act on. */
const KEPT: Duration = 60 * DAY;

/**
 * Reports merged changes by agents with the verdict `worse`: something that was promised to get better, or that must not get worse,
 * got worse by more than chance. docs/improvements.md explains what the verdict is based on. The alert ends when the change is
 * reverted and the metric has recovered, or when a lead decides to keep it.
 */
export const worse: Rule<WorseOptions, z.ZodObject> = {
  name: 'worse',
  title: 'A change made something worse',
  question: 'Has a merged change of an agent made worse what it promised to improve, or what it must not touch?',
  remedy: [
    'Look at the change and at what else took effect at the same time: the verdict says when, not why.',
    'Take it back by a comment: `/checkrein rollback` with the number of the pull request. It opens a draft that a person merges.',
    'If it should stay, say so: `/checkrein reject rollback:NUMBER@LOOK WHY`, with the id above.',
  ],
  options,
  judge(facts: Facts, settings: WorseOptions, now: Instant): readonly Finding[] {
    if (!settings.enabled) return [];
    const judged = facts.changes.cases.flatMap((one) => {
      const last = one.judgements.at(-1);
      return last === undefined || between(last.at, now) > KEPT ? [] : [judgeCase(one, last, facts.repo)];
    });
    return judged.length > 0 ? judged : [noneYet(facts.repo)];
  },
};

function noneYet(repo: string): Finding {
  const reason = 'No merged change of an agent has been judged lately.';
  return fine({ rule: 'worse', subject: repositorySubject(repo), value: null, limit: null, unit: 'ratio', reason });
}

function judgeCase(one: ImprovementCase, last: Judgement, repo: string): Finding {
  const agent = one.mark?.agent ?? null;
  const bad = last.comparisons.find(({ verdict }) => verdict === 'worse');
  const said: Said = {
    rule: 'worse',
    subject: agent === null ? repositorySubject(repo) : agentSubject(agent),
    labels: { pull: String(one.pull) },
    value: bad?.change ?? null,
    limit: null,
    unit:
      bad?.scale === 'share' || bad?.method === 'shares' ? 'ratio' : bad === undefined ? 'ratio' : unitOf(bad.metric),
    reason: `The verdict on pull request ${one.pull} is '${last.verdict}'.`,
  };
  if (last.verdict === 'insufficient data') return unsure(said);
  if (bad === undefined) return fine(said);
  const reason = `${sentence(one, bad, last)}${standing(one)}`;
  if (one.keptBy !== null || one.rollback?.ended != null) return fine({ ...said, reason });
  // The story is not over until it is seen whether the rollback helped.
  if (one.stage === 'rolled_back') return fine({ ...said, reason }, true);
  return wrong({ ...said, reason }, 'warning', { facts: factsOf(one, last) });
}

function sentence({ pull, hypothesis }: ImprovementCase, bad: Comparison, { overlaps }: Judgement): string {
  // A promise that names no agent is watched over all of them, including agents far from the change.
  const whose = bad.metric.startsWith('sessions.') ? ` over the sessions of ${hypothesis?.agent ?? 'all agents'}` : '';
  const others = overlaps.length === 0 ? '' : ` Other changes around that time: ${overlaps.slice(0, 5).join(', ')}.`;
  return `Since pull request ${pull} took effect, the ${metricWords(bad.metric)} has changed by ${changeWords(bad)}${whose}.${others}`;
}

function standing({ pull, keptBy, rollback, judgements }: ImprovementCase): string {
  if (keptBy !== null) return ` ${keptBy} decided that it stays.`;
  if (rollback === null) return ` Proposed: to take it back (rollback:${pull}@${judgements.at(-1)?.look ?? 1}).`;
  if (rollback.ended !== null) return ` Its rollback ended: ${rollback.ended.outcome.replaceAll('_', ' ')}.`;
  return ` Pull request ${rollback.revert} takes it back${rollback.mergedAt === null ? ' and waits for a person' : ''}.`;
}

function factsOf({ pull }: ImprovementCase, { comparisons, look }: Judgement): readonly FactEvidence[] {
  return [
    ...comparisons.flatMap((comparison): FactEvidence[] => {
      const { metric, before, after, change, low, high, scale, method, p } = comparison;
      const unit = unitOf(metric);
      const of = scale === 'share' || method === 'shares' ? 'ratio' : unit;
      const name = metricWords(metric);
      return [
        { label: `${name}, before (${before.values} in ${before.days} days)`, value: before.middle, unit },
        { label: `${name}, after (${after.values} in ${after.days} days)`, value: after.middle, unit },
        { label: `${name}: change`, value: change, unit: of },
        { label: `${name}: change, low end`, value: low, unit: of },
        { label: `${name}: change, high end`, value: high, unit: of },
        { label: `${name}: probability of such a change by chance`, value: p, unit: 'ratio' },
      ];
    }),
    { label: `Look at rollback:${pull}@${look}`, value: look, unit: 'count' },
  ];
}
