import { expect, test } from 'vitest';
import { notice, noticeAlert } from '../../../../test/kit/notices.ts';
import { messageOf } from '../message.ts';
import { escaped, slackBody } from './blocks.ts';

test('a message has its headline, the alert with its numbers, its links, and where it comes from', () => {
  const text = JSON.stringify(slackBody(messageOf(notice())));
  expect(text).toContain('Critical: budget (nightly-fixer)');
  expect(text).toContain('nightly-fixer used $12.50 of $10.00 on 2026-11-21.');
  expect(text).toContain('limit: $10.00');
  expect(text).toContain('<https://example.test/docs/runbooks/budget.md|What to do>');
  expect(text).toContain('Checkrein in octo/fleet on 2026-11-21 09:05 UTC: this is its first message.');
});

test('what is not listed is counted', () => {
  const body = slackBody(messageOf(notice({ more: 4, alerts: [noticeAlert()] })));
  expect(JSON.stringify(body)).toContain('4 more alerts are not listed here.');
});

test('what Slack reads as markup is escaped as it asks for', () => {
  expect(escaped('a <!channel> & b')).toBe('a &lt;!channel&gt; &amp; b');
});
