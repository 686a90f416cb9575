import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GuardHandover } from '../../src/core/guard.ts';
import { type JobWish, type MeteredJob, meteredJob, type RunningAgent, startEngine } from '../fakes/agent/job.ts';
import type { EngineScript } from '../fakes/agent/other-engines.ts';

type EngineName = EngineScript['engine'];

/** Where each engine looks for what nobody but root may change. */
const OF_MACHINE: Readonly<Record<EngineName, string>> = {
  codex: 'codex/hooks.json',
  gemini: 'gemini-cli/settings.json',
  copilot: 'github-copilot/policy.d/90-checkrein.json',
};

/** Two calls that change a file, the first within `src`, and a shell: as each engine words them. */
const CALLS: Readonly<Record<EngineName, EngineScript['calls']>> = {
  codex: [
    { tool: 'apply_patch', input: { command: '*** Begin Patch\n*** Add File: src/a.ts\n+x\n*** End Patch\n' } },
    {
      tool: 'apply_patch',
      input: { command: '*** Begin Patch\n*** Update File: src/a.ts\n*** Move to: b.ts\n+x\n*** End Patch\n' },
    },
    { tool: 'Bash', input: { command: 'make' } },
  ],
  gemini: [
    { tool: 'write_file', input: { file_path: 'src/a.ts', content: 'x' } },
    { tool: 'replace', input: { file_path: 'src/../b.ts', old_string: 'a', new_string: 'b' } },
    { tool: 'run_shell_command', input: { command: 'make' } },
  ],
  copilot: [
    { tool: 'create', input: { path: 'src/a.ts', file_text: 'x' } },
    { tool: 'edit', input: JSON.stringify({ path: 'b.ts', old_str: 'a', new_str: 'b' }) },
    { tool: 'bash', input: { command: 'make' } },
  ],
};

let etc: string;

beforeEach(() => {
  etc = mkdtempSync(join(tmpdir(), 'checkrein-etc-'));
});

afterEach(() => rmSync(etc, { recursive: true, force: true }));

/** A job on a machine of GitHub's own where nothing else is said. */
async function jobOf(
  engine: EngineName | null,
  handover: Partial<GuardHandover>,
  more: JobWish = {},
): Promise<MeteredJob> {
  const env = { RUNNER_ENVIRONMENT: 'github-hosted' };
  return await meteredJob({ etc, env, ...more, handover: { engine, ...handover } });
}

function outcome({ said }: RunningAgent): readonly string[] {
  return said.flatMap((what) => ('did' in what ? ['done'] : 'denied' in what ? [what.denied] : []));
}

const OUTSIDE = 'Checkrein: this lies outside of what this agent may touch and use (b.ts)';

