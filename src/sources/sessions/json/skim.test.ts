import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asObject, type JsonObject } from './fields.ts';
import { behindValue, NEWLINE, NOWHERE, type ScannedBytes, scannedBytes } from './scan.ts';
import { objectOf, SAID, type Shape, VALUE } from './shape.ts';
import { skim } from './skim.ts';

const FIELDS = {
  id: VALUE,
  said: SAID,
  no: null,
  inner: objectOf({ id: VALUE, n: VALUE }),
  list: { kind: 'list', item: objectOf({ id: VALUE }) },
} satisfies Record<string, Shape | null>;
const SHAPE = objectOf(FIELDS);

function scan(text: string): ScannedBytes {
  const bytes = Buffer.from(text);
  const scanned = scannedBytes(bytes.length);
  // What an earlier chunk left behind must not matter.
  scanned.bytes.fill('"x":1}');
  bytes.copy(scanned.bytes);
  scanned.bytes[bytes.length] = NEWLINE;
  return scanned;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the shape leaves of a record, told from the whole of it. */
function left(record: JsonObject): JsonObject {
  const kept: Record<string, unknown> = {};
  const pick = (from: unknown, names: readonly string[]): JsonObject =>
    Object.fromEntries(Object.entries(asObject(from) ?? {}).filter(([name]) => names.includes(name)));
  for (const [name, value] of Object.entries(record)) {
    if (!Object.hasOwn(FIELDS, name)) continue;
    if (asObject(value) !== null) kept[name] = pick(value, ['id', 'n']);
    else if (Array.isArray(value)) kept[name] = value.map((item) => pick(item, ['id']));
    else if (typeof value === 'string' && (name === 'said' || name === 'list')) kept[name] = value === '' ? '' : ' ';
    else kept[name] = value;
  }
  return kept;
}

const anyText = fc.string({ unit: 'binary' });
const inner = fc.dictionary(
  fc.constantFrom('id', 'n', 'other'),
  fc.oneof(anyText, fc.double(), fc.integer(), fc.constant(null)),
);
const record = fc.record(
  {
    id: fc.oneof(
      anyText,
      fc.string({ maxLength: 4 }),
      fc.integer(),
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.constant(null),
    ),
    said: fc.oneof(anyText, fc.constant('')),
    no: fc.constantFrom(false, null),
    inner,
    list: fc.oneof(fc.array(inner, { maxLength: 3 }), anyText),
    passed: fc.jsonValue({ maxDepth: 4 }),
  },
  { requiredKeys: [] },
);
/** JSON as other programs may write it: blanks between tokens, letters beyond ASCII as escapes. */
const spelling = fc.constantFrom<(value: unknown) => string>(
  (value) => JSON.stringify(value),
  (value) => JSON.stringify(value, null, 1).replaceAll('\n', ' \t\r'),
  (value) =>
    JSON.stringify(value).replace(
      /[\u0080-\uffff]/g,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
);

describe('skim', () => {
  test('gives what the parser of the language gives, less what is not wanted', () => {
    let read = 0;
    fc.assert(
      fc.property(record, spelling, (value, spell) => {
        const text = spell(value);
        const skimmed = skim(scan(text), 0, SHAPE);
        if (skimmed === null) return;
        read++;
        expect(skimmed).toEqual({ record: left(JSON.parse(text)), end: Buffer.byteLength(text) });
      }),
      { numRuns: 2_000 },
    );
    expect(read).toBeGreaterThan(1_000);
  });

  test('never takes for sound what the parser of the language refuses, nor reads it otherwise', () => {
    const damage = fc.record({
      at: fc.nat(),
      to: fc.constantFrom('"', '\\', '{', '}', ',', ':', '', 'x', '0', '\u0001', '\t', '}{'),
    });
    fc.assert(
      fc.property(record, damage, fc.nat({ max: 2 }), (value, { at, to }, lost) => {
        const sound = JSON.stringify(value);
        const from = at % sound.length;
        // As a file holds it: half a letter of two does not come out of one.
        const text = Buffer.from(sound.slice(0, from) + to + sound.slice(from + lost)).toString();
        const skimmed = skim(scan(text), 0, SHAPE);
        if (skimmed === null || skimmed.end < Buffer.byteLength(text.trimEnd())) return;
        expect(left(asObject(parsed(text)) ?? { id: 'not JSON' })).toEqual(skimmed.record);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['a value that tells more than can be read in passing', '{"no":true}'],
    ['an object where a text was expected', '{"id":{}}'],
    ['a list of other things than objects', '{"list":[1]}'],
    ['a name that is written with escapes', '{"\\u0069d":"x"}'],
    ['a record over several lines', '{\n"id":1}'],
    ['a cut', '{"id":"x"'],
    ['no object', '[]'],
  ])('leaves %s to the parser', (_what, text) => {
    expect(skim(scan(text), 0, SHAPE)).toBeNull();
  });

  test('takes the last of two fields of one name, as the parser does', () => {
    const text = '{"id":"a","inner":{"id":1,"n":2},"id":"b","inner":{"n":3}}';
    expect(skim(scan(text), 0, SHAPE)?.record).toEqual({ id: 'b', inner: { n: 3 } });
  });

  test('tells apart texts that begin alike, one record after the other', () => {
    const ids = ['same', 'same', 'sam', 'same\\n', 'same\\n', 'samen', '', 'é', 'é'];
    const read = ids.map((id) => skim(scan(`{"id":"${id}"}`), 0, SHAPE)?.record['id']);
    expect(read).toEqual(ids.map((id) => JSON.parse(`"${id}"`)));
  });
});

describe('behindValue', () => {
  test('passes over just what the parser of the language takes', () => {
    const token = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"',
      '\\',
      '1',
      '-0.5e+3',
      '01',
      'true',
      'nul',
      ' ',
      '"\\u00e4"',
      '"\\x"',
    );
    const text = fc.oneof(
      fc.array(token, { maxLength: 8 }).map((tokens) => tokens.join('')),
      fc.json(),
    );
    fc.assert(
      fc.property(text, (json) => {
        const end = behindValue(scan(json), 0);
        const whole = end !== NOWHERE && Buffer.from(json).subarray(end).toString().trim() === '';
        expect(whole).toBe(!/^\s/.test(json) && parsed(json) !== undefined);
      }),
      { numRuns: 5_000 },
    );
  });

  test('leaves what is nested deeper than the stack of calls is wide to the parser', () => {
    expect(behindValue(scan('['.repeat(1e6)), 0)).toBe(NOWHERE);
    expect(behindValue(scan('{"a":'.repeat(1e6)), 0)).toBe(NOWHERE);
  });
});
