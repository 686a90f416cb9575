import { between, type Duration, type Instant, SECOND } from '../../../core/time.ts';
import { asObject, asText } from '../json/fields.ts';
import type { ToolCall } from '../tool-uses.ts';

/** What a row says about a call. Null = it does not say. */
export interface CallReport {
  readonly id: string;
  readonly server?: string | null;
  readonly tool?: string | null;
  readonly startedAt?: Instant | null;
  readonly endedAt?: Instant | null;
  readonly failed?: boolean | null;
  readonly declined?: boolean;
  readonly duration?: Duration | null;
}

/** A call as far as its rows tell it. */
export interface Call {
  server: string | null;
  tool: string | null;
  startedAt: Instant | null;
  endedAt: Instant | null;
  /** Null while no row tells whether it went well. */
  failed: boolean | null;
  declined: boolean;
  duration: Duration | null;
}

/** Adds a report to the call that it is about. The first name stays, unless a later one tells the server. */
export function noteCall(calls: Map<string, Call>, report: CallReport): void {
  const call = calls.get(report.id) ?? unheard();
  calls.set(report.id, call);
  const server = report.server ?? null;
  if (report.tool != null && (call.tool === null || (call.server === null && server !== null))) {
    call.tool = report.tool;
    call.server = server;
  }
  call.startedAt ??= report.startedAt ?? null;
  call.endedAt ??= report.endedAt ?? null;
  call.duration ??= report.duration ?? null;
  if (report.failed != null) call.failed = call.failed === true || report.failed;
  if (report.declined === true) call.declined = true;
}

function unheard(): Call {
  return {
    server: null,
    tool: null,
    startedAt: null,
    endedAt: null,
    failed: null,
    declined: false,
    duration: null,
  };
}

/** The call with how long it took: as the engine measured it, else the time between the rows of its call and its result. */
export function toToolCall({ server, tool, failed, declined, ...times }: Call): ToolCall {
  return { server, tool, failed: failed === true || declined, latency: latencyOf(times) };
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

/** A `{secs, nanos}`; null when it is none. */
export function readDuration(value: unknown): Duration | null {
  const duration = asObject(value);
  const secs = duration?.['secs'];
  const nanos = duration?.['nanos'];
  if (typeof secs !== 'number' || typeof nanos !== 'number' || !(secs >= 0) || !(nanos >= 0)) return null;
  const ms = secs * SECOND + nanos / 1e6;
  return ms <= Number.MAX_SAFE_INTEGER ? ms : null;
}

/** Whether a status says that it went wrong; null when it says nothing. */
export function readStatus(status: unknown): Pick<CallReport, 'failed' | 'declined'> {
  const text = asText(status)?.toLowerCase() ?? null;
  if (text === 'declined') return { failed: true, declined: true };
  if (text === 'failed' || text === 'error') return { failed: true };
  return { failed: text === 'completed' ? false : null };
}

/** Whether a command's exit code says that it went wrong; null without one. */
export function readExit(code: unknown): boolean | null {
  return typeof code === 'number' ? code !== 0 : null;
}
