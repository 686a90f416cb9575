import { expect, test } from 'vitest';
import { notice, overNotice } from '../../../../test/kit/notices.ts';
import { teamsBody } from './payload.ts';

test('a card is wrapped as the template of Workflows wants it', () => {
  const { type, attachments } = JSON.parse(teamsBody(notice()));
  expect(type).toBe('message');
  expect(attachments).toMatchObject([
    { contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard', version: '1.4' } },
  ]);
});

test('its colour says how things are', () => {
  expect(teamsBody(notice())).toContain('"color":"Attention"');
  expect(teamsBody(overNotice())).toContain('"color":"Good"');
});
