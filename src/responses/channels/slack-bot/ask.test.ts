import { expect, test } from 'vitest';
import { startReceiver } from '../../../../test/fakes/channels/receiver.ts';
import { testMeans } from '../../../../test/kit/notices.ts';
import { patienceOf } from '../patience.ts';
import { ask } from './ask.ts';

async function answered(body: string): Promise<Awaited<ReturnType<typeof ask>>> {
  await using there = await startReceiver(() => ({ status: 200, body }));
  const line = { means: testMeans({}), patience: patienceOf(0) };
  return await ask('chat.postMessage', {}, { api: there.url, token: 'x', line });
}

test('the time stamp of a message is kept, when it is one', async () => {
  expect(await answered('{"ok":true,"ts":"1763900000.000001"}')).toEqual({ ok: true, ts: '1763900000.000001' });
  expect(await answered('{"ok":true,"ts":"<script>"}')).toEqual({ ok: true, ts: null });
});

test.each(['', 'null', '[]', '{}', '"ok"', '{"ok"'])('an answer such as %j may hide a success', async (body) => {
  expect(await answered(body)).toMatchObject({ ok: false, failure: { retry: true, unsure: true } });
});

test('a message that is not there any more is told apart', async () => {
  expect(await answered('{"ok":false,"error":"message_not_found"}')).toMatchObject({ ok: false, gone: true });
  expect(await answered('{"ok":false,"error":"invalid_auth"}')).toMatchObject({ ok: false, gone: false });
});
