/** What a session of Claude in a job leaves behind, as claude-code-action writes it: made by hand from its documented shape. */
export interface ScriptedSession {
  readonly id: string;
  readonly usd: number;
  readonly startedAt: string;
  /** `success` by default. */
  readonly subtype?: string;
  /** Leaves the final message out, as after a crash. */
  readonly withoutResult?: boolean;
  /** The tool that it calls once; `Bash` by default. */
  readonly tool?: string;
}

/**
 * So much output that the tokens of a session cost `usd` at the list price of its model: $3 a million for input, $15 for output,
 * $0.30 for what is read from the cache and $3.75 for what is written to it.
 */
function outputFor(usd: number): number {
  const rest = 40 * 3 + 9_000 * 0.3 + 500 * 3.75;
  return Math.max(700, Math.round((usd * 1_000_000 - rest) / 15));
}

/** The text of `claude-execution-output.json`. */
export function executionFile(session: ScriptedSession): string {
  const { id, usd, startedAt, subtype = 'success', withoutResult, tool = 'Bash' } = session;
  const usage = {
    input_tokens: 40,
    output_tokens: 700,
    cache_read_input_tokens: 9_000,
    cache_creation_input_tokens: 500,
  };
  const model = 'claude-sonnet-4-5-20250929';
  const messages: unknown[] = [
    { type: 'system', subtype: 'init', session_id: id, model, tools: [tool], mcp_servers: [], timestamp: startedAt },
    {
      type: 'assistant',
      message: {
        id: `msg_${id}`,
        model,
        content: [{ type: 'tool_use', id: `t_${id}`, name: tool, input: {} }],
        usage,
      },
      session_id: id,
      timestamp: startedAt,
    },
    {
      type: 'user',
      message: { content: [{ type: 'tool_result', tool_use_id: `t_${id}`, content: 'ok' }] },
      session_id: id,
      timestamp: startedAt,
    },
  ];
  if (withoutResult !== true) {
    messages.push({
      type: 'result',
      subtype,
      is_error: subtype !== 'success',
      duration_ms: 90_000,
      num_turns: 4,
      session_id: id,
      total_cost_usd: usd,
      modelUsage: {
        [model]: {
          inputTokens: 40,
          outputTokens: outputFor(usd),
          cacheReadInputTokens: 9_000,
          cacheCreationInputTokens: 500,
          costUSD: usd,
        },
      },
      permission_denials: [],
    });
  }
  return JSON.stringify(messages, null, 2);
}
