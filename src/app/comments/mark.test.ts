import { describe, expect, test } from 'vitest';
import { REPO } from '../../../test/kit/happenings.ts';
import type { Alert } from '../../core/alert.ts';
import { NO_EVIDENCE } from '../../core/finding.ts';
import { agentSubject } from '../../core/subject.ts';
import { DAY, type Instant, after as shifted } from '../../core/time.ts';
import type { RemoteComment } from '../../github/remote.ts';
import { type LedgerState, stateFold } from '../state.ts';
import type { Order } from './desk.ts';
import { markFalsePositive } from './mark.ts';

const AT: Instant = '2026-11-21T12:30:00.000Z';
const NOW = shifted(AT, 60_000);
const TERMS = { lasts: 30 * DAY, step: 1.5, most_steps: 3 };
const ID = '0123456789abcdef';

const ALERT: Alert = {
  fingerprint: ID,
  name: 'anomaly',
  subject: agentSubject('fixer'),
  labels: { metric: 'spend' },
  state: 'active',
  episode: 1,
  since: AT,
  activeAt: AT,
  keepSince: null,
  resolvedAt: null,
  acknowledged: null,
  facts: {
    severity: 'warning',
    value: 40,
    limit: 20,
    unit: 'usd',
    reason: 'Much.',
    evidence: NO_EVIDENCE,
    explainedBy: null,
  },
};

/** A ledger in which issue 5 tells of the alert. */
function told(): LedgerState {
  const { initial } = stateFold;
  const issue = { number: 5, gone: false } as LedgerState['responses']['issues'][string];
  return {
    ...initial,
    alerts: { ...initial.alerts, alerts: { [ID]: ALERT } },
    responses: { ...initial.responses, issues: { [ID]: issue } },
  };
}

function order(state: LedgerState, issue = 5, id = 1, createdAt: Instant = AT): Order {
  const comment = {
    id,
    issue,
    body: '',
    author: null,
    app: null,
    createdAt,
    updatedAt: createdAt,
    url: '',
  } satisfies RemoteComment;
  return { repo: REPO, comment, by: { id: 7, login: 'ada', type: 'User' }, state };
}

const mark = (state: LedgerState, more: { undo?: boolean; issue?: number; id?: number; at?: Instant } = {}) =>
  markFalsePositive(
    order(state, more.issue, more.id, more.at),
    { verb: 'false-positive', undo: more.undo ?? false, why: 'a launch' },
    NOW,
    TERMS,
  );

describe('the command false-positive', () => {
  test('marks the alert of its issue, and says how much more is asked and until when', () => {
    const { ok, answer, events } = mark(told());
    expect(ok).toBe(true);
    expect(answer.what).toBe(
      'ada marked this alert as a false positive. Until 2026-12-21 12:30 UTC the rule anomaly asks for 1.5 times as much here.',
    );
    expect(events).toMatchObject([
      {
        kind: 'alert.marked',
        id: 'false-positive:1',
        data: { mark: { fingerprint: ID, by: 'ada', steps: 1, reason: 'a launch' } },
      },
    ]);
  });

  test('a second one asks for a step more; the same comment again is the same mark', () => {
    const once = stateFold.apply(told(), mark(told()).events);
    expect(mark(once, { id: 2, at: shifted(AT, 1_000) }).events).toMatchObject([{ data: { mark: { steps: 2 } } }]);
    expect(mark(once).events).toEqual(mark(told()).events);
  });

  test('undo takes it back, once', () => {
    const once = stateFold.apply(told(), mark(told()).events);
    const back = mark(once, { id: 3, undo: true });
    expect(back.events).toMatchObject([
      { kind: 'alert.unmarked', data: { fingerprint: ID, setAt: AT, because: 'by_a_person' } },
    ]);
    const later = stateFold.apply(once, back.events);
    expect(later.marks.marks).toEqual({});
    expect(mark(later, { id: 4, undo: true })).toMatchObject({ ok: false, events: [] });
  });

  test('is refused under an issue that is about no alert, and when its time is over already', () => {
    expect(mark(told(), { issue: 6 })).toMatchObject({ ok: false, events: [] });
    expect(mark(told(), { at: shifted(NOW, -31 * DAY) })).toMatchObject({ ok: false, events: [] });
  });
});
