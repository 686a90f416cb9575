import { describe, expect, test } from 'vitest';
import type { Alert } from '../../core/alert.ts';
import { NO_EVIDENCE } from '../../core/finding.ts';
import { repositorySubject } from '../../core/subject.ts';
import { HOUR, type Instant } from '../../core/time.ts';
import type { RemoteComment } from '../../github/remote.ts';
import { stateFold } from '../state.ts';
import { calm } from './calm.ts';
import type { Order } from './desk.ts';

const WRITTEN: Instant = '2026-11-20T12:00:00.000Z';
const SOON: Instant = '2026-11-20T12:01:00.000Z';
const LATE: Instant = '2026-11-20T14:00:00.000Z';
const REPO = 'octo/repo';

const alert: Alert = {
  ...{ fingerprint: 'f1', name: 'budget', subject: repositorySubject(REPO), labels: {}, state: 'active', episode: 3 },
  ...{ since: WRITTEN, activeAt: WRITTEN, keepSince: null, resolvedAt: null, acknowledged: null },
  facts: {
    ...{ severity: 'critical', value: 12, limit: 10, unit: 'usd', reason: 'Too much', explainedBy: null },
    evidence: NO_EVIDENCE,
  },
};

/** Issue 5 tells of the alert; a comment stands under `issue`. */
function order(issue = 5, known: Alert = alert, gone = false): Order {
  const living = { number: 5, url: null, episode: 3, state: 'open', hash: null, severity: null, closedAt: null, gone };
  const by = { id: 1, login: 'ana', type: 'User' } as const;
  const comment: RemoteComment = {
    ...{ id: 7, issue, body: '', author: by, app: null, createdAt: WRITTEN, updatedAt: WRITTEN },
    url: 'https://github.com/octo/repo/issues/5',
  };
  const state = {
    ...stateFold.initial,
    alerts: { ...stateFold.initial.alerts, alerts: { f1: known } },
    responses: { ...stateFold.initial.responses, issues: { f1: living } },
  } as Order['state'];
  return { repo: REPO, comment, by, state };
}

const ack = (lasts: number | null) => ({ verb: 'ack', lasts, why: null }) as const;

describe('calming an alert', () => {
  test('takes the present episode on, counted from when the comment was written', () => {
    const { ok, events } = calm(order(), ack(2 * HOUR), SOON);
    expect(ok).toBe(true);
    expect(events).toMatchObject([
      { id: 'ack:7', at: WRITTEN, data: { fingerprint: 'f1', episode: 3, acknowledgement: { until: LATE } } },
    ]);
  });

  test('gives the same events again for the same comment, so that doing it twice changes nothing', () => {
    const again = calm(order(), ack(2 * HOUR), '2026-11-20T12:30:00.000Z').events;
    expect(again.map(({ id, at, data }) => [id, at, data])).toEqual(
      calm(order(), ack(2 * HOUR), SOON).events.map(({ id, at, data }) => [id, at, data]),
    );
  });

  test.each([
    ['under an issue of somebody else', order(6), SOON, 'not about an alert'],
    ['under an issue that was deleted or moved', order(5, alert, true), SOON, 'not about an alert'],
    ['when the alert is over', order(5, { ...alert, state: 'resolved' }), SOON, 'is over'],
    ['when its time is up already', order(), LATE, 'was over on'],
  ])('does nothing %s', (_when, asked, now, why) => {
    const { ok, events, answer } = calm(asked, ack(2 * HOUR), now);
    expect([ok, events]).toEqual([false, []]);
    expect(answer.what).toContain(why);
  });

  test('silences for a day where no time is given; there is nothing to end before', () => {
    const { events } = calm(order(), { verb: 'silence', match: null, lasts: null, why: 'we know' }, SOON);
    expect(events).toMatchObject([
      { data: { silence: { fingerprint: 'f1', by: 'ana', until: '2026-11-21T12:00:00.000Z', reason: 'we know' } } },
    ]);
    expect(calm(order(), { verb: 'unsilence', match: null }, SOON)).toMatchObject({ ok: false, events: [] });
  });

  test('ends the silence that is in force, and no later one', () => {
    const asked = order();
    const set = calm(asked, { verb: 'silence', match: null, lasts: HOUR, why: null }, SOON).events;
    const state = stateFold.apply(asked.state, set);
    expect(calm({ ...asked, state }, { verb: 'unsilence', match: null }, SOON).events).toMatchObject([
      { kind: 'silence.ended', data: { fingerprint: 'f1', setAt: WRITTEN, because: 'by_a_person' } },
    ]);
  });
});

describe('a silence by labels', () => {
  const match = { name: 'bud*', severity: 'critical' };
  const silenceAll = { verb: 'silence', match, lasts: 2 * HOUR, why: 'we know' } as const;

  test('is set under any issue, and says which of the open alerts it holds', () => {
    const { ok, events, answer } = calm(order(6), silenceAll, SOON);
    expect([ok, events[0]?.kind, events[0]?.data]).toEqual([
      true,
      'silence.matched',
      { silence: { match, by: 'ana', at: WRITTEN, until: LATE, reason: 'we know' } },
    ]);
    expect(answer.lines).toEqual(['It holds 1 of 1 open alerts now', `budget of ${REPO}`]);
    expect(answer.what).toContain('name=bud* severity=critical');
  });

  test('that holds nothing says so', () => {
    expect(calm(order(6), { ...silenceAll, match: { name: 'x' } }, SOON).answer.lines).toEqual([
      'It holds 0 of 1 open alerts now',
    ]);
  });

  test('whose time is over when it is read changes nothing', () => {
    expect(calm(order(6), silenceAll, LATE)).toMatchObject({ ok: false, events: [] });
  });

  test('is ended by the same labels in any order, once, and by no others', () => {
    const asked = order(6);
    const state = stateFold.apply(asked.state, calm(asked, silenceAll, SOON).events);
    const known = { ...asked, state };
    const wrong = calm(known, { verb: 'unsilence', match: { name: 'bud*' } }, SOON);
    expect([wrong.ok, wrong.answer.next]).toEqual([
      false,
      "What can be ended: 'unsilence name=bud* severity=critical'.",
    ]);
    const end = { verb: 'unsilence', match: { severity: 'critical', name: 'bud*' } } as const;
    const { events } = calm(known, end, SOON);
    expect(events).toMatchObject([{ kind: 'silence.unmatched', data: { setAt: WRITTEN, by: 'ana' } }]);
    expect(calm({ ...known, state: stateFold.apply(state, events) }, end, SOON)).toMatchObject({ ok: false });
  });

  test('is named where somebody wants to end it as that of the alert alone', () => {
    const asked = order();
    const state = stateFold.apply(asked.state, calm(asked, silenceAll, SOON).events);
    expect(calm({ ...asked, state }, { verb: 'unsilence', match: null }, SOON).answer.next).toBe(
      "A lead ends that with 'unsilence name=bud* severity=critical'.",
    );
  });
});
