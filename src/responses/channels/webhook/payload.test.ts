import { expect, test } from 'vitest';
import { notice, noticeAlert } from '../../../../test/kit/notices.ts';
import { webhookBody } from './payload.ts';

test('our own shape has every member of the contract', () => {
  const body = JSON.parse(webhookBody(notice(), 'checkrein'));
  expect(Object.keys(body)).toEqual([
    ...['version', 'key', 'thread', 'channel', 'kind', 'because', 'repo', 'at', 'group', 'alerts', 'more', 'lines'],
  ]);
  expect(Object.keys(body.alerts[0])).toEqual([
    ...['fingerprint', 'episode', 'severity', 'state', 'level', 'since', 'endedAt', 'value', 'limit', 'unit'],
    ...['name', 'subject', 'labels', 'reason', 'issue', 'runbook'],
  ]);
});

test('what is not known is null, never 0', () => {
  const body = JSON.parse(webhookBody(notice({ alerts: [noticeAlert({ value: null, limit: null })] }), 'checkrein'));
  expect(body.alerts[0]).toMatchObject({ value: null, limit: null, endedAt: null, issue: null });
});

test('a message without alerts is a sound one of Alertmanager too', () => {
  const body = JSON.parse(webhookBody(notice({ kind: 'test', alerts: [] }), 'alertmanager'));
  expect(body).toMatchObject({ version: '4', status: 'firing', alerts: [], groupLabels: { alertname: 'test' } });
});
