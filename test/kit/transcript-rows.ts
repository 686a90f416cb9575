/** Fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

let made = 0;

/** A row of a transcript of session `s1`; every row has an id of its own. */
export function row(type: string, more: Fields): object {
  made++;
  return { type, uuid: `row-${made}`, sessionId: 's1', isSidechain: false, ...more };
}

/** What somebody asks the model. */
export function prompt(content: unknown, more: Fields = {}): object {
  return row('user', { message: { role: 'user', content }, ...more });
}

/** A row of a response of the API. */
export function assistant(
  id: string | undefined,
  message: Fields,
  content: readonly unknown[] = [],
  more: Fields = {},
): object {
  return row('assistant', { message: { id, model: 'claude-x', content, stop_reason: null, ...message }, ...more });
}

/** A call of a tool, as a block of a response. */
export function call(id: string | undefined, name: string): Fields {
  return { type: 'tool_use', id, name, input: { command: 'x' } };
}

/** The row with the result of a call. */
export function answer(id: string | undefined, block: Fields = {}, more: Fields = {}): object {
  return row('user', {
    message: { content: [{ type: 'tool_result', tool_use_id: id, content: 'out', ...block }] },
    ...more,
  });
}

/** What a response used, beside 900 tokens read from the cache and none written. */
export function usage(input: number, output: number): Fields {
  return {
    input_tokens: input,
    output_tokens: output,
    cache_read_input_tokens: 900,
    cache_creation_input_tokens: 0,
  };
}

/** Rows as JSON Lines. */
export function lines(rows: readonly object[]): string {
  return rows.map((entry) => JSON.stringify(entry)).join('\n');
}
