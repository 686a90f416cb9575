import { describe, expect, test } from 'vitest';
import { factsAfter, REPO, runCompleted } from '../../../test/kit/happenings.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { OutsideFailure } from '../../core/failure.ts';
import { DAY, type Instant, MINUTE, after as shifted } from '../../core/time.ts';
import type { RemoteItem } from '../../github/items-port.ts';
import { sourcesFold } from '../progress.ts';
import { gatherItems } from './fetch.ts';
import { itemsFold } from './fold.ts';
import { isOfBot, itemMark, titleHash } from './parse.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';

const remote = (number: number, more: Partial<RemoteItem> = {}): RemoteItem => ({
  number,
  kind: 'issue',
  title: 'Flaky test in parser',
  author: { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' },
  app: null,
  labels: [],
  createdAt: shifted(NOW, -2 * MINUTE),
  updatedAt: shifted(NOW, -MINUTE),
  closedAt: null,
  mergedAt: null,
  ...more,
});

describe('what a title says', () => {
  test.each([
    ['case, spaces and punctuation', 'Flaky test in parser', '  flaky  Test: in `parser`!'],
    ['compatible letters', 'Ｆlaky test in parser', 'Flaky test in parser'],
  ])('is the same but for %s', (_what, a, b) => {
    expect(titleHash(a)).toBe(titleHash(b));
  });

  test.each([
    ['numbers', 'Fix 12', 'Fix 13'],
    ['dates', 'Report 2026-11-20', 'Report 2026-11-21'],
    ['letters of any script', 'エラー', 'エラ'],
  ])('is another with other %s', (_what, a, b) => {
    expect(titleHash(a)).not.toBe(titleHash(b));
  });

  test('is 16 hex digits, of an empty and of an endless title too', () => {
    for (const title of ['', '🙂', 'x'.repeat(1e6)]) expect(titleHash(title)).toMatch(/^[\da-f]{16}$/);
  });
});

describe('whose it is', () => {
  const runs = (...events: readonly LedgerEvent[]) => factsAfter(events, { now: NOW }).runs;
  const at = shifted(NOW, -3 * MINUTE);

  test('the agent whose run alone was going on when it was made', () => {
    expect(itemMark(remote(1), runs(runCompleted({ id: 1, agent: 'fixer', at }))).agent).toBe('fixer');
  });

  test('nobody’s while two agents were at work, or none', () => {
    const two = runs(runCompleted({ id: 1, agent: 'fixer', at }), runCompleted({ id: 2, agent: 'docs', at }));
    expect(itemMark(remote(1), two).agent).toBeNull();
    expect(itemMark(remote(1), runs(runCompleted({ id: 1, at: shifted(NOW, -DAY) }))).agent).toBeNull();
  });

  test('a bot’s or an app’s by the API; not a person’s, and not our own', () => {
    const person = { id: 7, login: 'evil[bot]', type: 'User' } as const;
    expect(isOfBot(remote(1), 'checkrein')).toBe(true);
    expect(isOfBot(remote(1, { author: person }), 'checkrein')).toBe(false);
    expect(isOfBot(remote(1, { author: person, app: 'some-app' }), 'checkrein')).toBe(true);
    expect(isOfBot(remote(1, { labels: ['checkrein'] }), 'checkrein')).toBe(false);
  });
});

function gatherFrom(
  items: readonly RemoteItem[] | OutsideFailure,
  hasMore = false,
  known: readonly LedgerEvent[] = [],
) {
  const asked: Instant[] = [];
  const gathered = gatherItems({
    items: {
      changedSince: async (since) => {
        asked.push(since);
        if (items instanceof OutsideFailure) throw items;
        return { items, hasMore };
      },
    },
    moment: { repo: REPO, now: NOW },
    sources: sourcesFold.apply(sourcesFold.initial, known),
    runs: [],
    lookBack: 30 * DAY,
    ownLabel: 'checkrein',
  });
  return gathered.then((result) => ({ ...result, asked }));
}

describe('reading issues and pull requests', () => {
  test('keeps marks of what bots made, without any of the content', async () => {
    const person = remote(2, { author: { id: 7, login: 'ada', type: 'User' } });
    const { events, asked } = await gatherFrom([remote(1), person]);
    expect(events.map(({ kind }) => kind)).toEqual(['item.seen', 'source.read']);
    expect(JSON.stringify(events)).not.toContain('Flaky');
    expect(asked).toEqual([shifted(NOW, -30 * DAY)]);
  });

  test('goes on where it stopped: at the present when it saw all, else at the last it saw', async () => {
    const all = await gatherFrom([remote(1)]);
    expect(all.events.at(-1)).toMatchObject({ data: { watermark: NOW } });
    const part = await gatherFrom([remote(1)], true);
    expect(part.events.at(-1)).toMatchObject({ data: { watermark: shifted(NOW, -MINUTE) } });
    expect((await gatherFrom([], false, part.events)).asked).toEqual([shifted(NOW, -6 * MINUTE)]);
  });

  test('where it is forbidden, that is said and blinds nobody', async () => {
    const failure = {
      kind: 'forbidden',
      message: 'GitHub refused',
      remedy: 'Allow issues: read',
      retry: false,
    } as const;
    const { events, complaints } = await gatherFrom(new OutsideFailure(failure));
    expect(events).toEqual([]);
    expect(complaints).toEqual(['What bots open is not known: GitHub refused. Allow issues: read.']);
  });
});

describe('the marks that are kept', () => {
  const seen = async (item: RemoteItem): Promise<readonly LedgerEvent[]> => (await gatherFrom([item])).events;

  test('the last look counts, in whatever order it comes, and seeing twice changes nothing', async () => {
    const opened = await seen(remote(1));
    const closed = await seen(remote(1, { closedAt: NOW, updatedAt: NOW }));
    const both = itemsFold.apply(itemsFold.initial, [...opened, ...closed]);
    expect(both.items).toMatchObject([{ number: 1, closedAt: NOW }]);
    expect(itemsFold.apply(itemsFold.initial, [...closed, ...opened, ...closed])).toEqual(both);
  });

  test('what was closed is forgotten 35 days after it was made; what is open stays', async () => {
    const old = shifted(NOW, -40 * DAY);
    const events = [
      ...(await seen(remote(1, { createdAt: old, updatedAt: old, closedAt: old }))),
      ...(await seen(remote(2, { createdAt: old, updatedAt: old }))),
      ...(await seen(remote(3))),
    ];
    expect(itemsFold.apply(itemsFold.initial, events).items.map(({ number }) => number)).toEqual([2, 3]);
  });
});
