import { type Money, UNKNOWN_MONEY } from '../../../../core/money.ts';
import type { Certainty } from '../../../../core/outcome.ts';
import {
  type SessionDetail,
  type SessionReading,
  type Tokens,
  UNKNOWN_DETAIL,
  UNKNOWN_TOKENS,
} from '../../../../core/session.ts';
import { between, type Duration } from '../../../../core/time.ts';
import { filesChangedOf } from '../../changed-files.ts';
import { sumKnown } from '../../json/fields.ts';
import { deniedToolsOf } from '../../tool-uses.ts';
import { keptModels } from '../detail.ts';
import { isComplete, type TokenKinds, withTotal } from '../usage.ts';
import { type NotedTotals, notedTotals } from './noted.ts';
import type { TranscriptPart } from './part.ts';
import { type SessionSums, sumsOf, sumUsage, type UsageSums } from './sums.ts';

/** The name of the format in readings. */
export const CLAUDE_TRANSCRIPT = 'claude-transcript';

/** What a transcript says about its session. */
export function readingOf(part: TranscriptPart): SessionReading {
  return readingFrom(sumsOf(part));
}

/** What a session's files say about it. Most versions note no totals, so they are summed. */
export function readingFrom(session: SessionSums): SessionReading {
  const counted = sumsFrom(session, session.usage);
  const noted = noteOf(session, counted.tokens);
  const sums = noted === null ? counted : withNote(counted, noted);
  const turns = countTurns(session);
  const tools = stateOfTools(session);
  const denials = denialsOf(session);
  return {
    engine: 'claude',
    format: CLAUDE_TRANSCRIPT,
    engineSession: session.session,
    models: keptModels([...session.usage.models, ...(noted?.models ?? [])]),
    startedAt: session.startedAt,
    endedAt: session.endedAt,
    duration: durationOf(session),
    outcome: session.outcome ?? 'unknown',
    turns: turns.count,
    tokens: sums.tokens,
    cost: sums.cost,
    reportedCost: noted?.usd == null ? UNKNOWN_MONEY : { usd: noted.usd, basis: 'billed' },
    tools: session.work.tally.tools,
    denials,
    state: {
      tokens: sums.state,
      cost: sums.costState,
      turns: turns.state,
      tools,
      latency: stateOfLatency(session, tools),
    },
    detail: detailIn(session, counted, noted, denials),
  };
}

/** Only the ending shows whether a transcript is cut off, and most versions do not say why the model stopped. */
function detailIn(
  { work, usage, outcome, answered, damaged, unguarded }: SessionSums,
  { cost, costState }: Sums,
  noted: Note | null,
  denials: number | null,
): SessionDetail {
  return {
    ...UNKNOWN_DETAIL,
    apiDuration: noted?.whole === true ? noted.apiDuration : null,
    cutOff: outcome === null || outcome === 'unknown' ? null : false,
    filesChanged: filesChangedOf(work.places, answered && !damaged),
    deniedTools: denials === null ? null : deniedToolsOf(work.denied),
    repeats: work.tally.repeats,
    unguarded,
    computedCost: cost,
    // Auxiliary models leave no rows, so nothing can be computed for them.
    computedState: noted !== null && costState === 'estimate' ? 'lower_bound' : costState,
    unpricedModels: keptModels(usage.unpriced),
  };
}

interface Sums {
  readonly tokens: Tokens;
  readonly state: Certainty;
  readonly cost: Money;
  readonly costState: Certainty;
}

function sumsFrom(session: Pick<SessionSums, Lacking>, usage: UsageSums): Sums {
  if (usage.tokens === null) {
    return { tokens: UNKNOWN_TOKENS, state: 'unknown', cost: UNKNOWN_MONEY, costState: 'unknown' };
  }
  const tokens = withTotal(usage.tokens);
  const state = stateOfTokens(session, usage);
  const { usd } = usage;
  if (usd === null) return { tokens, state, cost: UNKNOWN_MONEY, costState: 'unknown' };
  const costState = state === 'estimate' && usage.priced < usage.responses ? 'lower_bound' : state;
  return { tokens, state, cost: { usd, basis: costState === 'estimate' ? 'list' : 'estimated' }, costState };
}

/** What Claude Code noted, and whether it is complete: nothing was said after it, and it covers everything found here. */
interface Note extends NotedTotals {
  readonly whole: boolean;
}

function noteOf({ noted, damaged }: Pick<SessionSums, 'noted' | 'damaged'>, counted: Tokens): Note | null {
  const totals = notedTotals(noted, counted);
  if (totals === null) return null;
  const holdsAll = inputOf(totals.tokens) >= inputOf(counted) && (totals.tokens.output ?? 0) >= (counted.output ?? 0);
  return { ...totals, whole: holdsAll && isComplete(totals.tokens) && noted?.last === true && !damaged };
}

