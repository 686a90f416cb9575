import type { Risk } from '../../core/passport.ts';
import { secretsIn } from '../../core/redact.ts';
import { isLockFile } from '../kinds.ts';
import { inFile, newLines } from '../lines.ts';
import type { Found, ReadFile, ReviewCheck } from '../matter.ts';
import type { PatchLine } from '../patch.ts';

/** Kinds that look like a secret but often are not; all other kinds have an unmistakable form. */
const UNSURE: Readonly<Record<string, Risk>> = {
  secret: 'high',
  'basic-auth': 'high',
  bearer: 'high',
  'url-credentials': 'high',
  'pagerduty-key': 'medium',
};
/** Personal, but not secret. */
const NONE: ReadonlySet<string> = new Set(['email', 'home']);

/** A placeholder for a secret from elsewhere. */
const PLACEHOLDER =
  /\$\{|\$\(|process\.env|os\.environ|getenv|secrets\.|vault|<[\w -]+>|\bxxx+|\*{3,}|example|placeholder|changeme|your[_-]|dummy|fake|test|null|none|undefined/i;

/** Secrets in added lines. */
export const SECRETS: ReviewCheck = {
  name: 'secrets',
  title: 'A secret',
  question: 'Does an added line hold a key, a token, a password or a private key?',
  remedy: 'Take the secret back where it was made: it is known from now on, whether this is merged or not.',
  find: ({ files }) =>
    files.flatMap((file) => {
      const lines = newLines(file);
      return lines.flatMap((at, i) => {
        const found = secretAt(file, at);
        return found.length > 0 ? found : secretFrom(file, lines.slice(i, i + MOST_PIECES));
      });
    }),
};

function secretAt(file: ReadFile, { text, line }: PatchLine): readonly Found[] {
  const kinds = secretsIn(text).filter((kind) => !NONE.has(kind));
  const sure = kinds.find(isSure);
  if (sure !== undefined) return [inFile('critical', file, line, `It looks like a secret of the kind ${sure}.`)];
  const [kind] = kinds;
  // A package checksum looks like a password.
  if (kind === undefined || PLACEHOLDER.test(text) || isLockFile(file.path)) return [];
  return [inFile(UNSURE[kind] ?? 'high', file, line, `It may be a secret (${kind}).`)];
}

function isSure(kind: string): boolean {
  return !NONE.has(kind) && UNSURE[kind] === undefined;
}

/** The most lines from which a secret is put together. */
const MOST_PIECES = 4;
/**
 * The seam between two pieces of one text, with spaces collapsed: the end of one, a joining operator, the start of the other.
 */
const SEAM = /["'`] ?[+.,&\\]{0,2} ?[+.&]? ?[rbuf]{0,2}["'`]/g;
const PIECE_END = /["'`] ?[+.,&\\]{0,2} ?$/;
const PIECE_START = /^ ?[+.&]{0,2} ?[rbuf]{0,2}["'`]/;

/** A secret whose pieces the program joins, within a line or across lines. */
function secretFrom(file: ReadFile, lines: readonly PatchLine[]): readonly Found[] {
  const [first, ...rest] = lines.map((at) => ({ ...at, text: at.text.replace(/\s+/g, ' ') }));
  if (first === undefined) return [];
  const pieces = [first];
  for (const next of rest) {
    const last = pieces.at(-1) ?? first;
    if (next.line !== last.line + 1 || !PIECE_END.test(last.text) || !PIECE_START.test(next.text)) break;
    pieces.push(next);
  }
  const text = textOf(pieces);
  const whole = text.replace(SEAM, '');
  if (whole === text) return [];
  // A secret made up of the later lines alone is found there.
  const later = new Set(secretsIn(textOf(pieces.slice(1)).replace(SEAM, '')));
  const sure = secretsIn(whole).find((kind) => isSure(kind) && !later.has(kind));
  return sure === undefined
    ? []
    : [inFile('critical', file, first.line, `Put together, its pieces look like a secret of the kind ${sure}.`)];
}

function textOf(pieces: readonly PatchLine[]): string {
  return pieces.map(({ text }) => text.trim()).join(' ');
}
