import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { OutsideFailure } from '../../core/failure.ts';
import { NO_PRICES } from '../prices/price-list.ts';
import { isZip } from '../sessions/head.ts';
import { crc32 } from './crc32.ts';
import { findSessions } from './find-sessions.ts';
import { readZip, ZIP_LIMITS, type ZipItem, type ZipLimits } from './read-zip.ts';

const all = (): boolean => true;
const SESSION = JSON.stringify([
  { type: 'system', subtype: 'init', session_id: 's1' },
  { type: 'result', subtype: 'success', session_id: 's1', total_cost_usd: 0.5, num_turns: 3, is_error: false },
]);

function zip(files: Readonly<Record<string, string>>, level: 0 | 6 = 6): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])), { level });
}
function items(bytes: Uint8Array, limits: Partial<ZipLimits> = {}): readonly ZipItem[] {
  return [...readZip(bytes, { ...ZIP_LIMITS, ...limits }, all)];
}
function failure(work: () => unknown): OutsideFailure['failure'] | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof OutsideFailure) return error.failure;
    throw error;
  }
}
/** Overwrites bytes of the first central directory entry, counted from its start. */
function patchDirectory(bytes: Uint8Array, offset: number, ...values: readonly number[]): Uint8Array {
  const patched = Uint8Array.from(bytes);
  patched.set(values, Buffer.from(bytes).indexOf(Buffer.from([0x50, 0x4b, 1, 2])) + offset);
  return patched;
}

