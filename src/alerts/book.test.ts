import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frozen } from '../../test/kit/arbitrary-events.ts';
import { watchRan } from '../../test/kit/happenings.ts';
import type { AlertChange, AlertFacts } from '../core/alert.ts';
import { canonicalJson } from '../core/canonical.ts';
import type { LedgerEvent } from '../core/event.ts';
import { NO_EVIDENCE } from '../core/finding.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../core/time.ts';
import { type AlertBook, alertsFold } from './book.ts';
import { silenceOf, timeIsUp } from './calm.ts';

const START: Instant = '2026-11-21T12:00:00.000Z';
const FACTS: AlertFacts = {
  severity: 'warning',
  value: 1,
  limit: 2,
  unit: 'count',
  reason: 'It is so.',
  evidence: NO_EVIDENCE,
  explainedBy: null,
};

type Kind = AlertChange['kind'];

function change(kind: Kind, fingerprint = 'aa', episode = 1): AlertChange {
  switch (kind) {
    case 'pending':
    case 'activated':
    case 'updated':
      return {
        kind,
        fingerprint,
        name: 'late',
        subject: { kind: 'agent', name: 'x' },
        labels: {},
        episode,
        since: START,
        facts: FACTS,
      };
    case 'clearing':
    case 'holding':
    case 'dropped':
      return { kind, fingerprint, episode };
    case 'resolved':
      return { kind, fingerprint, episode, because: 'condition_cleared', reason: 'It is gone.' };
    default:
      return kind satisfies never;
  }
}

function event(kind: Kind, at: Instant, fingerprint = 'aa', episode = 1): LedgerEvent {
  return {
    v: 1,
    id: `alert:${fingerprint}:${episode}:${kind}:${at}`,
    kind: 'alert.changed',
    at,
    seen: at,
    repo: 'octo/repo',
    subject: { kind: 'agent', name: 'x' },
    data: { change: change(kind, fingerprint, episode) },
  };
}

function compacted(at: Instant, alertsKept: number): LedgerEvent {
  const data = { keptSince: { minute: '', hour: '', day: '' }, cut: null, alertsKept, dropped: 0 };
  return { ...watchRan(at), id: `compacted:${at}`, kind: 'ledger.compacted', data } as LedgerEvent;
}

function book(...events: LedgerEvent[]): AlertBook {
  return alertsFold.apply(alertsFold.initial, events);
}

type Spoken = 'ack' | 'unack' | 'silence' | 'unsilence';

/** What a person says about the alert, or the end of it. */
function spoken(kind: Spoken, at: Instant, fingerprint = 'aa', episode = 1, setAt: Instant = at): LedgerEvent {
  const base = {
    v: 1,
    id: `${kind}:${fingerprint}:${episode}:${at}`,
    at,
    seen: at,
    repo: 'octo/repo',
    subject: { kind: 'agent', name: 'x' },
  } as const;
  const head = { fingerprint, episode };
  switch (kind) {
    case 'ack': {
      const acknowledgement = { by: 'ada', at, until: shifted(at, 2 * HOUR), note: null };
      return { ...base, kind: 'alert.acknowledged', data: { ...head, acknowledgement } };
    }
    case 'unack':
      return { ...base, kind: 'alert.unacknowledged', data: { ...head, because: 'time_is_up' } };
    case 'silence':
      return {
        ...base,
        kind: 'silence.set',
        data: { silence: { fingerprint, by: 'ada', at, until: shifted(at, DAY), reason: null } },
      };
    case 'unsilence':
      return { ...base, kind: 'silence.ended', data: { fingerprint, setAt, because: 'by_a_person' } };
    default:
      return kind satisfies never;
  }
}

function isSpoken(kind: string): kind is Spoken {
  return ['ack', 'unack', 'silence', 'unsilence'].includes(kind);
}

const anyEvent = fc
  .record({
    kind: fc.constantFrom<Kind | Spoken | 'tick'>(
      'ack',
      'unack',
      'silence',
      'unsilence',
      'pending',
      'activated',
      'updated',
      'clearing',
      'holding',
      'dropped',
      'resolved',
      'tick',
    ),
    fingerprint: fc.constantFrom('aa', 'bb'),
    episode: fc.integer({ min: 1, max: 3 }),
    day: fc.integer({ min: 0, max: 70 }),
  })
  .map(({ kind, fingerprint, episode, day }) => {
    const at = shifted(START, day * DAY);
    if (isSpoken(kind)) return spoken(kind, at, fingerprint, episode);
    return kind === 'tick' ? watchRan(at) : event(kind, at, fingerprint, episode);
  });

