import { describe, expect, test } from 'vitest';
import { growth, LINEAR } from '../../../../../../test/kit/growth.ts';
import {
  answer,
  assistant,
  call,
  type Fields,
  lines,
  prompt,
  usage,
} from '../../../../../../test/kit/transcript-rows.ts';
import { placeInWorkspace } from '../../../changed-files.ts';
import { CHUNK, sourceOf } from '../../../json/line-feed.ts';
import { openScanner } from '../scan/scanner.ts';
import { type ScannedTranscript, scanTranscript } from '../skim.ts';
import { openFold } from './fold.ts';
import type { FoldedSession } from './read-sums.ts';

const scanner = openScanner(CHUNK);

function scanned(text: string): ScannedTranscript {
  const file = scanTranscript(sourceOf(Buffer.from(text, 'latin1')), scanner, 'all');
  if (file === null) throw new Error('no transcript');
  return file;
}

function folded(files: readonly ScannedTranscript[]): readonly FoldedSession[] | null {
  const fold = openFold('all');
  for (const [index, file] of files.entries()) fold.take(index, file);
  return fold.finish(() => 1);
}

function said(session: string, id: string, content: readonly unknown[] = [], more: Fields = {}): object {
  const at = '2026-10-01T00:00:00.000Z';
  return assistant(id, { usage: usage(1, 2) }, content, { sessionId: session, timestamp: at, ...more });
}

function many<T>(count: number, make: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

describe('the time that folding takes does not grow faster than', () => {
  test('the number of files with the same responses', () => {
    const file = scanned(lines(many(100, (index) => said('s', `m${index}`))));
    const ofFiles = (count: number): void => {
      expect(folded(many(count, () => file))).toHaveLength(1);
    };
    expect(growth(ofFiles, 700)).toBeLessThan(LINEAR);
  });

  test('the number of files whose responses have the name of a tool', () => {
    const calls = many(50, (index) => call(`t${index}`, 'Bash'));
    const file = scanned(lines([said('s', 'Bash'), said('s', 'm', calls)]));
    const ofFiles = (count: number): void => {
      expect(folded(many(count, () => file))).toHaveLength(1);
    };
    expect(growth(ofFiles, 700)).toBeLessThan(LINEAR);
  });

  test('the number of sessions that do the same', () => {
    const calls = (session: number): readonly unknown[] =>
      many(20, (index) => ({ ...call(`t${session}-${index}`, 'Bash'), input: { nth: index } }));
    const files = many(6_000, (index) => scanned(lines([said(`s${index}`, `m${index}`, calls(index))])));
    const ofSessions = (count: number): void => {
      expect(folded(files.slice(0, count))).toHaveLength(count);
    };
    expect(growth(ofSessions, 1_500)).toBeLessThan(LINEAR);
  });

  test('the number of requests with one message id, in one file or in several', () => {
    const asked = (from: number, count: number): ScannedTranscript =>
      scanned(lines(many(count, (index) => said('s', 'm', [], { requestId: `r${from + index}` }))));
    const small = many(800, (index) => asked(50 * index, 50));
    const large = new Map([10_000, 40_000].map((count) => [count, asked(0, count)]));
    const ofFiles = (count: number): void => expect(folded(small.slice(0, count / 50))).toBeNull();
    const ofRequests = (count: number): void => expect(folded([large.get(count) ?? asked(0, count)])).toBeNull();
    expect(folded([asked(0, 100)])).toHaveLength(1);
    expect(folded([asked(0, 101)])).toBeNull();
    expect(growth(ofFiles, 10_000)).toBeLessThan(LINEAR);
    expect(growth(ofRequests, 10_000)).toBeLessThan(LINEAR);
  });

  test('the number of names chosen to fall into one place', () => {
    // With a plain multiplication, both of these blocks end in the same state whatever the seed is.
    const block = (other: boolean): string => (other ? 'aaaaaaa\xe1bbbbfbb\xe2' : 'aaaaaaaabbbbbbbb');
    const folder = (index: number): string => many(14, (bit) => block(((index >> bit) & 1) === 1)).join('');
    const file = (count: number): ScannedTranscript =>
      scanned(lines([said('s', 'm'), ...many(count, (index) => prompt('x', { sessionId: 's', cwd: folder(index) }))]));
    const files = new Map([4_096, 16_384].map((count) => [count, file(count)]));
    const ofFolders = (count: number): void => {
      const wanted = files.get(count);
      expect(wanted === undefined ? null : folded([wanted])).toHaveLength(1);
    };
    expect(growth(ofFolders, 4_096)).toBeLessThan(LINEAR);
  });
});

describe('more than fits', () => {
  test('into memory is left to the general way', () => {
    const texts = new Uint8Array(1_100 << 20);
    const piece = { kind: 'tape', entries: new Int32Array(0), texts } as const;
    const file = scanned(lines([said('s', 'm')]));
    expect(folded([file, { pieces: [piece], flaws: [] }])).toBeNull();
    expect(folded([{ pieces: [piece], flaws: [] }, file])).toBeNull();
    expect(folded([file])).toHaveLength(1);
  });

  test('on a tape is left to the general way', () => {
    const row = said('s', 'm', [], { message: { id: 'm', model: 'x', usage: usage(2 ** 31, 1) } }) as Fields;
    const rows = (rows: readonly Fields[]): ScannedTranscript => ({ pieces: [{ kind: 'rows', rows }], flaws: [] });
    expect(folded([rows([row])])).toBeNull();
    expect(folded([rows([{ ...row, message: { id: 'm', model: 'x', usage: usage(2 ** 31 - 1, 1) } }])])).not.toBeNull();
  });

  test('one call can be handed over is read nevertheless', () => {
    const note = { type: 'cost-state', sessionId: 's', startTime: 1, totalCostUSD: 1, modelUsage: {} } as const;
    const rows = [said('s', 'm') as Fields, ...Array<Fields>(200_000).fill(note)];
    expect(folded([{ pieces: [{ kind: 'rows', rows }], flaws: [] }])).toHaveLength(1);
  });

  test('into one text is cut where nobody reads on', () => {
    const path = '\u6570'.repeat(90_000_000);
    const edit = { ...call('t', 'Edit'), input: { file_path: path } };
    const rows = [said('s', 'm', [edit], { cwd: path }), answer('t', {}, { sessionId: 's' })] as readonly Fields[];
    const [session] = folded([{ pieces: [{ kind: 'rows', rows }], flaws: [] }]) ?? [];
    expect(session?.sums.work.places).toEqual([placeInWorkspace(path, path)]);
  });
});
