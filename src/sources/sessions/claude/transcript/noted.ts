import { asAmount, asCount, asObject, asText, type JsonObject, sumKnown } from '../../json/fields.ts';
import { readModelUsage } from '../model-usage.ts';
import { addUsage, type TokenKinds } from '../usage.ts';

/** What Claude Code notes about a session at some moment: the totals so far, including those of auxiliary models and subagents. */
export interface Snapshot {
  /** When the process that wrote the note began. */
  readonly process: number | null;
  /** Null when the note does not say, or says that the price of a model was unknown. */
  readonly usd: number | null;
  readonly apiDuration: number | null;
  /** Tokens by model, as written. */
  readonly models: JsonObject;
}

/** What Claude Code noted about a session. */
export interface Noted {
  /** The last note of the latest count. */
  readonly latest: Snapshot;
  /** What was noted in earlier counts. A resumed session continues counting or starts over, any number of times. */
  readonly before: Noted | null;
  /** False when the model said something after the last note. */
  readonly last: boolean;
}

/** At most this many models of a note are read. */
const MAX_MODELS = 100;

/** The totals in a row, or null for other rows. Versions since 2.1.250 write such rows. */
export function snapshotIn(row: JsonObject): Snapshot | null {
  const models = row['type'] === 'cost-state' ? asObject(row['modelUsage']) : null;
  if (models === null) return null;
  return {
    process: asCount(row['startTime']),
    usd: row['hasUnknownModelCost'] === true ? null : asAmount(row['totalCostUSD']),
    apiDuration: asCount(row['totalAPIDuration']),
    models: Object.fromEntries(Object.entries(models).slice(0, MAX_MODELS)),
  };
}

/** Adds a snapshot. A snapshot that reports no less than the previous one includes it. */
export function noteMore(noted: Noted | null, snapshot: Snapshot): Noted {
  if (noted === null) return { latest: snapshot, before: null, last: true };
  const { latest, before } = noted;
  if (goesOn(latest, snapshot)) return { latest: snapshot, before, last: true };
  // Totals never fall within one process, so a lower one was just written late.
  if (latest.process !== null && latest.process === snapshot.process) return { ...noted, last: true };
  return { latest: snapshot, before: noted, last: true };
}

/** The last note of each count, the first one first. */
function snapshotsOf(noted: Noted | null): readonly Snapshot[] {
  const snapshots: Snapshot[] = [];
  for (let count = noted; count !== null; count = count.before) snapshots.push(count.latest);
  return snapshots.reverse();
}

function goesOn(before: Snapshot, after: Snapshot): boolean {
  return (after.usd ?? 0) >= (before.usd ?? 0) && outputOf(after) >= outputOf(before);
}

function outputOf({ models }: Snapshot): number {
  return sumKnown(Object.values(models).map((usage) => asCount(asObject(usage)?.['outputTokens']))) ?? 0;
}

/** The note after the model has said more. */
export function saidMore(noted: Noted | null): Noted | null {
  return noted?.last === true ? { ...noted, last: false } : noted;
}

/** The note with the most usage among those that several files hold of one session. */
export function fullestNote(noted: readonly (Noted | null)[]): Noted | null {
  let [fullest, most]: [Noted | null, number] = [null, -1];
  for (const each of noted) {
    const size = snapshotsOf(each).reduce((sum, snapshot) => sum + outputOf(snapshot), 0);
    if (each !== null && size > most) [fullest, most] = [each, size];
  }
  return fullest;
}

/** The totals that were noted. */
export interface NotedTotals {
  readonly tokens: TokenKinds;
  readonly usd: number | null;
  readonly apiDuration: number | null;
  readonly models: readonly string[];
}

/**
 * The totals that were noted, or null if there are none. If the lifetime of cache writes is missing it is taken from `counted`, the
 * sum over the session's responses.
 */
export function notedTotals(noted: Noted | null, counted: TokenKinds): NotedTotals | null {
  const snapshots = snapshotsOf(noted);
  const usages = snapshots.flatMap(({ models }) => Object.entries(models));
  const numbered = Object.fromEntries(usages.map(([model, usage], index) => [`${index} ${model}`, usage]));
  const perModel = readModelUsage(numbered, counted);
  if (perModel.length === 0) return null;
  const all = (values: readonly (number | null)[]): number | null => (values.includes(null) ? null : sumKnown(values));
  return {
    tokens: addUsage(perModel.map(({ tokens }) => tokens)),
    usd: all(snapshots.map(({ usd }) => usd)),
    apiDuration: all(snapshots.map(({ apiDuration }) => apiDuration)),
    models: [...new Set(usages.flatMap(([model]) => asText(model) ?? []))],
  };
}
