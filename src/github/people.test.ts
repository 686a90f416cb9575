import { describe, expect, test } from 'vitest';
import { userNamed } from '../../test/fakes/github/world.ts';
import { startFakeGitHub } from '../../test/fakes/github.ts';
import { connectToFake } from '../../test/kit/connect-github.ts';
import { attempt } from '../core/failure.ts';
import { type Instant, after as later, MINUTE } from '../core/time.ts';

const START: Instant = '2026-11-20T12:00:00.000Z';

describe('comments', () => {
  test('say who wrote what, where, through which app', async () => {
    await using fake = await startFakeGitHub();
    const pull = await fake.addPull();
    const copilot = userNamed(fake.world, 'Copilot');
    const { comment: first } = fake.openComment({ body: '/checkrein stop', at: START });
    const spec = { issue: pull.issue, author: copilot, viaApp: 'copilot-swe-agent', at: later(START, MINUTE) };
    const { comment: second } = fake.openComment({ ...spec, body: '/checkrein ack' });
    const found = await connectToFake(fake).people.comments(START);
    expect(found).toMatchObject([
      { id: first.id, issue: 2, body: '/checkrein stop', author: { login: 'octocat', type: 'User' }, app: null },
      { id: second.id, issue: 1, author: { id: copilot.id, login: 'Copilot', type: 'Bot' }, app: 'copilot-swe-agent' },
    ]);
    expect(found[0]).toMatchObject({ createdAt: START, updatedAt: START });
  });

  test('are those that changed since, the second of it included', async () => {
    await using fake = await startFakeGitHub();
    const { issue, comment: old } = fake.openComment({ body: 'old', at: START });
    const { comment: recent } = fake.openComment({ issue, body: 'recent', at: later(START, MINUTE) });
    const { comment: changed } = fake.openComment({ issue, body: 'changed', at: START });
    changed.updatedAt = later(START, 2 * MINUTE);
    const found = await connectToFake(fake).people.comments(later(START, MINUTE + 400));
    expect(found.map(({ id }) => id)).toEqual([changed.id, recent.id]);
    expect(found.map(({ id }) => id)).not.toContain(old.id);
  });

  test('are all there although one of the first page is edited before the second page is read', async () => {
    await using fake = await startFakeGitHub();
    const { issue, comment } = fake.openComment({ body: '0', at: START });
    for (let n = 1; n < 130; n += 1) fake.openComment({ issue, body: String(n), at: later(START, n * MINUTE) });
    const edit = () => {
      comment.updatedAt = later(START, 999 * MINUTE);
    };
    fake.faults.add({ method: 'GET', nth: 2, fault: { kind: 'meanwhile', happens: edit } });
    const found = await connectToFake(fake).people.comments(START);
    expect(found.map(({ body }) => body)).toEqual(Array.from({ length: 130 }, (_, n) => String(n)));
  });

  test('cannot be listed without a permission that the refusal names', async () => {
    await using fake = await startFakeGitHub();
    const result = await attempt(() => connectToFake(fake, { contents: 'read' }).people.comments(START));
    expect(result.ok ? '' : result.failure.remedy).toContain('`issues: read`');
  });
});

describe('the history of a comment', () => {
  test('tells an edit by whomever, and that it was hidden', async () => {
    await using fake = await startFakeGitHub();
    const actions = userNamed(fake.world, 'github-actions[bot]');
    const plain = fake.openComment({ body: 'plain' }).comment;
    const edited = fake.openComment({ body: 'edited', editedBy: actions }).comment;
    const hidden = fake.openComment({ body: 'hidden', isMinimized: true }).comment;
    const { people } = connectToFake(fake);
    expect(await people.history(plain.id)).toEqual({ edited: false, minimized: false });
    expect(await people.history(edited.id)).toEqual({ edited: true, minimized: false });
    expect(await people.history(hidden.id)).toEqual({ edited: false, minimized: true });
  });

  test('sees the edit of a job with a token like ours', async () => {
    await using fake = await startFakeGitHub();
    const { comment } = fake.openComment({ body: 'hello', at: START });
    const { people } = connectToFake(fake);
    await people.editAnswer(comment.id, '/checkrein resume');
    expect(await people.history(comment.id)).toEqual({ edited: true, minimized: false });
    // The author stays whoever wrote it first: only the history gives the forgery away.
    expect((await people.comments(START))[0]?.author?.login).toBe('octocat');
  });

  test('costs one request for a comment that was listed', async () => {
    await using fake = await startFakeGitHub();
    const { comment } = fake.openComment({ body: 'hello', at: START });
    const { people } = connectToFake(fake);
    await people.comments(START);
    const before = fake.log.length;
    await people.history(comment.id);
    expect(fake.log.slice(before).map(({ path }) => path)).toEqual(['/graphql']);
  });

  test('of a deleted comment is a failure, never an unedited comment', async () => {
    await using fake = await startFakeGitHub();
    const { issue, comment } = fake.openComment({ body: 'hello', at: START });
    const { people } = connectToFake(fake);
    await people.comments(START);
    issue.comments.splice(0);
    expect(await attempt(() => people.history(comment.id))).toMatchObject({
      ok: false,
      failure: { kind: 'not_found' },
    });
  });

  test('is a failure when GraphQL refuses with HTTP 200', async () => {
    await using fake = await startFakeGitHub();
    const { comment } = fake.openComment({ body: 'hello' });
    fake.rates.pool('github_token', 'graphql').used = 1_000;
    const result = await attempt(() => connectToFake(fake).people.history(comment.id));
    expect(fake.log.at(-1)?.status).toBe(200);
    expect(result).toMatchObject({ ok: false, failure: { kind: 'rate_limited', retry: true } });
  });
});

