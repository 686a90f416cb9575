import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { deliverer } from '../../src/responses/channels/deliverer.ts';
import { startReceiver } from '../fakes/channels/receiver.ts';
import { notice, noticeAlert, testMeans } from '../kit/notices.ts';

const BINARY = 'prometheus-alertmanager';
const isThere = spawnSync(BINARY, ['--version']).error === undefined;
if (!isThere) console.log(`skipped: no ${BINARY} on this machine, so the real Alertmanager is not tried`);

/** An Alertmanager as it is installed, with one receiver; it groups by name and does not wait. */
async function startReal(webhook: string): Promise<AsyncDisposable & { readonly url: string }> {
  const fixture = await createFixture({
    'alertmanager.yml': JSON.stringify({
      route: { receiver: 'us', group_by: ['alertname'], group_wait: '0s', group_interval: '1s' },
      receivers: [{ name: 'us', webhook_configs: [{ url: webhook, send_resolved: true }] }],
    }),
  });
  const port = await freePort();
  const child: ChildProcess = spawn(
    BINARY,
    [
      `--config.file=${fixture.getPath('alertmanager.yml')}`,
      `--storage.path=${fixture.getPath('data')}`,
      '--cluster.listen-address=',
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const url = `http://127.0.0.1:${port}`;
  await expect
    .poll(
      () =>
        fetch(`${url}/-/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      await fixture.rm();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe.skipIf(!isThere)('a real Alertmanager (skipped where it is not installed)', () => {
  test('takes an alert, tells of it once, takes a repeat for the same, and tells of its end', async () => {
    await using heard = await startReceiver(() => ({ status: 200 }));
    await using real = await startReal(heard.url);
    const now = new Date();
    const at = now.toISOString();
    const settings = { type: 'alertmanager', url: { env: 'AM' }, token: null, hold: 3_600_000 } as const;
    const send = deliverer({ ops: settings }, { ...testMeans({ AM: real.url }), timeout: 5_000 });
    const alert = noticeAlert({
      since: new Date(now.getTime() - 60_000).toISOString(),
      labels: { 'odd-label': 'a <b>"x"</b>', budget: 'fixer-day' },
    });
    const begun = await send(notice({ at, alerts: [alert] }), null);
    expect(begun).toMatchObject({ ok: true });
    await send(notice({ at, alerts: [alert] }), begun.ok ? begun.receiver : null);
    await expect.poll(() => heard.heard.length, { timeout: 20_000 }).toBe(1);
    const listed: unknown = await (await fetch(`${real.url}/api/v2/alerts`)).json();
    expect(listed).toMatchObject([
      {
        labels: { alertname: 'budget', severity: 'critical', repo: 'octo/fleet', subject: 'agent:nightly-fixer' },
        annotations: { value: '$12.50', limit: '$10.00', runbook_url: 'https://example.test/docs/runbooks/budget.md' },
        status: { state: 'active' },
      },
    ]);
    const endedAt = new Date(now.getTime() - 1_000).toISOString();
    const over = notice({
      kind: 'resolve',
      because: 'all_resolved',
      at,
      alerts: [{ ...alert, state: 'resolved', endedAt }],
    });
    expect(await send(over, begun.ok ? begun.receiver : null)).toMatchObject({ ok: true });
    await expect.poll(() => heard.heard.length, { timeout: 20_000 }).toBe(2);
    const statuses = heard.heard.map(({ body }) => (JSON.parse(body) as { readonly status: string }).status);
    expect(statuses).toEqual(['firing', 'resolved']);
  });
});
