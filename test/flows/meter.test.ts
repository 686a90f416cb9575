import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { repositorySubject } from '../../src/core/subject.ts';
import { finishMeter } from '../../src/meter/finish.ts';
import { lineTail, wholeRecords } from '../../src/meter/line-tail.ts';
import type { MeterHandle } from '../../src/meter/plan.ts';
import { type MeteredJob, meteredJob, startAgent, wholeReport } from '../fakes/agent/job.ts';
import type { AgentStep } from '../fakes/agent/script.ts';
import { post, requestOf, resourceOf, SERVICE } from '../fakes/agent/telemetry.ts';
import { plantGate } from '../kit/gate.ts';
import { haltOf, heldWorkflow, NOON } from '../kit/halts.ts';

const WAIT: AgentStep = { kind: 'wait', ms: 100 };
/** For waiting for what comes at once, but for a machine that is busy. */
const PATIENTLY = { timeout: 60_000, interval: 20 };

function ask(input: number, usd: number): AgentStep {
  return { kind: 'ask', input, output: 10, usd };
}

function call(tool: string, input: Readonly<Record<string, unknown>>): AgentStep {
  return { kind: 'call', tool, input };
}

/** A machine that is very busy may hold a process up for longer than a bound in seconds allows; a fault of ours would each time. */
const BUSY = { retry: 2 };

describe('an agent that passes a limit is ended within two seconds', () => {
  test('of dollars, told by telemetry alone', BUSY, async () => {
    await using job = await meteredJob({ handover: { limits: { usd: 1 } } });
    const agent = job.agent({ leavesOut: ['transcript', 'hooks'], steps: [ask(1_000, 0.4), WAIT], rounds: 1_000 });
    const ended = await agent.ended;
    // The third passes the limit; it may be over before the agent can say so.
    const second = agent.said.filter((what) => 'did' in what)[1];
    expect(ended - (second?.at ?? 0)).toBeLessThan(2_000);
    const { stop, use, heard } = await job.reported((report) => report.stop?.took != null);
    expect(stop).toMatchObject({
      cause: { kind: 'limit', limit: 'usd', allowed: 1 },
      mode: 'enforce',
      hands: ['process'],
    });
    expect(use.usd).toBeGreaterThan(1);
    expect(heard).toEqual(['telemetry']);
    expect(await job.finish()).toMatchObject({ kind: 'ended', report: { stop: { cause: { limit: 'usd' } } } });
  });

  test('of tokens, told by its transcript alone', BUSY, async () => {
    await using job = await meteredJob({ handover: { limits: { tokens: 5_000 } } });
    const agent = job.agent({ leavesOut: ['telemetry', 'hooks'], steps: [ask(2_000, 0), WAIT], rounds: 1_000 });
    const ended = await agent.ended;
    // The third passes the limit; it may be over before the agent can say so.
    const second = agent.said.filter((what) => 'did' in what)[1];
    expect(ended - (second?.at ?? 0)).toBeLessThan(2_000);
    const report = await job.reported(({ stop }) => stop?.took != null);
    expect(report).toMatchObject({ heard: ['files'], stop: { cause: { limit: 'tokens' }, hands: ['process'] } });
  });

  test('though it ignores hooks and being asked to end', BUSY, async () => {
    await using job = await meteredJob({ handover: { limits: { turns: 3 } } });
    const agent = job.agent({ leavesOut: ['hooks', 'sigterm'], steps: [ask(100, 0.01), WAIT], rounds: 1_000 });
    const ended = await agent.ended;
    const third = agent.said.filter((what) => 'did' in what)[2];
    expect(ended - (third?.at ?? 0)).toBeLessThan(2_000);
    expect(agent.said).toContainEqual(expect.objectContaining({ troubled: 'SIGTERM' }));
    const { stop } = await job.reported((report) => report.stop?.took != null);
    expect(stop).toMatchObject({ cause: { limit: 'turns' }, hands: ['process'] });
  });

  test('of minutes', BUSY, async () => {
    await using job = await meteredJob({ handover: { limits: { minutes: 0.02 } } });
    const agent = job.agent({ steps: [ask(10, 0), WAIT], rounds: 1_000 });
    await agent.ended;
    const { stop } = await job.reported((report) => report.stop?.took != null);
    expect(stop).toMatchObject({ cause: { limit: 'minutes' } });
    expect(stop?.took).toBeLessThan(2_000);
  });

  test('of equal calls in a row, and leaves by itself when its hook says so', BUSY, async () => {
    await using job = await meteredJob({ handover: { limits: { repeats: 4 } } });
    const agent = job.agent({ steps: [call('Bash', { command: 'make' }), WAIT], rounds: 1_000 });
    await agent.ended;
    const said = agent.said.map((what) =>
      'did' in what ? what.did : 'denied' in what ? 'denied' : Object.keys(what)[0],
    );
    expect(said).toEqual(['Bash', 'Bash', 'Bash', 'Bash', 'denied', 'ended']);
    const { stop } = await job.reported((report) => report.stop?.took != null);
    expect(stop).toMatchObject({ cause: { limit: 'repeats', used: 5 }, hands: ['hook'] });
  });

  test('of dollars a minute', async () => {
    await using job = await meteredJob({ handover: { limits: { usd_per_minute: 0.1 } } });
    const agent = job.agent({ steps: [ask(10, 0.3), WAIT], rounds: 1_000 });
    await agent.ended;
    const { stop } = await job.reported((report) => report.stop?.took != null);
    expect(stop).toMatchObject({ cause: { limit: 'usd_per_minute', allowed: 0.1 } });
  });

  test('and the agent of another job on the same machine goes on', async () => {
    await using job = await meteredJob({ handover: { limits: { turns: 1 } } });
    const other = job.agent({ leavesOut: ['hooks'], steps: [WAIT], rounds: 40 }, { CHECKREIN_METER: 'another' });
    const agent = job.agent({ leavesOut: ['hooks'], steps: [ask(10, 0.01), WAIT], rounds: 1_000 });
    await agent.ended;
    await other.ended;
    expect(agent.said.at(-1)).toMatchObject({ did: 'ask' });
    expect(other.said).toMatchObject([{ ended: 'by itself' }]);
  });

  test('and goes on in shadow mode, where it is only told', async () => {
    await using job = await meteredJob({ handover: { mode: 'shadow', limits: { usd: 0.1 } } });
    const agent = job.agent({ steps: [ask(10, 0.3), call('Bash', {}), WAIT], rounds: 20 });
    await agent.ended;
    expect(agent.said.at(-1)).toMatchObject({ ended: 'by itself' });
    const { stop, refused } = await job.reported((report) => report.refused.length > 0);
    expect(stop).toMatchObject({ mode: 'shadow', hands: [], took: null });
    expect(refused[0]).toMatchObject({ tool: 'Bash', because: 'limit' });
  });
});

