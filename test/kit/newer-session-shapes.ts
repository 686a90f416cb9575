/** Records of shapes that stand beside those of `session-fixtures.ts`: of the first versions of an engine, and of late ones. All is made up. */

const SIDE = {
  uuid: 'u1',
  parentUuid: null,
  isSidechain: false,
  userType: 'external',
  cwd: '/w/secret',
  version: '2.1.270',
  gitBranch: 'b',
};

/** A transcript in which Claude Code notes its totals. */
export const NOTED_TRANSCRIPT: readonly object[] = [
  { type: 'mode', mode: 'normal', sessionId: 's9' },
  {
    ...SIDE,
    type: 'user',
    sessionId: 's9',
    timestamp: '2026-09-14T15:16:00.000Z',
    message: { role: 'user', content: 'do it' },
  },
  {
    ...SIDE,
    uuid: 'u2',
    type: 'assistant',
    sessionId: 's9',
    requestId: 'req_1',
    timestamp: '2026-09-14T15:16:17.588Z',
    effort: 'medium',
    message: {
      id: 'msg_1',
      model: 'claude-opus-5',
      role: 'assistant',
      content: [{ type: 'text', text: 'done' }],
      stop_reason: 'end_turn',
      usage: {
        input_tokens: 10,
        output_tokens: 40,
        cache_read_input_tokens: 100,
        cache_creation_input_tokens: 50,
        cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 50 },
        output_tokens_details: { thinking_tokens: 3 },
        iterations: [{ input_tokens: 10, output_tokens: 40, type: 'message' }],
        speed: 'standard',
      },
    },
  },
  {
    type: 'cost-state',
    sessionId: 's9',
    totalCostUSD: 0.42,
    totalAPIDuration: 7_914,
    totalAPIDurationWithoutRetries: 7_896,
    totalToolDuration: 20_106,
    totalDuration: 50_401,
    startTime: 1_789_398_960_924,
    modelUsage: {
      'claude-opus-5': {
        inputTokens: 10,
        outputTokens: 400,
        thinkingTokens: 30,
        cacheReadInputTokens: 100,
        cacheCreationInputTokens: 50,
        webSearchRequests: 0,
        costUSD: 0.4,
      },
    },
    hasUnknownModelCost: false,
  },
];

/** A rollout of Codex until September 2025. */
export const BARE_ROLLOUT: readonly object[] = [
  { id: 'c3c4b301-27c8', timestamp: '2025-08-18T01:16:13.522Z', instructions: 'be kind', git: { branch: 'main' } },
  { record_type: 'state' },
  { type: 'message', id: null, role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
  { type: 'function_call', id: 'fc_1', name: 'shell', arguments: '{"command":["ls"]}', call_id: 'call_1' },
  { type: 'function_call_output', call_id: 'call_1', output: '{"output":"","metadata":{"exit_code":0}}' },
];

/** A rollout of Codex that records each response. */
export const RECORDED_ROLLOUT: readonly object[] = [
  {
    timestamp: '2026-09-15T12:00:00.000Z',
    ordinal: 0,
    type: 'session_meta',
    payload: { id: 'own', session_id: 'own', cwd: '/w/secret', cli_version: '0.153.4', source: 'exec' },
  },
  {
    timestamp: '2026-09-15T12:00:01.000Z',
    ordinal: 1,
    type: 'turn_context',
    payload: { turn_id: 't', model: 'gpt-5.6' },
  },
  {
    timestamp: '2026-09-15T12:00:02.000Z',
    ordinal: 2,
    type: 'token_usage_record',
    payload: {
      session_id: 'own',
      thread_id: 'own',
      turn_id: 't',
      response_id: 'resp_1',
      usage: { input_tokens: 1_000, cached_input_tokens: 400, cache_write_input_tokens: 0, output_tokens: 50 },
      turn_token_usage: { input_tokens: 1_000, output_tokens: 50 },
      thread_token_usage: { input_tokens: 1_000, cached_input_tokens: 400, output_tokens: 50 },
    },
  },
];

/** What the Copilot CLI prints, with events that are not meant to be kept. */
export const COPILOT_STREAM: readonly object[] = [
  {
    type: 'assistant.message',
    data: { messageId: 'm1', content: 'done', toolRequests: [], outputTokens: 30 },
    id: 'e1',
    timestamp: '2026-08-05T18:41:02.000Z',
  },
  {
    type: 'assistant.usage',
    data: { model: 'gpt-5.2', apiCallId: 'c1', inputTokens: 500, outputTokens: 30, cacheReadTokens: 100, cost: 1 },
    id: 'e2',
    timestamp: '2026-08-05T18:41:03.000Z',
    ephemeral: true,
  },
  {
    type: 'result',
    timestamp: '2026-08-05T18:41:09.264Z',
    sessionId: 'd2c237e8-59b4',
    exitCode: 0,
    usage: {
      premiumRequests: 1,
      totalApiDurationMs: 2_024,
      sessionDurationMs: 4_743,
      codeChanges: { linesAdded: 0, linesRemoved: 0, filesModified: ['/w/a.ts'] },
    },
  },
];

/** Results of one run, one for each turn. */
export const NUMBERED_RESULTS: readonly object[] = [0, 1].map((index) => ({
  type: 'result',
  subtype: 'success',
  is_error: false,
  session_id: 's8',
  result_index: index,
  num_turns: 2,
  duration_ms: 1_000,
  total_cost_usd: index + 1,
  terminal_reason: 'completed',
  permission_denials: [{ tool_name: 'Bash', tool_use_id: `toolu_${index}`, tool_input: { command: 'ls' } }],
  usage: { input_tokens: 1, output_tokens: 1 },
  modelUsage: {
    'claude-opus-5': {
      inputTokens: 10 * (index + 1),
      outputTokens: 20 * (index + 1),
      cacheReadInputTokens: 0,
      cacheCreationInputTokens: 1_000,
      cacheCreationEphemeral5mInputTokens: 200,
      cacheCreationEphemeral1hInputTokens: 800,
      webSearchRequests: 0,
      costUSD: index + 1,
      costBasis: 'list',
    },
  },
}));