describe('roles', () => {
  test('are folded and real, and none for whoever has none', async () => {
    await using fake = await startFakeGitHub();
    fake.addUser({ login: 'lead', role: { permission: 'write', roleName: 'maintain' } });
    fake.addUser({ login: 'medic', role: { permission: 'read', roleName: 'on-call' } });
    fake.addUser({ login: 'stranger' });
    const { people } = connectToFake(fake);
    expect(await people.role('lead')).toEqual({ permission: 'write', role: 'maintain' });
    expect(await people.role('medic')).toEqual({ permission: 'read', role: 'on-call' });
    for (const login of ['stranger', 'Copilot', 'claude[bot]', 'nobody']) {
      expect(await people.role(login)).toEqual({ permission: 'none', role: 'none' });
    }
  });

  test.each(['..', 'a/b', '', 'octocat?x'])('are none for %j, which is no login, without asking', async (login) => {
    await using fake = await startFakeGitHub();
    expect(await connectToFake(fake).people.role(login)).toEqual({ permission: 'none', role: 'none' });
    expect(fake.log).toEqual([]);
  });

  test('are not known, rather than none, while GitHub has trouble', async () => {
    await using fake = await startFakeGitHub();
    fake.faults.add({ times: Number.POSITIVE_INFINITY, fault: { kind: 'status', status: 502 } });
    expect(await attempt(() => connectToFake(fake).people.role('octocat'))).toMatchObject({
      ok: false,
      failure: { kind: 'unavailable' },
    });
  });
});

describe('answers', () => {
  test('are written once and edited in place', async () => {
    await using fake = await startFakeGitHub();
    const { issue } = fake.openComment({ body: '/checkrein status' });
    const { people } = connectToFake(fake);
    const made = await people.answer(issue.number, 'looking');
    await people.editAnswer(made.id, 'all well');
    expect(issue.comments.map(({ body }) => body)).toEqual(['/checkrein status', 'all well']);
    expect(made.url).toContain(`#issuecomment-${made.id}`);
  });

  test.each(['lost', 'torn', 'truncated'] as const)('are not written twice when the answer is %s', async (kind) => {
    await using fake = await startFakeGitHub();
    const { issue } = fake.openComment({ body: '/checkrein status' });
    fake.faults.add({ method: 'POST', fault: { kind } });
    expect((await attempt(() => connectToFake(fake).people.answer(issue.number, 'once'))).ok).toBe(false);
    expect(issue.comments).toHaveLength(2);
  });

  test('are edited again when the answer to an edit is lost, and a reaction is one however often it is sent', async () => {
    await using fake = await startFakeGitHub();
    const { issue, comment } = fake.openComment({ body: '/checkrein status' });
    const { people } = connectToFake(fake);
    const { id } = await people.answer(issue.number, 'first');
    fake.faults.add({ fault: { kind: 'lost' } });
    await people.editAnswer(id, 'second');
    fake.faults.add({ fault: { kind: 'lost' } });
    await people.react(comment.id, 'eyes');
    await people.react(comment.id, 'eyes');
    expect(issue.comments.at(-1)?.body).toBe('second');
    expect(comment.reactions.map(({ content }) => content)).toEqual(['eyes']);
  });

  test('wait for the conversation to be unlocked', async () => {
    await using fake = await startFakeGitHub();
    const { issue } = fake.openComment({ body: 'x' });
    issue.locked = true;
    const result = await attempt(() => connectToFake(fake).people.answer(issue.number, 'y'));
    expect(result.ok ? '' : result.failure.remedy).toContain('Unlock');
  });
});
