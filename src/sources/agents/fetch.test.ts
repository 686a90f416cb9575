import { describe, expect, test } from 'vitest';
import { type FakeGitHub, startFakeGitHub } from '../../../test/fakes/github.ts';
import { connectGitHub } from '../../github/client.ts';
import type { GitHub } from '../../github/port.ts';
import { type GatheredAgents, gatherAgents } from './fetch.ts';
import { type AgentsState, agentsFold } from './fold.ts';
import type { ConfiguredAgent } from './name.ts';

const CLAUDE = 'name: Fix\non: push\njobs:\n  fix:\n    steps:\n      - uses: anthropics/claude-code-action@v1\n';
const PLAIN = 'name: CI\non: push\njobs:\n  test:\n    steps:\n      - run: npm test\n';

function connect(fake: FakeGitHub, permissions: object = { actions: 'read', contents: 'read' }): GitHub {
  const token = fake.mintToken(permissions);
  const { fullName: repo, url: baseUrl } = fake;
  return connectGitHub({ token, repo, baseUrl, userAgent: 'test', waitUnit: 1, throttle: false, retries: 0 });
}

async function gatherFrom(
  fake: FakeGitHub,
  state: AgentsState,
  minute: number,
  options: { readonly configured?: readonly ConfiguredAgent[]; readonly permissions?: object } = {},
): Promise<GatheredAgents & { readonly next: AgentsState; readonly requests: number }> {
  const github = connect(fake, options.permissions);
  const now = `2026-11-21T09:${String(minute).padStart(2, '0')}:00.000Z`;
  const gathered = await gatherAgents({ github, now, state, configured: options.configured ?? [] });
  return { ...gathered, next: agentsFold.apply(state, gathered.events), requests: github.usage().requests };
}