describe('a call that may not happen is refused before it happens', () => {
  test('an edit outside of the scope, through a link, and by ..', async () => {
    await using job = await meteredJob({
      handover: { scope: { paths: ['src/**'] } },
      prepare: (home, workspace) => {
        mkdirSync(join(workspace, 'src'));
        symlinkSync(home, join(workspace, 'src/elsewhere'));
      },
    });
    const at = (path: string): string => join(job.workspace, path);
    const write = (path: string): AgentStep => call('Write', { file_path: path, content: 'x' });
    const agent = job.agent({
      steps: [
        ...[write(at('src/a.ts')), write(at('README.md')), write(at('src/../b.ts')), write(at('src/elsewhere/c.ts'))],
        ...[write(join(job.home, '.claude/settings.json'))],
      ],
    });
    await agent.ended;
    expect(agent.said.filter((what) => 'did' in what)).toHaveLength(1);
    expect(existsSync(at('src/a.ts'))).toBe(true);
    for (const path of ['README.md', 'b.ts']) expect(existsSync(at(path))).toBe(false);
    expect(existsSync(join(job.home, 'c.ts'))).toBe(false);
    const { refused, stop } = await job.reported((report) => report.refused.length === 4);
    expect(refused.map(({ because, tool }) => `${tool} ${because}`)).toEqual(Array(4).fill('Write scope'));
    expect(refused.map(({ path }) => path).slice(0, 2)).toEqual(['README.md', 'b.ts']);
    expect(stop).toBeNull();
  });

  test('a shell of an agent that may change nothing', async () => {
    await using job = await meteredJob({ handover: { scope: { read_only: true } } });
    const agent = job.agent({ steps: [call('Read', { file_path: 'x' }), call('Bash', { command: 'rm -r .' })] });
    await agent.ended;
    expect(agent.said.slice(0, 2)).toMatchObject([
      { did: 'Read' },
      { denied: 'Checkrein: this agent may change nothing' },
    ]);
  });

  test('one of a server that is not declared, by the names that Claude Code gives to tools', async () => {
    await using job = await meteredJob({ handover: { scope: { mcp_servers: ['my.server', 'their server', 'a__b'] } } });
    const names = ['my_server', 'their_server', 'a__b', 'a', 'other'].map((server) => `mcp__${server}__get`);
    const agent = job.agent({ steps: names.map((name) => call(name, {})) });
    await agent.ended;
    const denied = 'Checkrein: this lies outside of what this agent may touch and use';
    expect(agent.said.slice(0, 5)).toMatchObject([
      ...names.slice(0, 3).map((name) => ({ did: name })),
      ...[{ denied }, { denied }],
    ]);
  });

  test('in shadow mode it happens, and is told', async () => {
    await using job = await meteredJob({ handover: { mode: 'shadow', scope: { read_only: true } } });
    const agent = job.agent({ steps: [call('Bash', { command: 'make' })] });
    await agent.ended;
    expect(agent.said[0]).toMatchObject({ did: 'Bash' });
    await job.reported(({ refused }) => refused[0]?.because === 'read_only');
  });
});

