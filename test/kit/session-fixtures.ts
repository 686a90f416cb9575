import {
  BARE_ROLLOUT,
  COPILOT_STREAM,
  NOTED_TRANSCRIPT,
  NUMBERED_RESULTS,
  RECORDED_ROLLOUT,
} from './newer-session-shapes.ts';
import { CODEX_TELEMETRY, COPILOT_SPANS, GEMINI_EXPORT, withOriginalNames } from './telemetry-shapes.ts';

/** A record of each kind that is read, with every field that holds free text. Hand-made from the formats' descriptions. */
export interface SessionFixture {
  readonly format: string;
  /** The name under which the engine writes it. */
  readonly path: string;
  /** One object is written as such, several as JSON Lines. */
  readonly records: readonly object[];
}

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:00:05.000Z';
const USAGE = { input_tokens: 4, output_tokens: 30, cache_read_input_tokens: 900, cache_creation_input_tokens: 50 };

function rows(...data: readonly (readonly [type: string, data: object])[]): readonly object[] {
  return data.map(([type, fields], index) => ({
    type,
    data: fields,
    id: `e${index}`,
    parentId: 'p',
    timestamp: AT,
    agentId: 'a',
  }));
}

function payloads(...data: readonly (readonly [type: string, payload: object])[]): readonly object[] {
  return data.map(([type, payload]) => ({ timestamp: AT, type, payload }));
}

const CALL = { type: 'tool_use', id: 't1', name: 'mcp__server__tool', input: { command: 'text', path: '/somewhere' } };
const RESULT = { type: 'tool_result', tool_use_id: 't1', content: 'text', is_error: true };
const WRITE = {
  type: 'tool_use',
  id: 't2',
  name: 'Write',
  input: { file_path: '/somewhere/file.ts', content: 'text' },
};
const WRITTEN = { type: 'tool_result', tool_use_id: 't2', content: 'text' };

const EXECUTION: readonly object[] = [
  {
    type: 'system',
    subtype: 'init',
    session_id: 's1',
    cwd: '/somewhere',
    model: 'claude-x',
    tools: ['Bash', 'mcp__server__tool'],
    mcp_servers: [{ name: 'server', status: 'failed' }],
    permissionMode: 'default',
    apiKeySource: 'text',
    agents: ['text'],
    plugins: [{ name: 'text', path: '/somewhere' }],
  },
  {
    type: 'assistant',
    message: {
      id: 'm1',
      model: 'claude-x',
      content: [{ type: 'text', text: 'text' }, CALL, WRITE],
      stop_reason: 'tool_use',
      usage: USAGE,
    },
    parent_tool_use_id: 'text',
    session_id: 's1',
    uuid: 'u1',
    request_id: 'r1',
    timestamp: AT,
    error: 'text',
  },
  {
    type: 'user',
    message: { content: [RESULT, WRITTEN] },
    session_id: 's1',
    timestamp: LATER,
    tool_use_result: { stdout: 'text' },
  },
  { type: 'system', subtype: 'api_retry', error: 'text', session_id: 's1' },
  {
    type: 'result',
    subtype: 'success',
    is_error: false,
    session_id: 's1',
    num_turns: 2,
    duration_api_ms: 4_000,
    total_cost_usd: 0.01,
    duration_ms: 5_000,
    usage: { ...USAGE, service_tier: 'text' },
    modelUsage: {
      'claude-x': {
        inputTokens: 4,
        outputTokens: 70,
        cacheReadInputTokens: 900,
        cacheCreationInputTokens: 50,
        costUSD: 0.01,
      },
    },
    permission_denials: [{ tool_name: 'Bash', tool_use_id: 't1', tool_input: { command: 'text' } }],
    terminal_reason: 'text',
    result: 'text',
    errors: ['text'],
  },
];

const ROW = {
  sessionId: 's1',
  isSidechain: false,
  parentUuid: null,
  version: '2.1.0',
  cwd: '/somewhere',
  gitBranch: 'main',
  userType: 'text',
};

