import { existsSync, globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  answer,
  assistant,
  call,
  type Fields,
  lines,
  prompt,
  row,
  usage,
} from '../../../../../test/kit/transcript-rows.ts';
import type { PriceList } from '../../../prices/price-list.ts';
import { type ByteSource, CHUNK, sourceOf } from '../../json/line-feed.ts';
import { readSessionFile, readWholeFile } from '../../recognise.ts';
import { isLasting } from '../row-key.ts';
import { compileScanner, openScanner } from './scan/scanner.ts';
import { scanTranscript } from './skim.ts';
import { type SkimmedTranscript, skimTranscript } from './skimmed.ts';
import type { Wanted } from './tally.ts';

const SAMPLES = '../shared/samples';
const perInputToken: PriceList = (_model, { input }) => input;

const compiled = compileScanner();
/** A small room, so that rows cross its end. */
const small = openScanner(256, compiled);

function skimmed(bytes: Uint8Array, wanted: Wanted = 'all', scanner = small): SkimmedTranscript | null {
  return skimTranscript(sourceOf(bytes), scanner, wanted, perInputToken);
}

/** Compares the streamed reading of bytes with the reading of the whole file, record by record through the host's parser. */
function expectTheSame(bytes: Uint8Array): void {
  const whole = readWholeFile('x', bytes, perInputToken);
  expect(readSessionFile('x', bytes, perInputToken)).toEqual(whole);
}

