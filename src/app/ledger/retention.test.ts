import { describe, expect, test } from 'vitest';
import { happened } from '../../../test/contract/ledger-sites.ts';
import { drillRan, sessionRecorded, watchRan } from '../../../test/kit/happenings.ts';
import { defaultConfig } from '../../config/parse.ts';
import type { Alert, AlertChange } from '../../core/alert.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { DAY, HOUR, type Instant, after as shifted } from '../../core/time.ts';
import { type LedgerState, stateFold } from '../state.ts';
import { compactOrder, isDue } from './retention.ts';

const NOW: Instant = '2026-11-21T09:00:00.000Z';
const daysAgo = (days: number): Instant => shifted(NOW, -days * DAY);
const { retention } = defaultConfig();
const order = compactOrder(retention, { now: NOW, by: 'test', slack: 7 * DAY });

function changeOf(fingerprint: string, at: Instant): LedgerEvent {
  const change: AlertChange = {
    kind: 'resolved',
    fingerprint,
    episode: 1,
    because: 'condition_cleared',
    reason: 'over',
  };
  return { ...happened(`alert:${fingerprint}`, at), kind: 'alert.changed', data: { change } } as LedgerEvent;
}

function stateWith(alerts: Readonly<Record<string, Partial<Alert>>>): LedgerState {
  const book = { ...stateFold.initial.alerts, alerts: alerts as Readonly<Record<string, Alert>> };
  return { ...stateFold.initial, alerts: book };
}

describe('what a compaction keeps', () => {
  test('events for 90 days; minutes for a day, hours for 30 and days for 365', () => {
    expect(order).toMatchObject({
      eventsSince: daysAgo(90),
      slack: 7 * DAY,
      alertsKept: 30 * DAY,
      rollupsSince: { minute: daysAgo(1), hour: daysAgo(30), day: daysAgo(365) },
    });
  });

  test('what was done and asked for, for ever; what was only seen, not', () => {
    const keeps = order.keeps(stateFold.initial);
    expect(keeps(drillRan({ at: daysAgo(2_000) }))).toBe(true);
    expect(keeps(sessionRecorded({ run: 1, at: daysAgo(91) }))).toBe(false);
    expect(keeps(watchRan(daysAgo(91)))).toBe(false);
  });

  test('the events of an alert until 30 days after its end', () => {
    const keeps = order.keeps(
      stateWith({
        open: { resolvedAt: null },
        fresh: { resolvedAt: daysAgo(29) },
        over: { resolvedAt: daysAgo(31) },
      }),
    );
    const old = daysAgo(120);
    expect(['open', 'fresh', 'over', 'forgotten'].map((name) => keeps(changeOf(name, old)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('a compaction is due', () => {
  const stateAfter = (events: readonly LedgerEvent[]): LedgerState => stateFold.apply(stateFold.initial, events);

  test('a day after the ledger was first watched, however often it was since', () => {
    expect(isDue(stateFold.initial, NOW)).toBe(false);
    const often = Array.from({ length: 300 }, (_, n) => watchRan(shifted(NOW, (n * DAY) / 300)));
    const state = stateAfter(often);
    expect(isDue(state, shifted(NOW, 23 * HOUR))).toBe(false);
    expect(isDue(state, shifted(NOW, 24 * HOUR))).toBe(true);
  });

  test('a day after the last one', () => {
    const data = { keptSince: { minute: '', hour: '', day: '' }, cut: null, dropped: 0 };
    const compacted = { ...happened('compacted', NOW), kind: 'ledger.compacted', data } as LedgerEvent;
    const state = stateAfter([watchRan(daysAgo(9)), compacted, watchRan(shifted(NOW, HOUR))]);
    expect(isDue(state, shifted(NOW, 23 * HOUR))).toBe(false);
    expect(isDue(state, shifted(NOW, 3 * DAY))).toBe(true);
  });
});
