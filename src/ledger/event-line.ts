import { canonicalJson } from '../core/canonical.ts';
import { EVENT_KINDS, type LedgerEvent } from '../core/event.ts';
import { parseInstant } from '../core/time.ts';

/** The content of a line of a partition. `newer` looks like an event, but of a kind that this version does not know. */
export type EventLine =
  | { readonly kind: 'event'; readonly id: string; readonly event: LedgerEvent }
  | { readonly kind: 'newer'; readonly id: string }
  | { readonly kind: 'bad'; readonly reason: string };

const KNOWN: ReadonlySet<string> = new Set(EVENT_KINDS);

/** The line of an event, without its line end. */
export function encodeEvent(event: LedgerEvent): string {
  return canonicalJson(event);
}

/** Reads a line of a partition; `null` means bytes that are not UTF-8. */
export function decodeEventLine(text: string | null): EventLine {
  if (text === null) return bad('the bytes are no UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return bad('the line is no JSON');
    throw error;
  }
  return decodeEvent(value);
}

function decodeEvent(value: unknown): EventLine {
  if (!isRecord(value)) return bad('the line is no JSON object');
  if (value['v'] !== 1) return bad('the version of the event is not known');
  const { id, kind } = value;
  if (typeof id !== 'string' || id === '') return bad('the event has no id');
  if (typeof kind !== 'string' || kind === '') return bad('the event has no kind');
  const missing = missingMember(value);
  if (missing !== null) return bad(`the event has no valid ${missing}`);
  if (!KNOWN.has(kind)) return { kind: 'newer', id };
  return { kind: 'event', id, event: value as unknown as LedgerEvent };
}

function missingMember(value: Record<string, unknown>): string | null {
  if (!isInstant(value['at'])) return 'at';
  if (!isInstant(value['seen'])) return 'seen';
  if (typeof value['repo'] !== 'string') return 'repo';
  if (!isRecord(value['data'])) return 'data';
  const subject = value['subject'];
  return isRecord(subject) && typeof subject['kind'] === 'string' && typeof subject['name'] === 'string'
    ? null
    : 'subject';
}

/** True for a moment in the only form that core/time.ts writes. */
export function isInstant(value: unknown): value is string {
  return typeof value === 'string' && value.length === 24 && parseInstant(value) === value;
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(reason: string): EventLine {
  return { kind: 'bad', reason };
}
