import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../core/event.ts';
import { type Failure, OutsideFailure } from '../core/failure.ts';
import { gather, sourcesFold, watermarkOf } from './progress.ts';

const FAILURE: Failure = { kind: 'unavailable', message: 'm', remedy: 'r', retry: true };

const at = (minute: number): string => `2026-11-21T09:${String(minute).padStart(2, '0')}:00.000Z`;

async function readAt(
  minute: number,
  watermark: string | null,
  failure: Failure | null = null,
): Promise<readonly LedgerEvent[]> {
  const reading = { events: [], complaints: [], items: 1, watermark, failure };
  return (await gather('s', { repo: 'o/r', now: at(minute) }, async () => reading)).events;
}

async function failAt(minute: number): Promise<readonly LedgerEvent[]> {
  const { events } = await gather('s', { repo: 'o/r', now: at(minute) }, () =>
    Promise.reject(new OutsideFailure(FAILURE)),
  );
  return events;
}

describe('how sources fare', () => {
  test('a failing source keeps its place and since when it fails, until it reads again', async () => {
    let state = sourcesFold.apply(sourcesFold.initial, await readAt(1, 'one'));
    expect(state.sources).toEqual([
      { source: 's', lastReadAt: at(1), lastAttemptAt: at(1), failure: null, failingSince: null, watermark: 'one' },
    ]);
    state = sourcesFold.apply(state, [...(await failAt(2)), ...(await failAt(3))]);
    expect(state.sources).toEqual([
      { source: 's', lastReadAt: at(1), lastAttemptAt: at(3), failure: FAILURE, failingSince: at(2), watermark: 'one' },
    ]);
    // A source that failed half way continues where it stopped.
    state = sourcesFold.apply(state, await readAt(4, 'two', FAILURE));
    expect([watermarkOf(state, 's'), state.sources[0]?.failingSince]).toEqual(['two', at(2)]);
    state = sourcesFold.apply(state, await readAt(5, 'three'));
    expect(state.sources[0]).toMatchObject({ lastReadAt: at(5), failure: null, failingSince: null });
    expect(watermarkOf(state, 'other')).toBeNull();
  });

  test('a bug in a source is not taken for a failure of the outside', async () => {
    const broken = gather('s', { repo: 'o/r', now: at(1) }, () => Promise.reject(new TypeError('bug')));
    await expect(broken).rejects.toThrow('bug');
  });

  test('the fold does not depend on how events are cut into batches', async () => {
    const events = (
      await Promise.all([readAt(1, 'a'), failAt(2), readAt(3, 'b', FAILURE), failAt(4), readAt(5, null), failAt(6)])
    ).flat();
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...events)), fc.nat(20), (list, cut) => {
        const halves = sourcesFold.apply(sourcesFold.apply(sourcesFold.initial, list.slice(0, cut)), list.slice(cut));
        expect(halves).toEqual(sourcesFold.apply(sourcesFold.initial, list));
      }),
    );
  });
});