describe.each(['codex', 'gemini', 'copilot'] as const)('the hook of %s', (engine) => {
  const run = async (job: MeteredJob, calls: EngineScript['calls'] = CALLS[engine]): Promise<RunningAgent> => {
    const agent = startEngine(job, { engine, etc, calls });
    await agent.ended;
    return agent;
  };

  test('refuses an edit outside of the scope before it happens, and is gone when the job has ended', async () => {
    await using job = await jobOf(engine, { scope: { paths: ['src/**'] } });
    expect(job.meter.handle.settings).toEqual([join(etc, OF_MACHINE[engine])]);
    expect(outcome(await run(job))).toEqual(['done', OUTSIDE, 'done']);
    const { refused, use } = await job.reported((report) => report.refused.length > 0);
    expect(refused).toMatchObject([{ because: 'scope', path: 'b.ts' }]);
    expect(use.calls).toBe(3);
    await job.finish();
    expect(existsSync(join(etc, OF_MACHINE[engine]))).toBe(false);
  });

  test('lets an agent that may change nothing use no tool that writes, and no shell', async () => {
    await using job = await jobOf(engine, { scope: { read_only: true } });
    const said = outcome(await run(job));
    expect(said.map((one) => one.startsWith('Checkrein: this agent may change nothing'))).toEqual([true, true, true]);
  });

  test('lets no tool be used once a limit is passed', async () => {
    await using job = await jobOf(engine, { limits: { repeats: 3 } });
    const again = CALLS[engine].slice(0, 1);
    const said = outcome(await run(job, [...again, ...again, ...again, ...again, ...again]));
    expect(said.slice(0, 3)).toEqual(['done', 'done', 'done']);
    expect(said[3]).toContain(
      '4 equal calls of a tool in a row, of which 3 equal calls of a tool in a row are allowed',
    );
    // The Gemini CLI ends its session when it is told to; the others know no such answer.
    expect(said).toHaveLength(engine === 'gemini' ? 4 : 5);
    const { stop } = await job.reported((report) => report.stop !== null);
    expect(stop?.cause).toMatchObject({ kind: 'limit', limit: 'repeats' });
  });

  test('refuses every call while the meter is gone or is held', async () => {
    await using job = await jobOf(engine, {});
    const calls = CALLS[engine].slice(2);
    process.kill(job.meter.handle.pid, 'SIGSTOP');
    const held = outcome(await run(job, calls));
    process.kill(job.meter.handle.pid, 'SIGCONT');
    process.kill(job.meter.handle.pid, 'SIGKILL');
    expect([...held, ...outcome(await run(job, calls))]).toEqual(Array(2).fill(UNREACHED));
  });

  test('asks by the Node that runs the guard where there is no curl', async () => {
    await using job = await jobOf(
      engine,
      { scope: { paths: ['src/**'] } },
      {
        env: { RUNNER_ENVIRONMENT: 'github-hosted', PATH: '/nowhere' },
      },
    );
    expect(readFileSync(job.meter.handle.settings[0] ?? '', 'utf8')).toContain(process.execPath);
    expect(outcome(await run(job))).toEqual(['done', OUTSIDE, 'done']);
    process.kill(job.meter.handle.pid, 'SIGKILL');
    expect(outcome(await run(job, CALLS[engine].slice(2)))).toEqual([UNREACHED]);
  });

  test('holds nobody up in shadow mode, with a meter or without', async () => {
    await using job = await jobOf(engine, { mode: 'shadow', scope: { read_only: true } });
    expect(outcome(await run(job))).toEqual(['done', 'done', 'done']);
    await job.reported((report) => report.refused.length === 3);
    process.kill(job.meter.handle.pid, 'SIGKILL');
    expect(outcome(await run(job))).toEqual(['done', 'done', 'done']);
  });
});

const UNREACHED = 'Checkrein: the meter that watches this agent cannot be reached, so no tool may be used';

describe('tools of servers', () => {
  test.each<[string, EngineName, EngineScript['calls'][number]]>([
    [
      'that the Gemini CLI names beside the tool',
      'gemini',
      { tool: 'mcp_git_hub_delete_file', input: {}, server: ['git_hub', 'delete_file'] },
    ],
    ['that the Gemini CLI names in the tool alone', 'gemini', { tool: 'mcp_github_delete_file', input: {} }],
    ['that Codex names in the tool', 'codex', { tool: 'mcp__github__delete_file', input: {} }],
    ['whose name holds hyphens in Copilot', 'copilot', { tool: 'github-mcp-server-delete_file', input: {} }],
  ])('%s may not write for an agent that changes nothing', async (_name, engine, call) => {
    await using job = await jobOf(engine, { scope: { read_only: true } });
    const agent = startEngine(job, { engine, etc, calls: [call] });
    await agent.ended;
    expect(outcome(agent)).toEqual(['Checkrein: this agent may change nothing']);
  });

  test('of Codex are known by their server, whose hyphens it rewrites', async () => {
    await using job = await jobOf('codex', { scope: { mcp_servers: ['github-mcp-server'] } });
    const names = ['mcp__github_mcp_server__get_issue', 'mcp__github-mcp-server__get_issue', 'mcp__github__get_issue'];
    const agent = startEngine(job, { engine: 'codex', etc, calls: names.map((tool) => ({ tool, input: {} })) });
    await agent.ended;
    expect(outcome(agent)).toEqual([
      'done',
      'done',
      'Checkrein: this lies outside of what this agent may touch and use',
    ]);
  });

  test('of the Gemini CLI are known by their server, which it names as it is configured', async () => {
    await using job = await jobOf('gemini', { scope: { mcp_servers: ['my.server'] } });
    const calls = ['my.server', 'my_server'].map((server) => ({
      tool: `mcp_${server}_get`,
      input: {},
      server: [server, 'get'] as const,
    }));
    const agent = startEngine(job, { engine: 'gemini', etc, calls });
    await agent.ended;
    expect(outcome(agent)).toEqual(['done', 'Checkrein: this lies outside of what this agent may touch and use']);
  });

  test('of Copilot are known by their server, whatever hyphens it has', async () => {
    await using job = await jobOf('copilot', { scope: { mcp_servers: ['github-mcp-server'] } });
    const calls = ['github-mcp-server-get_issue', 'playwright-browser_click'].map((tool) => ({ tool, input: {} }));
    const agent = startEngine(job, { engine: 'copilot', etc, calls });
    await agent.ended;
    expect(outcome(agent)).toEqual(['done', 'Checkrein: this lies outside of what this agent may touch and use']);
  });
});

