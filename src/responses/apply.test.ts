import { describe, expect, test } from 'vitest';
import { type FakeGitHub, startFakeGitHub } from '../../test/fakes/github.ts';
import { type Failure, OutsideFailure } from '../core/failure.ts';
import type { IssueContent, IssueResponse } from '../core/response.ts';
import { connectGitHub } from '../github/client.ts';
import type { IssueEdit, IssuesApi, RemoteIssue } from '../github/port.ts';
import { applyResponses } from './apply.ts';
import { applyIssue } from './issue/apply.ts';
import { writeMarker } from './issue/marker.ts';

type Stored = { -readonly [K in keyof RemoteIssue]: RemoteIssue[K] };

/** Issues in memory, kept as GitHub keeps them, with a list of everything that was written. */
class MemoryIssues implements IssuesApi {
  readonly issues: Stored[] = [];
  readonly comments: string[] = [];
  readonly writes: string[] = [];
  /** Asked before every write; what it returns is thrown. */
  refuse: (write: string) => Failure | null = () => null;

  add(issue: Partial<Stored> = {}): Stored {
    const number = this.issues.length + 1;
    const stored: Stored = {
      number,
      url: `https://github.com/o/r/issues/${number}`,
      state: 'open',
      title: 't',
      body: '',
      authorId: 1,
      authorLogin: 'checkrein[bot]',
      labels: ['checkrein'],
      ...issue,
    };
    this.issues.push(stored);
    return stored;
  }

  #write(what: string): void {
    const failure = this.refuse(what);
    if (failure !== null) throw new OutsideFailure(failure);
    this.writes.push(what);
  }

  #find(number: number): Stored {
    const issue = this.issues.find((one) => one.number === number);
    if (issue === undefined) throw new OutsideFailure(failure('not_found'));
    return issue;
  }

  async withLabel(label: string): Promise<readonly RemoteIssue[]> {
    return this.issues.filter(({ labels }) => labels.includes(label)).map((issue) => ({ ...issue }));
  }

  async get(number: number): Promise<RemoteIssue> {
    return { ...this.#find(number) };
  }

  async create(issue: { title: string; body: string; labels: readonly string[] }): Promise<RemoteIssue> {
    this.#write('create');
    return this.add(issue);
  }

  async update(number: number, edit: IssueEdit): Promise<RemoteIssue> {
    const issue = this.#find(number);
    this.#write(`update ${number}`);
    return Object.assign(issue, edit);
  }

  async comment(number: number, body: string): Promise<{ readonly url: string }> {
    this.#find(number);
    this.#write(`comment ${number}`);
    this.comments.push(body);
    return { url: 'https://github.com/o/r/issues/1#issuecomment-1' };
  }

  async me(): Promise<string> {
    return 'checkrein';
  }
}

function failure(kind: Failure['kind']): Failure {
  return { kind, message: `GitHub said ${kind}`, remedy: 'Look at the permissions', retry: false };
}

const KEY = 'abc123';

function content(episode = 1, hash = 'aa'): IssueContent {
  return {
    title: 'T',
    body: `${writeMarker({ key: KEY, episode, hash })}\ntext ${hash}`,
    hash,
    labels: ['checkrein', 'checkrein:critical'],
    severity: 'critical',
  };
}

const base = { kind: 'issue', because: 'test', fingerprint: KEY, episode: 1 } as const;
const open: IssueResponse = { ...base, key: `issue:${KEY}:1:open`, act: 'open', content: content() };
const close: IssueResponse = {
  ...base,
  key: `issue:${KEY}:1:close`,
  act: 'close',
  issue: 1,
  content: content(1, 'bb'),
  comment: 'over',
};
const update: IssueResponse & { act: 'update' } = {
  ...base,
  key: `issue:${KEY}:1:update:cc`,
  act: 'update',
  issue: 1,
  content: content(1, 'cc'),
  comment: null,
};
const reopen: IssueResponse = {
  ...base,
  key: `issue:${KEY}:2:reopen`,
  act: 'reopen',
  episode: 2,
  issue: 1,
  content: content(2, 'dd'),
  comment: 'back',
};

