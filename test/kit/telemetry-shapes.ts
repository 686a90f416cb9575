/** What engines export over OpenTelemetry, one of each kind that is read. All is made up. */

function attributes(fields: Readonly<Record<string, string>>): readonly object[] {
  return Object.entries(fields).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** The same message with its fields named as in the protocol: `resource_logs`. Keys of attributes are values, so they stay. */
export function withOriginalNames(message: unknown): unknown {
  if (Array.isArray(message)) return message.map(withOriginalNames);
  if (typeof message !== 'object' || message === null) return message;
  const original = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(message).map(([name, value]) => [original(name), withOriginalNames(value)]));
}

function logs(service: string, records: readonly Readonly<Record<string, string>>[]): object {
  return {
    resourceLogs: [
      {
        resource: { attributes: attributes({ 'service.name': service, 'host.name': 'text' }) },
        scopeLogs: [
          {
            logRecords: records.map((fields) => ({
              timeUnixNano: '1767225600000000000',
              body: { stringValue: 'text' },
              attributes: attributes(fields),
            })),
          },
        ],
      },
    ],
  };
}

const THREAD = { 'conversation.id': 't1', 'user.email': 'text', model: 'gpt-x', 'terminal.type': 'text' };

/** As Codex sends it. */
export const CODEX_TELEMETRY: readonly object[] = [
  logs('codex_exec', [
    { 'event.name': 'codex.conversation_starts', sandbox_policy: 'read-only', mcp_servers: 'text', ...THREAD },
    { 'event.name': 'codex.user_prompt', prompt: 'text', prompt_length: '4', ...THREAD },
    {
      'event.name': 'codex.sse_event',
      'event.kind': 'response.completed',
      input_token_count: '10',
      cached_token_count: '4',
      output_token_count: '7',
      ...THREAD,
    },
    {
      'event.name': 'codex.tool_result',
      tool_name: 'tool',
      call_id: 'c1',
      mcp_server: 'server',
      arguments: 'text',
      output: 'text',
      duration_ms: '5',
      success: 'false',
      ...THREAD,
    },
    { 'event.name': 'codex.tool_decision', tool_name: 'shell', call_id: 'c2', decision: 'denied', ...THREAD },
  ]),
];

const SESSION = { 'session.id': 'g1', 'user.email': 'text', 'installation.id': 'text' };

/** As the Gemini CLI sends it. */
export const GEMINI_EXPORT: readonly object[] = [
  logs('gemini-cli', [
    { 'event.name': 'gemini_cli.config', approval_mode: 'default', mcp_servers: 'text', ...SESSION },
    { 'event.name': 'gemini_cli.user_prompt', prompt: 'text', ...SESSION },
    {
      'event.name': 'gemini_cli.api_response',
      model: 'gemini-x',
      input_token_count: '10',
      output_token_count: '4',
      response_text: 'text',
      ...SESSION,
    },
    {
      'event.name': 'gemini_cli.tool_call',
      function_name: 'tool',
      function_args: 'text',
      mcp_server_name: 'server',
      duration_ms: '5',
      success: 'false',
      decision: 'reject',
      error: 'text',
      ...SESSION,
    },
  ]),
];

function span(id: string, operation: string, more: object): object {
  return {
    type: 'span',
    traceId: 'trace',
    spanId: id,
    name: 'text',
    startTime: [1_767_225_600, 0],
    endTime: [1_767_225_605, 0],
    attributes: { 'gen_ai.operation.name': operation, 'gen_ai.conversation.id': 'c1', ...more },
    status: { code: 2, message: 'text' },
    resource: { attributes: { 'service.name': 'github-copilot', 'host.name': 'text' } },
  };
}

const USED = { 'gen_ai.usage.input_tokens': 10, 'gen_ai.usage.output_tokens': 4, 'github.copilot.nano_aiu': 5 };

/** As the file exporter of Copilot writes it. */
export const COPILOT_SPANS: readonly object[] = [
  span('s1', 'chat', { 'gen_ai.response.model': 'gpt-x', 'gen_ai.output.messages': 'text', ...USED }),
  span('s2', 'execute_tool', {
    'gen_ai.tool.name': 'tool',
    'gen_ai.tool.call.id': 'k1',
    'gen_ai.tool.call.arguments': 'text',
    'error.type': 'text',
  }),
  span('s3', 'invoke_agent', { 'gen_ai.agent.name': 'text', ...USED }),
];
