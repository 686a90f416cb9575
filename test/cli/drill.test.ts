import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFixture } from 'fs-fixture';
import { describe, test } from 'vitest';
import { STATE_TERMS, stateFold } from '../../src/app/state.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import { after, HOUR, type Instant, MINUTE, SECOND } from '../../src/core/time.ts';
import { gitBranchStore } from '../../src/ledger/git-branch-store.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import { declaredEvent } from '../../src/responses/stop/declare.ts';
import { type Finished, ROOT } from '../drivers/process.ts';
import { type ActionResult, type ActionRun, runAction } from '../drivers/run-action.ts';
import { type CliRun, runCli } from '../drivers/run-cli.ts';
import type { FakeRun, FakeWorkflow } from '../fakes/github/world.ts';
import { type FakeGitHub, startFakeGitHub } from '../fakes/github.ts';
import { annotations } from '../flows/words.ts';
import { connectToFake } from '../kit/connect-github.ts';
import { fastClock } from '../kit/fast-clock.ts';

const NOON: Instant = '2026-11-20T12:00:00.000Z';
/** The canary works for eight minutes: a loaded machine must come through a drill in this much less of them. */
const SPEED = 20;
const CANARY = '.github/workflows/checkrein-canary.yml';
/** Those of config/workflows/checkrein-drill.yml. */
const PERMISSIONS = { actions: 'write', contents: 'write' } as const;

/** A repository with the canary that the product ships and an agent at work, on a clock on which time flies. */
interface Field extends AsyncDisposable {
  readonly github: FakeGitHub;
  /** Null where it was not planted. */
  readonly canary: FakeWorkflow | null;
  readonly fixer: FakeWorkflow;
  readonly fixing: FakeRun;
  cli(words: readonly string[], run?: CliRun): Promise<Finished>;
  action(run?: ActionRun): Promise<ActionResult>;
  /** Runs of the canary that have not ended. */
  alive(): readonly FakeRun[];
  events(): Promise<readonly LedgerEvent[]>;
  remember(events: readonly LedgerEvent[]): Promise<void>;
  /** Moves the clock of everybody on. */
  skip(duration: number): void;
}

async function plantField({ canary: wanted = true } = {}): Promise<Field> {
  let clock = fastClock(NOON, SPEED);
  const github = await startFakeGitHub({ owner: 'octo', repo: 'field', now: () => clock.now() });
  const fixer = await github.addWorkflowFile(
    '.github/workflows/fixer.yml',
    'name: Fixer\non: push\njobs:\n  agent:\n    runs-on: x\n    steps:\n      - uses: anthropics/claude-code-action@v1\n',
  );
  const fixing = github.startRun(fixer, { plan: { startsAfter: 0, jobs: [{ name: 'agent' }] } });
  const text = await readFile(join(ROOT, 'config/workflows/checkrein-canary.yml'), 'utf8');
  const canary = wanted ? await github.addWorkflowFile(CANARY, text) : null;
  if (canary !== null) {
    // As in its file: it waits for eight minutes, and goes on after a cancel.
    canary.plan = { startsAfter: 8 * SECOND, jobs: [{ name: 'canary', lasts: 8 * MINUTE, always: true }] };
  }
  const inside = connectToFake(github, { contents: 'write' });
  const store = gitBranchStore(inside.git, { repo: github.fullName, branch: 'checkrein' });
  const ledger = treeLedger(store, stateFold, { repo: github.fullName, now: () => clock.now(), ...STATE_TERMS });
  return {
    ...{ github, canary, fixer, fixing },
    cli: (words, run = {}) =>
      runCli(['drill', ...words], {
        ...run,
        env: {
          ...clock.env,
          GITHUB_API_URL: github.url,
          GITHUB_GRAPHQL_URL: `${github.url}/graphql`,
          GITHUB_TOKEN: github.mintToken(PERMISSIONS),
        },
      }),
    action: (run = {}) =>
      runAction({
        ...{ github, token: github.mintToken(PERMISSIONS), inputs: { command: 'drill' } },
        ...run,
        env: { ...clock.env, ...run.env },
      }),
    alive: () => {
      github.settle();
      return github.world.runs.filter((run) => run.workflow === canary && run.attempts.at(-1)?.status !== 'completed');
    },
    events: async () => {
      const events: LedgerEvent[] = [];
      for await (const event of ledger.events()) events.push(event);
      return events;
    },
    remember: async (events) => void (await ledger.append(() => events)),
    skip: (duration) => {
      clock = fastClock(after(clock.now(), duration), SPEED);
    },
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  };
}