describe('on a machine that other jobs share', () => {
  const shared = { RUNNER_ENVIRONMENT: 'self-hosted' };

  test.each(['gemini', 'copilot'] as const)(
    '%s asks by the settings of the user, of its own job alone',
    async (engine) => {
      await using job = await jobOf(engine, { scope: { read_only: true } }, { env: shared });
      expect(job.meter.handle.settings[0]?.startsWith(job.home)).toBe(true);
      const own = startEngine(job, { engine, etc, calls: CALLS[engine].slice(2) });
      await own.ended;
      expect(outcome(own)).toEqual(['Checkrein: this agent may change nothing']);
      const other = { ...job, meter: { ...job.meter, env: { ...job.meter.env, CHECKREIN_METER: 'another' } } };
      const theirs = startEngine(other, { engine, etc, calls: CALLS[engine].slice(2) });
      await theirs.ended;
      process.kill(job.meter.handle.pid, 'SIGKILL');
      const later = startEngine(other, { engine, etc, calls: CALLS[engine].slice(2) });
      await later.ended;
      expect([outcome(theirs), outcome(later)]).toEqual([['done'], ['done']]);
    },
  );

  test('Codex asks nobody, which is said', async () => {
    await using job = await jobOf('codex', { scope: { read_only: true } }, { env: shared });
    expect(job.meter.handle.settings).toEqual([]);
    expect(job.meter.notes).toContainEqual(expect.stringContaining('Codex heeds hooks of the machine alone'));
  });
});

describe('settings of others', () => {
  test.each(['codex', 'gemini', 'copilot'] as const)(
    'of %s on the machine are there again as they were',
    async (engine) => {
      const path = join(etc, OF_MACHINE[engine]);
      const event = { codex: 'PreToolUse', gemini: 'BeforeTool', copilot: 'preToolUse' }[engine];
      const theirs = { theme: 'dark', hooks: { [event]: [{ hooks: [{ command: 'true' }] }], Stop: [] } };
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, JSON.stringify(theirs));
      const job = await jobOf(engine, {});
      expect(JSON.parse(readFileSync(path, 'utf8'))).not.toEqual(theirs);
      await job[Symbol.asyncDispose]();
      expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(theirs);
    },
  );

  test('that are no JSON are left alone, and the settings of the user are used', async () => {
    const path = join(etc, OF_MACHINE.gemini);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '// theirs\n{}');
    await using job = await jobOf('gemini', {});
    expect(readFileSync(path, 'utf8')).toBe('// theirs\n{}');
    expect(job.meter.handle.settings).toEqual([join(job.home, '.gemini/settings.json')]);
  });

  test('that switch hooks off in what is checked out do not count against the machine', async () => {
    await using job = await jobOf(
      'gemini',
      { scope: { read_only: true } },
      {
        prepare: (_home, workspace) => {
          mkdirSync(join(workspace, '.gemini'));
          writeFileSync(join(workspace, '.gemini/settings.json'), '{"hooksConfig":{"enabled":false}}');
        },
      },
    );
    const agent = startEngine(job, { engine: 'gemini', etc, calls: CALLS.gemini.slice(2) });
    await agent.ended;
    expect(outcome(agent)).toEqual(['Checkrein: this agent may change nothing']);
  });

  test('of all engines hold hooks where nobody knows which one runs', async () => {
    await using job = await jobOf(null, {});
    expect(job.meter.handle.settings.map((path) => path.replace(etc, '').replace(job.home, '~'))).toEqual([
      ...['/claude-code/managed-settings.d/90-checkrein.json', '~/.claude/settings.json', '/codex/hooks.json'],
      ...['/gemini-cli/settings.json', '/github-copilot/policy.d/90-checkrein.json'],
    ]);
  });
});
