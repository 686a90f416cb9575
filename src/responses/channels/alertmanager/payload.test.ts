import { expect, test } from 'vitest';
import { notice, noticeAlert } from '../../../../test/kit/notices.ts';
import { alertLabels, postableAlerts } from './payload.ts';

const HOUR = 3_600_000;

test('labels keep to the names that Prometheus allows', () => {
  const labels = alertLabels(
    noticeAlert({ labels: { 'a-b': '1', '9x': '2', '': '3', ä: '4', alertname: 'mine' } }),
    'octo/fleet',
  );
  // "[a-zA-Z_][a-zA-Z0-9_]*", the data model of Prometheus.
  for (const name of Object.keys(labels)) expect(name).toMatch(/^[a-zA-Z_][a-zA-Z0-9_]*$/);
  expect(labels['alertname']).toBe('budget');
});

test('an alert that lasts ends by itself after `hold`, one that is over has ended', () => {
  const over = noticeAlert({ state: 'resolved', endedAt: '2026-11-21T09:30:00.000Z' });
  const [lasting, ended] = postableAlerts(notice({ alerts: [noticeAlert(), over] }), HOUR, () => null);
  expect(lasting?.endsAt).toBe('2026-11-21T10:05:00.000Z');
  expect(ended?.endsAt).toBe('2026-11-21T09:30:00.000Z');
});

test('an end lies never before its beginning', () => {
  const over = noticeAlert({ state: 'resolved', endedAt: '2026-11-21T08:00:00.000Z' });
  const [ended] = postableAlerts(notice({ alerts: [over] }), HOUR, () => null);
  expect(ended?.endsAt).toBe('2026-11-21T09:00:00.001Z');
});

test('an alert that has become more severe is ended under its old labels', () => {
  const alerts = postableAlerts(notice(), HOUR, () => 'warning');
  expect(alerts.map(({ labels, endsAt }) => [labels['severity'], endsAt])).toEqual([
    ['warning', '2026-11-21T09:05:00.000Z'],
    ['critical', '2026-11-21T10:05:00.000Z'],
  ]);
});
