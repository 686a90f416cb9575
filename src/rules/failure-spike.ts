import { z } from 'zod';
import type { Facts, RunMark } from '../core/facts.ts';
import type { Evidence, Finding } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import { outcomeOfRun } from '../core/run.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, DAY, dayOf, type Instant } from '../core/time.ts';
import { agentNames, blindness } from '../metrics/sight.ts';
import { type Endings, endingsOf } from './endings.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';
import { runEvidence } from './run-evidence.ts';

export interface FailureSpikeOptions {
  readonly enabled: boolean;
  readonly window: string;
  readonly look_back: string;
  readonly min_runs: number;
  readonly min_failures: number;
  readonly share: number;
  readonly critical_share: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  window: durationOption('24h', '7d', 'The sessions of this time are looked at together.'),
  look_back: durationOption('14d', '14d', 'An agent with few sessions in the window is looked at this far back.'),
  min_runs: z
    .int()
    .min(1)
    .max(1_000)
    .default(6)
    .describe('With fewer sessions whose end is known, the answer is unknown.'),
  min_failures: z.int().min(1).max(1_000).default(3).describe('With fewer failures the rule says nothing.'),
  share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('The share of failed sessions that is too much, when it is more than chance.'),
  critical_share: z.number().gt(0).max(1).default(0.8).describe('From this share on it is critical.'),
});

const CHART_DAYS = 14;

/** How many more sessions of a rare agent are looked at, if it has them. */
const SOME_MORE = 10;
/** How sure we are: the 97.5 % point of the normal distribution, so that the interval contains the truth 19 times out of 20. */
const Z = 1.96;
/** Whatever `share` says, being sure that the agent fails half of the time is enough. */
const SURE_OF = 0.5;
/** An active alert ends once the failing share drops below this part of `share`. */
const CLEARLY_BELOW = 2 / 3;

/**
 * Looks at all sessions of a window rather than at failures in a row, so that a single success between them hides nothing. Sessions
 * cancelled by a person say nothing about the agent. Those with an unknown end are left out while they are the minority.
 *
 * Three failures out of six are bad luck for an agent that fails now and then: so few sessions say little about the agent. So,
 * besides the observed share, the least share that the agent may truly have must be too high as well: the lower end of the 95 %
 * score interval of E. B. Wilson ("Probable inference, the law of succession, and statistical inference", Journal of the American
 * Statistical Association 22, 1927). That takes 6 failures of 6, 7 of 8, 9 of 10, 15 of 20.
 */
export const failureSpike: Rule<FailureSpikeOptions, z.ZodObject> = {
  name: 'failure-spike',
  title: 'Many sessions fail',
  question: 'Do too many of the last sessions of an agent fail or time out?',
  remedy: [
    'Open the newest failed run and read the log of the step that runs the agent.',
    'Compare with the last good run: see what changed in the workflow, the model, the secrets or the code.',
    'If every session fails for the same outside reason (a quota, an outage, an expired key), disable the workflow until it is over: failed sessions cost money too.',
    'Raise `rules.failure-spike.share` for an agent whose failures are part of its work.',
  ],
  options,
  judge(facts: Facts, settings: FailureSpikeOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? agentNames(facts).map((agent) => judgeAgent(facts, agent, settings, now)) : [];
  },
};

function judgeAgent(facts: Facts, agent: string, settings: FailureSpikeOptions, now: Instant): Finding {
  // A rare agent is looked at twice. The fewest sessions reveal a break soonest; a few more reveal one with a good day in
  // between.
  const reach = { window: readDuration(settings.window), lookBack: readDuration(settings.look_back) };
  const endings = endingsOf(facts, agent, now, { ...reach, enough: settings.min_runs });
  const more = endingsOf(facts, agent, now, { ...reach, enough: Math.max(settings.min_runs, SOME_MORE) });
  const worst = [endings, more].find((look) => isTooMuch(look, settings));
  if (worst !== undefined) {
    const share = shareOf(worst) ?? 0;
    return {
      ...answerOf(agent, worst, settings),
      outcome: 'violated',
      severity: share >= settings.critical_share ? 'critical' : 'warning',
      evidence: evidenceOf(facts, agent, worst, settings, now),
      explainedBy: null,
    };
  }
  const answer = answerOf(agent, endings, settings);
  const blind = blindness(facts);
  if (blind !== null) return { ...answer, outcome: 'unknown', reason: `${answer.reason} More is not known: ${blind}.` };
  if (!isEnough(endings, settings)) return { ...answer, outcome: isIdle(endings) ? 'ok' : 'unknown' };
  const holds = (shareOf(endings) ?? 0) >= settings.share * CLEARLY_BELOW;
  return { ...answer, outcome: 'ok', ...(holds ? { holds } : {}) };
}