describe('open', () => {
  test('makes an issue and tells its number, address and hash', async () => {
    const issues = new MemoryIssues();
    const { receipt } = await applyIssue(open, issues);
    expect(receipt).toEqual({
      key: open.key,
      kind: 'issue',
      act: 'open',
      fingerprint: KEY,
      episode: 1,
      ok: true,
      issue: 1,
      url: 'https://github.com/o/r/issues/1',
      hash: 'aa',
      severity: 'critical',
      error: null,
      gone: false,
    });
    expect(issues.issues[0]).toMatchObject({ title: 'T', labels: ['checkrein', 'checkrein:critical'] });
  });

  test('getsentry/sentry-cocoa#8144: done twice leaves one issue, since the second finds what the first made', async () => {
    const issues = new MemoryIssues();
    await applyIssue(open, issues);
    const { receipt } = await applyIssue(open, issues);
    expect(receipt.issue).toBe(1);
    expect(issues.issues).toHaveLength(1);
  });

  test('takes our own lowest issue and closes our other ones, with a word', async () => {
    const issues = new MemoryIssues();
    issues.add({ body: 'something else' });
    for (let index = 0; index < 3; index++) issues.add({ body: content(index + 1, 'ee').body });
    const { receipt } = await applyIssue(open, issues);
    expect(receipt.issue).toBe(2);
    expect(issues.issues.map(({ state }) => state)).toEqual(['open', 'open', 'closed', 'closed']);
    expect(issues.comments).toEqual(['Closed: #2 tells the same.', 'Closed: #2 tells the same.']);
  });

  test('a twin that another run makes in the same moment is closed by whoever comes last', async () => {
    const issues = new MemoryIssues();
    const twin = { ...issues, create: issues.create.bind(issues) };
    issues.create = async (issue) => {
      issues.add({ body: content().body, labels: ['checkrein'] });
      return twin.create(issue);
    };
    const { receipt } = await applyIssue(open, issues);
    expect(receipt).toMatchObject({ ok: true, issue: 1 });
    expect(issues.issues.map(({ state }) => state)).toEqual(['open', 'closed']);
  });

  test.each([
    ['a stranger pasted our marker', { authorLogin: 'mallory' }],
    ['nobody is known to have written it', { authorLogin: null }],
    ['the marker is not on the first line', { body: `hello\n${content().body}` }],
    ['it tells of another alert', { body: writeMarker({ key: 'other', episode: 1, hash: 'aa' }) }],
    ['it is of an old episode and closed', { body: content(7).body, state: 'closed' as const }],
    ['it does not carry our label', { body: content().body, labels: [] }],
  ])('leaves an issue alone when %s', async (_name, issue) => {
    const issues = new MemoryIssues();
    const before = { ...issues.add({ body: content().body, ...issue }) };
    const { receipt } = await applyIssue(open, issues);
    expect(receipt.issue).toBe(2);
    expect(issues.issues[0]).toEqual(before);
  });

  test('an issue of this very episode that was closed meanwhile is opened again', async () => {
    const issues = new MemoryIssues();
    issues.add({ body: content().body, state: 'closed' });
    const { receipt } = await applyIssue(open, issues);
    expect(receipt).toMatchObject({ ok: true, issue: 1 });
    expect(issues.issues[0]?.state).toBe('open');
  });

  test('a refusal is a receipt that says what to do; nothing is thrown', async () => {
    const issues = new MemoryIssues();
    issues.refuse = () => failure('gone');
    const { receipt } = await applyIssue(open, issues);
    expect(receipt).toMatchObject({
      ok: false,
      issue: null,
      gone: false,
      error: 'GitHub said gone. Look at the permissions',
    });
  });

  test('a duplicate that cannot be closed does not undo what went well', async () => {
    const issues = new MemoryIssues();
    issues.add({ body: content().body });
    issues.add({ body: content().body });
    issues.refuse = (write) => (write === 'update 2' ? failure('forbidden') : null);
    const { receipt } = await applyIssue(open, issues);
    expect(receipt).toMatchObject({ ok: true, issue: 1, error: 'GitHub said forbidden. Look at the permissions' });
  });
});

