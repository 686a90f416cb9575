import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { SourceStatus } from '../core/facts.ts';
import { attempt, type Failure } from '../core/failure.ts';
import type { Fold } from '../core/fold.ts';
import type { Instant } from '../core/time.ts';
import type { Watermark } from '../core/work-events.ts';

/** What a source brought in one run: events for the ledger and short remarks for the log. */
export interface Gathered {
  readonly events: readonly LedgerEvent[];
  readonly complaints: readonly string[];
}

/** What a source read before it is known whether it read well. */
export interface SourceReading extends Gathered {
  /** How far the source has read; null when it keeps no place. */
  readonly watermark: Watermark | null;
  /** How many things were read. */
  readonly items: number;
  /** What ended the reading early; null when nothing did. */
  readonly failure: Failure | null;
}

/** Where and when a source reads. */
export interface SourceMoment {
  readonly repo: string;
  readonly now: Instant;
}

/**
 * Runs a source and adds the event that says how it fared. A source that fails becomes one `source.failed` event,
 * together with what it read before, so that the run goes on with the others.
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

/** How a source fares, and where it goes on reading. */
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

/** Where a source stands; null when it never read. */
export function watermarkOf(state: SourcesState, source: string): Watermark | null {
  return state.sources.find((progress) => progress.source === source)?.watermark ?? null;
}

/** What a watermark of JSON holds; null where the source never read, or where it cannot be understood. */
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
