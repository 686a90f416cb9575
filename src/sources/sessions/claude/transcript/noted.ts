import { asAmount, asCount, asObject, asText, type JsonObject, sumKnown } from '../../json/fields.ts';
import { readModelUsage } from '../model-usage.ts';
import { addUsage, type TokenKinds } from '../usage.ts';

/** What Claude Code notes of a session at some moment: its totals so far, those of auxiliary models and of subagents among them. */
interface Snapshot {
  /** When the process began that noted it. */
  readonly process: number | null;
  /** Null where it does not say, or says that it did not know the price of a model. */
  readonly usd: number | null;
  readonly apiDuration: number | null;
  /** Tokens by model, as written. */
  readonly models: JsonObject;
}

/** What Claude Code noted of a session. */
export interface Noted {
  /** The last note of each count: a session that is resumed goes on counting, or begins anew. */
  readonly snapshots: readonly Snapshot[];
  /** False when the model said something behind the last note. */
  readonly last: boolean;
}

/** So many models of a note are read. */
const MAX_MODELS = 100;

/** The totals in a row; null of any other row. Versions from 2.1.250 on write such rows. */
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

/** What is noted with one more snapshot: one that tells no less than the one before holds it. */
export function noteMore(noted: Noted | null, snapshot: Snapshot): Noted {
  const before = noted?.snapshots ?? [];
  const [latest] = before.slice(-1);
  if (latest === undefined || goesOn(latest, snapshot))
    return { snapshots: [...before.slice(0, -1), snapshot], last: true };
  // Within one process totals never fall: what tells less was written late.
  if (latest.process !== null && latest.process === snapshot.process) return { snapshots: before, last: true };
  return { snapshots: [...before, snapshot], last: true };
}

function goesOn(before: Snapshot, after: Snapshot): boolean {
  return (after.usd ?? 0) >= (before.usd ?? 0) && outputOf(after) >= outputOf(before);
}

function outputOf({ models }: Snapshot): number {
  return sumKnown(Object.values(models).map((usage) => asCount(asObject(usage)?.['outputTokens']))) ?? 0;
}

/** The same once the model has said more. */
export function saidMore(noted: Noted | null): Noted | null {
  return noted?.last === true ? { ...noted, last: false } : noted;
}

/** Of what several files have noted of one session, that which tells most. */
export function fullestNote(noted: readonly (Noted | null)[]): Noted | null {
  const sizeOf = ({ snapshots }: Noted): number => snapshots.reduce((sum, snapshot) => sum + outputOf(snapshot), 0);
  return noted.reduce((a, b) => (a === null || (b !== null && sizeOf(b) > sizeOf(a)) ? b : a), null);
}

/** The totals that were noted. */
export interface NotedTotals {
  readonly tokens: TokenKinds;
  readonly usd: number | null;
  readonly apiDuration: number | null;
  readonly models: readonly string[];
}

/**
 * The totals that were noted; null where nothing was. Where no lifetime of cache writes is told it is taken from `counted`, what
 * the answers of the session add up to.
 */
export function notedTotals(noted: Noted | null, counted: TokenKinds): NotedTotals | null {
  const snapshots = noted?.snapshots ?? [];
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