describe('update, close and reopen', () => {
  test('an update writes title, text and severity and leaves the state and other labels to people', async () => {
    const issues = new MemoryIssues();
    issues.add({ state: 'closed', labels: ['checkrein', 'checkrein:warning', 'triaged'] });
    await applyIssue(update, issues);
    expect(issues.issues[0]).toMatchObject({
      state: 'closed',
      body: update.content.body,
      labels: ['checkrein', 'triaged', 'checkrein:critical'],
    });
    expect(issues.comments).toEqual([]);
  });

  test('an update that is worse news says so in a comment, since nobody is told of an edit', async () => {
    const issues = new MemoryIssues();
    issues.add();
    await applyIssue({ ...update, comment: 'critical now' }, issues);
    expect(issues.comments).toEqual(['critical now']);
  });

  test.each([
    ['of somebody else', { authorLogin: 'mallory' }],
    ['of ours about another alert', { body: writeMarker({ key: 'other', episode: 1, hash: 'aa' }) }],
  ])('an issue %s is left alone, whatever the ledger says', async (_name, issue) => {
    const issues = new MemoryIssues();
    const before = { ...issues.add({ body: content().body, ...issue }) };
    for (const response of [update, close, reopen]) {
      expect((await applyIssue(response, issues)).receipt).toMatchObject({ gone: true, url: null });
    }
    expect([issues.issues[0], issues.writes]).toEqual([before, []]);
  });

  test('a close writes the last text, closes and says why once', async () => {
    const issues = new MemoryIssues();
    issues.add({ body: content().body });
    await applyIssue(close, issues);
    await applyIssue(close, issues);
    expect(issues.issues[0]).toMatchObject({ state: 'closed', stateReason: 'completed', body: close.content.body });
    expect(issues.comments).toEqual(['over']);
    expect(issues.writes).toEqual(['update 1', 'comment 1']);
  });

  test('a reopen writes the new text, opens and says so once', async () => {
    const issues = new MemoryIssues();
    issues.add({ body: close.content.body, state: 'closed' });
    await applyIssue(reopen, issues);
    await applyIssue(reopen, issues);
    expect(issues.issues[0]).toMatchObject({ state: 'open', stateReason: 'reopened', body: reopen.content.body });
    expect(issues.comments).toEqual(['back']);
  });

  test('a comment that is refused does not undo the close', async () => {
    const issues = new MemoryIssues();
    issues.add();
    issues.refuse = (write) => (write.startsWith('comment') ? failure('forbidden') : null);
    const { receipt } = await applyIssue(close, issues);
    expect(receipt).toMatchObject({ ok: true, hash: 'bb', error: 'GitHub said forbidden. Look at the permissions' });
    expect(issues.issues[0]?.state).toBe('closed');
  });

  test.each(['not_found', 'gone'] as const)('an issue that is %s is reported as gone', async (kind) => {
    const issues = new MemoryIssues();
    issues.add();
    issues.refuse = () => failure(kind);
    for (const response of [update, close, reopen]) {
      const { receipt } = await applyIssue(response, issues);
      expect(receipt).toMatchObject({ gone: true, issue: 1, hash: null });
      expect(receipt.error).toContain('Issue 1 is not there any more: it was deleted or moved');
      // What should have been closed is out of the way; the others are to be made anew.
      expect(receipt.ok).toBe(response === close);
    }
  });

  test('where issues are switched off, an issue is not gone', async () => {
    const issues = new MemoryIssues();
    issues.add();
    issues.refuse = () => failure('unsupported');
    expect((await applyIssue(close, issues)).receipt).toMatchObject({ ok: false, gone: false });
  });

  test('a locked issue is not gone', async () => {
    const issues = new MemoryIssues();
    issues.add();
    issues.refuse = () => failure('forbidden');
    expect((await applyIssue(update, issues)).receipt).toMatchObject({ ok: false, gone: false });
  });

  test('a fault of ours is not hidden in a receipt', async () => {
    const issues = new MemoryIssues();
    issues.add();
    issues.update = () => Promise.reject(new TypeError('bug'));
    await expect(applyIssue(update, issues)).rejects.toThrow('bug');
  });
});

