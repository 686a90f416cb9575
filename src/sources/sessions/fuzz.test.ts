import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { SESSION_FIXTURES } from '../../../test/kit/session-fixtures.ts';
import { assistant, lines, prompt, usage } from '../../../test/kit/transcript-rows.ts';
import type { PriceList } from '../prices/price-list.ts';
import { openScanner } from './claude/transcript/scan/scanner.ts';
import { putTogether } from './claude/transcript/skimmed.ts';
import { collectSessions } from './collect.ts';
import type { SessionFileReading } from './file-reading.ts';
import { readSessionFile } from './recognise.ts';
import { skimFile } from './skim-file.ts';

const free: PriceList = () => 0;
const read = (bytes: Uint8Array): SessionFileReading => readSessionFile('x', bytes, free);
const texts = SESSION_FIXTURES.map(({ format, records }): readonly [string, string] => [
  format,
  records.length === 1 ? JSON.stringify(records[0]) : records.map((record) => JSON.stringify(record)).join('\n'),
]);

/** Possible damage to a file of any format in transit. */
const damage = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(), to: fc.nat({ max: 255 }) }),
  fc.record({ kind: fc.constant('glue' as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant('stuff' as const),
    at: fc.nat(),
    what: fc.constantFrom('{', '[', '"', '\\', '}{', '\u0000', '\n{\n', '[[[[', '{"a":'),
  }),
  fc.record({ kind: fc.constant('repeat' as const), at: fc.nat(), to: fc.nat() }),
);
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(bytes: Buffer, how: Damage): Buffer {
  if (bytes.length === 0) return bytes;
  const at = how.at % bytes.length;
  switch (how.kind) {
    case 'cut':
      return bytes.subarray(0, at);
    case 'flip':
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([how.to]), bytes.subarray(at + 1)]);
    case 'glue': {
      const newline = bytes.indexOf(10, at);
      return newline === -1 ? bytes : Buffer.concat([bytes.subarray(0, newline), bytes.subarray(newline + 1)]);
    }
    case 'stuff':
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(how.what), bytes.subarray(at)]);
    case 'repeat':
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(how.to % bytes.length)]);
    default:
      return how satisfies never;
  }
}

describe('files that suffered', () => {
  test.each(texts)('%s: whatever happened to it, it is read or complained of, and never throws', (format, text) => {
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 4 }), (how) => {
        const bytes = how.reduce(damaged, Buffer.from(text));
        const { sessions, complaints, piece } = read(bytes);
        for (const { line, byte } of complaints) {
          expect(line === null || (line >= 1 && byte !== null && byte >= 0 && byte <= bytes.length)).toBe(true);
        }
        expect(sessions.length + complaints.length + (piece === undefined ? 0 : 1)).toBeGreaterThan(0);
      }),
      { numRuns: 150 },
    );
    expect(read(Buffer.from(text)).format).toBe(format);
  });

  test.each(texts)('%s: reads the same in UTF-16, with a byte order mark and with CR LF', (_format, text) => {
    const figures = ({ sessions, format, piece }: SessionFileReading): unknown => [
      format,
      piece?.document.records,
      sessions.map(({ engineSession: _id, ...reading }) => reading),
    ];
    const sound = figures(read(Buffer.from(text)));
    const bigEndian = Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
    for (const bytes of [
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      bigEndian,
      Buffer.from(`${text.replaceAll('\n', '\r\n')}\r\n`),
    ]) {
      expect(figures(read(bytes))).toEqual(sound);
    }
  });

  test('letters of another encoding cost nothing but themselves', () => {
    const row = JSON.stringify(assistant('m1', { model: 'claude-é', usage: usage(7, 8) }));
    const { sessions, complaints } = read(Buffer.from(`${row}\n${row}`, 'latin1'));
    expect(complaints).toEqual([]);
    expect(sessions[0]?.tokens).toMatchObject({ input: 7, output: 8 });
  });
});

const counted = [prompt('hi'), assistant('m1', { usage: usage(7, 8) })];
const after = assistant('m2', { usage: usage(100, 8) });

describe('files beyond measure', () => {
  test('a row nested a million levels deep costs itself only', () => {
    const deep = JSON.stringify(prompt('DEEP')).replace('"DEEP"', `${'['.repeat(1e6)}${']'.repeat(1e6)}`);
    const { sessions } = read(Buffer.from(`${lines(counted)}\n${deep}\n${JSON.stringify(after)}`));
    expect(sessions[0]?.tokens.input).toBe(107);
  });

  test('a line of 100 MB counts when it is sound, and costs itself only when it is cut', async () => {
    await using files = await createFixture({});
    const path = files.getPath('huge.jsonl');
    const long = JSON.stringify(assistant('m3', { usage: usage(1_000, 8) }, [{ type: 'text', text: 'LONG' }]));
    const [start = '', end = ''] = long.split('LONG');
    const body = Buffer.alloc(100_000_000, 'x\\n"'.replace('"', '\\"'));
    const write = (tail: string): void =>
      writeFileSync(path, Buffer.concat([Buffer.from(`${lines(counted)}\n${start}`), body, Buffer.from(tail)]));
    write(`${end}\n${JSON.stringify(after)}\n`);
    const sound = await collectSessions([path], free, () => undefined);
    expect(sound.sessions[0]?.reading.tokens.input).toBe(1_107);
    expect(sound.complaints).toEqual([]);
    write('');
    const cut = await collectSessions([path], free, () => undefined);
    expect(cut.sessions[0]?.reading.tokens.input).toBe(7);
    expect(cut.complaints).toEqual([
      { path, line: 3, byte: Buffer.byteLength(lines(counted)) + 1, reason: 'a record is cut off before its end' },
    ]);
  }, 120_000);

  test('a quarter of a gigabyte of rows is read in memory that does not grow with it', async () => {
    await using files = await createFixture({});
    const path = files.getPath('large.jsonl');
    const block = lines(Array.from({ length: 1_000 }, (_, n) => prompt(`${n} ${'y'.repeat(64_000)}`)));
    const rows = [lines(counted), ...Array.from({ length: 4 }, () => block), JSON.stringify(after), ''];
    writeFileSync(path, rows.join('\n'));
    const before = process.memoryUsage().rss;
    const skimmed = skimFile({ path, named: true }, 'all', openScanner(1 << 20));
    const grown = process.memoryUsage().rss - before;
    const parts = skimmed.kind === 'transcript' ? putTogether(skimmed, 'all', free)?.parts : [];
    expect(parts?.map(({ responses }) => responses.length)).toEqual([2]);
    expect(grown).toBeLessThan(128e6);
  }, 120_000);
});