describe('a meter that somebody ends', () => {
  test('leaves an agent that may use no tool, and is told of', async () => {
    await using job = await meteredJob({});
    const agent = job.agent({ steps: [call('Read', {}), WAIT], rounds: 1_000 });
    const said = (what: 'did' | 'denied') => agent.said.find((saying) => what in saying);
    await vi.waitUntil(() => said('did'), PATIENTLY);
    process.kill(job.meter.handle.pid, 'SIGKILL');
    expect(await vi.waitUntil(() => said('denied'), PATIENTLY)).toMatchObject({
      denied: 'Checkrein: the meter that watches this agent is gone, so no tool may be used',
    });
    agent.child.kill();
    await agent.ended;
    expect(await job.finish()).toMatchObject({ kind: 'died', report: { endedAt: null } });
  });

  test('holds nobody up in shadow mode', async () => {
    await using job = await meteredJob({ handover: { mode: 'shadow' } });
    process.kill(job.meter.handle.pid, 'SIGKILL');
    const agent = job.agent({ steps: [call('Read', {})] });
    await agent.ended;
    expect(agent.said.filter((what) => 'did' in what)).toHaveLength(1);
  });

  test('does not end when it is only asked to', async () => {
    await using job = await meteredJob({});
    process.kill(job.meter.handle.pid, 'SIGTERM');
    expect(await job.finish()).toMatchObject({ kind: 'ended' });
  });

  test('answers nobody while it is held, and lets no tool be used either', async () => {
    await using job = await meteredJob({});
    process.kill(job.meter.handle.pid, 'SIGSTOP');
    const agent = job.agent({ steps: [call('Read', {})] });
    await agent.ended;
    process.kill(job.meter.handle.pid, 'SIGCONT');
    expect(agent.said.filter((what) => 'denied' in what)).toHaveLength(1);
  });

  test('and a report that somebody else has written is known', async () => {
    await using job = await meteredJob({});
    const path = join(job.meter.handle.folder, 'report');
    const forged = readFileSync(path, 'utf8').replace('"usd":null', '"usd":0');
    process.kill(job.meter.handle.pid, 'SIGKILL');
    writeFileSync(path, forged);
    expect(await job.finish()).toEqual({ kind: 'forged' });
  });
});

