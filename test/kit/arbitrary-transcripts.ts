import fc from 'fast-check';
import type { Fields } from './transcript-rows.ts';

/** How sessions and rows are drawn. */
export interface Drawing {
  /** Whether some values are drawn that are not of the plain kind: no price, no id, missing counts, damage. */
  readonly odd: boolean;
  /** Whether sessions hold the same messages, calls and turns, as a fork does. */
  readonly copies: boolean;
  /** Whether each row says its session. */
  readonly told: boolean;
}

/** Files of transcripts, each as JSON Lines, in which a few sessions do everything that a transcript can tell. */
export function arbitraryTranscripts(drawing: Drawing): fc.Arbitrary<readonly string[]> {
  const file = fc.array(drawnRow(drawing), { minLength: 1, maxLength: 12 });
  return fc.array(file, { minLength: 1, maxLength: 5 }).map((files) =>
    files.map((rows, index) => {
      const lines = withSessions(rows, `f${index}`).flatMap(({ cut, ...row }) => {
        const written = JSON.stringify(row);
        return cut === true ? [written.slice(0, 30), written] : [written];
      });
      return `${lines.join('\n')}\n`;
    }),
  );
}

/** Puts the session into the ids of each row, so that no two sessions share any. The first rows may not say theirs. */
function withSessions(rows: readonly ((session: string) => Fields)[], file: string): readonly Fields[] {
  const told = rows.map((row) => row('')['sessionId'] as string | undefined);
  if (!told.some((session) => session !== undefined)) told[told.length - 1] = 's1';
  let current = file;
  return rows.map((row, index) => {
    current = told[index] ?? current;
    return { ...row(current), sessionId: told[index] };
  });
}

function drawnRow({ odd, copies, told }: Drawing): fc.Arbitrary<(session: string) => Fields> {
  /** Mostly values of the plain kind, because a single other one sends all files the general way. */
  const mostly = (plain: readonly unknown[], other: readonly unknown[]): fc.Arbitrary<unknown> =>
    odd
      ? fc.oneof(
          { weight: 60, arbitrary: fc.constantFrom(...plain) },
          { weight: 1, arbitrary: fc.constantFrom(...plain, ...other) },
        )
      : fc.constantFrom(...plain);
  const base = {
    sessionId: mostly(['s1', 's1', 's1', 's2', 's3', told ? 's1' : undefined], ['s\u00e9', 'two words', '']),
    timestamp: mostly(MOMENTS, ['2026-02-29T00:00:00.000Z', 'never']),
    isSidechain: fc.constantFrom(true, false, false, undefined),
    uuid: mostly(['u1', 'u2', 'u3', 'u4', 'u5', 'u6'], ['']),
    cwd: fc.constantFrom('/w', '/v', '/w/\u6570', undefined),
    permissionMode: fc.constantFrom('default', 'bypassPermissions', undefined, undefined),
    isMeta: fc.constantFrom(true, undefined, undefined),
    // Rows with names that are not plain are left to the parser.
    '\u00e9': fc.constantFrom(true, undefined, undefined),
    cut: fc.constantFrom(true, ...Array(30).fill(undefined)),
  };
  const message = fc.record({
    id: mostly(['m1', 'm2', 'm3', 'm4'], [null]),
    model: mostly([...MODELS, '<synthetic>'], ['unheard-of', null]),
    stop_reason: fc.constantFrom('end_turn', 'stop_sequence', 'tool_use', null),
    usage: drawnUsage(mostly),
    content: fc.array(drawnCall(mostly), { maxLength: 2 }),
  });
  const response = fc.record({
    ...base,
    type: fc.constant('assistant'),
    requestId: fc.constantFrom('r1', 'r2', undefined),
    isApiErrorMessage: fc.constantFrom(true, ...Array(5).fill(undefined)),
    message,
  });
  const shapes = fc.oneof(
    { weight: 4, arbitrary: response },
    { weight: 3, arbitrary: fc.record({ ...base, type: fc.constant('user'), message: drawnResults(mostly) }) },
    { weight: 1, arbitrary: drawnNote(base, response) },
    { weight: 1, arbitrary: drawnTurn(base) },
  );
  return shapes.map((row) => (session) => named(row, copies ? 'shared' : session) as Fields);
}

const MOMENTS: readonly unknown[] = [
  '2026-09-30T23:59:59.999Z',
  '2026-10-01T00:00:00.000Z',
  '2026-10-01T08:30:00.250Z',
  '2026-10-02T07:00:00.000Z',
  '2024-02-28T12:00:00.000Z',
  '2024-03-01T12:00:00.007Z',
  '1999-12-31T23:59:59.999Z',
  undefined,
];

const MODELS = ['claude-sonnet-4-5', 'claude-opus-4-6', 'claude-haiku-4-5'];

type Mostly = (plain: readonly unknown[], other: readonly unknown[]) => fc.Arbitrary<unknown>;

