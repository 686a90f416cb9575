import type { SessionPiece } from '../format.ts';
import { asCount, asText, type JsonObject } from '../json/fields.ts';
import { type GatewayCall, readCall } from './gateway.ts';
import { kindOf } from './records.ts';
import { eachRequestOnce, type GhAwRequest, lineOf, readRequest } from './requests.ts';
import { rawUsage, sizeOf } from './usage.ts';

/** The agent's own work, or gh-aw's check of its output by another model. */
export type Phase = 'agent' | 'detection';

/** What one phase of a run used, as far as its files say. */
export interface PhaseFacts {
  readonly phase: Phase;
  /** Null when there is no line of the proxy. */
  readonly requests: readonly GhAwRequest[] | null;
  /** Totals that gh-aw wrote, from the fullest copy. Null when there are none. */
  readonly totals: readonly JsonObject[] | null;
  /** True when copies of the totals differ. */
  readonly totalsDiffer: boolean;
  /** True when lines of the proxy were lost to damage. */
  readonly damaged: boolean;
  /** The file to name: the one with most of the figures. */
  readonly path: string;
}

/** What all files of a run yield together. */
export interface RunFacts {
  readonly info: RunInfo;
  readonly phases: readonly PhaseFacts[];
  /** Calls of the fullest gateway log. Null when there is none. */
  readonly calls: readonly GatewayCall[] | null;
  readonly activity: readonly JsonObject[];
}

/** What gh-aw says about its run. */
export interface RunInfo {
  /** One of the engines that gh-aw drives. Null when it is unknown or new. */
  readonly engine: string | null;
  readonly model: string | null;
  /** The run id and attempt, as numbers in text. */
  readonly run: string | null;
  /** False means that the counting proxy was off. */
  readonly firewall: boolean | null;
}

interface Sorted {
  readonly piece: SessionPiece;
  readonly phase: Phase;
  readonly requests: readonly GhAwRequest[];
  readonly totals: readonly JsonObject[];
  readonly calls: readonly GatewayCall[];
}

/** Sorts the contents of one run's files. Copies of one file count once. */
export function factsOf(pieces: readonly SessionPiece[]): RunFacts {
  const records = pieces.flatMap(({ document }) => document.records);
  const sorted = pieces.map(sortPiece);
  const logs = sorted.filter(({ calls }) => calls.length > 0).map(({ calls }) => calls);
  const agent = phaseOf('agent', sorted, []);
  const detection = phaseOf('detection', sorted, agent?.requests ?? []);
  return {
    info: infoOf(records.filter((record) => kindOf(record) === 'info')),
    phases: [agent, detection].filter((facts) => facts !== null),
    calls: logs.sort((a, b) => b.length - a.length)[0] ?? null,
    activity: records.filter((record) => kindOf(record) === 'activity'),
  };
}

/**
 * Whether a path leads to records of gh-aw's check of its output: through a file, a folder or an artifact of one of its names, which a
 * called workflow puts a hash in front of. The folder of a project on some other detection is none.
 */
export function isOfDetection(path: string): boolean {
  return /(?:^|[/!])(?:threat-|[\da-f]{8}-)?detection(?:\.\w+)?(?:[/!]|$)/i.test(path);
}

function sortPiece(piece: SessionPiece): Sorted {
  const of = (kind: ReturnType<typeof kindOf>): readonly JsonObject[] =>
    piece.document.records.filter((record) => kindOf(record) === kind);
  return {
    piece,
    phase: isOfDetection(piece.origin) ? 'detection' : 'agent',
    requests: of('request').map(readRequest),
    totals: of('totals'),
    calls: of('call')
      .map(readCall)
      .filter((call) => call !== null),
  };
}

function phaseOf(phase: Phase, all: readonly Sorted[], counted: readonly GhAwRequest[]): PhaseFacts | null {
  const ofPhase = (sorted: Sorted, request: GhAwRequest): boolean =>
    (sorted.phase === 'detection' || request.detection ? 'detection' : 'agent') === phase;
  const lines = all.flatMap((sorted) => sorted.requests.filter((request) => ofPhase(sorted, request)));
  const before = new Set(counted.map(lineOf));
  const requests = eachRequestOnce(lines).filter((request) => !before.has(lineOf(request)));
  const own = all.filter((sorted) => sorted.phase === phase);
  const totals = own.map((sorted) => sorted.totals).filter((rows) => rows.length > 0);
  const fullest = [...totals].sort((a, b) => weight(b) - weight(a))[0] ?? null;
  if (requests.length === 0 && fullest === null) return null;
  const source = all.find((sorted) => sorted.requests.some((request) => ofPhase(sorted, request)));
  const totalsAt = own.find((sorted) => sorted.totals === fullest);
  return {
    phase,
    requests: requests.length === 0 ? null : requests,
    totals: fullest,
    totalsDiffer: totals.some((rows) => weight(rows) !== weight(fullest ?? [])),
    damaged: all.some(({ requests: read, piece }) => read.length > 0 && piece.document.damaged),
    path: (totalsAt ?? source)?.piece.path ?? '',
  };
}

/** Copies of one file weigh the same. */
function weight(totals: readonly JsonObject[]): number {
  return totals.reduce((sum, record) => sum + sizeOf(rawUsage(record)) + (asCount(record['ai_credits']) ?? 0), 0);
}

/** The agent could make up an engine name, so only engines that gh-aw is known to drive are reported. */
const ENGINES: readonly (string | null)[] = [
  'claude',
  'codex',
  'copilot',
  'gemini',
  'opencode',
  'crush',
  'pi',
  'custom',
];

function infoOf(records: readonly JsonObject[]): RunInfo {
  const engine = firstOf(records, (record) => asText(record['engine_id']));
  const firewalls = records.map((record) => record['firewall_enabled']).filter((value) => typeof value === 'boolean');
  return {
    engine: ENGINES.includes(engine) ? engine : null,
    model: firstOf(records, (record) => asText(record['model'])),
    run: firstOf(records, runIn),
    firewall: firewalls[0] ?? null,
  };
}

function firstOf<T>(records: readonly JsonObject[], read: (record: JsonObject) => T | null): T | null {
  return records.map(read).find((value) => value !== null) ?? null;
}

/** `<run>-<attempt>` from gh-aw's record about its run. */
export function runIn(record: JsonObject): string | null {
  const run = asCount(record['run_id']);
  return run === null || run === 0 ? null : `${run}-${asCount(record['run_attempt']) ?? 1}`;
}