describe('files of sessions that are none', () => {
  test('keep nobody: a pipe, a link, a line without an end, and one of millions of values', async () => {
    await using job = await meteredJob({ handover: { limits: { tokens: 5_000 } } });
    const project = join(job.home, '.claude/projects/x');
    mkdirSync(project, { recursive: true });
    execFileSync('/usr/bin/mkfifo', [join(project, 'pipe.jsonl')]);
    symlinkSync('/dev/zero', join(project, 'link.jsonl'));
    writeFileSync(join(project, 'endless.jsonl'), 'x'.repeat(20_000_000));
    writeFileSync(join(project, 'dense.jsonl'), `{"type":"assistant","a":[${'{},'.repeat(2_500_000)}{}]}\n`);
    const agent = job.agent({ leavesOut: ['telemetry', 'hooks'], steps: [ask(2_000, 0), WAIT], rounds: 1_000 });
    await agent.ended;
    const { stop } = await job.reported((report) => report.stop?.took != null);
    expect(stop).toMatchObject({ cause: { limit: 'tokens' } });
    expect(await job.finish()).toMatchObject({ kind: 'ended' });
  });

  test('are not followed where a pipe takes the place of a file that was', () => {
    const folder = mkdtempSync(join(tmpdir(), 'checkrein-tail-'));
    const path = join(folder, 'a.jsonl');
    writeFileSync(path, '{"n":1}\n');
    const tail = lineTail(path);
    const seen: unknown[] = [];
    tail.advance((record) => seen.push(record));
    rmSync(path);
    execFileSync('/usr/bin/mkfifo', [path]);
    expect(tail.advance((record) => seen.push(record))).toBe(false);
    expect([seen, wholeRecords(path)]).toEqual([[{ n: 1 }], []]);
    rmSync(path);
    symlinkSync('/etc/passwd', path);
    expect(() => tail.advance(() => undefined)).toThrow('ELOOP');
    rmSync(folder, { recursive: true });
  });
});

describe('what belongs to others', () => {
  test('settings of Claude Code are there again as they were', async () => {
    const theirs = {
      model: 'opus',
      hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [{ type: 'command', command: 'true' }] }] },
    };
    await using job = await meteredJob({
      prepare: (home) => {
        mkdirSync(join(home, '.claude'));
        writeFileSync(join(home, '.claude/settings.json'), JSON.stringify(theirs));
      },
    });
    const settings = (): unknown => JSON.parse(readFileSync(join(job.home, '.claude/settings.json'), 'utf8'));
    expect(settings()).not.toEqual(theirs);
    await job.finish();
    expect(settings()).toEqual(theirs);
  });

  test('telemetry that the job sets up itself is left alone, and files tell of the session', async () => {
    await using job = await meteredJob({
      handover: { limits: { tokens: 5_000 } },
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', CLAUDE_CODE_ENABLE_TELEMETRY: '1' },
    });
    expect(Object.keys(job.meter.env)).toEqual(['CHECKREIN_METER']);
    expect(job.meter.notes[0]).toContain('OTEL_*');
    const agent = job.agent({ leavesOut: ['hooks'], steps: [ask(2_000, 0), WAIT], rounds: 1_000 });
    await agent.ended;
    await job.reported(({ stop, heard }) => stop !== null && heard.join() === 'files');
  });
});

/** What the fake GitHub's ledger says when somebody stops everything. */
function haltDeclared() {
  return {
    ...{
      v: 1 as const,
      id: 'halt:1',
      at: NOON,
      seen: NOON,
      repo: 'octo/repo',
      subject: repositorySubject('octo/repo'),
    },
    kind: 'halt.declared' as const,
    data: { halt: haltOf(1, { scope: { kind: 'all' }, at: NOON }), workflows: [heldWorkflow('fixer')] },
  };
}

describe('GitHub', () => {
  test('is asked for an emergency stop while the agent works, without cost while nothing happens', async () => {
    await using gate = await plantGate(null);
    const github = { api: gate.github.url, token: gate.github.mintToken({ contents: 'read' }) };
    const ledger = `branch:${gate.github.fullName}@checkrein`;
    await using job = await meteredJob({ github, haltEvery: 200, handover: { repo: gate.github.fullName, ledger } });
    const agent = job.agent({ steps: [ask(10, 0), WAIT, WAIT, WAIT, WAIT], rounds: 1_000 });
    await vi.waitUntil(() => agent.said.length > 0 && gate.github.log.some(({ status }) => status === 304), PATIENTLY);
    expect(job.report()?.stop).toBeNull();
    await gate.remember([haltDeclared()]);
    await agent.ended;
    const { stop } = await job.reported((report) => report.stop?.took != null);
    expect(stop).toMatchObject({ cause: { kind: 'halt', generation: 1 }, hands: ['process'] });
  });

  test.each([
    ['ends the run where the agent cannot be found', 'write', 202, ['run'], null],
    [
      'may refuse that, which is told',
      'read',
      403,
      [],
      'The run could not be cancelled: the token of the guard needs `actions: write`',
    ],
  ] as const)('%s', async (_name, actions, status, hands, problem) => {
    await using gate = await plantGate(null);
    const { github } = gate;
    const run = github.startRun(gate.fixer);
    const access = { api: github.url, token: github.mintToken({ actions }) };
    // What is named like another engine and does not speak to the meter is not taken for the agent.
    await using job = await meteredJob({
      github: access,
      handover: {
        ...{ repo: github.fullName, engine: 'codex', limits: { tokens: 100 } },
        errand: {
          ...{ agent: 'fixer', workflow: null, run: run.id, attempt: 1, job: null },
          ...{ actor: null, trigger: null, parent: null },
        },
      },
    });
    job.agent({ leavesOut: ['telemetry', 'hooks'], steps: [ask(1_000, 0), WAIT], rounds: 1_000 });
    const cancels = (): readonly number[] =>
      github.log.filter(({ path }) => path.endsWith('/cancel')).map((request) => request.status ?? 0);
    await job.reported(({ stop, problems }) =>
      problem === null ? stop?.hands[0] === 'run' : problems.includes(problem),
    );
    await pause(300);
    expect(cancels()).toEqual([status]);
    const { kind, report } = (await job.finish()) as { kind: string; report: ReturnType<MeteredJob['report']> };
    expect(kind).toBe('ended');
    expect(report?.stop).toMatchObject({ hands, took: null });
    if (problem !== null) expect(report?.problems).toContain(problem);
  });
});