const TRANSCRIPT: readonly object[] = [
  { ...ROW, type: 'summary', summary: 'text', leafUuid: 'u0' },
  { ...ROW, type: 'user', uuid: 'u1', timestamp: AT, message: { role: 'user', content: 'text' } },
  {
    ...ROW,
    type: 'assistant',
    uuid: 'u2',
    requestId: 'r1',
    agentId: 'a1',
    timestamp: AT,
    message: {
      id: 'm1',
      model: 'claude-x',
      content: [{ type: 'text', text: 'text' }, CALL, WRITE],
      stop_reason: 'tool_use',
      usage: USAGE,
    },
  },
  {
    ...ROW,
    type: 'user',
    uuid: 'u3',
    timestamp: LATER,
    message: { role: 'user', content: [{ ...RESULT, content: 'Permission to use text denied' }, WRITTEN] },
    permissionMode: 'text',
    toolUseResult: { stdout: 'text', durationMs: 5 },
  },
  { ...ROW, type: 'system', subtype: 'api_error', error: { message: 'text' }, timestamp: LATER, uuid: 'u4' },
  {
    ...ROW,
    type: 'assistant',
    uuid: 'u5',
    isApiErrorMessage: true,
    timestamp: LATER,
    message: { id: 'm2', model: '<synthetic>', content: [{ type: 'text', text: 'text' }], usage: USAGE },
  },
];

const ROLLOUT = payloads(
  [
    'session_meta',
    {
      id: 's1',
      cwd: '/somewhere',
      originator: 'codex_exec',
      cli_version: '1',
      source: 'text',
      git: { branch: 'main' },
      instructions: 'text',
    },
  ],
  [
    'turn_context',
    {
      turn_id: 'n1',
      model: 'gpt-5',
      effort: 'high',
      approval_policy: 'never',
      sandbox_policy: { type: 'text', writable_roots: ['/somewhere'] },
      cwd: '/somewhere',
    },
  ],
  ['response_item', { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'text' }] }],
  ['response_item', { type: 'function_call', call_id: 'c1', name: 'mcp__server__tool', arguments: 'text' }],
  ['response_item', { type: 'function_call_output', call_id: 'c1', output: 'text' }],
  [
    'event_msg',
    {
      type: 'exec_command_end',
      call_id: 'c2',
      command: ['text'],
      exit_code: 1,
      duration: { secs: 1, nanos: 0 },
      stdout: 'text',
    },
  ],
  [
    'event_msg',
    {
      type: 'mcp_tool_call_end',
      call_id: 'c3',
      duration: { secs: 1, nanos: 0 },
      invocation: { server: 'server', tool: 'tool', arguments: {} },
      result: { Err: 'text' },
    },
  ],
  [
    'event_msg',
    {
      type: 'token_count',
      info: { total_token_usage: { input_tokens: 100, cached_input_tokens: 40, output_tokens: 6 }, model: 'gpt-5' },
    },
  ],
  [
    'event_msg',
    {
      type: 'patch_apply_end',
      call_id: 'c4',
      success: true,
      changes: { '/somewhere/file.ts': { unified_diff: 'text' } },
    },
  ],
  ['event_msg', { type: 'guardian_assessment', status: 'denied', target_item_id: 'c1', rationale: 'text' }],
  ['event_msg', { type: 'turn_aborted', reason: 'text' }],
  ['event_msg', { type: 'error', message: 'text', codex_error_info: 'text' }],
  ['event_msg', { type: 'task_complete', duration_ms: 5, error: 'text', last_agent_message: 'text' }],
);

const EXEC: readonly object[] = [
  { type: 'thread.started', thread_id: 's1' },
  { type: 'turn.started' },
  {
    type: 'item.completed',
    item: {
      id: 'i1',
      type: 'command_execution',
      command: 'text',
      exit_code: 1,
      status: 'failed',
      aggregated_output: 'text',
    },
  },
  {
    type: 'item.completed',
    item: {
      id: 'i2',
      type: 'mcp_tool_call',
      server: 'server',
      tool: 'tool',
      status: 'failed',
      error: { message: 'text' },
    },
  },
  { type: 'item.completed', item: { id: 'i3', type: 'agent_message', text: 'text' } },
  {
    type: 'item.completed',
    item: { id: 'i4', type: 'file_change', status: 'completed', changes: [{ path: 'file.ts', kind: 'update' }] },
  },
  { type: 'item.completed', item: { id: 'i5', type: 'web_search', query: 'text', status: 'declined' } },
  { type: 'turn.completed', usage: { input_tokens: 100, cached_input_tokens: 40, output_tokens: 6 } },
  { type: 'turn.failed', error: { message: 'text' } },
  { type: 'error', message: 'text' },
];

