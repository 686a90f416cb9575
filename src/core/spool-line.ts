import { keptErrorClass } from './error-class.ts';
import { type Labels, labelsProblem, nameProblem } from './label.ts';
import { keptName } from './redact.ts';
import { type Duration, type Instant, parseInstant, SECOND } from './time.ts';

/** A tool call timed by a program. */
export interface CallLine {
  readonly v: 1;
  readonly kind: 'call';
  /** When the call ended. */
  readonly at: Instant;
  readonly server: string;
  readonly tool: string;
  readonly ms: Duration;
  readonly ok: boolean;
  /** A class of errors, never a message. */
  readonly error?: string;
  readonly resource?: string;
}

/** One value of a custom metric. */
interface MetricLine {
  readonly v: 1;
  readonly kind: 'metric';
  readonly at: Instant;
  readonly name: string;
  readonly value: number;
  readonly labels: Labels;
}

/** How many lines could not be written, for lack of space or time. */
export interface DroppedLine {
  readonly v: 1;
  readonly kind: 'dropped';
  readonly at: Instant;
  readonly count: number;
}

/** One line of a spool, the file a program uses to report to Checkrein; see docs/record.md. */
export type SpoolLine = CallLine | MetricLine | DroppedLine;

/** The name of a spool file, in a folder or in an artifact. */
export const SPOOL_FILE: RegExp = /^checkrein-spool(?:-[A-Za-z0-9_-]{1,80})?\.ndjson$/;

/** How long a reader that takes a file waits between renaming and reading it, so that a batch on its way still arrives. */
export const SPOOL_SETTLES: Duration = SECOND;

/** A longer line is not ours. */
export const MAX_SPOOL_LINE = 8_192;

/** The text of a line, with its line end. */
export function encodeSpoolLine(line: SpoolLine): string {
  return `${JSON.stringify(line)}\n`;
}

type Decoded = { readonly line: SpoolLine } | { readonly problem: string };

/** Reads a line that anybody may have written. The problem is a sentence of ours that quotes nothing from it. */
export function decodeSpoolLine(text: string): Decoded {
  if (text.length > MAX_SPOOL_LINE) return { problem: 'the line is too long' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: 'the line is no JSON' };
    throw error;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { problem: 'the line is no object' };
  return decodeFields(value as Readonly<Record<string, unknown>>);
}

function decodeFields(fields: Readonly<Record<string, unknown>>): Decoded {
  if (fields['v'] !== 1) return { problem: 'its version is not known' };
  const at = typeof fields['at'] === 'string' ? parseInstant(fields['at']) : null;
  if (at === null) return { problem: 'it has no time' };
  switch (fields['kind']) {
    case 'call':
      return callLine(fields, at);
    case 'metric':
      return metricLine(fields, at);
    case 'dropped':
      return droppedLine(fields['count'], at);
    default:
      return { problem: 'its kind is not known' };
  }
}

function callLine(fields: Readonly<Record<string, unknown>>, at: Instant): Decoded {
  const { ms, ok, error, resource } = fields as { ms?: unknown; ok?: unknown; error?: unknown; resource?: unknown };
  const server = keptText(fields['server']);
  const tool = keptText(fields['tool']);
  if (server === null || tool === null) return { problem: 'it names no server or no tool' };
  if (!isAmount(ms)) return { problem: 'it has no duration in milliseconds' };
  if (typeof ok !== 'boolean') return { problem: 'it does not say whether the call went well' };
  const kept = keptText(resource);
  return {
    line: {
      ...{ v: 1, kind: 'call', at, server, tool, ms, ok },
      ...(ok || typeof error !== 'string' ? {} : { error: keptErrorClass(error) }),
      ...(kept === null ? {} : { resource: kept }),
    },
  };
}

function metricLine(fields: Readonly<Record<string, unknown>>, at: Instant): Decoded {
  const { name, value, labels = {} } = fields as { name?: unknown; value?: unknown; labels?: unknown };
  if (typeof name !== 'string' || nameProblem(name, 'metric') !== null)
    return { problem: 'its name is none of a metric' };
  if (!isNumber(value)) return { problem: 'its value is no number' };
  const kept = isLabels(labels) ? keptLabels(labels) : null;
  if (kept === null || labelsProblem(kept) !== null) return { problem: 'its labels cannot be kept' };
  return { line: { v: 1, kind: 'metric', at, name, value, labels: kept } };
}

function droppedLine(count: unknown, at: Instant): Decoded {
  if (!isAmount(count) || !Number.isInteger(count) || count === 0) return { problem: 'it does not say how many' };
  return { line: { v: 1, kind: 'dropped', at, count } };
}

/** Labels with their values in keepable form. */
export function keptLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, keptName(value)]));
}

function isLabels(value: unknown): value is Labels {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((label) => typeof label === 'string');
}

function keptText(value: unknown): string | null {
  const kept = typeof value === 'string' ? keptName(value) : '';
  return kept === '' ? null : kept;
}

/** Larger numbers are not measurements, and adding them up would make the sums useless. */
const LARGEST = 1e15;

/** True for a number that can be added to others. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= LARGEST;
}

/** True for a number that is not negative. */
export function isAmount(value: unknown): value is number {
  return isNumber(value) && value >= 0;
}
