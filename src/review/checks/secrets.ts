import type { Risk } from '../../core/passport.ts';
import { secretsIn } from '../../core/redact.ts';
import { isLockFile } from '../kinds.ts';
import { inFile, newLines } from '../lines.ts';
import type { Found, ReadFile, ReviewCheck } from '../matter.ts';
import type { PatchLine } from '../patch.ts';

/** What looks like a secret and is often none; all other kinds have a form that nothing else has. */
const UNSURE: Readonly<Record<string, Risk>> = {
  secret: 'high',
  'basic-auth': 'high',
  bearer: 'high',
  'url-credentials': 'high',
  'pagerduty-key': 'medium',
};
/** Personal, but no secret. */
const NONE: ReadonlySet<string> = new Set(['email', 'home']);

/** What stands for a secret that comes from elsewhere. */
const PLACEHOLDER =
  /\$\{|\$\(|process\.env|os\.environ|getenv|secrets\.|vault|<[\w -]+>|\bxxx+|\*{3,}|example|placeholder|changeme|your[_-]|dummy|fake|test|null|none|undefined/i;

/** Secrets in the lines that come. */
export const SECRETS: ReviewCheck = {
  name: 'secrets',
  title: 'A secret',
  question: 'Does an added line hold a key, a token, a password or a private key?',
  remedy: 'Take the secret back where it was made: it is known from now on, whether this is merged or not.',
  find: ({ files }) =>
    files.filter(({ path }) => !isLockFile(path)).flatMap((file) => newLines(file).flatMap((at) => secretAt(file, at))),
};

function secretAt(file: ReadFile, { text, line }: PatchLine): readonly Found[] {
  const kinds = secretsIn(text).filter((kind) => !NONE.has(kind));
  const sure = kinds.find((kind) => UNSURE[kind] === undefined);
  if (sure !== undefined) return [inFile('critical', file, line, `It looks like a secret of the kind ${sure}.`)];
  const [kind] = kinds;
  if (kind === undefined || PLACEHOLDER.test(text)) return [];
  return [inFile(UNSURE[kind] ?? 'high', file, line, `It may be a secret (${kind}).`)];
}