const LIVE = ['--repo', 'octo/field'];

function drills(events: readonly LedgerEvent[]): readonly unknown[] {
  return events.flatMap((event) => (event.kind === 'drill.ran' ? [event.data.drill] : []));
}

describe('checkrein drill', { timeout: 120_000 }, () => {
  test('starts, stops and resumes the canary and nothing else, and publishes what it measured', async ({ expect }) => {
    await using field = await plantField();
    await using files = await createFixture({});
    const { exitCode, stdout, stderr } = await field.cli([...LIVE, '--json', '--badge', 'drill.json'], {
      cwd: files.path,
    });
    expect([exitCode, stderr]).toEqual([0, '']);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ repo: 'octo/field', mode: 'live', ok: true });
    // It goes on after its cancel until the grace of a minute is over and force is used.
    expect(report.timeToStopMs).toBeGreaterThanOrEqual(MINUTE);
    expect(report.timeToDetectMs).toBeGreaterThan(0);
    expect(report.timeToRecoverMs).toBeGreaterThan(0);
    expect([field.canary?.state, field.fixer.state, field.alive()]).toEqual(['active', 'active', []]);
    expect(field.fixing.attempts[0].status).toBe('in_progress');
    const events = await field.events();
    expect(events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['halt.declared', 'halt.receipt', 'halt.resumed']),
    );
    expect(drills(events)).toMatchObject([{ mode: 'live', ok: true, timeToStop: report.timeToStopMs }]);
    expect(JSON.parse(await files.readFile('drill.json', 'utf8'))).toMatchObject({
      schemaVersion: 1,
      label: 'stop drill',
      color: 'brightgreen',
      message: expect.stringContaining('2026-11-20'),
    });
  });

  test('fails loudly when the stop is broken, leaves nothing stopped or running, and says so in the badge', async ({
    expect,
  }) => {
    await using field = await plantField();
    await using files = await createFixture({});
    field.github.faults.add({
      path: /\/disable$/,
      times: Number.POSITIVE_INFINITY,
      fault: { kind: 'status', status: 403 },
    });
    const { exitCode, stdout } = await field.cli([...LIVE, '--badge', 'drill.json'], { cwd: files.path });
    expect(exitCode).toBe(1);
    expect(stdout).toContain('The live drill of the stop for octo/field FAILED.');
    expect(stdout).toContain(`The stop left a workflow (${CANARY})`);
    expect([field.canary?.state, field.alive()]).toEqual(['active', []]);
    expect(drills(await field.events())).toMatchObject([{ ok: false }]);
    expect(JSON.parse(await files.readFile('drill.json', 'utf8'))).toMatchObject({ color: 'red' });
  });

  test('says how to get a canary where there is none', async ({ expect }) => {
    await using field = await plantField({ canary: false });
    const { exitCode, stdout } = await field.cli(LIVE);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`Copy config/workflows/checkrein-canary.yml of Checkrein to ${CANARY}`);
  });

  test('is refused while a stop is in force, and touches nothing', async ({ expect }) => {
    await using field = await plantField();
    const halt = {
      generation: 1,
      scope: { kind: 'all' },
      by: { kind: 'operator', login: null },
      reason: 'x',
      at: NOON,
    } as const;
    await field.remember([
      declaredEvent({ halt, held: [], earlier: null, pulls: [], unlogged: [], news: true }, 'octo/field', NOON),
    ]);
    const { exitCode, stdout, stderr } = await field.cli(LIVE);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain('A stop is in force since');
    expect(field.github.world.runs.filter(({ workflow }) => workflow === field.canary)).toEqual([]);
  });

  test('takes up half an hour later what a drill that was killed has left, and not before', async ({ expect }) => {
    await using field = await plantField();
    const kill = new AbortController();
    field.github.faults.add({ path: /\/cancel$/, fault: { kind: 'meanwhile', happens: () => kill.abort() } });
    const killed = await field.cli(LIVE, { killOn: kill.signal });
    expect([killed.signal, field.canary?.state]).toEqual(['SIGKILL', 'disabled_manually']);
    const soon = await field.cli(LIVE);
    expect([soon.exitCode, soon.stderr]).toEqual([1, expect.stringContaining('Another drill of the stop has begun')]);
    expect(field.canary?.state).toBe('disabled_manually');
    field.skip(HOUR);
    const later = await field.cli([...LIVE, '--json']);
    expect([later.exitCode, JSON.parse(later.stdout).ok]).toEqual([0, true]);
    expect([field.canary?.state, field.alive()]).toEqual(['active', []]);
  });
});

