import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { between } from '../../src/core/time.ts';
import { isAlive } from '../../src/meter/processes.ts';
import type { AgentScript, AgentStep } from '../fakes/agent/script.ts';
import { beginJob, type WholeJob } from './guard-whole.ts';
import { eventsOf, violationsIn } from './guarded.ts';
import { readLedger } from './plot.ts';
import { plain } from './words.ts';

const ASK: AgentStep = { kind: 'ask', input: 20_000, output: 500, usd: 0.2 };
const WAIT: AgentStep = { kind: 'wait', ms: 50 };

const CALL: AgentStep = { kind: 'call', tool: 'Bash', input: { command: 'make' } };

/** The agent works: a call of a tool, and two requests of which telemetry and its transcript tell. */
async function work(job: WholeJob, leavesOut: AgentScript['leavesOut'] = []): Promise<void> {
  const agent = job.agent({ leavesOut, steps: [CALL, ASK, WAIT, ASK, WAIT] });
  await agent.ended;
  await job.reported(({ use }) => (use.usd ?? 0) >= 0.4);
}

function signs(violations: ReturnType<typeof violationsIn>): readonly string[] {
  return violations.flatMap((violation) => violation.signs.map(({ what }) => what)).sort();
}

/** The transcript of the agent, wherever its engine keeps it. */
function transcript({ home }: WholeJob): string {
  const projects = join(home, '.claude/projects');
  const [file] = readdirSync(projects, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
  return join(projects, file ?? '');
}

describe('a guarded job, from the guard to the watch after it', () => {
  test('that nobody tampers with is recorded once and found sound', async () => {
    await using job = await beginJob();
    expect(job.before.outputs, job.before.stdout).toMatchObject({ decision: 'allow' });
    await work(job);
    // It goes on when its step has ended: it has said a second time that it is alive.
    await job.reported(({ startedAt, beatAt }) => between(startedAt, beatAt) > 6_000);
    expect(isAlive(job.meter.handle)).toBe(true);
    const post = await job.post();
    expect([post.exitCode, post.stderr], post.stdout).toEqual([0, '']);
    expect(plain(post.summary)).toContain('| Lease | settled |');
    expect(isAlive(job.meter.handle)).toBe(false);
    expect(readFileSync(join(job.home, '.claude/settings.json'), 'utf8')).not.toContain(job.meter.handle.key);
    const watched = await job.watch();
    expect(watched.exitCode, watched.stdout).toBe(0);
    const ledger = await readLedger(job.plot);
    expect(violationsIn(ledger)).toEqual([]);
    expect(eventsOf(ledger, 'guard.ended')).toMatchObject([
      { data: { record: { ledger: 'held', meter: { kind: 'ended' }, sessions: [{ engine: 'claude' }] } } },
    ]);
    expect(eventsOf(ledger, 'lease.settled')).toHaveLength(1);
    expect(eventsOf(ledger, 'session.recorded')).toHaveLength(1);
    expect(eventsOf(ledger, 'guard.checked')).toMatchObject([{ data: { check: { verdict: 'sound' } } }]);
  });

  test('whose engine leaves the hooks aside is told of for somebody to look at', async () => {
    await using job = await beginJob();
    await work(job, ['hooks']);
    const post = await job.post();
    expect(post.exitCode, post.stdout).toBe(0);
    const watched = await job.watch();
    expect(watched.exitCode, watched.stdout).toBe(0);
    const violations = violationsIn(await readLedger(job.plot));
    expect(violations).toMatchObject([
      { kind: 'tampering', severity: 'warning', signs: [{ what: 'hooks_unasked', amount: 1 }] },
    ]);
    expect(plain(job.plot.github.world.issues[0]?.body ?? '')).toContain(
      'tools were called once, and the engine never asked the hook of the guard',
    );
  });

  test('whose agent kills the meter, fakes its transcript and rewinds the ledger is a critical violation', async () => {
    await using job = await beginJob();
    await work(job);
    process.kill(job.meter.handle.pid, 'SIGKILL');
    const file = transcript(job);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"input_tokens":\d+/g, '"input_tokens":1'));
    const { git } = job.plot.github;
    expect(await git.moveRef('refs/heads/checkrein', await git.readRef('refs/heads/checkrein'), job.unguarded)).toBe(
      true,
    );

    const post = await job.post();
    expect(post.exitCode, post.stdout).toBe(0);
    expect(post.stdout).toContain('::warning::The meter beside the agent did not end by itself');
    expect(post.stdout).toContain('::warning::The ledger does not hold any more what the guard wrote into it');
    const watched = await job.watch();
    expect(watched.outputs['status'], watched.stdout).toBe('critical');
    const ledger = await readLedger(job.plot);
    const violations = violationsIn(ledger);
    expect(violations).toMatchObject([{ kind: 'tampering', severity: 'critical', agent: 'fixer', run: job.run.id }]);
    expect(signs(violations)).toEqual(['decision_gone', 'ledger_rewritten', 'meter_killed', 'meter_saw_more']);
    const [issue] = job.plot.github.world.issues;
    expect(issue?.title).toContain('An agent went beyond what it may do: fixer');
    const body = plain(issue?.body ?? '');
    expect(body).toContain('the ledger was rewritten in the job');
    expect(body).toContain('without a word');
  });
});
