import { describe, expect, test } from 'vitest';
import { receiver } from '../../test/kit/webhook-receiver.ts';
import { heartbeatOf } from './heartbeat.ts';

describe('the heartbeat', () => {
  test('calls the address in the variable, with nothing in it', async () => {
    await using monitor = await receiver(200);
    const beat = heartbeatOf('BEAT_URL', { env: { BEAT_URL: monitor.url } });
    expect(await beat?.()).toEqual({ ok: true, receiver: {} });
    expect(monitor.heard.map(({ body }) => body)).toEqual(['']);
  });

  test('says what is wrong, never the address', async () => {
    await using monitor = await receiver(500);
    const beat = heartbeatOf('BEAT_URL', { env: { BEAT_URL: monitor.url } });
    expect(await beat?.()).toMatchObject({ ok: false, retry: true, error: 'it answered 500' });
    const missing = heartbeatOf('BEAT_URL', { env: {} });
    expect(await missing?.()).toMatchObject({ ok: false, error: 'the environment has no BEAT_URL' });
    const plain = heartbeatOf('BEAT_URL', { env: { BEAT_URL: 'http://example.com/secret-path' } });
    expect(JSON.stringify(await plain?.())).not.toContain('secret-path');
  });

  test('is nothing where no variable is named', () => {
    expect(heartbeatOf(null, { env: {} })).toBeNull();
  });
});
