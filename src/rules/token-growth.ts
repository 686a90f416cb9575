import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { formatNumber } from '../core/quantity.ts';
import type { Rule } from '../core/rule.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, dayOf, type Instant } from '../core/time.ts';
import { MAD_TO_SIGMA, medianOf } from '../detectors/expectation/expectation.ts';
import { agentNames } from '../metrics/sight.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';

export interface TokenGrowthOptions {
  readonly enabled: boolean;
  readonly window: string;
  readonly look_back: string;
  readonly ratio: number;
  readonly min_tokens: number;
  readonly min_sessions: number;
  readonly min_days: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  window: durationOption('3d', '14d', 'The sessions of these whole days and of today are taken together.'),
  look_back: durationOption('28d', '180d', 'The days before that they are compared with.'),
  ratio: z
    .number()
    .gt(1)
    .max(1_000)
    .default(2)
    .describe('Sessions with this many times the usual tokens are reported.'),
  min_tokens: z.int().min(0).default(100_000).describe('A smaller increase per session, in tokens, is ignored.'),
  min_sessions: z
    .int()
    .min(1)
    .max(10_000)
    .default(5)
    .describe('With fewer sessions in the window the rule says nothing.'),
  min_days: z.int().min(2).max(180).default(7).describe('With fewer days before it, the rule says nothing.'),
});

interface Day {
  readonly at: Instant;
  readonly sum: number;
  readonly count: number;
}

/** What a session uses: a prompt that grows, a repository that is read in full, a tool that returns too much. */
export const tokenGrowth: Rule<TokenGrowthOptions, z.ZodObject> = {
  name: 'token-growth',
  title: 'Sessions take more and more tokens',
  question: 'Does a session of an agent take clearly more tokens than it used to?',
  remedy: [
    'Compare a session of today with one of a month ago: turns, tools that were called, what they returned.',
    'Look at what is read into the prompt each time: instructions, memory files, whole folders.',
    'Bound a session with `--max-turns`, or with a limit in `agents:` of the configuration.',
    'Raise `rules.token-growth.ratio` where the work itself has grown.',
  ],
  options,
  judge(facts: Facts, settings: TokenGrowthOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? agentNames(facts).map((agent) => judgeAgent(facts, agent, settings, now)) : [];
  },
};

function judgeAgent(facts: Facts, agent: string, settings: TokenGrowthOptions, now: Instant): Finding {
  const turn = after(now, -readDuration(settings.window));
  const from = after(turn, -readDuration(settings.look_back));
  const { points } = facts.series('sessions.tokenUsage.total', agentSubject(agent), 'day', from, after(now, 1));
  const days = points.flatMap(({ at, aggregate }): Day[] =>
    aggregate !== null && aggregate.count > 0 ? [{ at, sum: aggregate.sum, count: aggregate.count }] : [],
  );
  const newest = days.filter(({ at }) => at >= turn);
  const earlier = days.filter(({ at }) => at < turn).map(({ sum, count }) => sum / count);
  const sessions = newest.reduce((sum, { count }) => sum + count, 0);
  const said: Said = {
    rule: 'token-growth',
    subject: agentSubject(agent),
    value: null,
    limit: null,
    unit: 'tokens',
    reason: '',
  };
  const name = plainLine(agent);
  if (days.length === 0) return fine({ ...said, reason: `${name} has used no tokens that are known.` });
  if (sessions < settings.min_sessions || earlier.length < settings.min_days) {
    const reason = `${sessions} sessions of ${name} in the window and ${earlier.length} days before it are known; ${settings.min_sessions} and ${settings.min_days} are needed.`;
    return unsure({ ...said, reason });
  }
  const value = newest.reduce((sum, day) => sum + day.sum, 0) / sessions;
  return compare(
    { ...said, value },
    { value, usual: medianOf(earlier), beyond: beyondChance(earlier, newest.length), days, sessions, name },
    settings,
  );
}

interface Compared {
  readonly value: number;
  readonly usual: number;
  /** The most per session that may be chance over as many days. */
  readonly beyond: number;
  readonly days: readonly Day[];
  readonly sessions: number;
  readonly name: string;
}

function compare(
  head: Said,
  { value, usual, beyond, days, sessions, name }: Compared,
  settings: TokenGrowthOptions,
): Finding {
  const limit = Math.max(usual * settings.ratio, beyond);
  const reason = `A session of ${name} takes ${formatNumber(value)} tokens lately, where ${formatNumber(usual)} were usual and ${formatNumber(beyond)} may be chance.`;
  const said = { ...head, limit, reason };
  if (value <= limit || value - usual < settings.min_tokens) return fine(said, value > limit * 0.8);
  return wrong(said, 'warning', {
    facts: [
      { label: 'Tokens of a session lately', value, unit: 'tokens' },
      { label: 'Sessions that this rests on', value: sessions, unit: 'sessions' },
      { label: 'Usual tokens of a session', value: usual, unit: 'tokens' },
    ],
    chart: {
      title: 'Tokens of a session by day',
      unit: 'tokens',
      labels: days.slice(-30).map(({ at }) => dayOf(at).slice(5)),
      values: days.slice(-30).map(({ sum, count }) => sum / count),
      limit,
    },
  });
}

/**
 * Standard deviations of a mean of days that count as chance. With fat tails, a month without growth hardly has such days in a row.
 */
const CHANCE = 2.5;

/**
 * Up to where the mean of this many days may be chance, given how earlier days differ. Uses their logarithms with the larger of MAD
 * and standard deviation, so that days that often differ hide as much, while a single one from long ago does not.
 */
function beyondChance(earlier: readonly number[], days: number): number {
  const logs = earlier.filter((value) => value > 0).map(Math.log);
  if (logs.length === 0 || days === 0) return 0;
  const middle = medianOf(logs);
  const robust = MAD_TO_SIGMA * medianOf(logs.map((log) => Math.abs(log - middle)));
  const scatter = Math.sqrt(logs.reduce((sum, log) => sum + (log - middle) ** 2, 0) / logs.length);
  const error = Math.max(robust, scatter) * Math.sqrt(1 / days + 1 / logs.length);
  return Math.exp(middle + CHANCE * error);
}
