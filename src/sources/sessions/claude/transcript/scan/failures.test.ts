import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classOfNumber, type ErrorClass, errorClass, SIGNS, STARTS } from '../../errors.ts';
import { ENTRY, FIELDS } from '../fold/tape-writer.ts';
import { writtenText } from '../tape.ts';
import { openScanner } from './scanner.ts';

const scanner = openScanner(1 << 16);
/** The field of a result that says why it failed. The place and the size of its text follow. */
const ERROR = 4;

/** Why a call failed whose result has a text that is spelt like this, and whether the text is kept to be read for it. */
function judged(spelt: string): { readonly error: ErrorClass | null; readonly read: boolean } {
  const row = `{"type":"user","uuid":"u","sessionId":"s","message":{"content":[{"type":"tool_result","tool_use_id":"t","content":${spelt},"is_error":true}]}}\n`;
  scanner.begin();
  const size = scanner.room().write(row);
  if (scanner.scan(0, size, false) !== size) throw new Error('the row is left to the parser');
  const [piece] = scanner.take();
  if (piece === undefined) throw new Error('nothing was told');
  const { entries, texts } = piece;
  const at = entries.findIndex((kind, index) => index % FIELDS === 0 && kind === ENTRY.result);
  const [error = 0, place = 0, letters = 0] = entries.subarray(at + ERROR);
  if (error >= 0) return { error: classOfNumber(error), read: false };
  const kept = Buffer.from(texts.subarray(place, place + letters)).toString('latin1');
  return { error: errorClass(writtenText(kept)), read: true };
}

const WORDS = [
  ...STARTS.map(([start]) => start),
  ...SIGNS.filter((sign) => sign !== '\\u'),
  'Sibling tool call errored',
];

/** Texts of the words by which failures are told, of parts of them, and of others. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...WORDS, 'Error: ', ' has been denied', '\n', '"', '\u6570', '\u0001', ' '),
      fc.constantFrom(...WORDS).map((word) => word.slice(0, -1)),
      fc.string({ maxLength: 40 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

describe('why a call failed', () => {
  test('is told while scanning as it is told of the text', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (text, escaped) => {
        const spelt = JSON.stringify(text);
        const written = escaped
          ? spelt.replace(/[er]/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)
          : spelt;
        // A control character has an escape of its own, which may stand for anything.
        expect(judged(written).error).toBe(errorClass(JSON.parse(written)));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each(SIGNS)('is left to be read of a text that holds %j, wherever it is', (sign) => {
    const letters = sign === '\\u' ? '\\u0041' : sign;
    for (let before = 0; before < 40; before++) {
      expect(judged(`"${'y'.repeat(before)}${letters}"`).read).toBe(true);
      expect(judged(`"${'y'.repeat(before)}${letters}${'y'.repeat(before)}"`).read).toBe(true);
      if (sign !== '\\u') expect(judged(`"${'y'.repeat(before)}${sign.slice(0, -1)}"`)).toEqual(OTHER);
    }
  });

  test('does not depend on what stands behind the text', () => {
    for (const word of [...WORDS, '\\u0041'])
      for (let size = 0; size < 40; size++) expect(judged(`"${'y'.repeat(size)}","x":"${word}"`)).toEqual(OTHER);
  });

  test.each(STARTS)('is certain of a text that begins with %j: %s', (start, error) => {
    expect(judged(`"${start}"`)).toEqual({ error, read: false });
    expect(judged(`"${start} and requires approval"`)).toEqual({ error, read: false });
    expect(judged(`"${start.slice(0, -1)}"`)).toEqual(OTHER);
    expect(judged(`"y${start}"`)).toEqual(OTHER);
  });

  test('does not depend on what comes late in a long text', () => {
    expect(judged(`"${'y'.repeat(13_000)}requires approval"`)).toEqual(OTHER);
    expect(judged(`"${'y'.repeat(2_100)}requires approval"`)).toEqual({ error: 'other', read: true });
  });
});

const OTHER = { error: 'other', read: false };
