import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import { type Finding, findingKey } from '../core/finding.ts';
import { formatNumber, formatQuantity } from '../core/quantity.ts';
import type { Rule } from '../core/rule.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, DAY, type Duration, type Instant } from '../core/time.ts';
import type { Unit } from '../core/unit.ts';
import { agentNames } from '../metrics/sight.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { enabledOption } from './options.ts';
import { errorRequests, judgeErrors, judgeFailures } from './session-shift/judge-rates.ts';
import { lineFor, sessionsAMonth } from './session-shift/occasions.ts';
import { type Seen, seenOf } from './session-shift/seen.ts';
import { judgeServers } from './session-shift/servers.ts';
import { rowsOf, type Shift, shiftOf, type Usual, usualOf } from './session-shift/shift.ts';

export interface SessionShiftOptions {
  readonly enabled: boolean;
  readonly deviation: number;
  readonly ratio: number;
  readonly single_ratio: number;
  readonly digits: number;
  readonly min_sessions: number;
  readonly min_usd: number;
  readonly min_tokens: number;
  readonly min_calls: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  deviation: z
    .number()
    .min(2)
    .max(20)
    .default(3.5)
    .describe(
      'How many standard deviations from earlier sessions are reported, over 1 to 20 sessions in a row of an agent with ten sessions a day; a little less for two or three in a row, ' +
        'a little more of one, six and more; and more of an agent with more sessions a day, less of one with fewer.',
    ),
  ratio: z.number().gt(1).max(1_000).default(1.5).describe('Smaller factors than this are not reported.'),
  single_ratio: z.number().gt(1).max(1_000).default(6).describe('The factor that it takes for one session alone.'),
  digits: z
    .number()
    .min(1)
    .max(12)
    .default(3.3)
    .describe(
      'How improbable a share of failed sessions or calls must be, by the hours before it: 3.3 is one in two thousand. An agent that ' +
        'works in many hours of a day needs as much more.',
    ),
  min_sessions: z
    .int()
    .min(10)
    .max(10_000)
    .default(15)
    .describe('With fewer sessions between 14 and 3 days ago nothing is said.'),
  min_usd: z
    .number()
    .min(0)
    .max(100_000)
    .default(1)
    .describe('Fewer US dollars more, over all of the sessions, are nothing.'),
  min_tokens: z.int().min(0).default(300_000).describe('Fewer tokens more are nothing.'),
  min_calls: z.int().min(0).default(30).describe('Fewer calls of tools more or less are nothing.'),
});

/** Sessions this young are judged; older ones are what they are compared with. */
const YOUNG: Duration = 3 * DAY;
/** The number of most recent sessions among them, however old: the longest row that is looked at. */
const LAST = 20;
/** How long a report stays, so that it remains one story. */
const FRESH: Duration = DAY;
/** An active alert ends once the deviation is below this part of the line. */
const CLEARLY_BELOW = 0.7;

interface Source {
  readonly metric: 'tokens' | 'spend' | 'calls';
  readonly rollup: string;
  readonly unit: Unit;
  readonly floor: 'min_tokens' | 'min_usd' | 'min_calls';
  /** The shortest row of sessions over which a drop is reported too; null if drops are not. */
  readonly fewer: number | null;
  /** How many more standard deviations a row of sessions needs. Calls differ from task to task more than tokens do. */
  readonly more: number;
}

const SOURCES: readonly Source[] = [
  { metric: 'calls', rollup: 'sessions.toolCalls', unit: 'count', floor: 'min_calls', fewer: 9, more: 0.6 },
  { metric: 'tokens', rollup: 'sessions.tokenUsage.total', unit: 'tokens', floor: 'min_tokens', fewer: null, more: 0 },
  { metric: 'spend', rollup: 'sessions.tokenUsage.cost', unit: 'usd', floor: 'min_usd', fewer: null, more: 0 },
];

/** What the last sessions used, one by one. Reports within the hour, where a daily sum shows it only in the evening. */
export const sessionShift: Rule<SessionShiftOptions, z.ZodObject> = {
  name: 'session-shift',
  title: 'The last sessions are unlike those before',
  question:
    'Do the last sessions of an agent take clearly more tokens, money or calls of tools, or fail clearly more often, than those of the two weeks before?',
  remedy: [
    'Open the newest of the sessions and compare its turns, tools and model with one of last week.',
    'If one session is far larger than all others, look for a call that it repeats.',
    'If it calls far fewer tools, see whether an MCP server was missing.',
    'Raise `rules.session-shift.deviation` or `ratio` where the work itself differs so much.',
  ],
  options,
  needs: ({ enabled }, labelSets) => (enabled ? errorRequests(labelSets) : []),
  judge(facts: Facts, settings: SessionShiftOptions, now: Instant): readonly Finding[] {
    if (!settings.enabled) return [];
    const amounts = agentNames(facts).flatMap((agent) =>
      asOneStory(SOURCES.map((source) => judgeSource(facts, agent, source, settings, now))),
    );
    const servers = judgeServers(facts, now);
    return [
      ...amounts.map((finding) => underServer(finding, servers)),
      ...servers,
      ...judgeFailures(facts, settings, now),
      ...judgeErrors(facts, settings, now),
    ];
  },
};

/** Calls take precedence over the tokens they use, and tokens over their cost. */
function asOneStory(findings: readonly Finding[]): readonly Finding[] {
  const teller = findings.find(({ outcome }) => outcome === 'violated');
  return findings.map((finding) =>
    finding.outcome !== 'violated' || finding === teller || teller === undefined
      ? finding
      : { ...finding, explainedBy: findingKey(teller) },
  );
}

