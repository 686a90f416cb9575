import { describe, expect, test } from 'vitest';
import { notice, noticeAlert, overNotice } from '../../../test/kit/notices.ts';
import { fitted } from './fit.ts';
import { messageOf } from './message.ts';
import { patienceOf } from './patience.ts';

describe('a notice in words', () => {
  test.each([
    ['a first word', notice(), 'Critical: budget (nightly-fixer)', 'critical'],
    [
      'a warning',
      notice({ alerts: [noticeAlert({ severity: 'warning' })] }),
      'Warning: budget (nightly-fixer)',
      'warning',
    ],
    ['a reminder', notice({ kind: 'remind', because: 'remind_due' }), 'Still so: budget (nightly-fixer)', 'critical'],
    [
      'an escalation',
      notice({ kind: 'remind', because: 'escalated' }),
      'Escalated: budget (nightly-fixer)',
      'critical',
    ],
    ['the end', overNotice(), 'Over: budget (nightly-fixer)', 'good'],
    [
      'a group',
      notice({ group: 'budgets', more: 1, alerts: [noticeAlert(), noticeAlert()] }),
      'Critical: budgets and 2 more',
      'critical',
    ],
    ['a digest', notice({ kind: 'digest', alerts: [] }), 'Checkrein: what happened in octo/fleet', 'info'],
    ['a test', notice({ kind: 'test', alerts: [] }), 'Checkrein: a test for octo/fleet', 'info'],
    [
      'nothing but lines',
      notice({ alerts: [], lines: ['The silence of ada has ended.'] }),
      'Checkrein: news in octo/fleet',
      'info',
    ],
  ])('%s', (_what, one, headline, tone) => {
    expect(messageOf(one)).toMatchObject({ headline, tone });
  });

  test('a value that is not known is not told as a number', () => {
    const [entry] = messageOf(notice({ alerts: [noticeAlert({ value: null, limit: null })] })).entries;
    expect(entry?.facts.map(({ label }) => label)).toEqual(['since', 'budget']);
  });

  test('more alerts than there is room for are counted', () => {
    const alerts = Array.from({ length: 25 }, () => noticeAlert());
    const { entries, more } = messageOf(notice({ alerts, more: 2 }));
    expect([entries.length, more]).toEqual([20, 7]);
  });
});

test('what does not fit is given up from the end, and counted', () => {
  const message = messageOf(notice({ alerts: Array.from({ length: 10 }, () => noticeAlert()) }));
  const write = ({ entries, more }: typeof message): string => `${more}${'x'.repeat(entries.length * 100)}`;
  expect(fitted(message, write, { bytes: 450, entries: 20 })).toBe(`6${'x'.repeat(400)}`);
  expect(fitted(message, write, { bytes: 10_000, entries: 3 })).toBe(`7${'x'.repeat(300)}`);
  expect(fitted(message, write, { bytes: 1, entries: 3 })).toBe('10');
});

test('patience is spent once', () => {
  const patience = patienceOf(10);
  expect([patience.take(7), patience.take(7), patience.take(3), patience.take(1)]).toEqual([true, false, true, false]);
});