const MODEL_TOKENS = { input: 10, prompt: 10, output: 3, candidates: 3, cached: 0, thoughts: 1, tool: 0, total: 14 };

const CHAT: readonly object[] = [
  { sessionId: 's1', projectHash: 'p1', startTime: AT, lastUpdated: LATER, kind: 'main' },
  { id: 'g0', timestamp: AT, type: 'user', content: 'text' },
  {
    id: 'g1',
    timestamp: LATER,
    type: 'gemini',
    content: 'text',
    model: 'gemini-x',
    thoughts: [{ subject: 'text', description: 'text' }],
    tokens: MODEL_TOKENS,
    toolCalls: [
      {
        id: 'c1',
        name: 'tool',
        args: { path: '/somewhere' },
        status: 'error',
        timestamp: LATER,
        result: 'text',
        displayName: 'text',
      },
      {
        id: 'c2',
        name: 'write_file',
        args: { file_path: 'file.ts', content: 'text' },
        status: 'success',
        timestamp: LATER,
      },
    ],
  },
  { id: 'g2', timestamp: LATER, type: 'error', content: 'text' },
];

const BY_NAME = { count: 1, success: 0, fail: 1, durationMs: 5, decisions: { accept: 0, reject: 1 } };
const OUTPUT: readonly object[] = [
  {
    session_id: 's1',
    response: 'text',
    stats: {
      models: { 'gemini-x': { api: { totalRequests: 1, totalErrors: 1, totalLatencyMs: 5 }, tokens: MODEL_TOKENS } },
      tools: {
        totalCalls: 1,
        totalSuccess: 0,
        totalFail: 1,
        totalDurationMs: 5,
        totalDecisions: { accept: 0, reject: 1 },
        byName: { tool: BY_NAME },
      },
      files: { totalLinesAdded: 1 },
    },
    error: { type: 'text', message: 'text', code: 53 },
  },
];

const EVENTS = rows(
  [
    'session.start',
    {
      sessionId: 's1',
      copilotVersion: '1',
      selectedModel: 'gpt-5',
      context: { repository: 'text', branch: 'main', cwd: '/somewhere' },
    },
  ],
  ['session.model_change', { newModel: 'gpt-5-mini' }],
  ['user.message', { content: 'text' }],
  [
    'assistant.message',
    {
      messageId: 'm1',
      model: 'gpt-5',
      content: 'text',
      outputTokens: 5,
      toolRequests: [{ toolCallId: 'c1', name: 'tool', arguments: 'text' }],
    },
  ],
  [
    'tool.execution_start',
    { toolCallId: 'c1', toolName: 'tool', mcpServerName: 'server', mcpToolName: 'tool', arguments: 'text' },
  ],
  ['tool.execution_complete', { toolCallId: 'c1', success: false, error: { message: 'text' }, result: 'text' }],
  ['permission.requested', { requestId: 'q1', permissionRequest: { kind: 'shell', intention: 'text' } }],
  ['permission.completed', { requestId: 'q1', result: { kind: 'denied-by-text' } }],
  ['session.usage_checkpoint', { totalNanoAiu: 1_000, totalPremiumRequests: 1 }],
  ['session.error', { statusCode: 500, message: 'text' }],
  [
    'session.shutdown',
    {
      shutdownType: 'routine',
      totalApiDurationMs: 5,
      totalNanoAiu: 1_000_000,
      totalPremiumRequests: 1,
      codeChanges: { filesModified: ['/somewhere/file.ts'] },
      modelMetrics: {
        'gpt-5': {
          requests: { count: 1, cost: 1 },
          usage: { inputTokens: 10, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0 },
        },
      },
    },
  ],
);

