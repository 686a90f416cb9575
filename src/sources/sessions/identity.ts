import { canonicalJson } from '../../core/canonical.ts';
import { sha256 } from '../../core/hash.ts';
import { redact } from '../../core/redact.ts';
import type { SessionReading } from '../../core/session.ts';
import { joinParts, type TranscriptPart, withoutCopies } from './claude/transcript/part.ts';
import { CLAUDE_TRANSCRIPT, readingOf } from './claude/transcript/reading.ts';
import { GEMINI_OUTPUT } from './gemini/session.ts';
import { nameTwins } from './gemini/twins.ts';
import { withoutNamelessMetrics } from './opentelemetry/nameless.ts';
import { joinTelemetry, readTelemetry, type TelemetryPart } from './opentelemetry/part.ts';
import type { SessionFileReading } from './recognise.ts';
import { type RunningTotals, withoutEarlierRuns } from './running-totals.ts';

/** A session, the file that holds it (`archive.zip!/path/inside`), and an id that is the same wherever it is found. */
export interface FoundSession {
  readonly id: string;
  readonly path: string;
  readonly reading: SessionReading;
  /** What it was read from, where other files may hold more of it. */
  readonly part: TranscriptPart | null;
  /** The same for exports of telemetry. */
  readonly telemetry?: TelemetryPart | undefined;
  /** Its totals, where they may go on counting in a later record of it. */
  readonly running?: RunningTotals | undefined;
  /** Whether something is left out here that an earlier run of it did. */
  readonly resumed?: boolean | undefined;
}

/** An engine's own session id as it may be kept: as it is when it looks like an id, else its hash; null of none. */
export function keptId(id: string | null): string | null {
  if (id === null) return null;
  const plain = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$/.test(id) && (/^[0-9a-f-]+$/i.test(id) || redact(id) === id);
  return plain ? id : `sha256:${sha256(id).slice(0, 32)}`;
}

/** A session of a transcript that says which it is. What it tells is summed up when somebody asks: other files may add to it before. */
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

/** The sessions of one file with their ids: the engine's own, else a hash of the file. */
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
  return sessions.map((reading, index) => {
    const id = reading.engineSession ?? `sha256:${sha256(bytes).slice(0, 32)}${index === 0 ? '' : `:${index + 1}`}`;
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
 * Sessions with what several files tell of each put together: of the main file and those of its subagents one session is made
 * in the place of the first, and what a fork has copied counts for the session that it left only.
 */
export function putTogether(found: readonly FoundSession[]): readonly FoundSession[] {
  const files = new Map<string, [FoundSession, ...FoundSession[]]>();
  for (const session of nameTwins(withoutNamelessMetrics(found))) {
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

/** The files of one session as one, under the path of its main conversation. */
function joined(files: readonly [FoundSession, ...FoundSession[]]): FoundSession {
  const [first] = files;
  const [sent, ...others] = files.map(({ telemetry }) => telemetry).filter((telemetry) => telemetry !== undefined);
  if (sent !== undefined && others.length > 0) {
    const telemetry = joinTelemetry([sent, ...others]);
    // The file that tells most stands for all of them.
    return { ...files.reduce(moreTokens), telemetry, reading: readTelemetry(telemetry) };
  }
  const [one, ...more] = files.map(({ part }) => part).filter((part) => part !== null);
  if (one === undefined || more.length === 0) return first;
  const part = joinParts([one, ...more]);
  const { path } = files.find((file) => file.part?.ending != null) ?? first;
  return foundTranscript(path, part, first.id);
}

/**
 * Each session once, in the order in which they were found. Of two records of one session the one with the engine's own
 * result counts, else the longer one. Two different results under one id are two executions (a resumed session keeps its
 * id): both stay, the later one as `<id>#2`, without what its totals hold of the earlier one.
 */
export function eachOnce(found: readonly FoundSession[]): readonly FoundSession[] {
  const kept = new Map<string, FoundSession>();
  for (const session of putTogether(found)) {
    let key = session.id;
    for (let n = 2; ; n++) {
      const before = kept.get(key);
      if (before === undefined || isSameExecution(before, session)) {
        kept.set(key, { ...better(before, session), id: key });
        break;
      }
      key = `${session.id}#${n}`;
    }
  }
  return withoutEarlierRuns([...kept.values()]);
}

function isSameExecution(a: FoundSession, b: FoundSession): boolean {
  return !(hasResult(a) && hasResult(b)) || canonicalJson(a.reading) === canonicalJson(b.reading);
}

/**
 * The engine's own result, which of the Gemini CLI is what it printed, of one run each: never in a transcript, which counts turns in its own way, nor in telemetry, which is cut where it was
 * last sent, nor of Codex, whose totals run on as long as the thread is resumed, so that the record with the larger one holds
 * the others.
 */
function hasResult({ part, reading }: FoundSession): boolean {
  if (part !== null || reading.engine === 'codex') return false;
  if (reading.format === GEMINI_OUTPUT) return reading.tokens.total !== null;
  return (reading.reportedCost.usd !== null && reading.state.cost === 'exact') || reading.turns !== null;
}

function better(before: FoundSession | undefined, session: FoundSession): FoundSession {
  if (before === undefined || (hasResult(session) && !hasResult(before))) return session;
  if (hasResult(before)) return before;
  const more = (session.reading.tokens.total ?? -1) - (before.reading.tokens.total ?? -1);
  return more > 0 || (more === 0 && isSurer(session.reading, before.reading)) ? session : before;
}

/** Of two records with the same tokens: an exact one before one that may have lost its end, then one with a price. */
function isSurer(a: SessionReading, b: SessionReading): boolean {
  const [first, second] = [a, b].map(({ state }) => state.tokens === 'exact');
  if (first !== second) return first === true;
  return a.cost.usd !== null && b.cost.usd === null;
}
