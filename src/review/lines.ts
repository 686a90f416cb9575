import { compareRisk, type Risk } from '../core/passport.ts';
import { keptName } from '../core/redact.ts';
import type { Found, Matter, ReadFile } from './matter.ts';
import type { PatchLine } from './patch.ts';

/** The worst of them; low for none. */
export function worstRisk(risks: readonly Risk[]): Risk {
  return risks.reduce<Risk>((worst, risk) => (compareRisk(risk, worst) > 0 ? risk : worst), 'low');
}

/** A path in a form safe to show and keep. */
export function shownPath(path: string): string {
  return keptName(path, MAX_PATH);
}

const MAX_PATH = 160;

/** A finding in a file. */
export function inFile(risk: Risk, file: Pick<ReadFile, 'path'>, line: number | null, reason: string): Found {
  return { risk, path: shownPath(file.path), line, reason };
}

/** A finding about the change as a whole. */
export function ofAll(risk: Risk, reason: string): Found {
  return { risk, path: null, line: null, reason };
}

/** Both names of a renamed file. */
export function pathsOf({ path, from }: Pick<ReadFile, 'path' | 'from'>): readonly string[] {
  return from === null ? [path] : [path, from];
}

/** A path without invisible characters, so that a look-alike of a known path is treated like it. */
export function plainPath(path: string): string {
  return path.normalize('NFKC').replace(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '');
}

/**
 * No person writes or reads longer lines, and no check looks at more of one, because the time taken would grow faster than
 * the line.
 */
export const LONGEST_LINE = 1_000;

/** Files as the checks see them: a line that was too long is one character longer than the limit. */
export function withCutLines(files: readonly ReadFile[]): readonly ReadFile[] {
  const cut = (line: PatchLine): PatchLine =>
    isCut(line) ? { ...line, text: line.text.slice(0, LONGEST_LINE + 1) } : line;
  return files.map((file) => (file.lines.some(isCut) ? { ...file, lines: file.lines.map(cut) } : file));
}

/** Whether checks do not see all of a line. */
export function isCut({ text }: PatchLine): boolean {
  return text.length > LONGEST_LINE;
}

/** Lines added to a file that were not elsewhere in it before. */
export function newLines({ lines }: Pick<ReadFile, 'lines'>): readonly PatchLine[] {
  return beyond(
    lines.filter(({ kind }) => kind === 'added'),
    lines.filter(({ kind }) => kind === 'removed'),
  );
}

/** Lines removed from a file that none of these files got. */
export function lostLines({ lines }: Pick<ReadFile, 'lines'>, { files }: Pick<Matter, 'files'>): readonly PatchLine[] {
  return beyond(
    lines.filter(({ kind }) => kind === 'removed'),
    files.flatMap((file) => file.lines.filter(({ kind }) => kind === 'added')),
  );
}

/** Lines of the first list beyond their number in the second. */
function beyond(lines: readonly PatchLine[], others: readonly PatchLine[]): readonly PatchLine[] {
  const counts = new Map<string, number>();
  for (const { text } of others) counts.set(text.trim(), (counts.get(text.trim()) ?? 0) + 1);
  return lines.filter(({ text }) => {
    const left = counts.get(text.trim()) ?? 0;
    counts.set(text.trim(), left - 1);
    return left <= 0;
  });
}
