import { expect, test } from 'vitest';
import { notice, overNotice } from '../../../../test/kit/notices.ts';
import { chatBody } from './payload.ts';

test('all messages of an episode name one thread, others another', () => {
  const threadOf = (body: string): unknown => JSON.parse(body).thread.threadKey;
  expect(threadOf(chatBody(overNotice()))).toBe(threadOf(chatBody(notice())));
  expect(threadOf(chatBody(notice({ thread: 'another' })))).not.toBe(threadOf(chatBody(notice())));
});

test('a card says what happened', () => {
  const text = chatBody(notice());
  expect(text).toContain('Critical: budget (nightly-fixer)');
  expect(text).toContain('"url":"https://example.test/docs/runbooks/budget.md"');
});