function inputOf({ input, cacheRead, cacheWrite5m, cacheWrite1h }: TokenKinds): number {
  return sumKnown([input, cacheRead, cacheWrite5m, cacheWrite1h]) ?? 0;
}

/** A complete note counts as it is. Otherwise the larger of both figures is the lower bound, kind by kind. */
function withNote(counted: Sums, { tokens, usd, whole }: Note): Sums {
  const state = counted.state === 'partial' ? 'partial' : 'lower_bound';
  const least = Math.max(usd ?? 0, counted.cost.usd ?? 0);
  const known = usd !== null || counted.cost.usd !== null;
  return {
    tokens: whole ? withTotal(tokens) : withTotal(larger(tokens, counted.tokens)),
    state: whole ? 'exact' : state,
    ...(whole && usd !== null
      ? { cost: { usd, basis: 'billed' }, costState: 'exact' }
      : { cost: known ? { usd: least, basis: 'estimated' } : UNKNOWN_MONEY, costState: known ? state : 'unknown' }),
  };
}

function larger(a: TokenKinds, b: TokenKinds): TokenKinds {
  const most = (one: number | null, other: number | null): number | null =>
    one === null || other === null ? (one ?? other) : Math.max(one, other);
  return {
    input: most(a.input, b.input),
    output: most(a.output, b.output),
    cacheRead: most(a.cacheRead, b.cacheRead),
    cacheWrite5m: most(a.cacheWrite5m, b.cacheWrite5m),
    cacheWrite1h: most(a.cacheWrite1h, b.cacheWrite1h),
  };
}

/** True when the note covers everything that was used, and what it cost. */
export function isNotedWhole(part: TranscriptPart): boolean {
  if (part.noted === null) return false;
  const { tokens } = sumUsage(part.responses);
  const note = noteOf(part, tokens === null ? UNKNOWN_TOKENS : withTotal(tokens));
  return note?.whole === true && note.usd !== null;
}

/** What may make a session's tokens incomplete. */
type Lacking = 'damaged' | 'compacted' | 'subagents' | 'work';

/**
 * Never exact, because requests of auxiliary models leave no row. It is a lower bound if any response does not say that it was
 * finished, since its output may be a placeholder, or if requests are known to be missing.
 */
function stateOfTokens(session: Pick<SessionSums, Lacking>, { whole, responses }: UsageSums): Certainty {
  if (session.damaged) return 'partial';
  return whole === responses && !session.compacted && !lacksSubagents(session) ? 'estimate' : 'lower_bound';
}

/** True when subagents have worked but are not in these files. Newer versions write them to separate files. */
function lacksSubagents({ subagents, work }: Pick<SessionSums, 'subagents' | 'work'>): boolean {
  return !subagents && work.delegated;
}

function stateOfTools(session: SessionSums): Certainty {
  const { answered, damaged, work } = session;
  if (!answered) return 'unknown';
  if (damaged) return 'partial';
  return work.tally.pairs < work.tally.calls || lacksSubagents(session) ? 'lower_bound' : 'exact';
}

function stateOfLatency({ work: { tally } }: SessionSums, tools: Certainty): Certainty {
  if (tally.timed === 0) return 'unknown';
  return tally.timed === tally.calls && tools === 'exact' ? 'exact' : 'partial';
}

/** Calls stopped by a missing permission. A count of zero is believed only if the results are there and none is lost. */
function denialsOf({ work: { denied, tally }, damaged }: SessionSums): number | null {
  return denied.length === 0 && (damaged || tally.results === 0) ? null : denied.length;
}

/** The turns that the engine closed, if its version notes them. Otherwise the user's requests, which include commands. */
function countTurns({ turns: { asked, ended }, damaged }: SessionSums): {
  readonly count: number | null;
  readonly state: Certainty;
} {
  if (asked + ended === 0) return { count: null, state: 'unknown' };
  if (ended === 0) return { count: asked, state: damaged ? 'partial' : 'estimate' };
  if (damaged) return { count: ended, state: 'partial' };
  return { count: ended, state: asked > ended ? 'lower_bound' : 'exact' };
}

/**
 * The sum of the turns if each is noted, otherwise the time from the first row to the last, which includes nights between turns.
 */
function durationOf({ turns: { asked, ended, timed, ms }, startedAt, endedAt }: SessionSums): Duration | null {
  const span = startedAt === null || endedAt === null || startedAt === endedAt ? null : between(startedAt, endedAt);
  const noted = ended < Math.max(1, asked) || timed < ended ? null : ms;
  return noted === null || (span !== null && noted > span) ? span : noted;
}