describe('what is sent to the meter', () => {
  test.each<[string, (job: MeteredJob) => Promise<unknown>]>([
    ['garbage', (job) => post(job, 'otlp/v1/logs', '}{')],
    ['something deep', (job) => post(job, 'otlp/v1/logs', '['.repeat(200_000))],
    ['something deep that closes', (job) => post(job, 'hook', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`)],
    ['something huge', (job) => post(job, 'otlp/v1/logs', 'x'.repeat(20_000_000)).catch(() => null)],
    ['something for another address', (job) => post(job, 'otlp', '{}', 'wrong-key')],
    ['what is no JSON', (job) => post(job, 'otlp/v1/metrics', '\u0000\u0001')],
    ['what is no protobuf', (job) => postBytes(job, 'otlp/v1/logs', Buffer.alloc(40, 0xff))],
    ['protobuf of nobody knows what', (job) => postBytes(job, 'otlp', API_REQUEST)],
    ['an end by somebody who does not know the seal', (job) => post(job, 'end', 'guess')],
    ['no HTTP at all', (job) => noise(job)],
    ['a question that is none', (job) => post(job, 'hook', '[1,2,3]')],
    ['a call with hostile names', (job) => post(job, 'hook', JSON.stringify(HOSTILE))],
  ])('%s leaves it as it was', async (_name, send) => {
    await using job = await meteredJob({ handover: { scope: { read_only: true } } });
    await send(job);
    const ended = await job.finish();
    expect(ended).toMatchObject({ kind: 'ended', report: { stop: null, use: { usd: null, tokens: null } } });
    expect(JSON.stringify(ended)).not.toMatch(/ghp_|\\u202e|guess/);
  });

  test('counts also as protobuf, as exporters send it that their own settings tell to', async () => {
    await using job = await meteredJob({});
    const answer = await postBytes(job, 'otlp/v1/logs', API_REQUEST);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
      ...[200, 'application/x-protobuf', ''],
    ]);
    expect((await job.finish()) as object).toMatchObject({
      report: { use: { usd: 0.25, tokens: 1_010, turns: 1 }, heard: ['telemetry'] },
    });
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    // Without the head that the standard asks for, as some send it.
    ['deflate', deflateRawSync],
    ['identity', (bytes) => bytes],
  ])('counts also as %s, in either form', async (encoding, pack) => {
    await using job = await meteredJob({});
    const asProtobuf = { 'content-type': 'application/x-protobuf', 'content-encoding': encoding };
    const asJson = { 'content-type': 'application/json', 'content-encoding': encoding };
    const row = { attributes: [{ key: 'event.name', value: { stringValue: 'tool_result' } }] };
    const json = JSON.stringify({
      resourceLogs: [{ resource: SERVICE, scopeLogs: [{ logRecords: [{ ...row, body: { stringValue: 'x' } }] }] }],
    });
    expect((await postBytes(job, 'otlp/v1/logs', pack(API_REQUEST), asProtobuf)).status).toBe(200);
    expect((await postBytes(job, 'otlp/v1/logs', pack(Buffer.from(json)), asJson)).status).toBe(200);
    expect((await job.finish()) as object).toMatchObject({ report: { use: { usd: 0.25, tokens: 1_010 } } });
  });

  test.each<[string, number, string, Uint8Array, Readonly<Record<string, string>>]>([
    ['a bomb', 413, 'larger than 16 MB', gzipSync(Buffer.alloc(100_000_000)), { 'content-encoding': 'gzip' }],
    ['damaged gzip', 400, 'compressed and damaged', gzipSync('{}').subarray(0, 15), { 'content-encoding': 'gzip' }],
    ['another compression', 415, 'gzip and deflate are', Buffer.from('{}'), { 'content-encoding': 'br' }],
    ['far too many values', 413, 'too many values', Buffer.from(`[${'{},'.repeat(700_000)}{}]`), {}],
  ])('is refused where it is %s, which is told', async (_name, status, problem, bytes, headers) => {
    await using job = await meteredJob({});
    const answer = await postBytes(job, 'otlp/v1/logs', bytes, { 'content-type': 'application/json', ...headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('accept-encoding')).toBe(status === 415 ? 'gzip, deflate' : null);
    expect(await job.finish()).toMatchObject({
      ...{ kind: 'ended', report: { problems: expect.arrayContaining([expect.stringContaining(problem)]) } },
    });
  });

  test('over gRPC is told of, with what helps', async () => {
    await using job = await meteredJob({});
    const session = connectHttp2(`http://127.0.0.1:${job.meter.handle.port}`);
    await new Promise<void>((resolve) => session.on('error', () => undefined).once('close', () => resolve()));
    expect(await job.finish()).toMatchObject({
      report: { problems: expect.arrayContaining([expect.stringContaining('over gRPC, which is not read')]) },
    });
  });

  test('as absurd numbers passes no limit and takes nothing back', async () => {
    await using job = await meteredJob({ handover: { limits: { usd: 5, tokens: 1_000_000 } } });
    for (const value of [
      { doubleValue: -5 },
      { stringValue: 'NaN' },
      { doubleValue: 1e308 },
      { intValue: `-${'9'.repeat(30)}` },
    ])
      await post(job, 'otlp/v1/logs', JSON.stringify(requestOf(value)));
    await postBytes(job, 'otlp/v1/logs', API_REQUEST);
    expect(await job.finish()).toMatchObject({ report: { stop: null, use: { usd: 0.25, tokens: 1_010 } } });
  });

  test('in a flood of connections keeps no hook from asking', async () => {
    await using job = await meteredJob({ handover: { scope: { read_only: true } } });
    const held = Array.from({ length: 100 }, () =>
      connect(job.meter.handle.port, '127.0.0.1').on('error', () => undefined),
    );
    await Promise.all(held.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const agent = job.agent({ steps: [call('Bash', { command: 'make' })] });
    await agent.ended;
    expect(agent.said[0]).toMatchObject({ denied: 'Checkrein: this agent may change nothing' });
    expect(await job.finish()).toMatchObject({ kind: 'ended' });
    for (const socket of held) socket.destroy();
  });

  test('in a flood of telemetry, which takes long to count, lets no equal call pass its limit', async () => {
    await using job = await meteredJob({ handover: { limits: { repeats: 3 } } });
    const flood = { resourceLogs: Array.from({ length: 10_000 }, (_, i) => resourceOf({ intValue: i })) };
    expect((await post(job, 'otlp/v1/logs', JSON.stringify(flood))).status).toBe(200);
    const equal = Buffer.from(JSON.stringify({ tool_name: 'Bash', tool_input: { command: 'make' } }));
    const mark = { 'x-checkrein-meter': job.meter.env['CHECKREIN_METER'] ?? '' };
    const answers: unknown[] = [];
    for (let i = 0; i < 4; i++) answers.push(await (await postBytes(job, 'hook', equal, mark)).json());
    expect(answers.slice(0, 3)).toEqual([{}, {}, {}]);
    expect(answers[3]).toMatchObject({ continue: false });
  });

  test('as a question that is too large to be judged is answered by a refusal', async () => {
    await using job = await meteredJob({ handover: { scope: { paths: ['src/**'] } } });
    const question = { tool_name: 'Write', tool_input: { file_path: 'a.ts', content: ','.repeat(1_100_000) } };
    const mark = { 'x-checkrein-meter': job.meter.env['CHECKREIN_METER'] ?? '' };
    const answer = await postBytes(job, 'hook', Buffer.from(JSON.stringify(question)), mark);
    expect(await answer.json()).toMatchObject({
      hookSpecificOutput: {
        permissionDecision: 'deny',
        permissionDecisionReason: 'Checkrein: this call is too large to be judged, so it may not happen',
      },
    });
  });

  test('is not taken from the session of another job on the same machine', async () => {
    await using job = await meteredJob({ handover: { scope: { read_only: true } } });
    const agent = job.agent({ steps: [call('Bash', { command: 'make' })] }, { CHECKREIN_METER: 'another' });
    await agent.ended;
    expect(agent.said[0]).toMatchObject({ did: 'Bash' });
    expect((await job.finish()) as object).toMatchObject({ report: { refused: [] } });
  });
});

const HOSTILE = {
  ...{ tool_name: 'Write', cwd: '../..', transcript_path: '/../../etc/passwd.jsonl', session_id: {} },
  tool_input: { file_path: `\u0000/x/ghp_${'a'.repeat(36)}\u202e`, files: [{ path: '../'.repeat(500) }, null, 'a'] },
};

/** One request of $0.25 with 1,000 + 10 tokens, written by the `BinaryWriter` of @bufbuild/protobuf. */
const API_REQUEST = Buffer.from(
  'CsICCh8KHQoMc2VydmljZS5uYW1lEg0KC2NsYXVkZS1jb2RlEp4CCiIKIGNvbS5hbnRocm9waWMuY2xhdWRlX2NvZGUuZXZlbnRzEvcBCQCAnR6kDeoYEAkqGQoXY2xhdWRlX2NvZGUuYXBpX3JlcXVlc3QyGwoKZXZlbnQubmFtZRINCgthcGlfcmVxdWVzdDITCgpzZXNzaW9uLmlkEgUKA3MtMTIcCgVtb2RlbBITChFjbGF1ZGUtc29ubmV0LTQtNTIVCghjb3N0X3VzZBIJIQAAAAAAANA/MhMKDGlucHV0X3Rva2VucxIDGOgHMhMKDW91dHB1dF90b2tlbnMSAhgKMhQKBWRlbHRhEgsY+///////////ATIICgJvaxICEAFFAQAAAEoQAAAAAAAAAAAAAAAAAAAAAFkBgJ0epA3qGA==',
  'base64',
);

async function postBytes(
  { meter: { handle } }: MeteredJob,
  path: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/x-protobuf' },
): Promise<Response> {
  return await fetch(`http://127.0.0.1:${handle.port}/${handle.key}/${path}`, { method: 'POST', headers, body });
}

function noise({ meter }: MeteredJob): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(meter.handle.port, '127.0.0.1', () => socket.end('\u0016\u0003\u0001 hello\r\n\r\n'));
    socket.on('close', () => resolve()).on('error', () => undefined);
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

describe('through the front door', () => {
  test('the guard starts it, the agent is ended, and nothing but the seal is needed to read why', async () => {
    await using gate = await plantGate(
      'version: 1\nmode: enforce\nagents: [{ name: fixer, workflow: .github/workflows/fixer.yml, limits: { usd: 1 } }]\n',
    );
    const machine = mkdtempSync(join(tmpdir(), 'checkrein-front-door-'));
    const env = { HOME: machine, RUNNER_TEMP: machine, GITHUB_WORKSPACE: machine };
    const step = await gate.guard({ goesOn: true, phases: ['main'], env });
    expect([step.exitCode, step.stderr]).toEqual([0, '']);
    const handle = JSON.parse(step.state['checkrein-meter'] ?? '') as MeterHandle;
    const agent = startAgent(
      {
        ...{ session: 's', cwd: machine, model: 'claude-sonnet-4-5', rounds: 1_000, leavesOut: ['hooks', 'sigterm'] },
        steps: [ask(10, 0.6), WAIT],
      },
      { PATH: process.env['PATH'] ?? '', ...env, ...step.env },
    );
    await agent.ended;
    await vi.waitUntil(() => wholeReport(handle)?.stop?.took != null, PATIENTLY);
    expect(await finishMeter(handle)).toMatchObject({
      kind: 'ended',
      report: {
        stop: { cause: { kind: 'limit', limit: 'usd' }, hands: ['process'] },
        heard: expect.arrayContaining(['telemetry']),
      },
    });
    expect(JSON.stringify([step.env, step.outputs, step.stdout])).not.toContain(handle.seal);
    rmSync(machine, { recursive: true });
  });
});
