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
import { changesIn, deniedIn, summariseTools, type ToolTally } from '../tools.ts';
import { addUsage, isComplete, type TokenKinds, withTotal } from '../usage.ts';
import { type NotedTotals, notedTotals } from './noted.ts';
import type { TranscriptPart } from './part.ts';
import type { TranscriptResponse } from './responses.ts';

/** The name of the format in readings. */
export const CLAUDE_TRANSCRIPT = 'claude-transcript';

/** What a transcript says about its session. Most versions note no totals, so they are summed here. */
export function readingOf(part: TranscriptPart): SessionReading {
  const tally = summariseTools(part.tools);
  const counted = sumResponses(part);
  const noted = noteOf(part, counted.tokens);
  const sums = noted === null ? counted : withNote(counted, noted);
  const turns = countTurns(part);
  const tools = stateOfTools(part, tally);
  const denials = denialsOf(part);
  return {
    engine: 'claude',
    format: CLAUDE_TRANSCRIPT,
    engineSession: part.session,
    models: modelsOf(part.responses, noted),
    startedAt: part.startedAt,
    endedAt: part.endedAt,
    duration: durationOf(part),
    outcome: part.ending?.outcome ?? 'unknown',
    turns: turns.count,
    tokens: sums.tokens,
    cost: sums.cost,
    reportedCost: noted?.usd == null ? UNKNOWN_MONEY : { usd: noted.usd, basis: 'billed' },
    tools: tally.tools,
    denials,
    state: {
      tokens: sums.state,
      cost: sums.costState,
      turns: turns.state,
      tools,
      latency: stateOfLatency(tally, tools),
    },
    detail: detailIn(part, counted, noted, denials, tally),
  };
}

/** Only the ending shows whether a transcript is cut off, and most versions do not say why the model stopped. */
function detailIn(
  part: TranscriptPart,
  { cost, costState }: Sums,
  noted: Note | null,
  denials: number | null,
  { repeats }: ToolTally,
): SessionDetail {
  const { tools, responses, ending } = part;
  const unpriced = responses.filter(({ usd, usage }) => usd === null && usage !== null);
  return {
    ...UNKNOWN_DETAIL,
    apiDuration: noted?.whole === true ? noted.apiDuration : null,
    cutOff: ending === null || ending.outcome === 'unknown' ? null : false,
    filesChanged: filesChangedOf(changesIn(tools), part.answered && !part.damaged),
    deniedTools: denials === null ? null : deniedToolsOf(deniedIn(tools)),
    repeats,
    unguarded: part.unguarded,
    computedCost: cost,
    // Auxiliary models leave no rows, so nothing can be computed for them.
    computedState: noted !== null && costState === 'estimate' ? 'lower_bound' : costState,
    unpricedModels: keptModels(unpriced.flatMap(({ model }) => model ?? [])),
  };
}

interface Sums {
  readonly tokens: Tokens;
  readonly state: Certainty;
  readonly cost: Money;
  readonly costState: Certainty;
}

function sumResponses(part: TranscriptPart): Sums {
  const { responses } = part;
  const usages = responses.map(({ usage }) => usage).filter((usage) => usage !== null);
  if (usages.length === 0) {
    return { tokens: UNKNOWN_TOKENS, state: 'unknown', cost: UNKNOWN_MONEY, costState: 'unknown' };
  }
  const tokens = withTotal(addUsage(usages));
  const state = stateOfTokens(part);
  const usd = sumKnown(responses.map((response) => response.usd));
  if (usd === null) return { tokens, state, cost: UNKNOWN_MONEY, costState: 'unknown' };
  const costState = state === 'estimate' && responses.some((response) => response.usd === null) ? 'lower_bound' : state;
  return { tokens, state, cost: { usd, basis: costState === 'estimate' ? 'list' : 'estimated' }, costState };
}

/** What Claude Code noted, and whether it is complete: nothing was said after it, and it covers everything found here. */
interface Note extends NotedTotals {
  readonly whole: boolean;
}

