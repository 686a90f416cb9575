import { describe, expect, test } from 'vitest';
import { type Denial, denialOf } from '../core/denial.ts';
import type { EventOf } from '../core/event.ts';
import { DAY, HOUR, type Instant, after as later } from '../core/time.ts';
import { denialsFold } from './denials.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';

function denial(agent: string, at: Instant, until: Instant): Denial {
  return { agent, at, until, rule: 'loop', fingerprint: 'f', episode: 1 };
}

function denied(one: Denial): EventOf<'agent.denied'> {
  const base = { v: 1, id: `denied:${one.agent}:${one.at}`, at: one.at, seen: one.at, repo: 'o/r' } as const;
  return { ...base, kind: 'agent.denied', subject: { kind: 'agent', name: one.agent }, data: { denial: one } };
}

describe('who may not start for a while', () => {
  const hour = denial('fixer', NOW, later(NOW, HOUR));

  test('from the moment that it is written down until its end, and no other agent', () => {
    const denials = denialsFold.apply(denialsFold.initial, [denied(hour)]);
    expect(denialOf(denials, 'fixer', NOW)).toEqual(hour);
    expect(denialOf(denials, 'fixer', later(NOW, HOUR - 1))).toEqual(hour);
    expect(denialOf(denials, 'fixer', later(NOW, HOUR))).toBeNull();
    expect(denialOf(denials, 'fixer', later(NOW, -1))).toBeNull();
    expect(denialOf(denials, 'writer', NOW)).toBeNull();
  });

  test('until the last end where several hold', () => {
    const longer = denial('fixer', NOW, later(NOW, 3 * HOUR));
    expect(denialOf([longer, hour], 'fixer', NOW)).toEqual(longer);
  });

  test('is forgotten a month after its end, whatever batches it came in', () => {
    const late = denial('writer', later(NOW, 40 * DAY), later(NOW, 41 * DAY));
    const together = denialsFold.apply(denialsFold.initial, [denied(hour), denied(late)]);
    const apart = denialsFold.apply(denialsFold.apply(denialsFold.initial, [denied(hour)]), [denied(late)]);
    expect(together).toEqual([late]);
    expect(apart).toEqual(together);
  });
});