/** Some models cost more from 200,000 tokens of input on. */
function drawnUsage(mostly: Mostly): fc.Arbitrary<unknown> {
  const some = fc.record({
    input_tokens: mostly([1, 3, 150_000, 2 ** 31 - 1], [null, undefined, 2 ** 31, 1.5]),
    output_tokens: mostly([0, 1, 7, 900, 2 ** 31 - 1], [null, undefined]),
    cache_read_input_tokens: fc.constantFrom(0, 70, 120_000, undefined, null),
    cache_creation_input_tokens: fc.constantFrom(0, 33, undefined, null),
    cache_creation: fc.constantFrom(
      undefined,
      {},
      { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      { ephemeral_1h_input_tokens: 44 },
      { ephemeral_5m_input_tokens: 11, ephemeral_1h_input_tokens: null },
    ),
    server_tool_use: fc.constantFrom(undefined, { web_search_requests: 3 }, { web_search_requests: 0 }),
  });
  return fc.oneof({ weight: 9, arbitrary: some }, fc.constantFrom(undefined, {}, { input_tokens: 0 }));
}

const PATHS = ['/w/a.ts', '/w/b "q" \u00e9\n.ts', '/w/\u6570/a.ts', '/v/x', 'a.ts', '../up', 'C:\\w\\x', ''];

function drawnCall(mostly: Mostly): fc.Arbitrary<unknown> {
  return fc.record({
    type: fc.constantFrom('tool_use', 'tool_use', 'tool_use', 'text'),
    id: mostly(['t1', 't2', 't3', 't4', 't5'], [null, '']),
    name: mostly(
      ['Edit', 'Write', 'NotebookEdit', 'Task', 'Bash', 'Bash', 'mcp__a__b', 'mcp__a__b__c', 'mcp____x', '', null],
      ['f\u00fc'],
    ),
    input: fc.oneof(
      fc.record({ file_path: fc.constantFrom(...PATHS) }),
      fc.record({ notebook_path: fc.constantFrom(...PATHS), file_path: fc.constantFrom('/w/other', undefined) }),
      fc.constantFrom({ command: 'ls' }, { command: 'ls', timeout: 5 }, undefined),
    ),
  });
}

const REASONS = [
  'Exit code 1',
  'Error: Exit code 2',
  '<tool_use_error>Sibling tool call errored',
  '<tool_use_error>no',
  "The user doesn't want to",
  'Permission to use "Bash" \u6570 has been denied',
  '',
];

/** A message of the user: the results of calls, or words. */
function drawnResults(mostly: Mostly): fc.Arbitrary<unknown> {
  const result = fc.record({
    type: fc.constant('tool_result'),
    tool_use_id: mostly(['t1', 't2', 't3', 't4', 't5', 't6'], ['']),
    is_error: fc.constantFrom(true, false, false, undefined),
    content: fc.constantFrom<unknown>(...REASONS, undefined, [{ type: 'text', text: 'requires approval' }]),
  });
  const words = fc.constantFrom<unknown>('said', '', null, [{ type: 'text', text: 'said' }], []);
  return fc.record({
    content: fc.oneof({ weight: 3, arbitrary: fc.array(result, { minLength: 1, maxLength: 3 }) }, words),
  });
}

type Drawn = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** What neither person nor model says: an agent's row inside another, or a summary. */
function drawnNote(base: Drawn, response: fc.Arbitrary<object>): fc.Arbitrary<object> {
  const data = fc.record({
    type: fc.constantFrom('agent_progress', 'agent_progress', 'bash_progress'),
    message: response.map((row) => ({ ...row, sessionId: undefined })),
  });
  return fc.oneof(
    fc.record({ ...base, type: fc.constant('progress'), data }),
    fc.record({ ...base, type: fc.constant('summary') }),
    fc.record({ ...base, ...NOTED, type: fc.constant('cost-state') }),
  );
}

/** The totals that Claude Code notes. */
const NOTED: Drawn = {
  totalCostUSD: fc.constantFrom(0.1, 2, 50, undefined),
  totalAPIDuration: fc.constantFrom(900, undefined),
  startTime: fc.constantFrom(1, 2, undefined),
  hasUnknownModelCost: fc.constantFrom(true, false, false),
  modelUsage: fc.constantFrom(
    {},
    { 'claude-sonnet-4-5': { inputTokens: 3, outputTokens: 9, cacheReadInputTokens: 1 } },
    {
      'claude-haiku-4-5': { inputTokens: 9e9, outputTokens: 9e9, cacheReadInputTokens: 9, cacheCreationInputTokens: 3 },
    },
  ),
};

/** A row of the engine about its turns, or what the user asks for. */
function drawnTurn(base: Drawn): fc.Arbitrary<object> {
  return fc.record({
    ...base,
    type: fc.constant('system'),
    subtype: fc.constantFrom('turn_duration', 'turn_duration', 'compact_boundary'),
    durationMs: fc.constantFrom(0, 100, 2 ** 31 - 1, null, undefined),
  });
}

const IDS: ReadonlySet<string> = new Set(['id', 'tool_use_id', 'uuid']);

/** Every id in a row with the session in it. */
function named(value: unknown, session: string): unknown {
  if (Array.isArray(value)) return value.map((each) => named(each, session));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const isId = IDS.has(name) && typeof each === 'string' && each !== '';
      return [name, isId ? `${each}-${session}` : named(each, session)];
    }),
  );
}