/** If a server is no longer called, other changes in tool calls are the same story. */
function underServer(finding: Finding, servers: readonly Finding[]): Finding {
  const { outcome, labels, subject } = finding;
  if (outcome !== 'violated' || labels['metric'] !== 'calls') return finding;
  const teller = servers.find((one) => one.outcome === 'violated' && one.subject.name === subject.name);
  return teller === undefined ? finding : { ...finding, explainedBy: findingKey(teller) };
}

function judgeSource(
  facts: Facts,
  agent: string,
  source: Source,
  settings: SessionShiftOptions,
  now: Instant,
): Finding {
  const seen = seenOf(facts, source.rollup, agent, now);
  const twentieth = seen.at(-LAST)?.at ?? now;
  const young = [after(now, -YOUNG), twentieth].reduce((a, b) => (a < b ? a : b));
  const last = seen.filter(({ at }) => at >= young);
  const before = seen.filter(({ at }) => at < young).map(({ value }) => value);
  const { metric, unit } = source;
  const said: Said = {
    rule: 'session-shift',
    subject: agentSubject(agent),
    labels: { metric },
    value: null,
    limit: settings.deviation,
    unit: 'count',
    reason: `${plainLine(agent)} had no session in the last three days.`,
  };
  if (last.length === 0) return fine(said);
  const usual = before.length < settings.min_sessions ? null : usualOf(before);
  if (usual === null) {
    const reason = `${before.length} sessions of ${plainLine(agent)} before the last three days are known; ${settings.min_sessions} with ${metric} are needed.`;
    return unsure({ ...said, reason });
  }
  const freshFrom = after(now, -FRESH);
  const line = lineOf(source, settings, sessionsAMonth(facts, agent, now));
  const shift = worstOf(last, usual, { source, settings, freshFrom, line });
  if (shift === null)
    return fine({ ...said, reason: `The last sessions of ${plainLine(agent)} had as many ${metric} as usual.` });
  const middle = Math.exp(usual.middle) - usual.offset;
  const reason = `${sessionsText(shift.sessions)} of ${plainLine(agent)} had ${formatNumber(shift.ratio)} times the usual ${metric}, where ${formatQuantity(middle, unit)} a session are usual.`;
  const limit = line(shift);
  const known = { ...said, value: Math.abs(shift.deviation), limit, reason };
  if (Math.abs(shift.deviation) < limit) return fine(known, Math.abs(shift.deviation) >= CLEARLY_BELOW * limit);
  return wrong(known, 'warning', {
    facts: [
      { label: 'Times the usual', value: shift.ratio, unit: 'ratio' },
      { label: 'Sessions in a row', value: shift.sessions, unit: 'sessions' },
      { label: 'A usual session', value: middle, unit },
      { label: 'The largest session before', value: usual.most, unit },
      { label: 'Standard deviations from what is usual', value: shift.deviation, unit: 'count' },
      { label: 'Sessions that this rests on', value: usual.count, unit: 'sessions' },
    ],
  });
}

function sessionsText(count: number): string {
  return count === 1 ? 'One of the last sessions' : `${count} of the last sessions in a row`;
}

interface Terms {
  readonly source: Source;
  readonly settings: SessionShiftOptions;
  readonly freshFrom: Instant;
  readonly line: (shift: Shift) => number;
}

/** The row of sessions that is farthest off among those that are far enough off to matter; null if there is none. */
function worstOf(last: readonly Seen[], usual: Usual, { source, settings, freshFrom, line }: Terms): Shift | null {
  const fresh = last.filter(({ at }) => at >= freshFrom).length;
  const rows = rowsOf(
    last.map(({ value }) => value),
    fresh,
  );
  let worst: Shift | null = null;
  let most = 0;
  for (const row of rows) {
    const shift = shiftOf(row, usual);
    if (!isWorth(row, shift, usual, source, settings)) continue;
    const part = Math.abs(shift.deviation) / line(shift);
    if (part > most) [worst, most] = [shift, part];
  }
  return worst;
}

/**
 * How far off a row must be. Chance is given more room the shorter a row is: two sessions are reported early, while in a row of
 * twenty a fault stands out anyway. A single session must also be large enough.
 */
function lineOf({ more }: Source, { deviation }: SessionShiftOptions, aMonth: number): (shift: Shift) => number {
  const lines = MORE_BY_LENGTH.map(({ from, by }) => {
    const own = from === 1 ? 0 : more;
    return { from, line: lineFor(deviation + by + own, aMonth) };
  });
  return ({ sessions }) => lines.findLast(({ from }) => sessions >= from)?.line ?? deviation;
}

const MORE_BY_LENGTH: readonly { readonly from: number; readonly by: number }[] = [
  { from: 1, by: 0.1 },
  { from: 2, by: -0.3 },
  { from: 3, by: -0.1 },
  { from: 4, by: 0 },
  { from: 6, by: 0.1 },
];

function isWorth(
  row: readonly number[],
  { ratio, sessions }: Shift,
  usual: Usual,
  { floor, fewer }: Source,
  settings: SessionShiftOptions,
): boolean {
  const middle = Math.exp(usual.middle) - usual.offset;
  const more = row.reduce((sum, value) => sum + value - middle, 0);
  if (Math.abs(more) < settings[floor]) return false;
  if (ratio < 1) return fewer !== null && sessions >= fewer && ratio <= FEWER;
  if (sessions > 1) return ratio >= settings.ratio;
  return ratio >= settings.single_ratio && (row[0] ?? 0) > BEYOND_MOST * usual.most;
}

/** A single session must be clearly larger than each one before. */
const BEYOND_MOST = 1.2;
/** A drop to this part of the usual is reported. */
const FEWER = 0.75;
