import { describe, expect, test } from 'vitest';
import { REPO } from '../../test/kit/happenings.ts';
import type { EventOf } from '../core/event.ts';
import { repositorySubject } from '../core/subject.ts';
import { HOUR, type Instant, MINUTE, after as shifted } from '../core/time.ts';
import { measuresFold, measuring } from './measures.ts';
import { recordedEventsFold } from './recorded-events.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';

function recorded(id: string, at: Instant, type = 'release.published', labels = {}): EventOf<'event.recorded'> {
  return {
    ...{ v: 1, id: `event:${id}`, kind: 'event.recorded', at, seen: at, repo: REPO },
    subject: repositorySubject(REPO),
    data: { type, labels },
  };
}

const keep = (events: readonly EventOf<'event.recorded'>[]) =>
  recordedEventsFold.apply(recordedEventsFold.initial, events);

describe('events that were recorded', () => {
  test('are kept with their labels, oldest first, in whatever order they came', () => {
    const { marks } = keep([recorded('b', NOW, 'deploy', { to: 'live' }), recorded('a', shifted(NOW, -HOUR))]);
    expect(marks).toEqual([
      { id: 'event:a', type: 'release.published', labels: {}, at: shifted(NOW, -HOUR) },
      { id: 'event:b', type: 'deploy', labels: { to: 'live' }, at: NOW },
    ]);
  });

  test('go after 72 hours, and when there are more than 500', () => {
    expect(keep([recorded('old', shifted(NOW, -72 * HOUR - 1)), recorded('new', NOW)]).marks).toHaveLength(1);
    const many = Array.from({ length: 600 }, (_, n) => recorded(`${1000 + n}`, shifted(NOW, n)));
    const { marks } = keep(many);
    expect(marks).toHaveLength(500);
    expect(marks[0]?.id).toBe('event:1100');
  });

  test.each([
    ['a type that is no name', 'Rm -rf /', {}],
    ['a type of Checkrein itself', 'session.cost', {}],
    ['a label that is no text', 'deploy', { to: 7 as unknown as string }],
    ['labels that are a list', 'deploy', ['x'] as unknown as Record<string, string>],
    ['a type that is missing', undefined as unknown as string, {}],
  ])('of %s are left out', (_what, type, labels) => {
    const state = keep([{ ...recorded('x', NOW, 'x', labels), data: { type, labels } }]);
    expect(state.marks).toEqual([]);
    const rows = measuring.rows(measuresFold.initial, [{ ...recorded('x', NOW), data: { type, labels } }]);
    expect(rows).toEqual([]);
  });

  test('are counted by type in a measure', () => {
    const rows = measuring.rows(measuresFold.initial, [
      recorded('1', NOW, 'deploy', { to: 'live' }),
      recorded('2', shifted(NOW, MINUTE), 'deploy'),
    ]);
    const hours = rows.filter(({ step }) => step === 'hour');
    expect(hours.map(({ metric, labels, aggregate }) => [metric, labels, aggregate.count])).toEqual([
      ['event.recorded', { type: 'deploy' }, 1],
      ['event.recorded', { type: 'deploy' }, 1],
    ]);
  });
});
