import { isLockFile, isProse } from '../kinds.ts';
import { inFile, newLines } from '../lines.ts';
import type { Found, ReadFile, ReviewCheck } from '../matter.ts';
import type { PatchLine } from '../patch.ts';

/** Runs of characters that may hide anything. Each is one character class, so that it is found in one pass. */
const BLOBS: readonly { readonly pattern: RegExp; readonly bits: number }[] = [
  { pattern: /[0-9a-f]{160,}/i, bits: 3 },
  { pattern: /[A-Za-z0-9+/_-]{160,}/, bits: 4.3 },
];
const ESCAPES =
  /(?:\\x[0-9a-f]{2}){16}|(?:\\u[0-9a-f]{4}){16}|(?:\\[0-7]{3}){16}|(?:0x[0-9a-f]{2},\s?){32}|(?:\b\d{1,3},\s?){64}/i;
const RUN_DECODED =
  /\beval\s*\(\s*(?:atob|Buffer\.from|unescape|decodeURIComponent|String\.fromCharCode|base64)|\bexec\s*\(\s*(?:base64|codecs|bytes|zlib|__import__|compile)|base64\s+(?:-d|-D|--decode)[^|]{0,400}\|\s*(?:ba|z|da)?sh\b|\b(?:curl|wget)\b[^|\n]{0,400}\|\s*(?:sudo\s+)?(?:ba|z|da)?sh\b|Invoke-Expression|\bIEX\s*\(|new Function\(\s*atob|FromBase64String\([^)]{0,400}\)\s*\|/i;
const PICTURE = /data:(?:image|font)\/[\w.+-]+;base64,/i;

/** Code hidden by an encoding. */
export const ENCODED: ReviewCheck = {
  name: 'encoded',
  title: 'Encoded content',
  question: 'Does an added line hold a long encoded run, or decode or fetch something and run it?',
  remedy: 'Decode it and read what it is, or have it left out.',
  find: ({ files }) =>
    files
      .filter(({ path }) => !isLockFile(path))
      .flatMap((file) => {
        const lines = newLines(file);
        const found = lines.flatMap((at) => encodedAt(file, at));
        return found.length > 0 ? found : encodedOver(file, lines);
      }),
};

/**
 * A line of a run that spans several: it contains nothing else and is as long as generators make such lines, or it is the
 * last one.
 */
const PIECE = /^[\s"'`(+]{0,80}([A-Za-z0-9+/_=-]{32,})[\s"'`)+,;.\\]{0,20}$/;
const MOST_PIECES = 8;

/** A run broken into lines that are each too short to be found. */
function encodedOver(file: ReadFile, lines: readonly PatchLine[]): readonly Found[] {
  let pieces: { readonly line: number; readonly run: string }[] = [];
  for (const { text, line } of lines) {
    const run = PIECE.exec(text)?.[1];
    const goesOn = pieces.at(-1)?.line === line - 1;
    pieces = run === undefined ? [] : [...(goesOn ? pieces.slice(1 - MOST_PIECES) : []), { line, run }];
    if (hasBlob(pieces.map((piece) => piece.run).join(''))) {
      return [inFile('high', file, pieces[0]?.line ?? line, 'A long run of encoded text is added, broken into lines.')];
    }
  }
  return [];
}

function encodedAt(file: ReadFile, { text, line }: PatchLine): readonly Found[] {
  if (RUN_DECODED.test(text)) {
    const risk = isProse(file.path) ? 'medium' : 'critical';
    return [inFile(risk, file, line, 'Something is decoded or fetched and run at once.')];
  }
  if (PICTURE.test(text)) return [inFile('medium', file, line, 'A picture or font is written into the line.')];
  return ESCAPES.test(text) || hasBlob(text)
    ? [inFile('high', file, line, 'A long run of encoded text is added.')]
    : [];
}

function hasBlob(text: string): boolean {
  return BLOBS.some(({ pattern, bits }) => {
    const run = pattern.exec(text)?.[0];
    return run !== undefined && entropy(run) >= bits;
  });
}

/** Shannon entropy in bits per character: 4 for random hex digits, 6 for random base64, about 4 for English. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
