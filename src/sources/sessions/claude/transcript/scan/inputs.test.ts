import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inputHash } from '../../../input-hash.ts';
import { openScanner } from './scanner.ts';

const scanner = openScanner(1 << 16);
const [ENTRY, CALL, INPUT, HALF] = [16, 3, 10, 2 ** 26];

/** The scanner's hash for a call whose input is spelt like this. Null if it leaves the row to the host's parser. */
function scanned(input: Uint8Array | string): number | null {
  const head =
    '{"type":"assistant","uuid":"u","sessionId":"s","message":{"id":"m","content":[{"type":"tool_use","id":"t","name":"N"';
  const written = input.length === 0 ? [] : [Buffer.from(',"input":'), Buffer.from(input)];
  const row = Buffer.concat([Buffer.from(head), ...written, Buffer.from('}]}}\n')]);
  scanner.begin();
  row.copy(scanner.room());
  if (scanner.scan(0, row.length, false) !== row.length) return null;
  const entries = scanner.take().flatMap((piece) => [...piece.entries]);
  const at = entries.findIndex((kind, index) => index % ENTRY === 0 && kind === CALL);
  const [high = 0, low = 0] = entries.slice(at + INPUT);
  return high * HALF + low;
}

/** Inputs as engines write them, with whole numbers only. Names are never numbers or duplicates. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.stringMatching(/^[a-z_é]{0,12}$/), tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('the input of a call in a row that is scanned', () => {
  test('gives the number that it gives when it is parsed, where it is spelt as the language spells it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z_]{1,12}$/), plain, { maxKeys: 5 }), (input) => {
        const text = JSON.stringify(input);
        // Control characters and lone surrogates need an escape that takes a second look.
        expect(scanned(text)).toBe(/\\u/.test(text) ? null : inputHash(input));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    '',
    '{}',
    '[]',
    '"text"',
    'null',
    'true',
    '0',
    '-17',
    '{"a":{"b":[1,2,{"c":"\\n\\"\\\\"}]}}',
    '"数据 é 😀"',
  ])('gives the number of %s', (text) => {
    expect(scanned(text)).toBe(text === '' ? 0 : inputHash(JSON.parse(text)));
  });

  test.each([
    ['blanks', '{"a": 1}'],
    ['blanks in a list', '[1, 2]'],
    ['a blank before the end', '{"a":1 }'],
    ['an escape for a letter that needs none', '{"a":"\\u0041"}'],
    ['an escaped slash', '{"a":"\\/"}'],
    ['an escape in a nested name', '{"a":{"\\u0041":1}}'],
    ['a fraction that ends in zero', '{"a":1.50}'],
    ['an exponent', '{"a":1e3}'],
    ['less than nothing of nothing', '{"a":-0}'],
    ['more digits than a number holds', '{"a":12345678901234567890}'],
    ['names that are numbers', '{"b":1,"7":2}'],
    ['nested names that are numbers', '{"b":{"x":1,"7":2}}'],
    ['a byte that begins no letter', Buffer.from([0x22, 0x80, 0x22])],
    ['a letter that lacks its end', Buffer.from([0x22, 0xe6, 0x95, 0x22])],
    ['a letter in more bytes than it takes', Buffer.from([0x22, 0xc1, 0x81, 0x22])],
    ['three bytes for a letter of two', Buffer.from([0x22, 0xe0, 0x81, 0x81, 0x22])],
    ['half a letter', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['a letter beyond the last one', Buffer.from([0x22, 0xf4, 0x90, 0x80, 0x80, 0x22])],
    ['a byte that stands nowhere', Buffer.from([0x22, 0xff, 0x22])],
  ])('with %s is left to the parser of the language', (_what, text) => {
    expect(scanned(text)).toBeNull();
  });

  test('gives the same number or is left alone, whatever its bytes', () => {
    const letters = fc.constantFrom(
      ...Buffer.from('{}[]",:\\/ue0123.-é数😀 ab').values(),
      0x80,
      0xc0,
      0xed,
      0xf4,
      0xff,
    );
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 24 }), (drawn) => {
        const bytes = Buffer.from([0x22, ...drawn, 0x22]);
        const found = scanned(bytes);
        if (found !== null) expect(found).toBe(inputHash(JSON.parse(bytes.toString('utf8'))));
      }),
      { numRuns: 5_000 },
    );
  });
});
