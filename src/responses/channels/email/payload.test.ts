import { expect, test } from 'vitest';
import { notice, overNotice } from '../../../../test/kit/notices.ts';
import { mailOf } from './payload.ts';

test('the Message-ID is made of the key alone', () => {
  const first = mailOf(notice(), 'bot@example.test', null);
  expect(mailOf(notice({ at: '2026-11-22T00:00:00.000Z' }), 'bot@example.test', null).messageId).toBe(first.messageId);
  expect(mailOf(overNotice(), 'bot@example.test', null).messageId).not.toBe(first.messageId);
});

test('only an id of ours becomes the root of a thread', () => {
  const { messageId } = mailOf(notice(), 'bot@example.test', null);
  expect(mailOf(overNotice(), 'bot@example.test', { root: messageId }).root).toBe(messageId);
  for (const root of ['', '<x@y>', `${messageId}\r\nBcc: x@y`]) {
    expect(mailOf(overNotice(), 'bot@example.test', { root }).root).toBeNull();
  }
});
