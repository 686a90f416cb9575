import { describe, expect, test } from 'vitest';
import { startFakeGitHub } from '../../../test/fakes/github.ts';
import { answer, assistant, call, lines, prompt, usage } from '../../../test/kit/transcript-rows.ts';
import type { RunMark } from '../../core/facts.ts';
import type { Session } from '../../core/session.ts';
import { connectGitHub } from '../../github/client.ts';
import { gatherSessions } from './fetch.ts';
import { zipReader } from './zip-reader.ts';

const NOW = '2026-11-20T20:00:00.000Z';
const START = '2026-11-20T18:00:00.000Z';

interface Learned {
  readonly sessions: readonly Session[];
  readonly complaints: readonly string[];
}

/** What is learned about a run that left these artifacts, given as files by name. */
async function learn(artifacts: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<Learned> {
  await using fake = await startFakeGitHub({ now: () => NOW });
  const workflow = await fake.addWorkflowFile('.github/workflows/fix.lock.yml', 'name: Fix\n');
  const run = fake.addRun({ workflow, createdAt: START });
  for (const [name, files] of Object.entries(artifacts)) fake.addArtifact(run, name, files);
  const made = run.attempts[0];
  if (made === undefined) throw new Error('the run has no attempt');
  const mark: RunMark = {
    run: run.id,
    attempt: 1,
    agent: 'fix',
    workflow: workflow.path,
    trigger: run.event,
    createdAt: run.createdAt,
    startedAt: made.startedAt,
    updatedAt: made.updatedAt,
    status: made.status,
    conclusion: made.conclusion,
    url: `https://github.test/runs/${run.id}`,
    telemetry: 'awaited',
  };
  const token = fake.mintToken({ actions: 'read' });
  const { events, complaints } = await gatherSessions({
    github: connectGitHub({
      token,
      repo: fake.fullName,
      baseUrl: fake.url,
      userAgent: 'test',
      retries: 0,
      throttle: false,
    }),
    now: NOW,
    runs: [mark],
    agentJobs: () => ['agent'],
    ...zipReader(NOW, []),
  });
  return {
    sessions: events.flatMap((event) => (event.kind === 'session.recorded' ? [event.data.session] : [])),
    complaints,
  };
}

function line(id: string, output: number): string {
  return `${JSON.stringify({
    event: 'token_usage',
    timestamp: START,
    request_id: id,
    provider: 'anthropic',
    model: 'claude-x',
    status: 200,
    input_tokens: 10,
    output_tokens: output,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
  })}\n`;
}

const TOTALS = { input_tokens: 20, output_tokens: 5, cache_read_tokens: 0, cache_write_tokens: 0, ai_credits: 2 };
const PROXY_LOG = 'sandbox/firewall/logs/api-proxy-logs/token-usage.jsonl';

test('all artifacts of a run of gh-aw give one session of its agent and one of its detection', async () => {
  const { sessions, complaints } = await learn({
    usage: { 'agent_usage.json': JSON.stringify(TOTALS), 'agent/token_usage.jsonl': line('1', 2) + line('2', 3) },
    agent: {
      [PROXY_LOG]: line('1', 2) + line('2', 3),
      'agent_usage.json': JSON.stringify(TOTALS),
      'mcp-logs/gateway.jsonl':
        '{"event":"tool_call","server_name":"github","tool_name":"get","duration":5,"status":"error"}',
    },
    'firewall-audit-logs': { 'api-proxy-logs/token-usage.jsonl': line('1', 2) + line('2', 3) },
    detection: { [PROXY_LOG]: line('1', 70) },
    activation: { 'aw_info.json': '{"engine_id":"claude","workflow_name":"Fix","run_id":7,"run_attempt":"1"}' },
    coverage: { 'lcov.info': 'TN:' },
  });
  expect(complaints).toEqual([]);
  expect(sessions).toMatchObject([
    {
      engineSession: 'gh-aw:7-1',
      agent: 'fix',
      job: 'agent',
      tokens: { input: 20, output: 5, total: 25 },
      cost: { usd: 0.02, basis: 'list' },
      tools: [{ server: 'github', tool: 'get', calls: 1, errors: 1 }],
    },
    { engineSession: 'gh-aw:7-1:detection', tokens: { output: 70 } },
  ]);
});

test("the engine's own record in an artifact of gh-aw is not counted besides", async () => {
  const message = {
    type: 'assistant',
    session_id: 's1',
    message: { id: 'm1', model: 'claude-x', content: [], usage: {} },
  };
  const result = {
    type: 'result',
    subtype: 'success',
    is_error: false,
    session_id: 's1',
    num_turns: 3,
    duration_ms: 9,
  };
  const { sessions } = await learn({
    usage: { 'agent_usage.json': JSON.stringify(TOTALS) },
    agent: { 'sandbox/agent/logs/out.jsonl': `${JSON.stringify(message)}\n${JSON.stringify(result)}\n` },
  });
  expect(sessions).toMatchObject([
    { format: 'gh-aw-usage', turns: 3, outcome: 'completed', tokens: { total: 25 }, cost: { usd: 0.02 } },
  ]);
});

test("the engine's own records of the agent and of the detection are told apart by their artifacts", async () => {
  const printed = (id: string, turns: number): string => {
    const model = { inputTokens: 10, outputTokens: turns, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 };
    const result = { type: 'result', subtype: 'success', is_error: false, session_id: id, num_turns: turns };
    return `Starting\n${JSON.stringify({ ...result, duration_ms: 5, total_cost_usd: turns, modelUsage: { m: model } })}\n`;
  };
  const usage = { 'agent/token_usage.jsonl': line('1', 700), 'detection/token_usage.jsonl': line('3', 70) };
  const agent = { 'agent-stdio.log': printed('a', 700) };
  const told = async (artifacts: Parameters<typeof learn>[0]): Promise<unknown> =>
    (await learn(artifacts)).sessions.map(({ engine, turns, tokens }) => [engine, turns, tokens.total]);
  // In newer layouts the log has a name of its own, in older ones only the artifact tells.
  for (const name of ['detection.log', 'agent-stdio.log']) {
    const detection = { [name]: printed('d', 70) };
    expect(await told({ usage, agent, detection })).toEqual([
      ['gh-aw', 700, 710],
      ['gh-aw', 70, 80],
    ]);
    const { 'detection/token_usage.jsonl': _, ...ofAgent } = usage;
    expect(await told({ usage: ofAgent, detection })).toEqual([
      ['gh-aw', null, 710],
      ['claude', 70, 80],
    ]);
  }
});

test('a run of gh-aw without its firewall gives no zeros, and says why', async () => {
  const { sessions, complaints } = await learn({
    usage: { 'aw_info.json': '{"engine_id":"copilot","workflow_name":"Fix","run_id":7,"firewall_enabled":false}' },
  });
  expect(sessions).toEqual([]);
  expect(complaints).toEqual([expect.stringContaining('gh-aw ran without its firewall, which is what counts tokens')]);
});

const at = (minute: number): { readonly timestamp: string } => ({
  timestamp: `2026-11-20T18:${String(minute).padStart(2, '0')}:00.000Z`,
});
const input = ({ sessions }: Learned): unknown => sessions.map(({ tokens }) => tokens.input);

test('a session whose main conversation and subagents lie in different artifacts is one', async () => {
  const main = lines([
    prompt('do', at(1)),
    assistant('m1', { usage: usage(7, 8) }, [call('t1', 'Task')], at(2)),
    answer('t1', {}, at(5)),
  ]);
  const agent = lines([assistant('a1', { usage: usage(100, 8) }, [], { ...at(3), isSidechain: true })]);
  const learned = await learn({ transcripts: { 's1.jsonl': main }, subagents: { 'agent-1.jsonl': agent } });
  expect(input(learned)).toEqual([107]);
});

test('what a resumed session did in earlier runs is not counted again', async () => {
  const early = { timestamp: '2026-11-19T10:00:00.000Z' };
  const rows = [
    prompt('before', early),
    assistant('m1', { usage: usage(1_000, 8) }, [call('t1', 'Bash')], early),
    answer('t1', {}, early),
  ];
  const late = [
    prompt('go on', at(1)),
    assistant('m2', { usage: usage(7, 8) }, [call('t2', 'Read')], at(2)),
    answer('t2', {}, at(3)),
  ];
  const { sessions } = await learn({ transcripts: { 's1.jsonl': lines([...rows, ...late]) } });
  expect(sessions).toMatchObject([
    { tokens: { input: 7 }, turns: 1, startedAt: at(1).timestamp, tools: [{ tool: 'Read' }] },
  ]);
});

test('what a resumed session sent over OpenTelemetry in earlier runs is not counted again', async () => {
  const sent = (time: string, tokens: string): string => {
    const fields = {
      'event.name': 'claude_code.api_request',
      'session.id': 's1',
      input_tokens: tokens,
      output_tokens: '1',
    };
    const attributes = Object.entries(fields).map(([key, stringValue]) => ({ key, value: { stringValue } }));
    const logRecords = [{ timeUnixNano: `${Date.parse(time)}000000`, attributes }];
    return JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  };
  const { timestamp } = at(2);
  const learned = await learn({
    before: { 'otel-1.json': sent('2026-11-19T10:00:00.000Z', '1000') },
    after: { 'otel-2.json': sent(timestamp, '7') },
  });
  expect(input(learned)).toEqual([7]);
  expect(learned.sessions[0]?.startedAt).toBe(timestamp);
});

test('where rows of a resumed session bear no time, its sums are called an estimate', async () => {
  const early = { timestamp: '2026-11-19T10:00:00.000Z' };
  const rows = (model: string): string =>
    lines([
      assistant('m1', { usage: usage(1_000, 8), model }, [], early),
      assistant('m2', { usage: usage(7, 8), model }),
      assistant('m3', { usage: usage(20, 8), model }, [], at(2)),
    ]);
  const { sessions } = await learn({ transcripts: { 's1.jsonl': rows('claude-opus-4-5') } });
  expect(sessions).toMatchObject([{ tokens: { input: 27 }, state: { tokens: 'estimate', cost: 'estimate' } }]);
  const unpriced = await learn({ transcripts: { 's1.jsonl': rows('claude-x') } });
  expect(unpriced.sessions).toMatchObject([{ cost: { usd: null }, state: { tokens: 'estimate', cost: 'unknown' } }]);
});

describe('a session that is gone on with in the same run', () => {
  const printed = (output: number, usd: number, own: number): string => {
    const loop = { input_tokens: 1, output_tokens: own, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };
    const model = { inputTokens: 9, outputTokens: output, cacheReadInputTokens: 0, cacheCreationInputTokens: 0 };
    return JSON.stringify({
      type: 'result',
      subtype: 'success',
      is_error: false,
      session_id: 's1',
      num_turns: own,
      total_cost_usd: usd,
      usage: loop,
      modelUsage: { 'claude-x': model },
    });
  };
  const outputs = ({ sessions }: Learned): unknown => sessions.map(({ tokens, cost }) => [tokens.output, cost.usd]);

  test('counts with both executions, where the totals began anew', async () => {
    const learned = await learn({ a: { 'one.json': printed(90, 0.5, 90), 'two.json': printed(70, 0.25, 70) } });
    expect(outputs(learned)).toEqual([
      [90, 0.5],
      [70, 0.25],
    ]);
  });

  test('counts what is new in the second one, where the totals went on', async () => {
    const second = printed(160, 0.75, 70).replace('"inputTokens":9', '"inputTokens":12');
    const learned = await learn({ a: { 'one.json': printed(90, 0.5, 90) }, b: { 'two.json': second } });
    expect(outputs(learned)).toEqual([
      [90, 0.5],
      [70, 0.25],
    ]);
  });

  test('counts once where two artifacts hold the same record', async () => {
    const learned = await learn({ a: { 'one.json': printed(90, 0.5, 90) }, b: { 'copy.json': printed(90, 0.5, 90) } });
    expect(outputs(learned)).toEqual([[90, 0.5]]);
  });
});

test('what a thread of Codex did in earlier runs is not counted again, whatever it printed of the whole thread', async () => {
  const row = (timestamp: string, input: number): string =>
    JSON.stringify({
      timestamp,
      type: 'event_msg',
      payload: {
        type: 'token_count',
        info: { total_token_usage: { input_tokens: input, cached_input_tokens: 0, output_tokens: 5 } },
      },
    });
  const meta = JSON.stringify({ timestamp: '2026-11-19T10:00:00Z', type: 'session_meta', payload: { id: 't-1' } });
  const rollout = [meta, row('2026-11-19T10:00:01Z', 1_000), row('2026-11-20T18:01:00Z', 1_400)].join('\n');
  const printed = [
    { type: 'thread.started', thread_id: 't-1' },
    { type: 'turn.completed', usage: { input_tokens: 1_400, cached_input_tokens: 0, output_tokens: 5 } },
  ];
  const stdout = printed.map((event) => JSON.stringify(event)).join('\n');
  expect(input(await learn({ sessions: { 'rollout.jsonl': rollout }, stdout: { 'out.jsonl': stdout } }))).toEqual([
    400,
  ]);
});