function noteOf(part: TranscriptPart, counted: Tokens): Note | null {
  const totals = notedTotals(part.noted, counted);
  if (totals === null) return null;
  const holdsAll = inputOf(totals.tokens) >= inputOf(counted) && (totals.tokens.output ?? 0) >= (counted.output ?? 0);
  return { ...totals, whole: holdsAll && isComplete(totals.tokens) && part.noted?.last === true && !part.damaged };
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
  const note = part.noted === null ? null : noteOf(part, sumResponses(part).tokens);
  return note?.whole === true && note.usd !== null;
}

/**
 * Never exact, because requests of auxiliary models leave no row. It is a lower bound if any response does not say that it was
 * finished, since its output may be a placeholder, or if requests are known to be missing.
 */
function stateOfTokens(part: TranscriptPart): Certainty {
  if (part.damaged) return 'partial';
  const whole = part.responses.every(isWhole) && !part.compacted && !lacksSubagents(part);
  return whole ? 'estimate' : 'lower_bound';
}

function isWhole({ final, usage }: TranscriptResponse): boolean {
  return final && usage !== null && usage.input !== null && usage.output !== null;
}

const SUBAGENT_TOOLS: readonly string[] = ['Task', 'Agent'];

/** True when subagents have worked but are not in this file. Newer versions write them to separate files. */
function lacksSubagents({ subagents, tools }: TranscriptPart): boolean {
  if (subagents) return false;
  for (const [id, { named }] of tools.calls)
    if (SUBAGENT_TOOLS.includes(named.tool ?? '') && tools.results.get(id)?.error === null) return true;
  return false;
}

function stateOfTools(part: TranscriptPart, { calls, pairs }: ToolTally): Certainty {
  if (!part.answered) return 'unknown';
  if (part.damaged) return 'partial';
  return pairs < calls || lacksSubagents(part) ? 'lower_bound' : 'exact';
}

function stateOfLatency({ timed, calls }: ToolTally, tools: Certainty): Certainty {
  if (timed === 0) return 'unknown';
  return timed === calls && tools === 'exact' ? 'exact' : 'partial';
}

/** Calls stopped by a missing permission. A count of zero is believed only if the results are there and none is lost. */
function denialsOf({ tools, damaged }: TranscriptPart): number | null {
  let denied = 0;
  for (const { error } of tools.results.values()) if (error === 'denied') denied++;
  return denied === 0 && (damaged || tools.results.size === 0) ? null : denied;
}

/** The turns that the engine closed, if its version notes them. Otherwise the user's requests, which include commands. */
function countTurns({ turns, damaged }: TranscriptPart): { readonly count: number | null; readonly state: Certainty } {
  const ended = turns.filter(({ kind }) => kind === 'ended').length;
  const asked = turns.length - ended;
  if (turns.length === 0) return { count: null, state: 'unknown' };
  if (ended === 0) return { count: asked, state: damaged ? 'partial' : 'estimate' };
  if (damaged) return { count: ended, state: 'partial' };
  return { count: ended, state: asked > ended ? 'lower_bound' : 'exact' };
}

/**
 * The sum of the turns if each is noted, otherwise the time from the first row to the last, which includes nights between turns.
 */
function durationOf({ turns, startedAt, endedAt }: TranscriptPart): Duration | null {
  const span = startedAt === null || endedAt === null || startedAt === endedAt ? null : between(startedAt, endedAt);
  const ended = turns.filter(({ kind }) => kind === 'ended');
  const asked = turns.length - ended.length;
  const noted = ended.length < Math.max(1, asked) ? null : sumIfAll(ended.map(({ ms }) => ms));
  return noted === null || (span !== null && noted > span) ? span : noted;
}

function sumIfAll(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : sumKnown(values);
}

function modelsOf(responses: readonly TranscriptResponse[], noted: Note | null): readonly string[] {
  const answered = responses.map(({ model }) => model).filter((model) => model !== null);
  return keptModels([...answered, ...(noted?.models ?? [])]);
}
