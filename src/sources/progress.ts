import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { SourceStatus } from '../core/facts.ts';
import { attempt, type Failure } from '../core/failure.ts';
import type { Fold } from '../core/fold.ts';
import type { Instant } from '../core/time.ts';
import type { Watermark } from '../core/work-events.ts';

/** What a source yielded in one run: events for the ledger and short remarks for the log. */
export interface Gathered {
  readonly events: readonly LedgerEvent[];
  readonly complaints: readonly string[];
}

/** What a source read, before its success is known. */
export interface SourceReading extends Gathered {
  /** How far the source has read. Null when it keeps no position. */
  readonly watermark: Watermark | null;
  /** How many things were read. */
  readonly items: number;
  /** What ended the reading early. Null when nothing did. */
  readonly failure: Failure | null;
}

/** Where and when a source reads. */
export interface SourceMoment {
  readonly repo: string;
  readonly now: Instant;
}

/**
 * Runs a source and adds an event with its result. A failure becomes one `source.failed` event, together with what was read before,
 * so that the run continues with the other sources.
 */
export async function gather(
  source: string,
  moment: SourceMoment,
  read: () => Promise<SourceReading>,
): Promise<Gathered> {
  const result = await attempt(read);
  if (!result.ok) return { events: [failed(source, moment, result.failure, null)], complaints: [] };
  const { events, complaints, watermark, failure, items } = result.value;
  const last =
    failure === null ? sourceRead(source, moment, watermark, items) : failed(source, moment, failure, watermark);
  return { events: [...events, last], complaints };
}

function sourceRead(
  source: string,
  { repo, now }: SourceMoment,
  watermark: Watermark | null,
  items: number,
): EventOf<'source.read'> {
  return {
    v: 1,
    id: `source:${source}:${now}`,
    kind: 'source.read',
    at: now,
    seen: now,
    repo,
    subject: { kind: 'source', name: source },
    data: { source, watermark, items },
  };
}

function failed(
  source: string,
  { repo, now }: SourceMoment,
  failure: Failure,
  watermark: Watermark | null,
): EventOf<'source.failed'> {
  return {
    v: 1,
    id: `failed:${source}:${now}`,
    kind: 'source.failed',
    at: now,
    seen: now,
    repo,
    subject: { kind: 'source', name: source },
    data: { source, failure, ...(watermark === null ? {} : { watermark }) },
  };
}

/** The health of a source, and where it continues reading. */
export interface SourceProgress extends SourceStatus {
  readonly watermark: Watermark | null;
}

/** One entry for each source that ever read or failed, by name. */
export interface SourcesState {
  readonly sources: readonly SourceProgress[];
}

/** Keeps the watermark and the health of each source. */
export const sourcesFold: Fold<SourcesState> = {
  initial: { sources: [] },
  apply: (state, events) => {
    const known = new Map(state.sources.map((progress) => [progress.source, progress]));
    let changed = false;
    for (const event of events) {
      if (event.kind !== 'source.read' && event.kind !== 'source.failed') continue;
      const { source } = event.data;
      known.set(source, afterEvent(known.get(source) ?? unread(source), event));
      changed = true;
    }
    if (!changed) return state;
    return { sources: [...known.values()].sort((a, b) => (a.source < b.source ? -1 : 1)) };
  },
};

/** The position of a source. Null if it never read. */
export function watermarkOf(state: SourcesState, source: string): Watermark | null {
  return state.sources.find((progress) => progress.source === source)?.watermark ?? null;
}

/** The contents of a JSON watermark. Null if the source never read, or if it cannot be parsed. */
export function readWatermark(watermark: Watermark | null): unknown {
  try {
    return watermark === null ? null : JSON.parse(watermark);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function unread(source: string): SourceProgress {
  return { source, lastReadAt: null, failure: null, failingSince: null, watermark: null };
}

function afterEvent(
  progress: SourceProgress,
  event: EventOf<'source.read'> | EventOf<'source.failed'>,
): SourceProgress {
  if (event.kind === 'source.read') {
    const { watermark } = event.data;
    return { ...progress, lastReadAt: event.at, lastAttemptAt: event.at, failure: null, failingSince: null, watermark };
  }
  const { failure, watermark } = event.data;
  return {
    ...progress,
    lastAttemptAt: event.at,
    failure,
    failingSince: progress.failingSince ?? event.at,
    watermark: watermark ?? progress.watermark,
  };
}