const PROXY = {
  _schema: 'token-usage/v0.28.0',
  timestamp: AT,
  event: 'token_usage',
  request_id: '7',
  provider: 'openai',
  model: 'gpt-5',
  path: '/v1/responses',
  purpose: 'text',
  status: 200,
  input_tokens: 10,
  output_tokens: 5,
  cache_read_tokens: 4,
  cache_write_tokens: 0,
};
const TOTALS = {
  input_tokens: 11,
  output_tokens: 5,
  cache_read_tokens: 4,
  cache_write_tokens: 0,
  ai_credits: 1,
  provider: 'text',
  primary_model: 'gpt-5',
};
const INFO = {
  engine_id: 'codex',
  engine_name: 'text',
  model: 'gpt-5',
  version: '1',
  workflow_name: 'text',
  run_id: '4711',
  run_attempt: '1',
  repository: 'text',
  ref: 'text',
  actor: 'text',
  event_name: 'push',
  firewall_enabled: false,
  context: { run_id: '1', workflow_id: 'text' },
};
const GATEWAY = {
  timestamp: AT,
  event: 'tool_call',
  server_name: 'server',
  tool_name: 'tool',
  duration: 5,
  status: 'error',
  error: 'text',
  message: 'text',
};
const ACTIVITY = {
  gateway: { total_calls: 2, failed_calls: 1 },
  firewall: { blocked_requests: 1 },
  safe_outputs: { items: [{ type: 'text', url: 'text' }] },
};

const TELEMETRY: readonly object[] = [
  {
    attributes: {
      'event.name': 'gemini_cli.user_prompt',
      'event.timestamp': AT,
      'session.id': 's1',
      'user.email': 'text',
      prompt: 'text',
    },
  },
  {
    attributes: {
      'event.name': 'gemini_cli.api_response',
      'event.timestamp': AT,
      'session.id': 's1',
      model: 'gemini-x',
      duration_ms: 5,
      input_token_count: 10,
      output_token_count: 3,
      response_text: 'text',
    },
  },
  {
    attributes: {
      'event.name': 'gemini_cli.tool_call',
      'event.timestamp': LATER,
      'session.id': 's1',
      function_name: 'tool',
      function_args: 'text',
      mcp_server_name: 'server',
      success: 'false',
      decision: 'reject',
      error: 'text',
    },
  },
  {
    attributes: {
      'event.name': 'gemini_cli.api_error',
      'event.timestamp': LATER,
      'session.id': 's1',
      model: 'gemini-x',
      error: 'text',
    },
  },
];

