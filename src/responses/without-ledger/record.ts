import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Severity } from '../../core/outcome.ts';
import { keptName } from '../../core/redact.ts';
import type { Subject } from '../../core/subject.ts';
import { type Instant, parseInstant } from '../../core/time.ts';
import type { Unit } from '../../core/unit.ts';

/** What a channel was sent while no ledger could be read: enough to notify the same channel when it is over. */
export interface ToldAlone {
  readonly channel: string;
  /** When it was first sent on that day. */
  readonly at: Instant;
  /** False if it is unknown whether the message arrived. */
  readonly arrived: boolean;
  readonly rule: string;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | null;
  readonly limit: number | null;
  readonly unit: Unit;
  readonly reason: string;
  /** Address of the page that says what to do. */
  readonly runbook: string | null;
}

/** At most this many messages are remembered: an outage repeats the same few. */
export const MOST_TOLD = 50;
const MAX_RECORD = 24_000;
const MAX_UNPACKED = 1_000_000;
const MAX_REASON = 600;

/** A hidden line for an issue. Everything is packed, so nothing in it can end the comment. */
export function toldLine(told: readonly ToldAlone[]): string {
  const packed = deflateRawSync(Buffer.from(JSON.stringify(told.slice(0, MOST_TOLD)))).toString('base64url');
  return packed.length > MAX_RECORD ? toldLine(told.slice(0, told.length / 2)) : `<!-- checkrein:told ${packed} -->`;
}

/**
 * The record in an issue; empty when there is no valid one. Anybody who can edit an issue can write this, so invalid entries
 * are left out. The worst that a forged one can do is to end an alert that was sent without a ledger.
 */
export function readTold(body: string): readonly ToldAlone[] {
  const packed = /^<!-- checkrein:told ([\w-]{1,24000}) -->$/m.exec(body)?.[1];
  const entries = packed === undefined ? null : unpacked(packed);
  return Array.isArray(entries) ? entries.slice(0, MOST_TOLD).flatMap((entry) => entryIn(entry) ?? []) : [];
}

function unpacked(text: string): unknown {
  try {
    const bytes = inflateRawSync(Buffer.from(text, 'base64url'), { maxOutputLength: MAX_UNPACKED });
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    // Whatever it is, we did not write it.
    return null;
  }
}

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info'];
const UNITS: readonly Unit[] = ['usd', 'tokens', 'sessions', 'runs', 'ratio', 'ms', 'count'];
const SUBJECTS: readonly Subject['kind'][] = ['repository', 'agent', 'source', 'checkrein'];
const NAME = /^[A-Za-z][\w-]{0,79}$/;

function entryIn(entry: unknown): ToldAlone | null {
  const { channel, at, rule, reason, ...rest } = fieldsOf(entry);
  const moment = parseInstant(at);
  const severity = SEVERITIES.find((word) => word === rest['severity']);
  const unit = UNITS.find((word) => word === rest['unit']);
  const subject = subjectIn(fieldsOf(rest['subject']));
  if (!isName(channel) || !isName(rule) || typeof reason !== 'string' || moment === null) return null;
  if (severity === undefined || unit === undefined || subject === null) return null;
  return {
    ...{ channel, rule, severity, unit, subject, at: moment, arrived: rest['arrived'] === true },
    labels: labelsIn(fieldsOf(rest['labels'])),
    value: numberIn(rest['value']),
    limit: numberIn(rest['limit']),
    reason: keptName(reason, MAX_REASON),
    runbook: addressIn(rest['runbook']),
  };
}

function fieldsOf(found: unknown): Readonly<Record<string, unknown>> {
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : {};
}

function isName(found: unknown): found is string {
  return typeof found === 'string' && NAME.test(found);
}

function subjectIn({ kind, name }: Readonly<Record<string, unknown>>): Subject | null {
  const known = SUBJECTS.find((word) => word === kind);
  return known === undefined || typeof name !== 'string' ? null : { kind: known, name: keptName(name) };
}

function labelsIn(found: Readonly<Record<string, unknown>>): ToldAlone['labels'] {
  return Object.fromEntries(
    Object.entries(found)
      .filter((entry): entry is [string, string] => NAME.test(entry[0]) && typeof entry[1] === 'string')
      .map(([name, value]) => [name, keptName(value)]),
  );
}

function numberIn(found: unknown): number | null {
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
}

function addressIn(found: unknown): string | null {
  return typeof found === 'string' && found.length <= 500 && /^https?:\/\/[^\s<>"]+$/.test(found) ? found : null;
}
