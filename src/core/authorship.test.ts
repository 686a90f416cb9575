import { describe, expect, it } from 'vitest';
import { authorshipOf } from './authorship.ts';
import { type AuthorshipSignals, bodySign, type CommitSign, NO_BODY, trailerNames } from './authorship-signs.ts';
import type { Actor } from './run.ts';

// Numbers and logins as in GitHub's own answers.
const ALICE: Actor = { id: 583_231, login: 'alice', type: 'User' };
const WORKFLOW_BOT: Actor = { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' };
const CLAUDE: Actor = { id: 209_825_114, login: 'claude[bot]', type: 'Bot' };
const COPILOT: Actor = { id: 198_982_749, login: 'Copilot', type: 'Bot' };
const DEPENDABOT: Actor = { id: 49_699_333, login: 'dependabot[bot]', type: 'Bot' };

const RUN = { run: 8123, agent: 'nightly-fixer', startedAt: '2026-11-20T08:00:00Z', endedAt: '2026-11-20T08:30:00Z' };
const AGENTS = [
  { name: 'nightly-fixer', workflow: '.github/workflows/nightly-fixer.yml', engine: 'claude' as const },
  { name: 'triage', workflow: '.github/workflows/triage.lock.yml', engine: 'codex' as const },
];

const commit = (author: Actor | null, more: Partial<CommitSign> = {}): CommitSign => ({
  author,
  committer: author,
  signedByGitHub: false,
  names: ['Alice Doe'],
  ...more,
});

const SIGNED = { committer: null, signedByGitHub: true } as const;

const signals = (more: Partial<AuthorshipSignals> = {}): AuthorshipSignals => ({
  author: ALICE,
  app: null,
  headRef: 'fix-typo',
  createdAt: '2026-11-20T08:12:00Z',
  body: NO_BODY,
  commits: [commit(ALICE)],
  runs: [],
  agents: AGENTS,
  ...more,
});

describe('who made a pull request', () => {
  it('is a person by their own account, without any sign of an agent', () => {
    const { verdict, score, agent, reasons } = authorshipOf(signals());
    expect({ verdict, score, agent, reasons }).toEqual({
      verdict: 'person',
      score: 0,
      agent: null,
      reasons: ['opened by a person, and nothing speaks of an agent'],
    });
  });

  it('is still a person when an agent happened to be at work', () => {
    expect(authorshipOf(signals({ runs: [RUN] })).verdict).toBe('person');
  });

  it.each([
    ['a bot', { author: CLAUDE }],
    ['Copilot, whose login has no ending', { author: COPILOT }],
    ['an app with a person’s token', { app: 'claude' }],
    ['a workflow, while one agent alone was running', { author: WORKFLOW_BOT, runs: [RUN] }],
    ['a workflow, with the mark of gh-aw', { author: WORKFLOW_BOT, body: { ...NO_BODY, workflow: 'triage' } }],
    ['commits that could not be read', { commits: 'unreadable' as const }],
  ])('is an agent by %s', (_name, more) => {
    expect(authorshipOf(signals(more)).verdict).toBe('agent');
  });

  it.each([
    ['a branch', { headRef: 'claude/issue-12' }],
    ['a trailer', { commits: [commit(ALICE, { names: ['Claude'] })] }],
    ['a text', { body: { ...NO_BODY, generatedWith: true } }],
    ['an author that is gone', { author: null }],
    ['a workflow of which nothing more is known', { author: WORKFLOW_BOT, commits: [commit(WORKFLOW_BOT)] }],
  ])('is perhaps an agent by %s alone', (_name, more) => {
    expect(authorshipOf(signals(more)).verdict).toBe('maybe');
  });

  it('is never more than perhaps an agent by signs that anybody can write, however many there are', () => {
    const { verdict, score } = authorshipOf(
      signals({
        headRef: 'copilot/fix',
        commits: [commit({ id: 1, login: 'x[bot]', type: 'Bot' }, { names: ['Claude', 'Codex'] })],
        body: { generatedWith: true, workflow: 'triage', run: null },
      }),
    );
    expect(verdict).toBe('maybe');
    expect(score).toBe(35);
  });

  it('names the run that was going on alone, and its agent', () => {
    const found = authorshipOf(signals({ author: CLAUDE, runs: [RUN] }));
    expect([found.agent, found.run]).toEqual(['nightly-fixer', 8123]);
  });

  it('takes the run that the text names when several were going on, and none without it', () => {
    const runs = [RUN, { ...RUN, run: 9000, agent: 'triage' }];
    expect(authorshipOf(signals({ author: WORKFLOW_BOT, runs, body: { ...NO_BODY, run: 9000 } }))).toMatchObject({
      verdict: 'agent',
      agent: 'triage',
      run: 9000,
    });
    expect(authorshipOf(signals({ author: CLAUDE, runs })).run).toBeNull();
  });

  it('believes no text that names a run which was over before', () => {
    const late = { ...RUN, endedAt: '2026-11-20T08:11:59Z' };
    expect(authorshipOf(signals({ runs: [late], body: { ...NO_BODY, run: 8123 } })).run).toBeNull();
  });

  it('knows an agent by the engine of a bot when it has only one of that engine', () => {
    expect(authorshipOf(signals({ author: CLAUDE })).agent).toBe('nightly-fixer');
    const two = [...AGENTS, { name: 'reviewer', workflow: '.github/workflows/r.yml', engine: 'claude' as const }];
    expect(authorshipOf(signals({ author: CLAUDE, agents: two })).agent).toBeNull();
  });

  it('lets a program with fixed rules go, by its number and not by its name', () => {
    const its = { author: DEPENDABOT, commits: [commit(DEPENDABOT, SIGNED)] };
    expect(authorshipOf(signals(its)).verdict).toBe('person');
    expect(authorshipOf(signals({ ...its, author: { ...DEPENDABOT, id: 7 } })).verdict).toBe('agent');
  });

  it('does not let it go when somebody else added a commit, or its commits could not be read', () => {
    const added = authorshipOf(signals({ author: DEPENDABOT, commits: [commit(DEPENDABOT, SIGNED), commit(CLAUDE)] }));
    expect(added.verdict).toBe('agent');
    expect(authorshipOf(signals({ author: DEPENDABOT, commits: 'unreadable' })).verdict).toBe('agent');
  });

  it('does not let it go when a commit bears its address alone, which anybody can write', () => {
    const forged = commit(DEPENDABOT, { committer: ALICE, names: ['dependabot[bot]'] });
    const commits = [commit(DEPENDABOT, SIGNED), forged];
    expect(authorshipOf(signals({ author: DEPENDABOT, commits })).verdict).toBe('agent');
    const renovate: Actor = { id: 29_139_614, login: 'renovate[bot]', type: 'Bot' };
    expect(authorshipOf(signals({ author: renovate, commits: [commit(renovate)] })).verdict).toBe('agent');
  });

  it('takes nobody for an agent who is called like one in part', () => {
    expect(authorshipOf(signals({ commits: [commit(ALICE, { names: ['Claude Dupont'] })] })).verdict).toBe('person');
    expect(authorshipOf(signals({ commits: [commit(ALICE, { names: ['Claude Opus 4.5'] })] })).verdict).toBe('maybe');
  });

  it('lists the weightiest reason first', () => {
    const { reasons } = authorshipOf(signals({ author: CLAUDE, headRef: 'claude/x' }));
    expect(reasons).toEqual(['opened by the bot claude[bot]', 'its branch is named as agents name theirs']);
  });
});

describe('what the text of a pull request claims', () => {
  it('reads the mark of gh-aw and the run that it names', () => {
    const body =
      'Fix\n\n<!-- gh-aw-agentic-workflow: Daily Fix, engine: claude, version: 1, model: m, id: 77, workflow_id: daily, run: https://github.com/octo/garden/actions/runs/77 -->';
    expect(bodySign(body, 'octo/garden')).toEqual({ generatedWith: false, workflow: 'Daily Fix', run: 77 });
  });

  it('takes no run of another repository', () => {
    expect(bodySign('https://github.com/evil/garden/actions/runs/77', 'octo/garden').run).toBeNull();
  });

  it('hears that a text was generated', () => {
    expect(bodySign('🤖 Generated with [Claude Code](https://claude.ai/code)', 'octo/garden').generatedWith).toBe(true);
    expect(bodySign('I met Claude yesterday', 'octo/garden').generatedWith).toBe(false);
  });

  it('reads nothing out of nothing, and is quick on a very long text', () => {
    expect(bodySign(null, 'octo/garden')).toEqual(NO_BODY);
    expect(bodySign('<!-- gh-aw-workflow-id: '.repeat(100_000), 'octo/garden').run).toBeNull();
  });
});

describe('the trailers of a commit', () => {
  it('give names and addresses', () => {
    const message = 'Fix\n\nCo-Authored-By: Claude <noreply@anthropic.com>\nco-authored-by: Bob';
    expect(trailerNames(message)).toEqual(['Claude', 'noreply@anthropic.com', 'Bob']);
    expect(trailerNames('')).toEqual([]);
  });
});
