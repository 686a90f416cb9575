import { appendFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { assistant, lines, prompt, usage } from '../../../test/kit/transcript-rows.ts';
import { openScanner } from './claude/transcript/scan/scanner.ts';
import { openFile } from './files.ts';
import { type SkimmedFile, skimFile } from './skim-file.ts';

/** What comes of a file through a room of so many bytes, and what happens to the file after it was opened. */
function readThrough(path: string, size: number, meanwhile: () => void = () => undefined): string {
  const room = Buffer.alloc(size);
  const opened = openFile(path, room);
  if (typeof opened === 'string') return opened;
  meanwhile();
  let text = '';
  for (let came = opened.source.read(room, 0); came > 0; came = opened.source.read(room, 0))
    text += room.toString('latin1', 0, came);
  opened.close();
  return text;
}

describe('a file that is opened', () => {
  const TEXT = 'abcdefghij';

  test.each([1, 3, 9, 10, 11, 100])('comes whole through a room of %i bytes', async (size) => {
    await using files = await createFixture({ file: TEXT, empty: '' });
    expect(readThrough(files.getPath('file'), size)).toBe(TEXT);
    expect(readThrough(files.getPath('empty'), size)).toBe('');
  });

  test.each([3, 100])('comes as it was when it was opened, if others add to it: %i bytes at once', async (size) => {
    await using files = await createFixture({ file: TEXT });
    const path = files.getPath('file');
    expect(readThrough(path, size, () => appendFileSync(path, 'more'))).toBe(TEXT);
  });

  test('ends early if others cut it off', async () => {
    await using files = await createFixture({ file: TEXT });
    const path = files.getPath('file');
    expect(readThrough(path, 3, () => truncateSync(path, 5))).toBe('abcde');
  });
});

describe('a scanner with little room', () => {
  const SIZE = 1_024;
  const said = (id: string, more: object = {}): object =>
    assistant(id, { model: 'claude-sonnet-4-5', usage: usage(1, 2), ...more }, [], { sessionId: 's' });
  const skimmed = (path: string, scanner = openScanner(SIZE)): SkimmedFile =>
    skimFile({ path, named: true }, 'all', scanner);

  /** The rows that a file has, by all its tapes and by the parser. */
  const rowsIn = (file: SkimmedFile): unknown =>
    file.kind === 'transcript'
      ? file.pieces.map((piece) => (piece.kind === 'rows' ? piece.rows : [...piece.entries]))
      : file;

  test('reads a file the same whatever it has read before', async () => {
    // The accent leaves these rows to the parser.
    const odd = Array.from({ length: 40 }, (_, i) => said(`m\u00e9${i}`, { stop_reason: 'x'.repeat(50 * i) }));
    await using files = await createFixture({
      'wide.jsonl': lines([prompt('x'.repeat(20 * SIZE)), said('wide')]),
      'next.jsonl': lines([prompt('hello'), ...odd, said('last')]),
    });
    const scanner = openScanner(SIZE);
    expect(skimmed(files.getPath('wide.jsonl'), scanner).kind).toBe('transcript');
    const again = rowsIn(skimmed(files.getPath('next.jsonl'), scanner));
    expect(again).toEqual(rowsIn(skimmed(files.getPath('next.jsonl'))));
    expect(JSON.stringify(again)).toContain('x'.repeat(50 * 39));
  });

  test.each(['other', 'session.jsonl'])(
    'reads a transcript that is larger than its room, whatever its name: %s',
    async (name) => {
      await using files = await createFixture({});
      const path = files.getPath(name);
      writeFileSync(
        path,
        lines([prompt('hello'), ...Array.from({ length: 60 }, (_, i) => said(`m${i}`)), said('last')]),
      );
      const file = skimmed(path);
      expect(file).toMatchObject({ kind: 'transcript', flaws: [] });
      expect(rowsIn(file)).toEqual(rowsIn(skimmed(path, openScanner(1 << 20))));
    },
  );
});