describe('gathering agents', () => {
  test('the first run reads every workflow file, a quiet one reads none', async () => {
    await using fake = await startFakeGitHub();
    await fake.addWorkflowFile('.github/workflows/fix.yml', CLAUDE);
    await fake.addWorkflowFile('.github/workflows/ci.yml', PLAIN);

    const first = await gatherFrom(fake, agentsFold.initial, 1);
    expect(first.agents).toMatchObject([
      { name: 'fix', workflow: '.github/workflows/fix.yml', engine: 'claude', means: 'action' },
    ]);
    expect(first.events.map(({ kind }) => kind)).toEqual(['workflows.judged', 'agent.observed', 'source.read']);
    expect(first.requests).toBe(4);
    expect(first.next.agents).toEqual(first.agents);

    const quiet = await gatherFrom(fake, first.next, 2);
    expect(quiet.events.map(({ kind }) => kind)).toEqual(['source.read']);
    expect(quiet.requests).toBe(2);
    expect(quiet.agents).toEqual(first.agents);
  });

  test('only a changed file is read again; an agent that stops being one is gone, and may come back', async () => {
    await using fake = await startFakeGitHub();
    await fake.addWorkflowFile('.github/workflows/fix.yml', CLAUDE);
    await fake.addWorkflowFile('.github/workflows/ci.yml', PLAIN);
    const first = await gatherFrom(fake, agentsFold.initial, 1);

    await fake.addWorkflowFile('.github/workflows/fix.yml', PLAIN);
    const second = await gatherFrom(fake, first.next, 2);
    expect(second.requests).toBe(3);
    expect(second.next.agents).toEqual([]);
    expect(second.events.map(({ kind }) => kind)).toContain('agent.gone');

    await fake.addWorkflowFile('.github/workflows/fix.yml', CLAUDE);
    const third = await gatherFrom(fake, second.next, 3);
    expect(third.next.agents).toEqual(first.next.agents);
    const ids = [first, second, third].flatMap(({ events }) => events.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('names are unique, and configured ones win', async () => {
    await using fake = await startFakeGitHub();
    await fake.addWorkflowFile('.github/workflows/fix.yaml', CLAUDE);
    await fake.addWorkflowFile('.github/workflows/fix.yml', CLAUDE);
    await fake.addWorkflowFile('.github/workflows/ci.yml', PLAIN);
    const configured = [
      { name: 'fixer', workflow: '.github/workflows/fix.yml' },
      { name: 'hidden', workflow: '.github/workflows/ci.yml' },
      { name: 'ghost', workflow: '.github/workflows/ghost.yml' },
    ];
    const { agents, complaints } = await gatherFrom(fake, agentsFold.initial, 1, { configured });
    expect(agents.map(({ name, workflow, means }) => [name, workflow.slice(18), means])).toEqual([
      ['hidden', 'ci.yml', 'configured'],
      ['fix', 'fix.yaml', 'action'],
      ['fixer', 'fix.yml', 'action'],
      ['ghost', 'ghost.yml', 'configured'],
    ]);
    expect(complaints).toEqual(['agent ghost: there is no .github/workflows/ghost.yml on the default branch']);
    const twins = await gatherFrom(fake, agentsFold.initial, 1);
    expect(twins.agents.map(({ name }) => name)).toEqual(['fix', 'fix.yml']);
  });

  test('the caller of a reusable agent is the agent, also when only the called file changes', async () => {
    await using fake = await startFakeGitHub();
    await fake.addWorkflowFile(
      '.github/workflows/nightly.yml',
      'on: push\njobs:\n  a: { uses: ./.github/workflows/_run.yml }\n',
    );
    await fake.addWorkflowFile('.github/workflows/_run.yml', PLAIN.replace('on: push', 'on: workflow_call'));
    const before = await gatherFrom(fake, agentsFold.initial, 1);
    expect(before.agents).toEqual([]);

    await fake.addWorkflowFile('.github/workflows/_run.yml', CLAUDE.replace('on: push', 'on: workflow_call'));
    const { agents } = await gatherFrom(fake, before.next, 2);
    expect(agents).toMatchObject([
      {
        name: 'nightly',
        reason: 'calls .github/workflows/_run.yml, which uses anthropics/claude-code-action@v1 (job "fix")',
      },
    ]);
  });

  test('an agent that GitHub runs itself has a workflow but no file', async () => {
    await using fake = await startFakeGitHub();
    fake.world.workflows.push({
      id: 9,
      path: 'dynamic/copilot-swe-agent/copilot',
      name: 'Copilot',
      lastRunNumber: 0,
      state: 'active',
      createdAt: '2026-01-01T00:00:00.000Z',
      plan: null,
    });
    const first = await gatherFrom(fake, agentsFold.initial, 1);
    expect(first.agents).toMatchObject([{ name: 'copilot', engine: 'copilot', blob: null }]);
    // Without permission to list workflows the agent does not count as removed.
    const blind = await gatherFrom(fake, first.next, 2, { permissions: { contents: 'read' } });
    expect(blind.agents).toEqual(first.agents);
    expect(blind.events).toMatchObject([{ kind: 'source.failed', data: { failure: { kind: 'forbidden' } } }]);
    // Nor next to files that can be read.
    await fake.addWorkflowFile('.github/workflows/ci.yml', PLAIN);
    const half = await gatherFrom(fake, first.next, 3, { permissions: { contents: 'read' } });
    expect(half.agents).toEqual(first.agents);
    expect(half.complaints).toEqual([expect.stringContaining('list the workflows')]);
  });

  test('a repository that is not there fails the source; it is not one without agents', async () => {
    await using fake = await startFakeGitHub();
    fake.faults.add({ times: Number.POSITIVE_INFINITY, fault: { kind: 'status', status: 404 } });
    const { events } = await gatherFrom(fake, agentsFold.initial, 1);
    expect(events).toMatchObject([
      {
        kind: 'source.failed',
        data: { failure: { kind: 'not_found', remedy: expect.stringContaining('Check the name') } },
      },
    ]);
  });

  test('a source that may not look fails, and nothing is taken for gone', async () => {
    await using fake = await startFakeGitHub();
    await fake.addWorkflowFile('.github/workflows/fix.yml', CLAUDE);
    const first = await gatherFrom(fake, agentsFold.initial, 1);
    const blind = await gatherFrom(fake, first.next, 2, { permissions: { actions: 'read' } });
    expect(blind.events).toMatchObject([
      {
        kind: 'source.failed',
        id: 'failed:agents:2026-11-21T09:02:00.000Z',
        data: { failure: { remedy: expect.stringContaining('contents: read') } },
      },
    ]);
    expect(blind.next.agents).toEqual(first.agents);
    expect(blind.agents).toEqual(first.agents);
  });

  test('a folder that looks empty although GitHub lists workflows from it is blindness', async () => {
    await using fake = await startFakeGitHub();
    await fake.addWorkflowFile('.github/workflows/fix.yml', CLAUDE);
    fake.faults.add({ path: /contents/, fault: { kind: 'status', status: 404 } });
    const { events } = await gatherFrom(fake, agentsFold.initial, 1);
    expect(events).toMatchObject([{ kind: 'source.failed', data: { failure: { kind: 'not_found' } } }]);
  });

  test('files that were read before GitHub failed are kept, the rest is read next time', async () => {
    await using fake = await startFakeGitHub();
    await fake.addWorkflowFile('.github/workflows/a.yml', CLAUDE);
    await fake.addWorkflowFile('.github/workflows/b.yml', CLAUDE.replace('Fix', 'Other'));
    fake.faults.add({ path: /blobs/, nth: 2, fault: { kind: 'status', status: 502 } });
    const half = await gatherFrom(fake, agentsFold.initial, 1);
    expect(half.agents.map(({ name }) => name)).toEqual(['a']);
    expect(half.events.at(-1)?.kind).toBe('source.failed');
    const whole = await gatherFrom(fake, half.next, 2);
    expect(whole.agents.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(whole.requests).toBe(3);
  });

  test('a file that blows itself up by aliases is judged line by line', async () => {
    await using fake = await startFakeGitHub();
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef'] as const) {
      bomb.push(`${to}: &${to} [${Array(10).fill(`*${from}`).join(',')}]`);
    }
    await fake.addWorkflowFile(
      '.github/workflows/bomb.yml',
      `${bomb.join('\n')}\n# ${CLAUDE}${'  - uses: openai/codex-action@v1'}\n`,
    );
    const { agents, complaints } = await gatherFrom(fake, agentsFold.initial, 1);
    expect(complaints).toEqual([expect.stringContaining('not valid YAML')]);
    expect(agents).toHaveLength(1);
  });
});
