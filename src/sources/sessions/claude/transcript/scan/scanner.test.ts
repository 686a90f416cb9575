import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openScanner } from './scanner.ts';

const scanner = openScanner(1 << 16);

/** Whether the scanner reads a row to its end if a text in it is spelt like this. */
function isRead(written: string): boolean {
  const row = Buffer.from(`{"type":"progress","sessionId":"s","data":{"output":"${written}"},"toolUseID":"t"}\n`);
  scanner.begin();
  row.copy(scanner.room());
  return scanner.scan(0, row.length, false) === row.length;
}

function isJson(written: string): boolean {
  try {
    return typeof JSON.parse(`"${written}"`) === 'string';
  } catch {
    return false;
  }
}

const ESCAPES = ['\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t', '\\u00e9', '\\uD83D', '\\u005c', '\\u0022'];
const BAD_ESCAPES = [
  '\\x',
  '\\u12G4',
  '\\u"',
  '\\N',
  '\\0',
  '\\é',
  '\\ ',
  "\\'",
  '\\B',
  '\\2',
  '\\R',
  '\\^',
  '\\\u0001',
];

describe('the room', () => {
  const few = fc.constantFrom(0x0a, 0x0a, 0x0d, 0x20, 0x8a, 0xff);

  test('tells where its last complete line ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 80 }), fc.array(few, { maxLength: 80 }), (some, more) => {
        const bytes = Buffer.from([...some, ...more]);
        scanner.begin();
        // What was there before is none of its lines.
        scanner.room().fill('\n', 0, 200);
        bytes.copy(scanner.room());
        expect(scanner.endOfLines(bytes.length)).toBe(bytes.lastIndexOf('\n') + 1);
      }),
      { examples: [[Uint8Array.from(Buffer.from(`\n${'-'.repeat(31)}`)), []]] },
    );
  });

  test('moves what is left to its beginning, however far', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(400), (some, from) => {
        const at = Math.min(from, some.length);
        scanner.begin();
        scanner.room().set(some);
        scanner.moveUp(at, some.length);
        expect([...scanner.room().subarray(0, some.length - at)]).toEqual([...some.subarray(at)]);
      }),
    );
  });

  test('keeps what stands behind a line that is read', () => {
    const row = '{"type":"progress","sessionId":"s"}';
    scanner.begin();
    scanner.room().write(`${row}x`);
    expect(scanner.scan(0, row.length, false)).toBe(row.length);
    expect(scanner.room().toString('latin1', 0, row.length + 1)).toBe(`${row}x`);
  });

  test('may be filled to its end by a line without one', () => {
    const row = '{"type":"progress","sessionId":"s"}';
    const tight = openScanner(row.length);
    tight.room().write(row);
    expect(tight.scan(0, row.length, false)).toBe(row.length);
    expect(tight.linesRead()).toBe(1);
  });
});

describe('a text of a row', () => {
  test.each([...ESCAPES, '\\\\\\\\\\\\', '\\\\\\"', '数据', '\u007f', "'"])(
    'is read with %s at any place in it',
    (part) => {
      for (let before = 0; before < 150; before++) {
        expect(isRead('x'.repeat(before) + part)).toBe(true);
        expect(isRead(`${'x'.repeat(before)}${part}${'y'.repeat(150)}`)).toBe(true);
      }
    },
  );

  test.each([...BAD_ESCAPES, '\\', '\\\\\\', '\u0000', '\t', '"'])(
    'is left to the parser with %j at any place',
    (part) => {
      for (let before = 0; before < 150; before++) {
        const written = 'x'.repeat(before) + part;
        expect([isRead(written), isJson(written)]).toEqual([false, false]);
        if (part !== '\\' && part !== '\\\\\\') expect(isRead(`${written}${'y'.repeat(150)}`)).toBe(false);
      }
    },
  );

  test('is read exactly where it is a text to the parser of the language', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'abn/u{}[]:,é 0'), maxLength: 40 });
    const part = fc.oneof(plain, fc.constantFrom(...ESCAPES), fc.constantFrom(...ESCAPES), fc.constantFrom('\\', '\n'));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
        const written = parts.join('');
        expect(isRead(written)).toBe(isJson(written));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a count of a row', () => {
  test.each([
    ['2147483647', true],
    ['2147483648', false],
    ['4294967296', false],
    ['999999999999999', false],
    ['0', true],
    ['null', true],
  ])('%s is read by the scanner: %s', (count, read) => {
    const usage = `{"input_tokens":${count},"output_tokens":1}`;
    const row = Buffer.from(`{"type":"assistant","sessionId":"s","message":{"id":"m","usage":${usage}}}\n`);
    scanner.begin();
    row.copy(scanner.room());
    expect(scanner.scan(0, row.length, false) === row.length).toBe(read);
  });
});