describe('the book of alerts', () => {
  test('does not depend on how the events are cut into batches, and never writes to what it is given', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 25 }), fc.nat(25), (events, cut) => {
        const whole = alertsFold.apply(frozen(structuredClone(alertsFold.initial)), frozen(events));
        const first = frozen(alertsFold.apply(alertsFold.initial, events.slice(0, cut)));
        expect(canonicalJson(alertsFold.apply(first, events.slice(cut)))).toBe(canonicalJson(whole));
      }),
      { numRuns: 3_000 },
    );
  });

  test('an alert that ended is kept for 30 days, its episode for good', () => {
    const ended = [event('activated', START), event('resolved', shifted(START, HOUR))];
    expect(book(...ended, watchRan(shifted(START, 30 * DAY))).alerts).toHaveProperty('aa');
    const later = book(...ended, watchRan(shifted(START, 31 * DAY)));
    expect(later.alerts).toEqual({});
    expect(later.episodes).toEqual({ aa: 1 });
  });

  test.each([
    [10, 9, 11],
    [90, 89, 91],
  ])('an alert that ended is kept for %i days once a compaction says so', (days, still, gone) => {
    const said = compacted(START, days * DAY);
    const ended = [said, event('activated', START), event('resolved', shifted(START, HOUR))];
    expect(book(...ended, watchRan(shifted(START, still * DAY))).alerts).toHaveProperty('aa');
    expect(book(...ended, watchRan(shifted(START, gone * DAY))).alerts).toEqual({});
  });

  test('an alert that was forgotten does not come back because others are kept for longer, in one batch or in two', () => {
    const first = [
      event('activated', START),
      event('resolved', shifted(START, HOUR)),
      watchRan(shifted(START, 40 * DAY)),
    ];
    const said = compacted(shifted(START, 40 * DAY), 90 * DAY);
    expect(book(...first, said).alerts).toEqual({});
    expect(book(...first, said)).toEqual(alertsFold.apply(book(...first), [said]));
  });

  test('what no compaction would say changes nothing', () => {
    for (const kept of [-1, Number.NaN, '90d', null]) {
      expect(book(compacted(START, kept as number)).resolvedKept).toBe(30 * DAY);
    }
  });

  test('an active alert is kept however old it is', () => {
    expect(book(event('activated', START), watchRan(shifted(START, 400 * DAY))).alerts).toHaveProperty('aa');
  });

  test('a step of an alert whose beginning was lost leaves nothing', () => {
    for (const kind of ['clearing', 'holding', 'dropped', 'resolved'] as const) {
      expect(book(event(kind, START)).alerts).toEqual({});
    }
  });

  test('an update of an alert whose beginning was lost is taken for its beginning', () => {
    expect(book(event('updated', START)).alerts['aa']).toMatchObject({ state: 'active', activeAt: START });
    expect(book(event('updated', START, 'aa', 4), event('activated', START, 'aa', 2)).episodes).toEqual({ aa: 4 });
  });

  describe('the time of the last look', () => {
    const at = (hours: number) => shifted(START, hours * HOUR);
    const ran = (...hours: readonly number[]) => book(...hours.map((hour) => watchRan(at(hour)))).evaluatedAt;

    test('does not go back for one run that comes before it, as a re-run of an old job does', () => {
      expect(ran(24, 0)).toBe(at(24));
      expect(ran(24, 0, 25, 1)).toBe(at(25));
      expect(ran(24, 0, 0)).toBe(at(24));
    });

    test('goes back where two runs one after the other say that it lay in the future', () => {
      expect(ran(0, 90_000, 1)).toBe(at(90_000));
      expect(ran(0, 90_000, 1, 2)).toBe(at(2));
      expect(ran(0, 90_000, 1, 2, 3)).toBe(at(3));
    });

    test('does not go back by the drift of clocks', () => {
      expect(ran(1, 0.1, 0.2, 0.3)).toBe(at(1));
    });
  });

  test('other events leave the very same book', () => {
    const state = book(event('activated', START));
    expect(alertsFold.apply(state, [])).toBe(state);
  });
});

describe('an acknowledgement', () => {
  const at = shifted(START, HOUR);
  const acked = [event('activated', START), spoken('ack', at)];

  test('stays through updates and flickering', () => {
    const later = book(...acked, event('clearing', at), event('holding', at), event('updated', at)).alerts['aa'];
    expect(later?.acknowledged).toMatchObject({ by: 'ada' });
  });

  test('ends with the episode', () => {
    expect(book(...acked, event('resolved', at)).alerts['aa']?.acknowledged).toBeNull();
    expect(
      book(...acked, event('resolved', at), event('activated', at, 'aa', 2)).alerts['aa']?.acknowledged,
    ).toBeNull();
  });

  test('ends with its time, once', () => {
    const state = book(...acked);
    expect(timeIsUp(state, shifted(at, HOUR)).acknowledged).toEqual([]);
    expect(timeIsUp(state, shifted(at, 2 * HOUR)).acknowledged).toEqual([
      { fingerprint: 'aa', episode: 1, because: 'time_is_up' },
    ]);
    expect(timeIsUp(book(...acked, spoken('unack', at)), shifted(at, 2 * HOUR)).acknowledged).toEqual([]);
  });

  test('of another episode, of a pending or an ended alert, or of none changes nothing', () => {
    expect(book(event('activated', START), spoken('ack', at, 'aa', 2)).alerts['aa']?.acknowledged).toBeNull();
    expect(book(event('pending', START), spoken('ack', at)).alerts['aa']?.acknowledged).toBeNull();
    expect(book(spoken('ack', at)).alerts).toEqual({});
  });
});

describe('a silence', () => {
  test('holds until its time is up, whether or not its alert is there', () => {
    const state = book(spoken('silence', START));
    expect(silenceOf(state, 'aa', shifted(START, DAY - 1))).toMatchObject({ by: 'ada' });
    expect(silenceOf(state, 'aa', shifted(START, DAY))).toBeNull();
    expect(silenceOf(state, 'bb', START)).toBeNull();
  });

  test('outlives the episode', () => {
    const state = book(event('activated', START), spoken('silence', START), event('resolved', START));
    expect(silenceOf(state, 'aa', START)).not.toBeNull();
  });

  test('is ended by its own end only, not by that of one before it', () => {
    const later = shifted(START, HOUR);
    const twice = [spoken('silence', START), spoken('silence', later)];
    expect(book(...twice, spoken('unsilence', later, 'aa', 1, START)).silences).toHaveProperty('aa');
    expect(book(...twice, spoken('unsilence', later)).silences).toEqual({});
  });
});