describe('a whole plan', () => {
  test('one refusal does not keep the others from being done', async () => {
    const issues = new MemoryIssues();
    issues.refuse = (write) => (write === 'update 1' ? failure('forbidden') : null);
    issues.add();
    const receipts = await applyResponses([update, open], { issues, stop: null, rollback: null, rerun: null });
    expect(receipts.map(({ ok }) => ok)).toEqual([false, true]);
  });

  test.each(['rate_limited', 'budget_spent', 'unauthorized'] as const)(
    '%s ends it: the rest is left for the next run',
    async (kind) => {
      const issues = new MemoryIssues();
      issues.add();
      issues.refuse = () => failure(kind);
      const told: string[] = [];
      const receipts = await applyResponses(
        [update, close, open],
        { issues, stop: null, rollback: null, rerun: null },
        ({ key }) => told.push(key),
      );
      expect(receipts.map(({ key }) => key)).toEqual([update.key]);
      expect(told).toEqual([update.key]);
    },
  );

  test('nothing planned, nothing asked', async () => {
    expect(await applyResponses([], { issues: new MemoryIssues(), stop: null, rollback: null, rerun: null })).toEqual(
      [],
    );
  });
});

describe('over HTTP', () => {
  function connect(fake: FakeGitHub): IssuesApi {
    return connectGitHub({
      token: fake.mintToken({ issues: 'write' }),
      repo: fake.fullName,
      baseUrl: fake.url,
      userAgent: 'checkrein-test',
      waitUnit: 1,
      throttle: false,
    }).issues;
  }

  test('one issue lives through open, open again, update, close and reopen, and a stranger with our marker is left alone', async () => {
    await using fake = await startFakeGitHub();
    const stranger = fake.addIssue({ body: content().body, labels: ['checkrein'] });
    const opened = await applyIssue(open, connect(fake));
    const number = opened.receipt.issue ?? 0;
    expect(opened.receipt).toMatchObject({ ok: true, error: null });
    expect(number).not.toBe(stranger.number);

    const issues = connect(fake);
    const acts: readonly IssueResponse[] = [
      open,
      { ...update, issue: number },
      { ...close, issue: number },
      { ...reopen, issue: number },
    ];
    const receipts = await applyResponses(acts, { issues, stop: null, rollback: null, rerun: null });

    expect(receipts.map(({ ok, issue, error }) => [ok, issue, error])).toEqual(acts.map(() => [true, number, null]));
    const listed = await issues.withLabel('checkrein');
    expect(listed.map((issue) => [issue.number, issue.state]).sort()).toEqual(
      [
        [stranger.number, 'open'],
        [number, 'open'],
      ].sort(),
    );
    expect(listed.find((issue) => issue.number === number)?.body).toBe(reopen.content.body);
    expect(listed.find((issue) => issue.number === stranger.number)?.body).toBe(content().body);
  });

  test('Tracer-Cloud/opensre#5269: our issue is found behind 130 newer ones, on whatever page it is, and none is opened beside it', async () => {
    await using fake = await startFakeGitHub();
    const opened = await applyIssue(open, connect(fake));
    const number = opened.receipt.issue ?? 0;
    for (let i = 0; i < 130; i++) {
      fake.addIssue({
        title: `Newer ${i}`,
        body: writeMarker({ key: `k${i}`, episode: 1, hash: 'aa' }),
        labels: ['checkrein'],
      });
    }
    // The receipt of the first one was lost, so that all that is known of it is its marker.
    const again = await applyIssue(open, connect(fake));
    expect(again.receipt).toMatchObject({ ok: true, issue: number });
    expect(fake.world.issues).toHaveLength(131);
    const pages = fake.log.filter(({ method, path }) => method === 'GET' && path.endsWith('/issues'));
    expect(pages.length).toBeGreaterThanOrEqual(3);
    expect(fake.log.some(({ path }) => path.startsWith('/search'))).toBe(false);
  });

  test('a token that may not write, and an issue that is not there, come back as receipts', async () => {
    await using fake = await startFakeGitHub();
    const readOnly = connectGitHub({
      token: fake.mintToken({ issues: 'read' }),
      repo: fake.fullName,
      baseUrl: fake.url,
      userAgent: 'checkrein-test',
      waitUnit: 1,
      throttle: false,
    }).issues;
    const refused = await applyIssue(open, readOnly);
    expect(refused.receipt).toMatchObject({ ok: false, gone: false });
    expect(refused.receipt.error).toContain('issues: write');
    const missing = await applyIssue({ ...update, issue: 999 }, connect(fake));
    expect(missing.receipt).toMatchObject({ ok: false, gone: true, issue: 999 });
  });
});
