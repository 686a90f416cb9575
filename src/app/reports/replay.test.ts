import { describe, expect, test } from 'vitest';
import { REPO, runCompleted, runStarted, sessionRecorded } from '../../../test/kit/happenings.ts';
import { defaultConfig } from '../../config/parse.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import { repositorySubject } from '../../core/subject.ts';
import { after, HOUR, type Instant, MINUTE } from '../../core/time.ts';
import { demoFleet } from '../../sources/demo/fleet.ts';
import { allRules, asItHappened, asWatched, onGrid, replay, type Stretch } from './replay.ts';

const UNTIL = '2026-11-20T18:00:00.000Z';
const TERMS = { repo: 'octo/garden', least: 'warning', marks: null } as const;

function watched(at: Instant): EventOf<'watch.ran'> {
  const data = { trigger: 'schedule', run: null, late: null, requests: 0 };
  const subject = repositorySubject(REPO);
  return { v: 1, id: `watch:${at}`, kind: 'watch.ran', at, seen: at, repo: REPO, subject, data };
}

async function listed(stretches: AsyncIterable<Stretch>): Promise<readonly (readonly [Instant, readonly string[]])[]> {
  const list: [Instant, readonly string[]][] = [];
  for await (const { now, events } of stretches) list.push([now, events.map(({ id }) => id)]);
  return list;
}

const at = (minutes: number): Instant => after('2026-11-01T00:00:00.000Z', minutes * MINUTE);

describe('looks', () => {
  test('are taken at each run of watch, with all that the ledger held by then', async () => {
    const events = [
      runStarted({ id: 1, at: at(0) }),
      watched(at(10)),
      runStarted({ id: 2, at: at(20) }),
      watched(at(30)),
    ];
    expect(await listed(asWatched([...events, runStarted({ id: 3, at: at(40) })]))).toEqual([
      [at(10), ['run:1:1:started', `watch:${at(10)}`]],
      [at(30), ['run:2:1:started', `watch:${at(30)}`]],
    ]);
  });

  test('on a grid know what was learned up to the moment, and nothing that was learned after it', async () => {
    const events = [0, 59, 60, 61].map((minute, id) => runStarted({ id, at: at(minute), seen: at(minute) }));
    expect(await listed(onGrid(events, { every: HOUR, from: null, to: at(125) }))).toEqual([
      [at(60), ['run:0:1:started', 'run:1:1:started', 'run:2:1:started']],
      [at(120), ['run:3:1:started']],
    ]);
  });

  test('leave out what a clock that ran ahead of the present has written', async () => {
    const events = [
      runStarted({ id: 1, at: at(0), seen: at(0) }),
      runStarted({ id: 2, at: at(1), seen: '2099-01-01T00:00:00.000Z' }),
    ];
    expect(await listed(onGrid(events, { every: HOUR, from: null, to: at(60) }))).toEqual([
      [at(60), ['run:1:1:started']],
    ]);
  });

  test('of an empty ledger are none', async () => {
    expect(await listed(asWatched([]))).toEqual([]);
    expect(await listed(onGrid([], { every: HOUR, from: null, to: at(60) }))).toEqual([]);
  });

  test('know nothing of what we said and did ourselves', async () => {
    const claim = { fingerprint: 'f', setAt: at(0), because: 'time_is_up' } as const;
    const own = { ...watched(at(1)), id: 'x', kind: 'silence.ended', data: claim } as unknown as LedgerEvent;
    expect(await listed(asWatched([own, watched(at(10))]))).toEqual([[at(10), [`watch:${at(10)}`]]]);
  });
});

test('history that was read in afterwards can be taken for learned when it happened', () => {
  const late = '2026-12-01T00:00:00.000Z';
  const session = sessionRecorded({ run: 1, at: at(0), seen: late, more: { endedAt: at(7) } });
  const forged = sessionRecorded({ run: 2, at: at(5), seen: late, more: { endedAt: '2031-01-01T00:00:00.000Z' } });
  const events = [forged, session, runCompleted({ id: 1, at: at(0), seen: late })];
  expect(asItHappened(events).map(({ id, seen }) => [id, seen])).toEqual([
    ['run:1:1', at(4)],
    ['session:2:1:0', at(5)],
    ['session:1:1:0', at(7)],
  ]);
});

describe('the replay of a month', () => {
  const { events } = demoFleet({ seed: 1, until: UNTIL, days: 30 });
  const grid = { every: 12 * HOUR, from: null, to: UNTIL };
  const judge = allRules('now', defaultConfig());

  test('of a prefix tells what the whole told by then: nothing is looked up ahead', async () => {
    const whole = (await replay(onGrid(events, grid), [judge], TERMS)).judges[0]?.firings ?? [];
    const cut = '2026-11-14T06:00:00.000Z';
    const known = events.filter(({ seen }) => seen <= cut);
    const prefix = (await replay(onGrid(known, { ...grid, to: cut }), [judge], TERMS)).judges[0]?.firings ?? [];
    expect(prefix.length).toBeGreaterThan(0);
    const asOfCut = whole
      .filter((firing) => firing.at <= cut)
      .map((firing) => ({ ...firing, endedAt: (firing.endedAt ?? '9') <= cut ? firing.endedAt : null }));
    expect(prefix.map(({ severity: _, ...rest }) => rest)).toEqual(asOfCut.map(({ severity: _, ...rest }) => rest));
  });

  test('finds the loop and the failures that the month was made with, and when', async () => {
    const { judges, looks } = await replay(onGrid(events, { ...grid, every: 6 * HOUR }), [judge], TERMS);
    expect(looks).toBe(119);
    const told = (judges[0]?.firings ?? []).map(
      ({ rule, subject, at }) => `${rule} ${subject.name} ${at.slice(0, 10)}`,
    );
    expect(told).toContain('runaway nightly-fixer 2026-11-20');
    expect(told).toContain('failure-spike test-healer 2026-11-13');
  });

  test('changes nothing for one judge when others are asked beside it', async () => {
    const alone = await replay(onGrid(events, grid), [judge], TERMS);
    const silent = { name: 'silent', needs: () => [], ask: () => [] };
    const beside = await replay(onGrid(events, grid), [silent, judge], TERMS);
    expect(beside.judges[1]).toEqual(alone.judges[0]);
    expect(beside.judges[0]?.firings).toEqual([]);
  });
});