function attributes(fields: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(fields).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function logRecord(name: string, fields: Readonly<Record<string, string>>): object {
  return {
    timeUnixNano: '1767225600000000000',
    body: { stringValue: `claude_code.${name}` },
    attributes: attributes({ 'event.name': name, 'session.id': 's1', ...fields }),
  };
}

const RESOURCE = {
  attributes: attributes({ 'service.name': 'claude-code', 'service.version': '2.1.300', 'host.name': 'text' }),
};
const COUNTS = { input_tokens: '4', output_tokens: '7', cache_read_tokens: '9', cache_creation_tokens: '5' };
const POINT = {
  asDouble: 0.5,
  startTimeUnixNano: '1767225600000000000',
  timeUnixNano: '1767225605000000000',
  attributes: attributes({ 'session.id': 's2', model: 'claude-x', 'user.email': 'text', 'mcp_server.name': 'server' }),
};

const OTEL: readonly object[] = [
  {
    resourceLogs: [
      {
        resource: RESOURCE,
        scopeLogs: [
          {
            logRecords: [
              logRecord('user_prompt', { prompt: 'text', 'user.email': 'text' }),
              logRecord('api_request', { model: 'claude-x', cost_usd: '0.5', request_id: 'r1', ...COUNTS }),
              logRecord('api_error', { model: 'claude-x', error: 'text', status_code: '500' }),
              logRecord('tool_result', {
                tool_name: 'mcp__server__tool',
                tool_use_id: 't1',
                success: 'false',
                duration_ms: '5',
                error: 'text',
              }),
              logRecord('tool_decision', {
                tool_name: 'Bash',
                tool_use_id: 't2',
                decision: 'reject',
                source: 'config',
              }),
              logRecord('mcp_server_connection', { server_name: 'server', status: 'failed', error_code: 'text' }),
            ],
          },
        ],
      },
    ],
  },
  {
    resourceMetrics: [
      {
        resource: RESOURCE,
        scopeMetrics: [
          { metrics: [{ name: 'claude_code.cost.usage', sum: { aggregationTemporality: 1, dataPoints: [POINT] } }] },
        ],
      },
    ],
  },
];

function renamed(record: object): object {
  return withOriginalNames(record) as object;
}

/** What `--output-format stream-json` of the Gemini CLI prints. */
const STREAM: readonly object[] = [
  { type: 'init', session_id: 's1', model: 'gemini-x', timestamp: AT },
  {
    type: 'tool_use',
    tool_id: 'c1',
    tool_name: 'write_file',
    parameters: { file_path: 'file.ts', content: 'text' },
    timestamp: AT,
  },
  { type: 'tool_result', tool_id: 'c1', status: 'success', output: 'text', timestamp: LATER },
  { type: 'tool_use', tool_id: 'c2', tool_name: 'tool', parameters: { path: 'text' }, timestamp: AT },
  { type: 'tool_result', tool_id: 'c2', status: 'error', error: { type: 'text', message: 'text' }, timestamp: LATER },
  { type: 'message', role: 'assistant', content: 'text', timestamp: LATER },
  {
    type: 'result',
    status: 'success',
    stats: { total_tokens: 14, input_tokens: 10, output_tokens: 4 },
    timestamp: LATER,
  },
];

/** One of each file that is read. */
export const SESSION_FIXTURES: readonly SessionFixture[] = [
  { format: 'claude-execution', path: 'claude-execution-output.json', records: EXECUTION },
  { format: 'claude-transcript', path: 's1.jsonl', records: TRANSCRIPT },
  { format: 'codex-rollout', path: 'rollout-1.jsonl', records: ROLLOUT },
  { format: 'codex-exec', path: 'stdout.jsonl', records: EXEC },
  { format: 'gemini-chat', path: 'session-1.jsonl', records: CHAT },
  { format: 'gemini-output', path: 'stdout.log', records: OUTPUT },
  { format: 'gemini-output', path: 'stream.jsonl', records: STREAM },
  { format: 'gemini-telemetry', path: 'telemetry.log', records: TELEMETRY },
  { format: 'claude-otel', path: 'otlp.jsonl', records: OTEL },
  { format: 'claude-otel', path: 'otlp-original-names.jsonl', records: OTEL.map(renamed) },
  { format: 'codex-otel', path: 'codex-otlp.jsonl', records: CODEX_TELEMETRY },
  { format: 'gemini-otel', path: 'gemini-otlp.jsonl', records: GEMINI_EXPORT },
  { format: 'copilot-otel', path: 'copilot-otel.jsonl', records: COPILOT_SPANS },
  { format: 'copilot-events', path: 'events.jsonl', records: EVENTS },
  { format: 'gh-aw-usage', path: 'token_usage.jsonl', records: [PROXY] },
  { format: 'gh-aw-usage', path: 'agent_usage.json', records: [TOTALS] },
  { format: 'gh-aw-usage', path: 'aw_info.json', records: [INFO] },
  { format: 'gh-aw-usage', path: 'gateway.jsonl', records: [GATEWAY] },
  { format: 'gh-aw-usage', path: 'summary.json', records: [ACTIVITY] },
  { format: 'claude-execution', path: 'results.jsonl', records: NUMBERED_RESULTS },
  { format: 'claude-transcript', path: 's9.jsonl', records: NOTED_TRANSCRIPT },
  { format: 'codex-rollout', path: 'rollout-2025.jsonl', records: BARE_ROLLOUT },
  { format: 'codex-rollout', path: 'rollout-2.jsonl', records: RECORDED_ROLLOUT },
  { format: 'copilot-events', path: 'printed.jsonl', records: COPILOT_STREAM },
  { format: 'gh-aw-usage', path: 'whole-run.jsonl', records: [PROXY, TOTALS, INFO, GATEWAY, ACTIVITY] },
];