const at = (second: number): Fields => ({ timestamp: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z` });
const rows = [
  { type: 'queue-operation', operation: 'enqueue', ...at(0), sessionId: 's1' },
  prompt('a question — 数据 \\ "quoted"', at(1)),
  assistant('m1', { usage: usage(4, 1) }, [{ type: 'thinking', thinking: '{"usage":1}' }], {
    requestId: 'r1',
    ...at(2),
  }),
  assistant('m1', { usage: usage(4, 90), stop_reason: 'tool_use' }, [call('t1', 'Edit')], {
    requestId: 'r1',
    ...at(3),
  }),
  row('progress', { data: { type: 'bash_progress', output: 'x\n"y"' }, ...at(4) }),
  row('progress', {
    data: {
      type: 'agent_progress',
      message: { type: 'assistant', message: { id: 'a1', model: 'é', usage: usage(3, 1) } },
    },
  }),
  answer('t1', { is_error: true, content: 'Exit code 1\nno' }, at(5)),
  answer('t2', { is_error: false }, { ...at(6), toolUseResult: { stdout: 'x'.repeat(3_000) } }),
  row('assistant', {
    message: { id: 'm9', model: '<synthetic>', content: [], usage: usage(0, 0) },
    isApiErrorMessage: true,
  }),
  row('system', { subtype: 'compact_boundary' }),
  row('system', { subtype: 'turn_duration', durationMs: 1_500, ...at(9) }),
];

describe('a transcript that is read as its bytes come', () => {
  test('gives what it gives when it is read whole', () => {
    expectTheSame(Buffer.from(lines(rows)));
    expect(skimmed(Buffer.from(lines(rows)))?.parts).toHaveLength(1);
  });

  test.each([
    ['CR LF', `${lines(rows).replaceAll('\n', '\r\n')}\r\n`],
    ['a byte order mark', `\ufeff${lines(rows)}`],
    ['blanks and empty lines', ` ${lines(rows).replaceAll('\n', ' \n\n\t ')}\n\n`],
    ['spaces between the tokens', rows.map((entry) => JSON.stringify(entry, null, 1).replaceAll('\n', ' ')).join('\n')],
    ['pretty-printed rows', rows.map((entry) => JSON.stringify(entry, null, 1)).join('\n')],
    ['one array', JSON.stringify(rows)],
    ['the export of the web', JSON.stringify({ loglines: rows })],
    ['rows without a session', lines(rows.map((entry) => ({ ...entry, sessionId: undefined })))],
    ['texts with every letter escaped', lines(rows).replaceAll('"Edit"', '"\\u0045dit"')],
  ])('gives the same in a file with %s', (_what, text) => {
    expectTheSame(Buffer.from(text));
  });

  test('gives the same however it is damaged', () => {
    const sound = Buffer.from(lines(rows));
    const flip = fc.record({
      at: fc.nat({ max: sound.length - 1 }),
      to: fc.oneof(
        fc.nat({ max: 255 }),
        fc.constantFrom(...'{}[]",:\\\n'.split('').map((letter) => letter.charCodeAt(0))),
      ),
    });
    fc.assert(
      fc.property(fc.array(flip, { maxLength: 4 }), fc.option(fc.nat({ max: sound.length })), (flips, cut) => {
        const bytes = Buffer.from(sound);
        for (const { at: place, to } of flips) bytes[place] = to;
        expectTheSame(bytes.subarray(0, cut ?? bytes.length));
      }),
      { numRuns: 1_000 },
    );
  });

  test('waits for the last byte', () => {
    const bytes = Buffer.from(lines(rows).trimEnd());
    const pieces = [bytes.subarray(0, -1), bytes.subarray(-1)];
    const read: ByteSource['read'] = (target, from) => pieces.shift()?.copy(target, from) ?? 0;
    const late = skimTranscript({ size: bytes.length, read }, openScanner(CHUNK, compiled), 'all', perInputToken);
    expect(late).toEqual(skimmed(bytes, 'all', openScanner(CHUNK, compiled)));
  });

  test('gives the same in pieces of any size', () => {
    const text = lines([...rows, ...rows.slice(1)]).trimEnd();
    const whole = skimmed(Buffer.from(text), 'all', openScanner(CHUNK, compiled));
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }),
        fc.integer({ min: 16, max: 4_000 }),
        // A file may have become shorter since somebody looked at its size.
        fc.constantFrom(0, 100),
        fc.constantFrom('', '\n', '\r\n', '\n\n'),
        (sizes, room, missing, ending) => {
          const bytes = Buffer.from(text + ending);
          let [done, turn] = [0, 0];
          const read: ByteSource['read'] = (target, from) => {
            const size = Math.min(sizes[turn++ % sizes.length] ?? 1, target.length - from);
            const came = bytes.copy(target, from, done, done + size);
            done += came;
            return came;
          };
          const source = { size: bytes.length + missing, read };
          expect(skimTranscript(source, openScanner(room, compiled), 'all', perInputToken)).toEqual(whole);
        },
      ),
    );
  });

  /** Mostly values that the scanner reads itself, because a single field left to the parser hands over the whole row. */
  const mostly = (plain: readonly unknown[], odd: readonly unknown[]): fc.Arbitrary<unknown> =>
    fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(...plain) },
      { weight: 1, arbitrary: fc.constantFrom(...plain, ...odd) },
    );
  const block = fc.record(
    {
      type: mostly(['tool_use', 'tool_result', 'text'], [7, null]),
      id: mostly(['t1', 't2', 't3'], ['t\u00e9', '', null, 4]),
      tool_use_id: mostly(['t1', 't2', 't3'], [null, '']),
      name: mostly(['Edit', 'NotebookEdit', 'mcp__a__b', 'Task'], ['f\u00fc', null]),
      input: mostly(
        [
          { file_path: '/w/a "b" \u6570.ts' },
          { notebook_path: 'n.ipynb' },
          { file_path: '/v/x.ts', input: { file_path: 'y' } },
          { command: 'ls "数据" \n', timeout: 5_000, todos: [{ a: null }, true, []] },
        ],
        [
          { file_path: 3 },
          'text',
          [],
          { timeout: 0.5 },
          { b: 1, 7: 2 },
          { command: '\u001b' },
          { deep: { 1: 1e21 } },
          null,
        ],
      ),
      is_error: mostly([false, null], [true, 'true']),
      content: mostly(
        [
          'Exit code 1',
          'Permission to use "Bash" \u6570 has been denied',
          '<tool_use_error>x',
          [{ type: 'text', text: '<tool_use_error>x' }],
          `${'x'.repeat(9_000)} requires approval`,
          '',
        ],
        [5],
      ),
    },
    { requiredKeys: ['type'] },
  );
  const answered = block.map(({ id, tool_use_id: answers, ...rest }) =>
    rest.type === 'tool_use' ? { ...rest, id } : { ...rest, tool_use_id: answers },
  );
  const message = fc.record(
    {
      id: mostly(['m1', 'm2'], ['', null]),
      model: mostly(['claude-a', 'claude-b', '<synthetic>'], ['m\u00f6', null, 1]),
      stop_reason: mostly(['end_turn', 'stop_sequence', 'tool_use', null], ['', 4]),
      content: fc.oneof(
        mostly(['said', ''], [null, {}, [1, 'x']]),
        fc.array(answered, { maxLength: 3 }),
        fc.array(block, { maxLength: 1 }),
      ),
      usage: mostly([usage(3, 4), usage(0, 0), usage(3, 9), {}, null], ['much', [1]]),
    },
    { requiredKeys: [] },
  );
  const said = {
    type: mostly(['assistant', 'assistant', 'user', 'user', 'system', 'progress'], ['summary', null]),
    subtype: mostly(['turn_duration', 'compact_boundary', 'init'], [1]),
    timestamp: mostly(
      ['2026-01-01T00:00:01.000Z', '2026-12-31T23:59:59.999Z', '2025-06-30T10:00:00.500Z', null],
      ['2026-02-29T00:00:00.000Z', '2026-01-01T24:00:00.000Z', '2026-01-01 10:00', 1_767_225_600_000, ''],
    ),
    uuid: mostly(['u1', 'u2', 'u3'], ['', null]),
    requestId: mostly(['r1', 'r2', null], [9]),
    isSidechain: mostly([true, false, false, null], ['true']),
    cwd: mostly(['/w', '/v', '/w/\u6570\u636e', 'C:\\w'], [null, '']),
    permissionMode: mostly(['default', 'bypassPermissions'], ['', null]),
    isMeta: mostly([true, false, false], [1]),
    isCompactSummary: mostly([true, false, false], [{}]),
    isApiErrorMessage: mostly([true, false, false], [[]]),
    durationMs: mostly([100, 0, null], [2.5, '7', -1, 1e20]),
    message: fc.oneof({ weight: 9, arbitrary: message }, { weight: 1, arbitrary: mostly([null], ['text', []]) }),
  };
  const drawn = fc.record(
    {
      ...said,
      sessionId: mostly(['s1', 's2'], ['s\u00e9', '', null, 5]),
      data: fc.record(
        {
          type: mostly(['agent_progress', 'bash_progress'], [5]),
          message: fc.oneof(fc.record(said, { requiredKeys: ['type'] }), fc.constantFrom<unknown>('x', null)),
        },
        { requiredKeys: ['type'] },
      ),
      toolUseResult: fc.jsonValue(),
    },
    { requiredKeys: ['type', 'uuid'] },
  );

  test('gives the same whatever stands in the fields of its rows', () => {
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 10 }), (entries) => {
        // The first row proves what the file is.
        expectTheSame(Buffer.from(lines([prompt('hello', at(0)), ...entries, ...entries.slice(0, 3)])));
      }),
      { numRuns: 600 },
    );
  });

  /** In JSON spelling: each is one letter of 1, 2, 3 or 6 bytes, or two of 12 bytes together. */
  test.each(['x', 'é', '数', '\\n', '\\u00e9', '\\ud83d\\ude00', '😀'])(
    'tells why a call failed whose result is a long text of %s',
    (letter) => {
      const size = (JSON.parse(`"${letter}"`) as string).length;
      for (let before = 2_020; before <= 2_052; before += size) {
        const text = `${letter.repeat(before / size)}requires approval${letter.repeat(20_000)}`;
        const failed = JSON.stringify(answer('t1', { is_error: true, content: '@' }, at(5))).replace(
          '"@"',
          `"${text}"`,
        );
        const bytes = Buffer.from(`${lines(rows.slice(0, 4))}${failed}\n`);
        expectTheSame(bytes);
        const [piece] = scanTranscript(sourceOf(bytes), small, 'all')?.pieces ?? [];
        expect(piece?.kind).toBe('tape');
        expect(skimmed(bytes)?.parts[0]?.tools.results.get('t1')?.error).toBe(
          before + 'requires approval'.length <= 2_048 ? 'denied' : 'other',
        );
      }
    },
  );

  test('tells lines and bytes of what it could not read', () => {
    const bad = '{"type":"assistant","message":{';
    const text = [...rows.slice(0, 3).map((entry) => JSON.stringify(entry)), bad, JSON.stringify(rows[3])].join('\n');
    const byte = Buffer.from(text).indexOf(bad);
    expect(skimmed(Buffer.from(text))?.flaws).toEqual([
      { line: 4, byte, reason: 'a record is cut off before its end' },
    ]);
  });
});

describe('a transcript of which only the usage is read', () => {
  test('gives the same tokens as one that is read wholly', () => {
    const bytes = Buffer.from(lines(rows));
    const usages = (wanted: Wanted): unknown =>
      skimmed(bytes, wanted)?.parts.map(({ responses }) =>
        responses.map(({ id, request, usage: used, model }) => ({ id, request, used, model })),
      );
    expect(usages('usage')).toEqual(usages('all'));
    expect(usages('usage')).toEqual([[expect.objectContaining({ id: 'm1' }), expect.objectContaining({ id: 'a1' })]]);
  });

  /** The row of a response as the engine writes it, with varying fields drawn at random. */
  const written = fc
    .record({
      id: fc.constantFrom('msg_1', 'msg_2', 'msg_3', null, '', 'é'),
      request: fc.constantFrom('req_1', 'req_2', null, undefined),
      session: fc.constantFrom('s1', 's2', undefined),
      model: fc.constantFrom('claude-a', 'claude-b', '<synthetic>', null),
      at: fc.constantFrom('2026-01-01T00:00:00.000Z', '2026-01-31T09:00:00Z', 1_767_225_600_000, 'never', null),
      side: fc.boolean(),
      fast: fc.boolean(),
      text: fc.constantFrom('plain', '"usage":{"input_tokens":7}', '],"stop_reason":null', 'a \\ " 数据'),
      input: fc.constantFrom<unknown>({}, { usage: { input_tokens: 9 }, content: [], stop_reason: null }, [[1], 'x']),
      stop: fc.constantFrom('end_turn', 'tool_use', null),
      counts: fc.tuple(
        fc.constantFrom<unknown>(0, 3, 12_345, null, 1.5, -1, '12', 1e300),
        fc.constantFrom<unknown>(0, 1, 900, null),
        fc.constantFrom<unknown>(0, 70, undefined),
        fc.constantFrom<unknown>(0, 5, null),
      ),
      within: fc.constantFrom('main', 'progress', 'user', 'spaces', 'early usage'),
    })
    .map(({ id, request, session, model, at: time, side, fast, text, input, stop, counts, within }): string => {
      const [fresh, output, read, written5m] = counts;
      const spent = {
        input_tokens: fresh,
        cache_read_input_tokens: read,
        cache_creation: { ephemeral_5m_input_tokens: written5m, ephemeral_1h_input_tokens: 2 },
        output_tokens: output,
        server_tool_use: { web_search_requests: 1 },
        iterations: [{ input_tokens: fresh }],
        speed: fast ? 'fast' : 'standard',
      };
      const content = [
        { type: 'text', text },
        { type: 'tool_use', id: 't', name: 'Edit', input },
      ];
      const end = { content, stop_reason: stop, stop_sequence: null, usage: spent };
      const message = { model, id, role: 'assistant', ...(within === 'early usage' ? { usage: spent, content } : end) };
      const type = within === 'user' ? 'user' : 'assistant';
      const said = { type, message, requestId: request };
      const base = { parentUuid: null, isSidechain: side, cwd: '/w', sessionId: session };
      const data = { type: 'agent_progress', agentId: text, message: { ...said, timestamp: side ? time : undefined } };
      const entry =
        within === 'progress'
          ? {
              ...base,
              type: 'progress',
              data,
              requestId: fast ? 'outer' : undefined,
              uuid: `${text}${output}`,
              timestamp: time,
            }
          : { ...base, ...said, uuid: `${text}${output}`, timestamp: time };
      return within === 'spaces' ? JSON.stringify(entry, null, 1).replaceAll('\n', ' ') : JSON.stringify(entry);
    });
  const first = JSON.stringify(assistant('m0', { usage: usage(1, 1) }, [], at(0)));

  test('gives the responses that the parser of the language gives, however its rows are written', () => {
    fc.assert(
      fc.property(fc.array(written, { maxLength: 12 }), (texts) => {
        const bytes = Buffer.from(`${[first, ...texts, ...texts].join('\n')}\n`);
        const responses = (wanted: Wanted): unknown =>
          skimmed(bytes, wanted)?.parts.map(({ session, startedAt, endedAt, responses: found }) => [
            session,
            startedAt,
            endedAt,
            // A response identified only by its position is counted among the rows that were read.
            found.map((response) => (isLasting(response.id) ? response : { ...response, id: '' })),
          ]);
        expect(responses('usage')).toEqual(responses('all'));
      }),
      { numRuns: 1_000 },
    );
  });

  test('is left to whoever reads it whole where it holds no usage', () => {
    expect(skimmed(Buffer.from(lines([prompt('hello')])), 'usage')).toBeNull();
  });
});

describe.skipIf(!existsSync(SAMPLES))('the samples (skipped where ../shared/samples is not there)', () => {
  test('each gives the same as its bytes come and whole', () => {
    const files = globSync(`${SAMPLES}/*/*.json*`);
    expect(files).toHaveLength(24);
    for (const file of files) expectTheSame(readFileSync(file));
    // Among these, only transcripts that name their session can be skimmed.
    expect(files.filter((file) => skimmed(readFileSync(file)) !== null).length).toBeGreaterThan(8);
  });
});
