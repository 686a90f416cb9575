import { describe, expect, test } from 'vitest';
import { receiver } from '../../../test/kit/webhook-receiver.ts';
import { heartbeatOf } from './heartbeat.ts';

const world = (env: Readonly<Record<string, string>>) => ({
  env,
  now: () => '2026-11-21T12:00:00.000Z',
  sleep: async () => undefined,
});
const settings = (name: string | null) => ({
  heartbeat_env: name,
  issues: { labels: ['checkrein'], reopen_within: 0, min_severity: 'warning' as const, writes_per_hour: 30 },
});

describe('yearn/kong#383: the heartbeat', () => {
  test('calls the address in the variable, with nothing in it', async () => {
    await using monitor = await receiver(200);
    const beat = heartbeatOf(settings('BEAT_URL'), world({ BEAT_URL: monitor.url }));
    expect(await beat?.()).toEqual({ ok: true, receiver: {} });
    expect(monitor.heard.map(({ body }) => body)).toEqual(['{}']);
  });

  test('says what is wrong, never the address', async () => {
    const missing = heartbeatOf(settings('BEAT_URL'), world({}));
    expect(await missing?.()).toMatchObject({ ok: false, retry: false, error: expect.stringContaining('BEAT_URL') });
    const plain = heartbeatOf(settings('BEAT_URL'), world({ BEAT_URL: 'http://example.com/secret-path' }));
    expect(JSON.stringify(await plain?.())).not.toContain('secret-path');
  });

  test('is nothing where no variable is named', () => {
    expect(heartbeatOf(settings(null), world({}))).toBeNull();
  });
});
