import { describe, expect, test } from 'vitest';
import type { Deliverer, Notice } from '../../src/core/notice.ts';
import { after, DAY, type Duration, HOUR, type Instant, MINUTE } from '../../src/core/time.ts';
import { deliverer } from '../../src/responses/channels/deliverer.ts';
import { type FakeGitHub, startFakeGitHub } from '../fakes/github.ts';
import { connectToFake } from '../kit/connect-github.ts';
import { notice, noticeAlert, overNotice, testMeans } from '../kit/notices.ts';

function sender(fake: FakeGitHub): Deliverer {
  const { issues, people } = connectToFake(fake, { issues: 'write', 'pull-requests': 'write', contents: 'read' });
  const channels = {
    issues: { type: 'github-issue' },
    pull: { type: 'pr-comment', pull: null },
    fixed: { type: 'pr-comment', pull: 1 },
  } as const;
  return deliverer(channels, testMeans({}, { github: { issues, people, label: 'checkrein' } }));
}

const NOW = '2026-11-21T09:05:00.000Z';

function start(now: Instant = NOW): ReturnType<typeof startFakeGitHub> {
  return startFakeGitHub({ now: () => now });
}

/** How far the clock of a runner is ahead of GitHub's. */
const AHEAD: readonly (readonly [string, Duration])[] = [
  ['an hour behind', -HOUR],
  ['nine minutes ahead', 9 * MINUTE],
  ['an hour ahead', HOUR],
  ['a day ahead', DAY],
];

function about(fake: FakeGitHub, number: number, changes: Partial<Notice> = {}): Notice {
  const issue = `https://github.com/${fake.fullName}/issues/${number}`;
  return notice({ channel: 'issues', repo: fake.fullName, alerts: [noticeAlert({ issue })], ...changes });
}

describe('issues as a channel', () => {
  test('the first word on an alert that has an issue is that issue', async () => {
    await using fake = await start();
    const issue = fake.addIssue({ title: 'Budget' });
    expect(await sender(fake)(about(fake, issue.number), null)).toEqual({ ok: true, receiver: { issue: '1' } });
    expect(issue.comments).toEqual([]);
  });

  test('an escalation is a comment under it, once however often it is sent', async () => {
    await using fake = await start();
    const issue = fake.addIssue({ title: 'Budget' });
    const escalated = about(fake, issue.number, { kind: 'remind', because: 'escalated' });
    await sender(fake)(escalated, null);
    await sender(fake)(escalated, null);
    expect(issue.comments.length).toBe(1);
    expect(issue.comments[0]?.body).toContain('nobody acknowledged it in time');
  });

  test.each(AHEAD)('it is found again by a runner whose clock is %s of GitHub', async (_, ahead) => {
    await using fake = await start(after(NOW, -ahead));
    const issue = fake.addIssue({ title: 'Budget' });
    const escalated = about(fake, issue.number, { kind: 'remind', because: 'escalated', at: NOW });
    await sender(fake)(escalated, null);
    await sender(fake)(escalated, null);
    expect(issue.comments.length).toBe(1);
  });

  test('a marker that somebody else pasted holds nothing back', async () => {
    await using fake = await start();
    const issue = fake.addIssue({ title: 'Budget' });
    const escalated = about(fake, issue.number, { kind: 'remind', because: 'escalated' });
    await sender(fake)(escalated, null);
    const pasted = issue.comments[0]?.body ?? '';
    issue.comments.splice(0);
    fake.addComment(issue, { body: pasted });
    await sender(fake)(escalated, null);
    expect(issue.comments.length).toBe(2);
  });

  test('an issue of another repository gets nothing', async () => {
    await using fake = await start();
    const issue = fake.addIssue({ title: 'Not about this' });
    const alerts = [noticeAlert({ issue: `https://github.com/octo/other/issues/${issue.number}` })];
    await sender(fake)(about(fake, 1, { alerts, kind: 'remind', because: 'escalated' }), null);
    expect(issue.comments).toEqual([]);
  });

  test('what has no issue gets one of its own, which is found again and closed', async () => {
    await using fake = await start();
    const send = sender(fake);
    const begin = notice({ channel: 'issues', repo: fake.fullName });
    const begun = await send(begin, null);
    expect(begun).toEqual({ ok: true, receiver: { issue: '1' } });
    expect(await send({ ...begin, because: 'severity_raised' }, null)).toEqual(begun);
    expect(fake.world.issues.length).toBe(1);
    const ended = await send(overNotice({ channel: 'issues', repo: fake.fullName }), begun.ok ? begun.receiver : null);
    expect(ended).toEqual(begun);
    expect(fake.world.issues[0]?.state).toBe('closed');
    expect(fake.world.issues[0]?.labels.map(({ name }) => name)).toEqual(['checkrein']);
  });

  test('Tracer-Cloud/opensre#5269: its own issue is found behind 130 newer ones, without a receipt, and so is a comment behind 130 others', async () => {
    await using fake = await start();
    const begin = notice({ channel: 'issues', repo: fake.fullName });
    const begun = await sender(fake)(begin, null);
    for (let i = 0; i < 130; i++) fake.addIssue({ title: `Newer ${i}`, labels: ['checkrein'] });
    expect(await sender(fake)(begin, null)).toEqual(begun);
    expect(fake.world.issues.length).toBe(131);
    const issue = fake.addIssue({ title: 'Budget' });
    const escalated = about(fake, issue.number, { kind: 'remind', because: 'escalated' });
    await sender(fake)(escalated, null);
    for (let i = 0; i < 130; i++) fake.addComment(issue, { body: `More ${i}` });
    await sender(fake)(escalated, null);
    expect(issue.comments.length).toBe(131);
  });

  test('an issue of its own that was deleted is opened anew', async () => {
    await using fake = await start();
    const issue = fake.addIssue({ title: 'Deleted' });
    issue.gone = 'deleted';
    const told = await sender(fake)(notice({ channel: 'issues', repo: fake.fullName }), { issue: '1' });
    expect(told).toEqual({ ok: true, receiver: { issue: '2' } });
  });

  test('the end of what was never told opens no issue', async () => {
    await using fake = await start();
    expect(await sender(fake)(overNotice({ channel: 'issues' }), null)).toEqual({ ok: true, receiver: {} });
    expect(fake.world.issues).toEqual([]);
  });

  test('a test opens an issue and closes it', async () => {
    await using fake = await start();
    await sender(fake)(notice({ channel: 'issues', kind: 'test', because: 'asked_for', alerts: [] }), null);
    expect(fake.world.issues).toMatchObject([{ state: 'closed' }]);
  });

  test('without a repository it says so', async () => {
    const send = deliverer({ issues: { type: 'github-issue' } }, testMeans({}));
    expect(await send(notice({ channel: 'issues' }), null)).toMatchObject({ ok: false, retry: false });
  });

  test('what GitHub refuses is the answer', async () => {
    await using fake = await start();
    const { issues, people } = connectToFake(fake, { contents: 'read' });
    const send = deliverer(
      { issues: { type: 'github-issue' } },
      testMeans({}, { github: { issues, people, label: 'checkrein' } }),
    );
    const answer = await send(notice({ channel: 'issues' }), null);
    expect(answer).toMatchObject({ ok: false, retry: false });
    expect(answer.ok ? '' : answer.error).toContain('issues: write');
  });
});

