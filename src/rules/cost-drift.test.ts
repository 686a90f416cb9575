import { describe, expect, test } from 'vitest';
import { factsAfter, sessionRecorded } from '../../test/kit/happenings.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { Finding } from '../core/finding.ts';
import type { Certainty } from '../core/outcome.ts';
import { UNKNOWN_DETAIL } from '../core/session.ts';
import { after, HOUR } from '../core/time.ts';
import { type CostDriftOptions, costDrift } from './cost-drift.ts';

const NOW = '2026-11-21T12:30:00.000Z';
const DEFAULTS = costDrift.options.parse({}) as unknown as CostDriftOptions;

function session(
  run: number,
  reported: number | null,
  computed: number | null,
  state: Certainty = 'estimate',
): LedgerEvent {
  const computedCost = { usd: computed, basis: computed === null ? ('unknown' as const) : ('list' as const) };
  const detail = { ...UNKNOWN_DETAIL, computedCost, computedState: state };
  return sessionRecorded({ run, at: after(NOW, -run * HOUR), usd: reported, more: { detail } });
}

function judge(events: readonly LedgerEvent[]): Finding {
  const findings = costDrift.judge(factsAfter(events, { now: NOW, agents: ['fixer'] }), DEFAULTS, NOW);
  expect(findings).toHaveLength(1);
  return findings[0] as Finding;
}

describe('the cost-drift rule', () => {
  test.each<[string, readonly LedgerEvent[], Finding['outcome'], string | null]>([
    ['the list asks for 6 % more', [session(1, 100, 106)], 'violated', 'warning'],
    ['the list asks for 6 % less', [session(1, 100, 94)], 'violated', 'info'],
    ['a difference of 5 % is none', [session(1, 100, 105)], 'ok', null],
    ['many small differences are one', [session(1, 10, 10.6), session(2, 10, 10.6)], 'violated', 'warning'],
    ['cents are nothing, however much they differ', [session(1, 0.1, 0.9)], 'ok', null],
    ['differences that cancel out are none', [session(1, 50, 60), session(2, 50, 40)], 'ok', null],
    ['a lower bound is not compared', [session(1, 10, 100, 'lower_bound')], 'ok', null],
    ['what was not reported is not compared', [session(1, null, 100)], 'ok', null],
    ['a model without a price is not compared', [session(1, 100, null, 'unknown')], 'ok', null],
  ])('%s', (_name, events, outcome, severity) => {
    const finding = judge(events);
    expect(finding.outcome).toBe(outcome);
    expect(finding.outcome === 'violated' ? finding.severity : null).toBe(severity);
  });

  test('says both sums and how much they differ by', () => {
    const finding = judge([session(1, 100, 106), session(2, 100, 110)]);
    expect(finding).toMatchObject({ value: 0.08, limit: 0.05, unit: 'ratio' });
    expect(finding.reason).toBe(
      '2 sessions of fixer reported $200.00 and cost $216.00 at list price, more than was reported by $16.00.',
    );
  });
});
