import { describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../../src/core/event.ts';
import { agentSubject, repositorySubject } from '../../src/core/subject.ts';
import { after as later, MINUTE } from '../../src/core/time.ts';
import { type Gate, plantGate } from '../kit/gate.ts';
import { haltOf, heldWorkflow, NOON } from '../kit/halts.ts';
import { leaseTaken } from '../kit/leases.ts';

/** Room for two sessions of two dollars. */
const TERMS = `
budgets: [{ name: repo-day, period: day, usd: 5, warn_at: [0.8] }]
agents:
  - { name: fixer, workflow: .github/workflows/fixer.yml, limits: { usd: 2, minutes: 45 }, scope: { paths: ['src/**'] } }
`;
const SHADOW = `version: 1\n${TERMS}`;
const ENFORCE = `version: 1\nmode: enforce\n${TERMS}`;

const GET_BLOB = 'GET /repos/octo/repo/git/blobs/ID';

/** What GitHub was asked, in writing or only looking. */
function requests({ github }: Gate): { readonly reads: readonly string[]; readonly writes: readonly string[] } {
  const asked = github.log.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{40}/, 'ID')}`);
  const isRead = (request: string): boolean => request.startsWith('GET') || request === 'POST /graphql';
  return { reads: asked.filter(isRead), writes: asked.filter((request) => !isRead(request)) };
}

async function halted(gate: Gate, names: readonly string[] | null): Promise<void> {
  const scope = names === null ? ({ kind: 'all' } as const) : ({ kind: 'agents', names } as const);
  const workflows = (names ?? ['fixer', 'triage']).map((name) => heldWorkflow(name));
  const at = later(NOON, -MINUTE);
  const halt = haltOf(1, { scope, at });
  const base = {
    v: 1 as const,
    id: 'halt:1',
    at,
    seen: at,
    repo: 'octo/repo',
    subject: repositorySubject('octo/repo'),
  };
  await gate.remember([{ ...base, kind: 'halt.declared', data: { halt, workflows } }]);
}

function decided(events: readonly LedgerEvent[]) {
  return events.flatMap((event) => (event.kind === 'guard.decided' ? [event.data.admission] : []));
}

describe('a guard before an agent', () => {
  test('lets it start, takes its lease, says what is left, and hands on what the rest of the job needs', async () => {
    await using gate = await plantGate(ENFORCE);
    gate.github.log.length = 0;
    const step = await gate.guard();
    expect([step.exitCode, step.stderr]).toEqual([0, '']);
    // 5 - 2: the lease is what one session may use.
    expect(step.outputs).toMatchObject({ decision: 'allow', 'left-usd': '3.00', 'would-be': '', model: '' });
    expect(step.outputs['lease']).toBe('lease:4711:1:fixer:agent');
    expect(step.summary).toContain('fixer may start');
    expect(step.summary).toMatch(/repo-day \| \$3\.00 \| \$5\.00/);
    expect(JSON.parse(step.state['checkrein-guard'] ?? '')).toMatchObject({
      v: 1,
      errand: { agent: 'fixer', run: 4_711, attempt: 1, job: 'agent', trigger: 'schedule', actor: 'octocat' },
      startedAt: expect.stringMatching(/^2026-11-20T12:00:0/),
      mode: 'enforce',
      decision: 'allow',
      lease: 'lease:4711:1:fixer:agent',
      engine: 'claude',
      limits: { usd: 2, minutes: 45 },
      scope: { paths: ['src/**'] },
      ledger: 'branch:octo/repo@checkrein',
    });
    // One glance, in which today's events come too, the checkpoint and the end of the chain.
    const { reads, writes } = requests(gate);
    expect(reads).toEqual(['POST /graphql', GET_BLOB, GET_BLOB]);
    expect(writes).toEqual([
      'POST /repos/octo/repo/git/trees',
      'POST /repos/octo/repo/git/commits',
      'PATCH /repos/octo/repo/git/refs/heads%2Fcheckrein',
    ]);
    const events = await gate.events();
    expect(events.filter(({ kind }) => kind === 'lease.taken')).toMatchObject([
      // 45 minutes of session and a quarter of an hour around it.
      { data: { lease: { reserved: { usd: 2 }, until: expect.stringMatching(/^2026-11-20T13:00:0/) } } },
    ]);
    expect(decided(events)).toMatchObject([{ decision: 'allow', wouldBe: null, lease: 'lease:4711:1:fixer:agent' }]);
  });

  test('denies with exit code 3 and a plain reason when the budget has no room, and takes no lease', async () => {
    await using gate = await plantGate(ENFORCE);
    const codes: (number | null)[] = [];
    for (const run of [1, 2, 3]) codes.push((await gate.guard({ run })).exitCode);
    // 2 + 2 + 2 > 5.
    expect(codes).toEqual([0, 0, 3]);
    const step = await gate.guard({ run: 4 });
    expect(step.exitCode).toBe(3);
    expect(step.outputs).toMatchObject({ decision: 'deny', lease: '' });
    expect(step.outputs['reason']).toContain('The budget repo-day holds $4.00 of $5.00');
    expect(step.stdout).toContain('::error::fixer may not start.');
    expect((await gate.events()).filter(({ kind }) => kind === 'lease.taken')).toHaveLength(2);
  });

  test('in shadow mode says what it would have done, and lets the agent start', async () => {
    await using gate = await plantGate(SHADOW);
    for (const run of [1, 2]) await gate.guard({ run });
    const step = await gate.guard({ run: 3 });
    expect(step.exitCode).toBe(0);
    expect(step.outputs).toMatchObject({ decision: 'warn', 'would-be': 'deny', lease: '' });
    expect(step.summary).toContain('shadow mode');
    expect(step.stdout).toContain('::warning::fixer may start, and would not in enforce mode.');
    expect(decided(await gate.events()).at(-1)).toMatchObject({ mode: 'shadow', decision: 'warn', wouldBe: 'deny' });
  });

  test('leaves it to the workflow where a denial shall not fail the step', async () => {
    await using gate = await plantGate(`${ENFORCE}guard: { on_deny: continue }\n`);
    for (const run of [1, 2]) await gate.guard({ run });
    const step = await gate.guard({ run: 3 });
    expect([step.exitCode, step.outputs['decision']]).toEqual([0, 'deny']);
  });

  test('offers a cheaper model when a budget runs low', async () => {
    await using gate = await plantGate(`${ENFORCE}guard: { downgrade: { at: 0.8, model: claude-haiku-4-5 } }\n`);
    expect((await gate.guard({ run: 1 })).outputs).toMatchObject({ decision: 'allow', model: '' });
    // 4 of 5 are taken with this one.
    const step = await gate.guard({ run: 2 });
    expect(step.outputs).toMatchObject({ decision: 'warn', model: 'claude-haiku-4-5', 'left-usd': '1.00' });
    expect(step.summary).toContain('claude-haiku-4-5');
  });
});

describe('a lease of a job that nobody ended in order', () => {
  test('comes back when `watch` sees that its run is over', async () => {
    await using gate = await plantGate(ENFORCE);
    const dead = gate.github.addRun({
      workflow: gate.fixer,
      createdAt: later(NOON, -MINUTE),
      updatedAt: later(NOON, MINUTE),
      conclusion: 'cancelled',
    });
    expect((await gate.guard({ run: dead.id })).exitCode).toBe(0);
    expect((await gate.guard({ run: 2 })).exitCode).toBe(0);
    expect((await gate.guard({ run: 3 })).exitCode).toBe(3);
    const watched = await gate.guard({
      inputs: { command: 'watch' },
      agent: '',
      now: later(NOON, 5 * MINUTE),
      token: gate.github.mintToken({ actions: 'read', contents: 'write', issues: 'write', 'pull-requests': 'read' }),
    });
    expect(watched.exitCode, watched.stdout).toBe(0);
    expect((await gate.events()).filter(({ kind }) => kind === 'lease.expired')).toMatchObject([
      { data: { lease: `lease:${dead.id}:1:fixer:agent`, because: 'run_ended' } },
    ]);
  });
});

describe('a stop in force', () => {
  test.each([
    ['of everybody', null, 3],
    ['of this agent', ['fixer'], 3],
    ['of another agent', ['triage'], 0],
  ] as const)('%s is heeded in shadow mode too', async (_name, names, exit) => {
    await using gate = await plantGate(SHADOW);
    await halted(gate, names);
    const step = await gate.guard();
    expect(step.exitCode).toBe(exit);
    expect(step.outputs['decision']).toBe(exit === 3 ? 'deny' : 'allow');
    if (exit === 3) expect(step.outputs['reason']).toContain('It runs away. A lead ends it with');
  });

  test('in a variable of the repository is heeded without any request', async () => {
    await using gate = await plantGate(SHADOW);
    gate.github.log.length = 0;
    const step = await gate.guard({ env: { CHECKREIN_HALT: 'stopped:3' } });
    expect([step.exitCode, step.outputs['decision']]).toEqual([3, 'deny']);
    expect(gate.github.log).toEqual([]);
  });

  test('is heeded in shadow mode also where the decision cannot be written down', async () => {
    await using gate = await plantGate(SHADOW);
    await halted(gate, null);
    const step = await gate.guard({ token: gate.github.mintToken({ contents: 'read' }) });
    expect([step.exitCode, step.outputs['decision']]).toEqual([3, 'deny']);
    expect(step.outputs['reason']).toContain('It runs away');
  });
});

describe('a guard that cannot see', () => {
  const BROKEN = '{"format": 9, "head"';

  async function break_(gate: Gate): Promise<void> {
    await gate.github.commitFile('checkrein', 'cut/00000001/record.json', 'no record');
    await gate.github.commitFile('checkrein', 'state.json', BROKEN);
  }

  test('the ledger denies in enforce mode', async () => {
    await using gate = await plantGate(ENFORCE);
    await break_(gate);
    const step = await gate.guard();
    expect([step.exitCode, step.outputs['decision']]).toEqual([3, 'deny']);
    expect(step.outputs['reason']).toMatch(/^The ledger cannot be used, so that nobody knows whether it may start:/);
    expect(JSON.parse(step.state['checkrein-guard'] ?? '')).toMatchObject({ decision: 'deny', lease: null });
  });

  test('the ledger warns loudly in shadow mode', async () => {
    await using gate = await plantGate(SHADOW);
    await break_(gate);
    const step = await gate.guard();
    expect(step.exitCode).toBe(0);
    expect(step.outputs).toMatchObject({ decision: 'warn', 'would-be': 'deny' });
    expect(step.stdout).toContain('::warning::');
    expect(step.summary).toContain('The ledger cannot be used');
  });

  test.each([
    ['until its end', 'fixer until 2026-11-20T13:00:00Z', 0],
    ['for everybody', 'all until 2026-11-20T13:00:00Z', 0],
    ['not after its end', 'fixer until 2026-11-20T11:59:59Z', 3],
    ['not for another agent', 'triage until 2026-11-20T13:00:00Z', 3],
    ['not without an end', 'fixer', 3],
    ['not for longer than a week', 'all until 2026-12-20T13:00:00Z', 3],
  ])('the ledger lets an agent start under an override in a variable, %s', async (_name, value, exit) => {
    await using gate = await plantGate(ENFORCE);
    await break_(gate);
    const step = await gate.guard({ env: { CHECKREIN_OVERRIDE: value } });
    expect(step.exitCode).toBe(exit);
    if (exit === 0) {
      expect(step.outputs).toMatchObject({ decision: 'warn', 'would-be': '' });
      expect(step.outputs['reason']).toContain('A variable of the repository lets it start until 2026-11-20 13:00 UTC');
    }
  });

  test('the ledger starts under an override that the ledger of an hour ago holds, but goes over no budget by it', async () => {
    const blind = ENFORCE.replace('limits: { usd: 2, minutes: 45 }', 'limits: { minutes: 45 }');
    await using gate = await plantGate(blind);
    expect((await gate.guard({ run: 1 })).exitCode).toBe(3);
    const base = { v: 1 as const, at: later(NOON, -MINUTE), seen: NOON, repo: 'octo/repo' };
    const override = { agent: 'fixer', by: 'lea', why: 'first day', at: base.at, until: later(NOON, MINUTE) };
    await gate.remember([
      { ...base, id: 'override:1', subject: agentSubject('fixer'), kind: 'agent.overridden', data: { override } },
    ]);
    const step = await gate.guard({ run: 2 });
    expect([step.exitCode, step.outputs['decision']]).toEqual([0, 'warn']);
    expect(step.outputs['reason']).toContain('lea lets it start until 2026-11-20 12:01 UTC (first day).');
    // The day is spent by somebody else: an override lifts nothing that is known.
    const at = later(NOON, -MINUTE);
    const lease = { id: 'lease:9:1:triage', agent: 'triage', workflow: null, run: 9, attempt: 1, job: null };
    const more = { actor: null, trigger: null, parent: null, at, until: later(NOON, 60 * MINUTE) };
    await gate.remember([leaseTaken({ ...lease, ...more, reserved: { usd: 5, tokens: null, minutes: null } })]);
    expect((await gate.guard({ run: 3 })).exitCode).toBe(3);
  });

  test.each([
    ['a configuration that is broken and asks for enforce mode', `mode: enforce\nbudgets: 7\n`, {}, 3],
    ['a configuration that is broken and asks for nothing', 'budgets: 7\n', {}, 0],
    ['a broken one where the step asks for enforce mode', 'budgets: 7\n', { CHECKREIN_MODE: 'enforce' }, 3],
  ])('%s', async (_name, config, env, exit) => {
    await using gate = await plantGate(config);
    const step = await gate.guard({ env });
    expect(step.exitCode).toBe(exit);
    expect(step.outputs['reason']).toContain('The configuration cannot be used');
  });

  test('GitHub denies, as it may hold a configuration that enforces, until the step says shadow', async () => {
    await using gate = await plantGate(SHADOW);
    const away = { GITHUB_API_URL: 'http://127.0.0.1:9', GITHUB_GRAPHQL_URL: 'http://127.0.0.1:9/graphql' };
    for (const env of [away, { ...away, CHECKREIN_MODE: 'enforce' }, { ...away, CHECKREIN_MODE: 'shadowy' }]) {
      const shut = await gate.guard({ env });
      expect([shut.exitCode, shut.outputs['decision']]).toEqual([3, 'deny']);
      expect(shut.outputs['reason']).toContain('CHECKREIN_MODE: shadow in the env of the step says otherwise');
    }
    const open = await gate.guard({ env: { ...away, CHECKREIN_MODE: 'shadow' } });
    expect([open.exitCode, open.outputs['decision'], open.outputs['would-be']]).toEqual([0, 'warn', 'deny']);
    expect(open.outputs['reason']).not.toContain('says otherwise');
  });

  test.each([
    ['enforce', ENFORCE, 3, { decision: 'deny' }],
    ['shadow', SHADOW, 0, { decision: 'warn', 'would-be': 'deny' }],
  ])('which database holds the ledger, as any step may have said it: %s mode', async (_name, config, exit, outputs) => {
    await using gate = await plantGate(config);
    const step = await gate.guard({ env: { CHECKREIN_DATABASE_URL: 'postgres://fixer:pw@127.0.0.1:9/mine' } });
    expect([step.exitCode, step.stderr], step.stdout).toEqual([exit, '']);
    expect(step.outputs).toMatchObject(outputs);
    expect(step.outputs['reason']).toContain('CHECKREIN_DATABASE_URL stands in the environment');
    expect(step.stdout + step.summary).not.toContain(':pw@');
  });

  test('GitHub starts it all the same under an override of the repository', async () => {
    await using gate = await plantGate(ENFORCE);
    const away = { GITHUB_API_URL: 'http://127.0.0.1:9', GITHUB_GRAPHQL_URL: 'http://127.0.0.1:9/graphql' };
    const lifted = await gate.guard({ env: { ...away, CHECKREIN_OVERRIDE: 'all until 2026-11-20T13:00:00Z' } });
    expect([lifted.exitCode, lifted.outputs['decision']]).toEqual([0, 'warn']);
  });
});

describe('who asks', () => {
  test('is the agent of the workflow where the step names none', async () => {
    await using gate = await plantGate(SHADOW);
    const step = await gate.guard({ agent: '' });
    expect(step.outputs).toMatchObject({ decision: 'allow', lease: 'lease:4711:1:fixer:agent' });
  });

  test('must be known: a name that is nearly one is told', async () => {
    await using gate = await plantGate(ENFORCE);
    const step = await gate.guard({ agent: 'fixxer' });
    expect(step.exitCode).toBe(3);
    expect(step.outputs['reason']).toBe('There is no agent fixxer. Did you mean fixer? The agents are: fixer, triage.');
  });

  test('is warned of in the workflow of another agent', async () => {
    await using gate = await plantGate(ENFORCE);
    const step = await gate.guard({ workflow: 'triage' });
    expect(step.exitCode).toBe(0);
    expect(step.outputs['reason']).toBe(
      'fixer is the agent of .github/workflows/fixer.yml, but this run is of .github/workflows/triage.yml.',
    );
  });

  test('may have a name that is meant to do harm', async () => {
    await using gate = await plantGate(SHADOW);
    const name =
      '@octo/team <img src=x onerror=alert(1)> | ghp_0123456789abcdef0123456789abcdef0123\n::set-output name=x::y';
    const step = await gate.guard({ agent: name });
    expect(step.outputs).toMatchObject({ decision: 'warn', 'would-be': 'deny' });
    expect(step.summary).not.toMatch(/@octo|<img|ghp_0123/);
    expect(JSON.stringify(await gate.events())).not.toContain('ghp_0123');
    expect(step.stdout).not.toMatch(/^::set-output/m);
  });

  test('is told apart by jobs of one matrix, and one job takes one lease however often it asks', async () => {
    await using gate = await plantGate(ENFORCE);
    const job = (id: string) => ({ env: { RUNNER_TRACKING_ID: `github_${id}` } });
    const leases = [job('a'), job('b'), job('a')].map(async (wish) => (await gate.guard(wish)).outputs['lease']);
    const [first, second, again] = await Promise.all(leases);
    expect(again).toBe(first);
    expect(second).not.toBe(first);
    expect((await gate.events()).filter(({ kind }) => kind === 'lease.taken')).toHaveLength(2);
  });
});
