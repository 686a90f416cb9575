import { between, type Duration, type Instant, SECOND } from '../../../core/time.ts';
import { inputHash } from '../input-hash.ts';
import { asAmount, asObject, asText, objectsOf } from '../json/fields.ts';
import type { ToolCall } from '../tool-uses.ts';

/** What a row says about a call. Null where it does not say. */
export interface CallReport {
  readonly id: string;
  readonly server?: string | null;
  readonly tool?: string | null;
  readonly startedAt?: Instant | null;
  readonly endedAt?: Instant | null;
  readonly failed?: boolean | null;
  readonly declined?: boolean;
  /** True when the failure was an exit code. */
  readonly exit?: boolean;
  readonly duration?: Duration | null;
  /** Paths that it changed, as the record writes them. */
  readonly files?: readonly string[];
  /** Its input, in whatever form. */
  readonly input?: unknown;
}

/** A call as far as its rows describe it. */
export interface Call {
  server: string | null;
  tool: string | null;
  startedAt: Instant | null;
  endedAt: Instant | null;
  /** Null until a row says whether it succeeded. */
  failed: boolean | null;
  declined: boolean;
  exit: boolean;
  duration: Duration | null;
  files: readonly string[];
  /** The hash of its input, from the first row that has it. */
  input: number | null;
}

/** Adds a report to its call. The first name stays, unless a later one includes the server. */
export function noteCall(calls: Map<string, Call>, report: CallReport): void {
  const call = calls.get(report.id) ?? unheard();
  calls.set(report.id, call);
  noteName(call, report);
  call.startedAt ??= report.startedAt ?? null;
  call.endedAt ??= report.endedAt ?? null;
  call.duration ??= report.duration ?? null;
  if (report.failed != null) call.failed = call.failed === true || report.failed;
  call.declined ||= report.declined === true;
  call.exit ||= report.exit === true;
  if (call.files.length === 0) call.files = report.files ?? [];
  call.input ??= inputHash(report.input);
}

function noteName(call: Call, { server = null, tool }: CallReport): void {
  if (tool == null || (call.tool !== null && (call.server !== null || server === null))) return;
  call.tool = tool;
  call.server = server;
}

function unheard(): Call {
  return {
    server: null,
    tool: null,
    startedAt: null,
    endedAt: null,
    failed: null,
    declined: false,
    exit: false,
    duration: null,
    files: [],
    input: null,
  };
}

/** Converts a call. Its latency is what the engine measured, otherwise the time between the rows of the call and its result. */
export function toToolCall({ server, tool, failed, declined, exit, input, ...times }: Call): ToolCall {
  const why = declined ? 'denied' : exit ? 'exit' : null;
  return { server, tool, failed: failed === true || declined, why, input, latency: latencyOf(times) };
}

/** The paths changed by calls that are not known to have failed. */
export function pathsIn(calls: readonly Call[]): readonly string[] {
  return calls.flatMap(({ files, failed, declined }) => (failed === true || declined ? [] : files));
}

/** The paths in Codex's record of a change: a list of `{path}`, or an object with the paths as its keys. */
export function readChanges(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return Object.keys(asObject(value) ?? {});
  return objectsOf(value).flatMap((change) => asText(change['path']) ?? []);
}

function latencyOf({
  startedAt,
  endedAt,
  duration,
}: Pick<Call, 'startedAt' | 'endedAt' | 'duration'>): Duration | null {
  if (duration !== null) return duration;
  const measured = startedAt === null || endedAt === null ? null : between(startedAt, endedAt);
  return measured !== null && measured >= 0 ? measured : null;
}

/** Reads a `{secs, nanos}` object. Null for anything else. */
export function readDuration(value: unknown): Duration | null {
  const duration = asObject(value);
  const [secs, nanos] = [asAmount(duration?.['secs']), asAmount(duration?.['nanos'])];
  if (secs === null || nanos === null) return null;
  const ms = secs * SECOND + nanos / 1e6;
  return ms <= Number.MAX_SAFE_INTEGER ? ms : null;
}

/** Whether a status means failure. Null when it does not say. */
export function readStatus(status: unknown): Pick<CallReport, 'failed' | 'declined'> {
  const text = asText(status)?.toLowerCase() ?? null;
  if (text === 'declined') return { failed: true, declined: true };
  if (text === 'failed' || text === 'error') return { failed: true };
  return { failed: text === 'completed' ? false : null };
}

/** Whether a command's exit code, which may be written as text, means failure. Null without one. */
export function readExit(code: unknown): boolean | null {
  const exit = typeof code === 'string' && /^-?\d{1,10}$/.test(code) ? Number(code) : code;
  return typeof exit === 'number' ? exit !== 0 : null;
}
