import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AlertChange } from '../core/alert.ts';
import { canonicalJson } from '../core/canonical.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { Receipt } from '../core/response.ts';
import { repositorySubject } from '../core/subject.ts';
import { DAY, HOUR, type Instant, after as later, MINUTE } from '../core/time.ts';
import { responsesFold } from './log.ts';

const T0: Instant = '2026-11-20T12:00:00.000Z';

function event<K extends LedgerEvent['kind']>(
  kind: K,
  at: Instant,
  data: Extract<LedgerEvent, { kind: K }>['data'],
): LedgerEvent {
  return {
    v: 1,
    id: `${kind}:${at}`,
    kind,
    at,
    seen: at,
    repo: 'o/r',
    subject: repositorySubject('o/r'),
    data,
  } as LedgerEvent;
}

function receipt(more: Partial<Receipt> = {}): Receipt {
  return {
    key: 'issue:a:1:open',
    kind: 'issue',
    act: 'open',
    fingerprint: 'a',
    episode: 1,
    ok: true,
    issue: 7,
    url: 'https://github.com/o/r/issues/7',
    hash: 'h1',
    severity: 'warning',
    error: null,
    gone: false,
    ...more,
  };
}

function applied(at: Instant, more: Partial<Receipt> = {}): LedgerEvent {
  return event('response.applied', at, { receipt: receipt(more) });
}

function claimed(at: Instant, key = 'issue:a:1:open'): LedgerEvent {
  const claim = { key, kind: 'issue', act: 'open', fingerprint: 'a', episode: 1, by: 'me', at } as const;
  return event('response.claimed', at, { claim });
}

function resolved(at: Instant, fingerprint = 'a'): LedgerEvent {
  const change: AlertChange = {
    kind: 'resolved',
    fingerprint,
    episode: 1,
    because: 'condition_cleared',
    reason: 'all is well',
  };
  return event('alert.changed', at, { change });
}

function apply(...events: LedgerEvent[]): ReturnType<typeof responsesFold.apply> {
  return responsesFold.apply(responsesFold.initial, events);
}

describe('what the log remembers', () => {
  test('a claim is open until its receipt', () => {
    expect(Object.keys(apply(claimed(T0)).claims)).toEqual(['issue:a:1:open']);
    expect(apply(claimed(T0), applied(T0)).claims).toEqual({});
    expect(apply(claimed(T0), applied(T0, { ok: false, issue: null })).claims).toEqual({});
  });

  test('a claim without a receipt is forgotten after an hour', () => {
    expect(Object.keys(apply(claimed(T0), claimed(later(T0, HOUR + 1), 'k')).claims)).toEqual(['k']);
  });

  test('an issue lives through open, update and close', () => {
    const { issues } = apply(applied(T0), applied(later(T0, MINUTE), { act: 'close', hash: 'h2', url: null }));
    expect(issues).toEqual({
      a: {
        number: 7,
        url: 'https://github.com/o/r/issues/7',
        episode: 1,
        state: 'closed',
        hash: 'h2',
        severity: 'warning',
        closedAt: later(T0, MINUTE),
        gone: false,
      },
    });
  });

  test('a refusal changes nothing but the count of writes', () => {
    const state = apply(applied(T0), applied(later(T0, MINUTE), { act: 'update', ok: false, hash: null, error: 'no' }));
    expect(state.issues['a']?.hash).toBe('h1');
    expect(state.writes).toHaveLength(2);
  });

  test('an issue that is gone is known to be gone, but not when a newer one took its place', () => {
    const gone = { act: 'update', ok: false, gone: true } as const;
    expect(apply(applied(T0), applied(T0, gone)).issues['a']?.gone).toBe(true);
    expect(apply(applied(T0, { issue: 8 }), applied(T0, gone)).issues['a']?.gone).toBe(false);
    expect(apply(applied(T0, gone)).issues).toEqual({});
  });

  test('only the writes of the last hour are kept', () => {
    expect(apply(applied(T0), applied(later(T0, HOUR - 1))).writes).toHaveLength(2);
    expect(apply(applied(T0), applied(later(T0, HOUR))).writes).toEqual([later(T0, HOUR)]);
  });

  test('the reason of an end is kept until the next beginning, at most a month', () => {
    expect(apply(resolved(T0)).resolutions).toEqual({ a: { episode: 1, reason: 'all is well', at: T0 } });
    expect(Object.keys(apply(resolved(T0), resolved(later(T0, 31 * DAY), 'b')).resolutions)).toEqual(['b']);
  });

  test('closed issues are forgotten in the end, open ones never', () => {
    const past = later(T0, 91 * DAY);
    const close = applied(T0, { act: 'close' });
    const other = { fingerprint: 'b', key: 'issue:b:1:open', issue: 9 };
    expect(Object.keys(apply(close, applied(past, other)).issues)).toEqual(['b']);
    expect(Object.keys(apply(applied(T0), applied(past, other)).issues)).toEqual(['a', 'b']);
  });

  test('events of other kinds leave the very same state', () => {
    const state = apply(claimed(T0));
    expect(
      responsesFold.apply(state, [event('watch.ran', T0, { trigger: 'x', run: null, late: null, requests: 0 })]),
    ).toBe(state);
  });
});

test('it does not matter how the events are cut into batches, and no state is changed in place', () => {
  const minutes = fc.integer({ min: 0, max: 100_000 }).map((n) => later(T0, n * MINUTE));
  const acts = fc.constantFrom('open', 'update', 'close', 'reopen');
  const anyEvent = fc.oneof(
    fc.tuple(minutes, fc.constantFrom('k', 'l')).map(([at, key]) => claimed(at, key)),
    fc
      .record({
        at: minutes,
        act: acts,
        key: fc.constantFrom('k', 'l'),
        fingerprint: fc.constantFrom('a', 'b'),
        ok: fc.boolean(),
        gone: fc.boolean(),
        issue: fc.constantFrom(7, 8, null),
      })
      .map(({ at, ...more }) => applied(at, more as Partial<Receipt>)),
    fc.tuple(minutes, fc.constantFrom('a', 'b')).map(([at, fingerprint]) => resolved(at, fingerprint)),
  );
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 30 }), fc.nat(30), (events, cut) => {
      const whole = responsesFold.apply(responsesFold.initial, events);
      const half = responsesFold.apply(responsesFold.initial, events.slice(0, cut));
      const before = canonicalJson(half);
      expect(canonicalJson(responsesFold.apply(half, events.slice(cut)))).toBe(canonicalJson(whole));
      expect(canonicalJson(half)).toBe(before);
    }),
  );
});
