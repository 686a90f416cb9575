import { detailOf, type SessionDetail, type SessionReading } from '../../../core/session.ts';
import type { Complaint, JoinedSession } from '../format.ts';
import type { FoundSession } from '../found-session.ts';
import { isOfDetection } from './run.ts';

/** A session as gh-aw tells of it: that of its agent, or of the check of what the agent made. */
export type ToldSession = FoundSession & Pick<JoinedSession, 'detection'>;

interface Merged {
  readonly sessions: readonly FoundSession[];
  readonly complaints: readonly Complaint[];
}

/**
 * Merges gh-aw's figures with the engine's own records, which gh-aw keeps next to them, those of the agent and those of the check of
 * its output each for themselves.
 */
export function withOwnRecords(joined: readonly ToldSession[], own: readonly FoundSession[]): Merged {
  const agent = joined.find(({ detection }) => !detection);
  const check = joined.find(({ detection }) => detection);
  const others = joined.filter((session) => session !== agent && session !== check);
  const ofCheck = own.filter(({ path, origin = path }) => isOfDetection(origin));
  const merged = [
    mergePhase(
      agent,
      own.filter((session) => !ofCheck.includes(session)),
    ),
    mergePhase(check, ofCheck),
  ];
  return {
    sessions: [...merged.flatMap(({ sessions }) => sessions), ...others],
    complaints: merged.flatMap(({ complaints }) => complaints),
  };
}

/**
 * Both describe the same work, so they are never added. The engine's own final account takes precedence if there is one, otherwise
 * gh-aw's figures. Anything only the engine records is taken over.
 */
function mergePhase(told: FoundSession | undefined, own: readonly FoundSession[]): Merged {
  if (told === undefined) return { sessions: own, complaints: [] };
  const [only, second] = own;
  if (only === undefined) return { sessions: [told], complaints: [] };
  if (second === undefined) {
    const merged = { ...told, reading: merge(told.reading, only.reading) };
    return { sessions: [merged], complaints: difference(told, own) };
  }
  const ownCount = told.reading.state.tokens === 'unknown' || own.every(({ reading }) => isFinal(reading, 'tokens'));
  if (!ownCount) return { sessions: [told], complaints: difference(told, own) };
  const credits = told.reading.cost.usd !== null && told.reading.tokens.total === null ? [aside(told)] : [];
  return { sessions: own, complaints: [...difference(told, own), ...credits] };
}

/** True when the engine's own account is complete. */
function isFinal({ state }: SessionReading, figure: 'tokens' | 'cost'): boolean {
  return state[figure] === 'exact';
}

function merge(told: SessionReading, own: SessionReading): SessionReading {
  const tokens = told.state.tokens === 'unknown' || isFinal(own, 'tokens') ? own : told;
  const cost = told.state.cost === 'unknown' || isFinal(own, 'cost') ? own : told;
  const tools = own.state.tools === 'unknown' ? told : own;
  return {
    ...told,
    models: told.models.length > 0 ? told.models : own.models,
    startedAt: told.startedAt ?? own.startedAt,
    endedAt: told.endedAt ?? own.endedAt,
    duration: own.duration ?? told.duration,
    outcome: own.outcome,
    turns: own.turns,
    tokens: tokens.tokens,
    cost: cost.cost,
    reportedCost: cost.reportedCost,
    tools: tools.tools,
    denials: own.denials,
    detail: mergeDetails(detailOf(told), detailOf(own), cost === own),
    state: {
      tokens: tokens.state.tokens,
      cost: cost.state.cost,
      turns: own.state.turns,
      tools: tools.state.tools,
      latency: tools.state.latency,
    },
  };
}

/** The engine's own details, with gh-aw's computed cost unless the cost is the engine's own. */
function mergeDetails(told: SessionDetail, own: SessionDetail, ownCost: boolean): SessionDetail {
  const { computedCost, computedState, unpricedModels } = ownCost ? own : told;
  const apiDuration = own.apiDuration ?? told.apiDuration;
  const billedUnits = own.billedUnits ?? told.billedUnits;
  return { ...own, apiDuration, billedUnits, computedCost, computedState, unpricedModels };
}

function sumOf(own: readonly FoundSession[]): number | null {
  const totals = own.map(({ reading }) => reading.tokens.total);
  return totals.includes(null) ? null : totals.reduce<number>((sum, total) => sum + (total ?? 0), 0);
}

/** Differences up to this share are requests that one of the two does not see. */
const WORTH_TELLING = 0.05;

function difference({ path, reading }: FoundSession, own: readonly FoundSession[]): readonly Complaint[] {
  const told = reading.tokens.total;
  const sum = sumOf(own);
  if (told === null || sum === null || Math.abs(told - sum) <= WORTH_TELLING * told) return [];
  const counts = own.every((session) => isFinal(session.reading, 'tokens')) ? 'the engine' : 'gh-aw';
  const reason = `gh-aw tells ${told} tokens, the engine's own record ${sum}: those of ${counts} count`;
  return [{ path, line: null, byte: null, reason }];
}

function aside({ path }: FoundSession): Complaint {
  const reason = 'the credits are of several sessions of the engine, whose own records count: the credits are left out';
  return { path, line: null, byte: null, reason };
}