describe('readZip', () => {
  test.each([0, 6] as const)('gives back what was packed at level %i', (level) => {
    const found = items(zip({ 'a/b.json': '{"a":1}', 'ü.txt': 'x'.repeat(100_000) }, level));
    expect(found.map((item) => [item.path, item.kind === 'file' && Buffer.from(item.bytes).length])).toEqual([
      ['a/b.json', 7],
      ['ü.txt', 100_000],
    ]);
  });

  test('reads a zip with nothing in it', () => {
    expect(items(zip({}))).toEqual([]);
    expect(isZip(zip({}))).toBe(true);
  });

  test.each(['../x', 'a/../../x', '/etc/passwd', 'C:/x', 'a\\..\\x', 'a\0b', '..'])('refuses the name %j', (name) => {
    expect(items(zip({ [name]: '{}', 'good.json': '{}' })).map((item) => item.kind)).toEqual(
      expect.arrayContaining(['refused', 'file']),
    );
  });

  test('refuses an entry that is too large, before it is unpacked', () => {
    expect(items(zip({ a: 'x'.repeat(1_000) }), { maxEntryBytes: 999 })).toMatchObject([{ kind: 'refused' }]);
  });

  test('refuses a bomb by its ratio', () => {
    const [item] = items(zip({ a: '{'.repeat(20_000_000) }));
    expect(item).toMatchObject({ kind: 'refused', reason: 'unpacks to more than 200 times its size: not read' });
  });

  test('stops a bomb whose header lies about its size', () => {
    const lying = patchDirectory(zip({ a: '{'.repeat(20_000_000) }), 24, 0x10, 0, 0, 0);
    expect(items(lying)).toMatchObject([{ kind: 'refused', reason: 'holds more than its header says: not read' }]);
  });

  test('says so when an entry holds less than its header promises', () => {
    const lying = patchDirectory(zip({ a: '{"a":1}' }), 24, 99, 0, 0, 0);
    expect(items(lying)).toMatchObject([{ kind: 'refused', reason: 'holds less than its header says: not read' }]);
  });

  test('fails when all entries together are too large', () => {
    const bytes = zip({ a: 'x'.repeat(600), b: 'y'.repeat(600) });
    expect(failure(() => items(bytes, { maxTotalBytes: 2_000 }))?.kind).toBe('too_large');
  });

  test('fails when there are too many entries', () => {
    expect(failure(() => items(zip({ a: '', b: '', c: '' }), { maxEntries: 2 }))?.kind).toBe('too_large');
  });

  test('refuses an encrypted entry', () => {
    expect(items(patchDirectory(zip({ a: '{}' }), 8, 1))).toMatchObject([
      { kind: 'refused', reason: 'encrypted: not read' },
    ]);
  });

  test('finds a flipped byte by the checksum', () => {
    const bytes = zip({ 'a.json': '{"a":1234}' }, 0);
    const at = Buffer.from(bytes).indexOf('1234');
    bytes[at] = 0x39;
    expect(items(bytes)).toMatchObject([{ kind: 'refused', reason: 'damaged: its checksum does not fit' }]);
  });

  test('fails on entries that share their bytes', () => {
    const bytes = zip({ a: '{}', b: '{}' });
    const second = Buffer.from(bytes).lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    bytes.set([0, 0, 0, 0], second + 42);
    expect(failure(() => items(bytes))?.message).toContain('overlap');
  });

  test('does not open a zip inside a zip', () => {
    const inner = zip({ 's.json': SESSION });
    const outer = zipSync({ 'inner.zip': inner });
    expect(findSessions('o.zip', outer, NO_PRICES).sessions).toEqual([]);
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['something else', strToU8('hello, this is no zip file at all, whatever it is called')],
    ['only an end', Uint8Array.from([0x50, 0x4b, 5, 6])],
  ])('fails with a clear message on %s', (_what, bytes) => {
    expect(failure(() => items(bytes))).toMatchObject({ kind: 'unreadable', retry: false });
  });

  test('a zip cut off anywhere is unreadable, never half read', () => {
    const bytes = zip({ 'a.json': SESSION, 'b.json': SESSION });
    for (let length = 0; length < bytes.length; length++) {
      expect(failure(() => items(bytes.subarray(0, length)))?.kind).toBe('unreadable');
    }
  });

  test('flipped bytes give items or a failure, never another error and never wrong content', () => {
    const bytes = zip({ 'a.json': SESSION, 'b.json': `${SESSION} ` });
    const contents = new Set([SESSION, `${SESSION} `]);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (flips) => {
          const damaged = Uint8Array.from(bytes);
          for (const [at, value] of flips) damaged[at] = value;
          failure(() => {
            for (const item of items(damaged)) {
              if (item.kind === 'file' && item.bytes.length > 0)
                expect(contents).toContain(Buffer.from(item.bytes).toString());
            }
          });
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('crc32 gives the check value of its definition', () => {
  // "123456789" -> CBF43926: the check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
  expect(crc32(strToU8('123456789')).toString(16)).toBe('cbf43926');
});

describe('findSessions', () => {
  test('finds sessions by content, whatever the files are called, and passes over the rest in silence', () => {
    const bytes = zip({
      'x/y/notes.txt': SESSION,
      'package.json': '{"type":"module"}',
      'log.txt': 'hello',
      'empty.json': '[]',
    });
    const found = findSessions('a.zip', bytes, NO_PRICES);
    expect(found.sessions).toMatchObject([{ id: 's1', path: 'a.zip!/x/y/notes.txt', reading: { turns: 3 } }]);
    expect(found.complaints).toEqual([]);
    expect(found.formats).toEqual(['claude-execution']);
  });

  test('keeps what it found before the zip became too large, and says so', () => {
    const bytes = zip({ 'a.json': SESSION, 'b.json': SESSION });
    const found = findSessions('a.zip', bytes, NO_PRICES, { ...ZIP_LIMITS, maxTotalBytes: 3 * SESSION.length });
    expect(found.sessions).toHaveLength(1);
    expect(found.complaints[0]?.reason).toContain('was not read');
  });

  test('a hostile name inside cannot draw on the terminal or carry a secret out', () => {
    const bytes = zip({ [`\u001b[31m\u202e ghp_${'aB3dE5gH7jK9'.repeat(3)}.json`]: SESSION });
    expect(findSessions('a.zip', bytes, NO_PRICES).sessions[0]?.path).toBe(
      'a.zip![31m [redacted:github-token].json'.replace('!', '!/'),
    );
  });
});
