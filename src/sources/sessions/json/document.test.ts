import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growth, LINEAR } from '../../../../test/kit/growth.ts';
import { readDocument } from './document.ts';
import { decodeText, locate } from './text.ts';

describe('readDocument', () => {
  test.each(['', 'hello', '"text"', '12', 'null', 'PK\u0003\u0004', '<xml/>'])('%j is no document', (text) => {
    expect(readDocument(text)).toBeNull();
  });

  test('a bad record in the middle of a pretty-printed array costs only itself', () => {
    const text = JSON.stringify([{ n: 1 }, { n: 2, s: 'abc' }, { n: 3 }], null, 2).replace('"abc"', '"abc');
    const document = readDocument(text);
    expect(document?.records).toEqual([{ n: 1 }, { n: 3 }]);
    expect(document?.damaged).toBe(true);
    expect(document?.flaws).toEqual([{ offset: text.indexOf('{', 10), reason: 'a record cannot be read' }]);
  });

  test.each([
    // The first byte of a line, and the brace that a changed byte closed too early.
    ['{"n":1}\n\u0000"n":2,"deep":{"n":3}}\n{"n":4}', 2, 8],
    ['{"n":1}\n{"n":2}"s":1,"t":{"n":3}}\n{"n":4}', 2, 15],
    ['{"n":1}\n{"n":2}}\n{"n":4}', 2, 15],
    ['[\n"n":1},\n{"n":4}]', 1, 1],
  ])('the rest of a record in %j is told', (text, whole, offset) => {
    const document = readDocument(text);
    expect(document?.damaged).toBe(true);
    expect(document?.flaws[0]).toEqual({ offset, reason: 'a record has lost its beginning' });
    expect(document?.records.filter(({ n }) => n !== 3).length).toBeGreaterThanOrEqual(whole);
    expect(document?.records.at(-1)).toEqual({ n: 4 });
  });

  test.each(['{"n":1}{"n":2}', '{"n":1}, {"n":2}', '{"n":1} done {"n":2} "quoted" [x]', 'x {"n":1}'])(
    'what else is written around the records of %j is no part of one',
    (text) => {
      expect(readDocument(`{"n":0}\n${text}`)?.flaws).toEqual([]);
    },
  );

  test('a line of text between records is told, but no damage: an engine and its tools print into one file', () => {
    const read = (line: string) => readDocument(`{"n":1}\n${line}\n{"n":2}\n`);
    expect(read('npm warn: done in 3s')).toMatchObject({
      records: [{ n: 1 }, { n: 2 }],
      damaged: false,
      flaws: [{ offset: 8, reason: 'no record here' }],
    });
    for (const garbage of ['\uFFFD\uFFFDx', '\u0001\u0002', '\0\0'])
      expect(read(garbage)).toMatchObject({ records: [{ n: 1 }, { n: 2 }], damaged: true, flaws: [{ offset: 8 }] });
  });

  test.each(['[[{"n":1},{"n":2}]]', '[[{"n":1}],[{"n":2}]]', '{"n":1}\n[{"n":2}]\n'])(
    'the records of arrays within %j are records like others',
    (text) => {
      expect(readDocument(text)).toMatchObject({ records: [{ n: 1 }, { n: 2 }], flaws: [], damaged: false });
    },
  );

  test('an array that is cut between two records is cut off all the same', () => {
    expect(readDocument('[{"n":1},')).toMatchObject({ records: [{ n: 1 }], damaged: true, flaws: [{ offset: 9 }] });
  });

  test.each([undefined, 2])('what follows a whole array does not damage it (indented by %j)', (indent) => {
    const array = JSON.stringify([{ n: 1 }, { n: 2 }], null, indent);
    expect(readDocument(`${array}\n[info] done\n`)).toEqual({
      shape: 'array',
      records: [{ n: 1 }, { n: 2 }],
      flaws: [{ offset: array.length + 1, reason: 'no record here' }],
      damaged: false,
    });
    const [two, cut] = [readDocument(`${array}\n${array}`), readDocument(`${array}\n[{"n":3},`)];
    expect(two).toMatchObject({ records: [{ n: 1 }, { n: 2 }, { n: 1 }, { n: 2 }], flaws: [], damaged: false });
    expect(cut).toMatchObject({ records: [{ n: 1 }, { n: 2 }, { n: 3 }], flaws: [{}], damaged: true });
  });

  test('keeps every record before a cut, wherever the cut is', () => {
    const record = fc.record({ type: fc.string(), n: fc.integer(), deep: fc.jsonValue() });
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        fc.constantFrom(undefined, 2),
        (list, at, indent) => {
          // Converted to JSON and back, so that -0 and the like compare as written.
          const records = JSON.parse(JSON.stringify(list)) as unknown[];
          const text = JSON.stringify(records, null, indent);
          const cut = text.slice(0, at % text.length);
          const whole = records.filter((_, index) => {
            const upTo = JSON.stringify(records.slice(0, index + 1), null, indent)
              .trimEnd()
              .slice(0, -1)
              .trimEnd();
            return cut.length >= upTo.length;
          });
          expect((readDocument(cut)?.records ?? []).slice(0, whole.length)).toEqual(whole);
        },
      ),
    );
  });

  // Each takes at least quadratic time in a reader that starts over at every brace.
  test.each([
    '{',
    '{\n',
    '{"a":[',
    '[{',
    '{"',
    '{"a":"b\n',
    '}{',
    '{"a":1}',
    '},{"',
    '\n{"a":{',
    '[',
    '\\"{',
    '{"a"}\n',
  ])('reads half a megabyte of %j in linear time', (unit) => {
    const read = (size: number) => {
      const text = `[${unit.repeat(Math.ceil(size / unit.length))}`;
      readDocument(text);
      readDocument(text.slice(1));
    };
    expect(growth(read, 125_000)).toBeLessThan(LINEAR);
  });

  test('reads a million levels of nesting without an overflow', () => {
    const deep = `[{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}},{"type":"x"`;
    expect(readDocument(deep)?.records).toHaveLength(1);
  });
});

describe('locate', () => {
  test('counts lines and bytes, also behind a byte order mark, broken UTF-8 and letters of several bytes', () => {
    const bytes = Buffer.concat([Buffer.from('\ufeffä\n'), Buffer.from([0xff, 0xfe, 10]), Buffer.from('xö{')]);
    const text = decodeText(bytes);
    expect(locate(bytes, text, [0, text.indexOf('{')])).toEqual([
      { line: 1, byte: 3 },
      { line: 3, byte: bytes.indexOf(0x7b) },
    ]);
  });
});