describe.concurrent('checkrein drill --dry', () => {
  const dry = async (config: string): Promise<Finished & { readonly events: readonly { readonly kind: string }[] }> => {
    await using files = await createFixture({ 'c.yml': config });
    const words = ['--ledger', 'dir:ledger', '--config', 'c.yml'];
    const done = await runCli(['drill', '--dry', '--json', ...words], { cwd: files.path });
    const shown = await runCli(['ledger', 'show', '--ledger', 'dir:ledger', '--json'], { cwd: files.path });
    return {
      ...done,
      events: shown.stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    };
  };

  test('tells when a made-up runaway is noticed, and leaves nothing of it behind', async ({ expect }) => {
    const { exitCode, stdout, events } = await dry('version: 1\n');
    const report = JSON.parse(stdout);
    expect([exitCode, report.mode, report.ok, report.timeToStopMs]).toEqual([0, 'dry', true, null]);
    expect(report.incident).toMatchObject({ agent: 'made-up-agent', noticed: { rule: 'runaway' }, stop: null });
    expect(report.incident.noticed.afterMs).toBe(report.timeToDetectMs);
    // A start every 90 seconds: `runaway` wants five of them in an hour for a warning, at the least.
    expect(report.incident.noticed.ticks).toBeGreaterThanOrEqual(5);
    expect(report.timeToDetectMs).toBe(report.incident.noticed.ticks * 90 * SECOND);
    expect(events.map(({ kind }) => kind)).toEqual(['drill.ran']);
  });

  test.for([
    ['shadow', 'would_have'],
    ['enforce', 'planned'],
  ] as const)('in %s mode a rule that stops comes to `stop: %s`', async ([mode, verdict], { expect }) => {
    const { stdout } = await dry(`mode: ${mode}\nresponses: { runaway: stop }\n`);
    const { incident } = JSON.parse(stdout);
    expect(incident.stop).toMatchObject({ rule: 'runaway', severity: 'critical' });
    expect(incident.stop.responses).toContain(`stop: ${verdict}`);
    expect(incident.stop.ticks).toBeGreaterThan(incident.noticed.ticks);
  });

  test('fails when no rule notices it', async ({ expect }) => {
    const { exitCode, stdout, events } = await dry('rules: { runaway: { enabled: false } }\n');
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([1, { ok: false, incident: { noticed: null, stop: null } }]);
    expect(JSON.parse(stdout).detail).toMatch(/^No rule noticed a runaway of made-up-agent/);
    expect(events.map(({ kind }) => kind)).toEqual(['drill.ran']);
  });

  test('is held without a repository; a live one is not, and neither takes words', async ({ expect }) => {
    const bare = await runCli(['drill']);
    expect([bare.exitCode, bare.stderr]).toEqual([2, expect.stringContaining("'drill' needs --repo OWNER/NAME")]);
    const words = await runCli(['drill', 'now', '--dry']);
    expect([words.exitCode, words.stderr]).toEqual([2, expect.stringContaining("takes options only, but got 'now'")]);
  });
});

describe('the action with command: drill', { timeout: 120_000 }, () => {
  test('does the same with the permissions of the workflow that is shipped, and writes report, badge and summary', async ({
    expect,
  }) => {
    await using field = await plantField();
    await using files = await createFixture({});
    const { exitCode, outputs, summary } = await field.action({ env: { RUNNER_TEMP: files.path } });
    expect([exitCode, outputs['status'], field.canary?.state]).toEqual([0, 'healthy', 'active']);
    expect(summary).toContain('## The drill of the stop went well');
    expect(JSON.parse(await readFile(outputs['report'] ?? '', 'utf8'))).toMatchObject({ mode: 'live', ok: true });
    expect(JSON.parse(await files.readFile('checkrein-badge.json', 'utf8'))).toMatchObject({ color: 'brightgreen' });
    const declared = (await field.events()).find(({ kind }) => kind === 'halt.declared');
    expect(declared).toMatchObject({ data: { halt: { by: { kind: 'operator', login: 'octocat' } } } });
  });

  test('fails its job with an annotation where the drill fails', async ({ expect }) => {
    await using field = await plantField({ canary: false });
    const result = await field.action();
    expect([result.exitCode, result.outputs['status']]).toEqual([1, 'critical']);
    expect(annotations(result)).toContain('The drill of the stop failed');
    expect(result.summary).toContain('## The drill of the stop failed');
  });
});