type Answer = Pick<Finding, 'rule' | 'subject' | 'labels' | 'value' | 'limit' | 'unit' | 'reason'>;

function answerOf(agent: string, endings: Endings, settings: FailureSpikeOptions): Answer {
  return {
    rule: 'failure-spike',
    subject: agentSubject(agent),
    labels: {},
    value: shareOf(endings),
    limit: settings.share,
    unit: 'ratio',
    reason: sentence(agent, endings, settings),
  };
}

function shareOf({ known, failed }: Endings): number | null {
  return known === 0 ? null : failed / known;
}

function isTooMuch(endings: Endings, settings: FailureSpikeOptions): boolean {
  const { known, failed } = endings;
  if (!isEnough(endings, settings) || failed < settings.min_failures || failed < settings.share * known) return false;
  return leastShare(failed, known) >= Math.min(settings.share, SURE_OF);
}

function isEnough({ known, unknown }: Endings, { min_runs }: FailureSpikeOptions): boolean {
  return known >= min_runs && unknown <= known;
}

/** If nothing has run, nothing fails. */
function isIdle({ known, unknown }: Endings): boolean {
  return known + unknown === 0;
}

/** The lower end of Wilson's score interval for the true share of `hits` in `all`. */
function leastShare(hits: number, all: number): number {
  const seen = hits / all;
  const spread = Z * Math.sqrt((seen * (1 - seen)) / all + Z ** 2 / (4 * all ** 2));
  return (seen + Z ** 2 / (2 * all) - spread) / (1 + Z ** 2 / all);
}

function sentence(agent: string, { known, failed, unknown, first }: Endings, settings: FailureSpikeOptions): string {
  const name = plainLine(agent);
  if (known + unknown === 0 || first === null) return `${name} has ended no session lately.`;
  const left = unknown === 0 ? '' : `; ${unknown} of an unknown end left out`;
  const few = known < settings.min_runs ? `; ${settings.min_runs} are needed to judge` : '';
  const percent = known === 0 ? '' : ` (${Math.floor((failed / known) * 100)} %)`;
  return `${failed} of the last ${known} sessions of ${name} failed${percent}, counted from ${dayOf(first)}${left}${few}.`;
}

function evidenceOf(
  facts: Facts,
  agent: string,
  endings: Endings,
  settings: FailureSpikeOptions,
  now: Instant,
): Evidence {
  const failed = facts.runs
    .filter((run) => run.agent === agent && endings.first !== null && run.startedAt >= endings.first)
    .filter((run) => failureOf(facts, run) !== null)
    .reverse();
  const from = after(now, -(CHART_DAYS - 1) * DAY);
  const { points } = facts.series('sessions.failureRate', agentSubject(agent), 'day', from, after(now, 1));
  return {
    facts: [
      { label: 'Failed or timed out', value: endings.failed, unit: 'sessions' },
      { label: 'Sessions whose end is known', value: endings.known, unit: 'sessions' },
      { label: 'Share that failed', value: endings.failed / endings.known, unit: 'ratio' },
      { label: 'Left out: cancelled', value: endings.cancelled, unit: 'sessions' },
      { label: 'Left out: unknown end', value: endings.unknown, unit: 'sessions' },
    ],
    ...runEvidence(facts, failed, (run) => failureOf(facts, run) ?? ''),
    chart: {
      title: 'Share of failed sessions by day',
      unit: 'ratio',
      labels: points.map(({ at }) => dayOf(at).slice(5)),
      values: points.map(({ aggregate }) => (aggregate?.count ? aggregate.sum / aggregate.count : null)),
      limit: settings.share,
    },
  };
}

/** How an attempt failed, in a few words; `null` if it did not. */
function failureOf(facts: Facts, run: RunMark): string | null {
  const own = facts.sessions.filter((mark) => mark.run === run.run && mark.attempt === run.attempt);
  const outcomes =
    own.length > 0
      ? own.map(({ outcome }) => outcome)
      : run.status === 'completed'
        ? [outcomeOfRun(run.conclusion)]
        : [];
  if (outcomes.includes('timed_out')) return 'timed out';
  return outcomes.includes('failed') ? 'failed' : null;
}
