import { describe, expect, test } from 'vitest';
import type { Deliverer, Notice } from '../../src/core/notice.ts';
import { DAY, HOUR, MINUTE, after as plus } from '../../src/core/time.ts';
import { receiver } from '../kit/webhook-receiver.ts';
import { plantSpending } from './stop-watch.ts';

const SETTINGS = `version: 1
escalation:
  budget: [{ channels: [ops] }, { after: 1h, contacts: [lead] }]
contacts: { lead: [phone] }
`;

/** Sends each message to a webhook, as a channel does. */
function over(url: string): Deliverer {
  return async (notice) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': notice.key };
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(notice) });
    if (answer.ok) return { ok: true, receiver: {} };
    return {
      ok: false,
      error: `it answered ${answer.status}`,
      retry: answer.status >= 500,
      unsure: false,
      waitFor: null,
    };
  };
}

function said(heard: readonly { readonly body: string }[]): readonly string[] {
  return heard.map(({ body }) => {
    const { channel, kind, because, alerts } = JSON.parse(body) as Notice;
    return `${channel} ${kind} ${because} ${alerts[0]?.name} ${alerts[0]?.state} ${alerts[0]?.level}`;
  });
}

describe('a budget that is spent', () => {
  test('is told beside its issue, escalated when nobody looks, and ended, once each, with three runs at once', async () => {
    await using hook = await receiver(202);
    await using scene = await plantSpending(SETTINGS);
    const deliver = over(hook.url);
    const three = async (): Promise<void> => {
      await Promise.all([1, 2, 3].map(() => scene.watch({ deliver })));
    };
    await three();
    expect(said(hook.heard)).toEqual(['ops trigger first budget active 0']);
    // The issue was opened in the same run, so the message leads to it.
    const [issue] = scene.github.world.issues;
    const first = JSON.parse(hook.heard[0]?.body ?? '{}') as Notice;
    expect(first.alerts[0]?.issue).toMatch(new RegExp(`/issues/${issue?.number}$`));
    scene.clock.now = plus(scene.clock.now, 61 * MINUTE);
    await three();
    expect(said(hook.heard).slice(1)).toEqual(['phone trigger escalated budget active 1']);
    scene.clock.now = plus(scene.clock.now, DAY);
    scene.work(scene.fixer, plus(scene.clock.now, -HOUR), 1);
    await three();
    const ends = said(hook.heard)
      .slice(2)
      .filter((line) => line.includes(' resolve '));
    expect(ends.sort()).toEqual([
      'ops resolve all_resolved budget resolved 0',
      'phone resolve all_resolved budget resolved 1',
    ]);
    expect(issue?.state).toBe('closed');
  });

  test('waits in the ledger while the receiver is away, and goes out with the next run', async () => {
    await using hook = await receiver(503, 202);
    await using scene = await plantSpending(SETTINGS);
    const deliver = over(hook.url);
    const failed = await scene.watch({ deliver });
    expect(failed.incomplete).toBe(true);
    expect(failed.view.complaints.join(' ')).toContain('a message to the channel ops did not arrive: it answered 503');
    scene.clock.now = plus(scene.clock.now, 5 * MINUTE);
    expect((await scene.watch({ deliver })).incomplete).toBe(false);
    const keys = hook.heard.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[1]).toBe(keys[0]);
  });

  test('whose issue somebody closed is taken on: that is said once, and nobody is called', async () => {
    await using hook = await receiver(202);
    await using scene = await plantSpending(SETTINGS);
    const deliver = over(hook.url);
    await scene.watch({ deliver });
    const [issue] = scene.github.world.issues;
    if (issue === undefined) throw new Error('no issue was opened');
    Object.assign(issue, { state: 'closed', stateReason: 'not_planned', closedAt: scene.clock.now });
    scene.clock.now = plus(scene.clock.now, 5 * MINUTE);
    const closed = await scene.watch({ deliver });
    const line = `issue #${issue.number} was closed while its condition holds: this is taken for an acknowledgement, and it stays closed`;
    expect(closed.view.complaints).toContain(line);
    expect(closed.incomplete).toBe(false);
    scene.clock.now = plus(scene.clock.now, 2 * HOUR);
    expect((await scene.watch({ deliver })).view.complaints).not.toContain(line);
    expect(said(hook.heard)).toEqual([
      'ops trigger first budget active 0',
      'ops acknowledge acknowledged budget acknowledged 0',
    ]);
    expect(issue).toMatchObject({ state: 'closed', comments: [] });
  });
});
