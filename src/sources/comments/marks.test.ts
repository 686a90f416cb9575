import { describe, expect, test } from 'vitest';
import { OutsideFailure } from '../../core/failure.ts';
import type { Actor } from '../../core/run.ts';
import { DAY, type Instant, after as later, MINUTE } from '../../core/time.ts';
import type { RemoteComment } from '../../github/remote.ts';
import { commentEvents } from './marks.ts';
import { gatherTalk } from './talk.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';
const MOMENT = { repo: 'octo/garden', now: NOW };
const CLAUDE: Actor = { id: 209_825_114, login: 'claude[bot]', type: 'Bot' };
const ADA: Actor = { id: 7, login: 'ada', type: 'User' };
const JOB: Actor = { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' };

function comment(id: number, author: Actor | null, more: Partial<RemoteComment> = {}): RemoteComment {
  const at = later(NOW, (id - 100) * MINUTE);
  const base = { issue: 5, body: 'my password is hunter2', app: null, url: 'https://github.com/octo/garden/issues/5' };
  return { id, author, createdAt: at, updatedAt: at, ...base, ...more };
}

function marks(comments: readonly RemoteComment[]) {
  return commentEvents(comments, [], MOMENT).map(({ data }) => data.comment);
}

describe('what is kept of comments', () => {
  test('is who wrote them, where and when, and none of their words', () => {
    const [event] = commentEvents([comment(1, CLAUDE)], [], MOMENT);
    expect(event).toMatchObject({ id: 'comment:1', kind: 'comment.seen', at: later(NOW, -99 * MINUTE), seen: NOW });
    expect(event?.data.comment).toEqual({
      id: 1,
      item: 5,
      bot: CLAUDE,
      app: null,
      at: later(NOW, -99 * MINUTE),
      claims: null,
    });
    expect(JSON.stringify(event)).not.toContain('hunter2');
  });

  test('is of people nothing but that they joined in where bots talk', () => {
    const kept = marks([comment(1, ADA), comment(2, CLAUDE), comment(3, ADA), comment(4, ADA, { issue: 6 })]);
    expect(kept.map(({ id, bot }) => [id, bot?.login ?? null])).toEqual([
      [2, 'claude[bot]'],
      [3, null],
    ]);
    expect(JSON.stringify(kept)).not.toContain('ada');
  });

  test('is nothing of what a job wrote with its own token, which starts nothing, nor of accounts that are gone', () => {
    expect(marks([comment(1, JOB), comment(2, null)])).toEqual([]);
  });

  test('is the app where one wrote in the name of a person', () => {
    expect(marks([comment(1, ADA, { app: 'some-app' })])).toMatchObject([{ bot: { login: 'ada' }, app: 'some-app' }]);
  });

  test('is kept once', () => {
    const [first] = marks([comment(1, CLAUDE)]);
    expect(
      first && commentEvents([comment(1, CLAUDE), comment(2, CLAUDE)], [first], MOMENT).map(({ id }) => id),
    ).toEqual(['comment:2']);
  });

  test.each<readonly [string, number | null]>([
    ['[View run](https://github.com/octo/garden/actions/runs/8123) done', 8_123],
    [
      'https://github.com/Octo/Garden/actions/runs/8123/job/4 and https://github.com/octo/garden/actions/runs/8123',
      8_123,
    ],
    ['https://github.com/octo/garden/actions/runs/8123 https://github.com/octo/garden/actions/runs/8124', null],
    ['https://github.com/evil/garden/actions/runs/8123', null],
    ['https://github.com/octo/garden/actions/runs/99999999999999999999', null],
    ['https://github.com/octo/garden/actions/runs/', null],
    ['', null],
  ])('claims the one run of this repository that it links to: %j', (body, expected) => {
    expect(marks([comment(1, CLAUDE, { body })])).toMatchObject([{ claims: expected }]);
    expect(marks([comment(2, CLAUDE), comment(3, ADA, { body })]).at(-1)?.claims).toBeNull();
  });
});

describe('comments for a run that answers no commands', () => {
  test('are read from where the last look ended, a day back at first', async () => {
    const asked: Instant[] = [];
    const people = {
      comments: async (since: Instant) => {
        asked.push(since);
        return [comment(1, CLAUDE)];
      },
    };
    const first = await gatherTalk({ people, moment: MOMENT, sources: { sources: [] }, known: [] });
    expect(first.events.map(({ kind }) => kind)).toEqual(['comment.seen', 'source.read']);
    const progress = { source: 'talk', lastReadAt: NOW, failure: null, failingSince: null, watermark: NOW };
    await gatherTalk({ people, moment: MOMENT, sources: { sources: [progress] }, known: [] });
    expect(asked).toEqual([later(NOW, -DAY), later(NOW, -5 * MINUTE)]);
  });

  test('that cannot be read are said and blind nobody', async () => {
    const comments = async (): Promise<never> => {
      throw new OutsideFailure({ kind: 'forbidden', message: 'No', remedy: 'Ask', retry: false });
    };
    const { events, complaints } = await gatherTalk({
      people: { comments },
      moment: MOMENT,
      sources: { sources: [] },
      known: [],
    });
    expect([events, complaints]).toEqual([[], ['What bots say to each other is not known: No. Ask.']]);
  });
});