describe('a pull request as a channel', () => {
  const labels = { pull: '1' };

  test('has one comment for an episode, which is kept up to date', async () => {
    await using fake = await start();
    const pull = fake.addIssue({ title: 'A change', isPullRequest: true });
    const send = sender(fake);
    const begin = notice({ channel: 'pull', alerts: [noticeAlert({ labels })] });
    const begun = await send(begin, null);
    expect(begun).toMatchObject({ ok: true, receiver: { pull: '1' } });
    // The answer to the first one was lost, so nothing is known of it.
    await send(begin, null);
    expect(pull.comments.length).toBe(1);
    const over = noticeAlert({ labels, state: 'resolved', endedAt: NOW });
    await send(overNotice({ channel: 'pull', alerts: [over] }), begun.ok ? begun.receiver : null);
    expect(pull.comments.length).toBe(1);
    expect(pull.comments[0]?.body).toContain('Over');
    await send(
      notice({
        channel: 'pull',
        key: '1'.repeat(64),
        kind: 'remind',
        because: 'remind_due',
        alerts: [noticeAlert({ labels })],
      }),
      null,
    );
    expect(pull.comments.length).toBe(2);
  });

  const words = [
    ['word', { kind: 'trigger', because: 'first' }],
    ['reminder', { kind: 'remind', because: 'remind_due' }],
  ] as const;
  test.each(AHEAD.flatMap(([off, ahead]) => words.map(([name, word]) => ({ off, ahead, name, word }))))(
    'has its first $name once by a runner whose clock is $off of GitHub',
    async ({ ahead, word }) => {
      await using fake = await start(after(NOW, -ahead));
      const pull = fake.addIssue({ title: 'A change', isPullRequest: true });
      const told = notice({ channel: 'pull', at: NOW, alerts: [noticeAlert({ labels, since: NOW })], ...word });
      await sender(fake)(told, null);
      // A run that was killed left no receipt of it.
      await sender(fake)(told, null);
      expect(pull.comments.length).toBe(1);
    },
  );

  test('gets another comment when ours was deleted', async () => {
    await using fake = await start();
    const pull = fake.addIssue({ title: 'A change', isPullRequest: true });
    const begun = await sender(fake)(notice({ channel: 'pull', alerts: [noticeAlert({ labels })] }), null);
    pull.comments.splice(0);
    const again = notice({ channel: 'pull', because: 'severity_raised', alerts: [noticeAlert({ labels })] });
    expect(await sender(fake)(again, begun.ok ? begun.receiver : null)).toMatchObject({ ok: true });
    expect(pull.comments.length).toBe(1);
  });

  test('may be named by its number', async () => {
    await using fake = await start();
    const pull = fake.addIssue({ title: 'A change', isPullRequest: true });
    expect(await sender(fake)(notice({ channel: 'fixed' }), null)).toMatchObject({ ok: true });
    expect(pull.comments.length).toBe(1);
  });

  test.each(['', '0', 'x', '1/../2'])("is not guessed from the label '%s'", async (text) => {
    await using fake = await start();
    const answer = await sender(fake)(
      notice({ channel: 'pull', alerts: [noticeAlert({ labels: { pull: text } })] }),
      null,
    );
    expect(answer).toMatchObject({ ok: false, retry: false });
    expect(answer.ok ? '' : answer.error).toContain('belongs to no pull request');
  });
});
