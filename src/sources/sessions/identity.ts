import { sha256 } from '../../core/hash.ts';
import type { SessionReading } from '../../core/session.ts';
import { withoutShortened } from './claude/shortened.ts';
import { joinParts, type TranscriptPart, withoutCopies } from './claude/transcript/part.ts';
import { CLAUDE_TRANSCRIPT, readingOf } from './claude/transcript/reading.ts';
import { type Executions, executionsOf } from './executions.ts';
import type { SessionFileReading } from './file-reading.ts';
import type { FoundSession } from './found-session.ts';
import { withPrintedEndings } from './gemini/endings.ts';
import { GEMINI_OUTPUT } from './gemini/session.ts';
import { withRecordedTimes } from './gemini/times.ts';
import { nameTwins } from './gemini/twins.ts';
import { withoutNamelessMetrics } from './opentelemetry/nameless.ts';
import { joinTelemetry, readTelemetry } from './opentelemetry/part.ts';
import { withoutEarlierRuns } from './running-totals.ts';

/** A transcript session with a known id. Its reading is computed on demand, because other files may add to it first. */
export function foundTranscript(path: string, part: TranscriptPart, id: string = part.session ?? ''): FoundSession {
  let reading: SessionReading | null = null;
  return {
    id,
    path,
    part,
    get reading() {
      reading ??= readingOf(part);
      return reading;
    },
  };
}

/** The sessions of one file with their ids: the engine's own, otherwise a hash of the file. */
export function identify(
  path: string,
  bytes: Uint8Array,
  {
    sessions,
    parts,
    telemetry = [],
    running = [],
    resumed = [],
  }: Pick<SessionFileReading, 'sessions' | 'parts' | 'telemetry' | 'running' | 'resumed'>,
): readonly FoundSession[] {
  let hash: string | null = null;
  return sessions.map((reading, index) => {
    if (reading.engineSession === null) hash ??= sha256(bytes).slice(0, 32);
    const id = reading.engineSession ?? `sha256:${hash}${index === 0 ? '' : `:${index + 1}`}`;
    return {
      id,
      path,
      reading,
      part: parts[index] ?? null,
      telemetry: telemetry[index],
      running: running[index],
      resumed: resumed[index],
    };
  });
}

/**
 * Joins what several files say about each session. The main file and those of its subagents become one session in the position of
 * the first. What a fork copied counts only for the session that it left.
 */
export function putTogether(found: readonly FoundSession[]): readonly FoundSession[] {
  const files = new Map<string, [FoundSession, ...FoundSession[]]>();
  for (const session of nameTwins(withoutShortened(withoutNamelessMetrics(found)))) {
    const key =
      session.part === null && session.telemetry === undefined
        ? `${files.size}`
        : `${session.part === null ? session.reading.format : CLAUDE_TRANSCRIPT} ${session.id}`;
    const before = files.get(key);
    if (before === undefined) files.set(key, [session]);
    else before.push(session);
  }
  const sessions = [...files.values()].map(joined);
  const left = withoutCopies(sessions.map(({ part }) => part).filter((part) => part !== null)).values();
  return sessions.flatMap((session) => {
    if (session.part === null) return [session];
    const part = left.next().value ?? null;
    if (part === null) return [];
    return [part === session.part ? session : foundTranscript(session.path, part, session.id)];
  });
}

function moreTokens(a: FoundSession, b: FoundSession): FoundSession {
  return (b.reading.tokens.total ?? -1) > (a.reading.tokens.total ?? -1) ? b : a;
}

/** Joins the files of one session, under the path of its main conversation. */
function joined(files: readonly [FoundSession, ...FoundSession[]]): FoundSession {
  const [first] = files;
  const [sent, ...others] = files.map(({ telemetry }) => telemetry).filter((telemetry) => telemetry !== undefined);
  if (sent !== undefined && others.length > 0) {
    const telemetry = joinTelemetry([sent, ...others]);
    // The file with most tokens represents all of them.
    return { ...files.reduce(moreTokens), telemetry, reading: readTelemetry(telemetry) };
  }
  const [one, ...more] = files.map(({ part }) => part).filter((part) => part !== null);
  if (one === undefined || more.length === 0) return first;
  const part = joinParts([one, ...more]);
  const { path } = files.find((file) => file.part?.ending != null) ?? first;
  return foundTranscript(path, part, first.id);
}

/**
 * Each session once, in the order found. Between two records of one session, the one with the engine's own result counts, otherwise
 * the longer one. Two different results under one id are two executions, since a resumed session keeps its id. Both stay, the later
 * one as `<id>#2`, without the part of its totals that belongs to the earlier one.
 */
export function eachOnce(found: readonly FoundSession[]): readonly FoundSession[] {
  const kept = new Map<string, FoundSession>();
  const executions = new Map<string, Executions>();
  const all = putTogether(found);
  for (const session of all) {
    const ofSession = executions.get(session.id) ?? executionsOf(session.id);
    const key = hasResult(session) ? ofSession.keyOf(session.reading) : session.id;
    const best = { ...better(kept.get(key), session), id: key };
    kept.set(key, best);
    if (!hasResult(session)) continue;
    ofSession.keep(key, best.reading);
    executions.set(session.id, ofSession);
  }
  const ended = withPrintedEndings([...kept.values()], all);
  return withoutEarlierRuns(withRecordedTimes(ended, all));
}

/**
 * Whether a record is the engine's own result. For the Gemini CLI that is what it printed, for one run each. A transcript never is,
 * since it counts turns in its own way, nor is telemetry, which is cut where it was last sent. Neither is Codex, whose totals
 * continue whenever the thread is resumed, so the record with the larger total includes the others.
 */
function hasResult({ part, reading }: FoundSession): boolean {
  if (part !== null || reading.engine === 'codex') return false;
  if (reading.format === GEMINI_OUTPUT) return reading.tokens.total !== null;
  return (reading.reportedCost.usd !== null && reading.state.cost === 'exact') || reading.turns !== null;
}

function better(before: FoundSession | undefined, session: FoundSession): FoundSession {
  if (before === undefined || (hasResult(session) && !hasResult(before))) return session;
  if (hasResult(before)) return hasResult(session) && isFuller(session, before) ? session : before;
  const more = (session.reading.tokens.total ?? -1) - (before.reading.tokens.total ?? -1);
  return more > 0 || (more === 0 && isSurer(session.reading, before.reading)) ? session : before;
}

/** Whether only the first of two records of an execution has its messages. */
function isFuller(a: FoundSession, b: FoundSession): boolean {
  return a.reading.state.tools !== 'unknown' && b.reading.state.tools === 'unknown';
}

/** Orders two records with the same tokens: an exact one before one that may lack its end, then one with a price. */
function isSurer(a: SessionReading, b: SessionReading): boolean {
  const [first, second] = [a, b].map(({ state }) => state.tokens === 'exact');
  if (first !== second) return first === true;
  return a.cost.usd !== null && b.cost.usd === null;
}