describe('a moment of a row', () => {
  const MOMENT = '2026-11-21T09:30:00.000Z';

  /** The form that the scanner accepts: our own, with a day that every year has. */
  function isPlain(written: string): boolean {
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(written) || written.slice(5, 10) === '02-29') return false;
    const ms = Date.parse(written);
    return !Number.isNaN(ms) && new Date(ms).toISOString() === written;
  }

  test('is read exactly where it is plainly one, whatever letter stands at any place of it', () => {
    for (let place = 0; place < MOMENT.length; place++) {
      for (let code = 32; code < 127; code++) {
        const letter = String.fromCharCode(code);
        if (letter === '"' || letter === '\\') continue;
        const written = MOMENT.slice(0, place) + letter + MOMENT.slice(place + 1);
        const row = Buffer.from(`{"type":"system","sessionId":"s","timestamp":"${written}"}\n`);
        scanner.begin();
        row.copy(scanner.room());
        expect([written, scanner.scan(0, row.length, false) === row.length]).toEqual([written, isPlain(written)]);
      }
    }
  });
});

describe('rows with usage', () => {
  test('are found at any place, and no other is read', () => {
    for (let before = 0; before < 300; before++) {
      const passed = `{"type":"user","text":"${'usage" g'.repeat(9).replaceAll('"', "'")}${'x'.repeat(before)}"}\n`;
      const bytes = Buffer.from(
        `${passed}{"type":"assistant","message":{"id":"m","usage":{"input_tokens":7}}}\n${passed}`,
      );
      scanner.begin();
      bytes.copy(scanner.room());
      expect(scanner.scan(0, bytes.length, true)).toBe(bytes.length);
      expect(scanner.linesRead()).toBe(1);
    }
  });
});

describe('the names of an object', () => {
  const COUNTS = ['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'] as const;
  const INPUT = 9;
  const OTHERS = ['', 'input_token', 'input_tokens_', 'output_tokenz', 'cache_creation_input_token', '7', 'é', 'x"y'];
  const LONG = [29, 30, 31, 32, 33].map((size) => 'cache_read_input_tokens'.padEnd(size, '_'));

  /** The counts that the scanner reads. Null if it leaves the row to the host's parser. */
  function countsIn(usage: string): readonly (number | undefined)[] | null {
    const row = Buffer.from(`{"type":"assistant","sessionId":"s","message":{"id":"m","usage":${usage}}}\n`);
    scanner.begin();
    row.copy(scanner.room());
    if (scanner.scan(0, row.length, false) !== row.length) return null;
    const entries = scanner.take().flatMap((piece) => [...piece.entries]);
    const response = entries.findIndex((kind, index) => index % 16 === 0 && kind === 2);
    return COUNTS.map((_, index) => entries[response + INPUT + index]);
  }

  test('are read as they stand there, whatever names other objects had before', () => {
    const names = fc.uniqueArray(fc.constantFrom(...COUNTS, ...COUNTS, ...OTHERS, ...LONG), { maxLength: 6 });
    const colon = fc.constantFrom(':', ':', ':', ' :', ': ');
    fc.assert(
      fc.property(names, colon, (some, between) => {
        const read = countsIn(`{${some.map((name, index) => `${JSON.stringify(name)}${between}${index}`).join(',')}}`);
        const counts = COUNTS.map((name) => some.indexOf(name));
        expect(read).toEqual(some.includes('é') || some.includes('x"y') ? null : counts);
      }),
      { numRuns: 2_000 },
    );
  });

  test('are left to the parser where one stands twice, even when they are known in this order', () => {
    for (let times = 0; times < 2; times++) {
      expect(countsIn('{"input_tokens":1,"input_tokens":2}')).toBeNull();
      expect(countsIn('{"input_tokens":1,"output_tokens":2}')).toEqual([1, 2, -1, -1]);
    }
  });
});
