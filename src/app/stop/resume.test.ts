import { describe, expect, test } from 'vitest';
import { haltOf } from '../../../test/kit/halts.ts';
import type { Alert, AlertState } from '../../core/alert.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { NO_EVIDENCE } from '../../core/finding.ts';
import type { Initiator } from '../../core/halt.ts';
import { agentSubject } from '../../core/subject.ts';
import { declaredEvent } from '../../responses/stop/declare.ts';
import { haltFold } from '../../responses/stop/log.ts';
import { type LedgerState, stateFold } from '../state.ts';
import { causeHolds } from './resume.ts';

const RULE: Initiator = { kind: 'rule', rule: 'runaway', fingerprint: 'a' };
const BEGAN = '2026-11-20T12:00:00.000Z';

function stateWith(by: Initiator | null, alert: AlertState | null): LedgerState {
  const { initial } = stateFold;
  const facts: Alert['facts'] = {
    ...{ severity: 'critical', value: 9, limit: 5, unit: 'runs', reason: 'too fast' },
    ...{ evidence: NO_EVIDENCE, explainedBy: null },
  };
  const known = (state: AlertState): Alert => ({
    ...{ fingerprint: 'a', name: 'runaway', subject: agentSubject('fixer'), labels: {}, episode: 1, since: BEGAN },
    ...{ activeAt: BEGAN, keepSince: null, resolvedAt: null, acknowledged: null, facts, state },
  });
  return {
    ...initial,
    halt: { ...initial.halt, halt: by === null ? null : haltOf(1, { by }) },
    alerts: { ...initial.alerts, alerts: alert === null ? {} : { a: known(alert) } },
  };
}

describe('whether the cause of a stop holds', () => {
  test.each([
    ['a rule stopped, its alert is active', RULE, 'active', true],
    ['a rule stopped, its alert is over', RULE, 'resolved', false],
    ['a rule stopped, its alert is forgotten', RULE, null, false],
    ['another alert is active', { ...RULE, fingerprint: 'b' }, 'active', false],
    ['a person stopped', { kind: 'operator', login: null }, 'active', false],
    ['nobody stopped', null, 'active', false],
  ] as const)('%s', (_what, by, alert, expected) => {
    expect(causeHolds(stateWith(by, alert))).toBe(expected);
  });

  test.each([
    ['a person', { kind: 'operator', login: null }],
    ['another rule', { ...RULE, fingerprint: 'b' }],
  ] as const)('is not forgotten when %s stops another agent too', (_who, by) => {
    const before = stateWith(null, 'active');
    const stopOf = (generation: number, who: Initiator): LedgerEvent => {
      const halt = haltOf(generation, { by: who });
      return declaredEvent({ halt, held: [], earlier: null, pulls: [], unlogged: [], news: true }, 'o/r', BEGAN);
    };
    const halt = haltFold.apply(before.halt, [stopOf(1, RULE), stopOf(2, by), stopOf(3, by)]);
    expect(causeHolds({ ...before, halt })).toBe(true);
    expect(causeHolds({ ...stateWith(null, 'resolved'), halt })).toBe(false);
  });
});
