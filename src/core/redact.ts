import { MAX_NAME, plainLine } from './text.ts';

interface SecretPattern {
  readonly kind: string;
  /** Every match holds one of these, or what must stand before it does. Null if nothing is in all of them. */
  readonly marks: readonly string[] | null;
  readonly pattern: RegExp;
}

/*
 * How the patterns stay linear on hostile text: a match can only start at a literal that its own repetition cannot contain, or at
 * the edge of a run of its characters (look-behind), and no two neighbouring repetitions share a character. So every character is
 * looked at a bounded number of times. Earlier patterns win, so specific kinds come before general ones.
 */
const SECRETS: readonly SecretPattern[] = [
  {
    kind: 'private-key',
    marks: ['-----BEGIN '],
    // A block without an end was cut off, which does not make it harmless. It extends to the end of the text.
    pattern:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\s\S]*?-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|[\s\S]*)/g,
  },
  { kind: 'slack-webhook', marks: ['://'], pattern: /https?:\/\/hooks\.slack(?:-gov)?\.com\/[\w/+-]+/gi },
  {
    kind: 'discord-webhook',
    marks: ['://'],
    pattern: /https?:\/\/(?:\w{1,16}\.)?discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/[\w/-]+/gi,
  },
  { kind: 'teams-webhook', marks: ['://'], pattern: /https?:\/\/[\w-]{1,63}\.webhook\.office\.com\/[\w@/-]+/gi },
  {
    kind: 'jwt',
    marks: ['eyJ'],
    // After an underscore or a dash, many matches may begin in one run of these characters, so the first part is bounded there.
    pattern: /(?:(?<![\w-])eyJ[\w-]{8,}|(?<=[_-])eyJ[\w-]{8,512})\.[\w-]{8,}\.[\w-]*/g,
  },
  { kind: 'github-token', marks: ['gh', 'github_pat_'], pattern: /gh[pousr]_\w{16,}|github_pat_\w{16,}/g },
  { kind: 'anthropic-key', marks: ['sk-ant-'], pattern: /sk-ant-[\w-]{8,}/g },
  {
    kind: 'stripe-key',
    marks: ['k_', 'whsec_'],
    pattern: /(?<![A-Za-z0-9])(?:[srp]k_(?:live|test)_|whsec_)[A-Za-z0-9]{10,}/g,
  },
  { kind: 'api-key', marks: ['sk-'], pattern: /(?<![A-Za-z0-9])sk-[\w-]{20,}/g },
  {
    kind: 'aws-key',
    marks: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  },
  { kind: 'slack-token', marks: ['xox', 'xapp-'], pattern: /(?<![A-Za-z0-9])(?:xox[a-z]|xapp)-[A-Za-z0-9-]{8,}/g },
  { kind: 'npm-token', marks: ['npm_'], pattern: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}/g },
  { kind: 'pypi-token', marks: ['pypi-'], pattern: /(?<![A-Za-z0-9])pypi-[\w-]{16,}/g },
  {
    kind: 'google-key',
    marks: ['AIza', 'ya29.', 'GOCSPX-'],
    pattern: /AIza[\w-]{30,}|(?<![A-Za-z0-9])(?:ya29\.|GOCSPX-)[\w-]{16,}/g,
  },
  { kind: 'gitlab-token', marks: ['gl'], pattern: /(?<![A-Za-z0-9])gl(?:pat|ptt|rt|dt|cbt)-[\w-]{16,}/g },
  { kind: 'sendgrid-key', marks: ['SG.'], pattern: /(?<![A-Za-z0-9])SG\.[\w-]{16,}\.[\w-]{16,}/g },
  { kind: 'huggingface-token', marks: ['hf_'], pattern: /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{20,}/g },
  {
    kind: 'url-credentials',
    marks: ['://'],
    pattern: /(?<=:\/\/)[^\s/?#@]{1,512}(?:@[^\s/?#@]{1,512}){0,2}(?=@[\w[])/g,
  },
  { kind: 'bearer', marks: [' ', '\t'], pattern: /(?<=(?<!\w)bearer[ \t]{1,8})(?!\[redacted)[\w.~+/=-]{8,}/gi },
  { kind: 'basic-auth', marks: [' ', '\t'], pattern: /(?<=(?<!\w)basic[ \t]{1,8})(?!\[redacted)[A-Za-z0-9+/=]{16,}/gi },
  {
    kind: 'secret',
    marks: [':', '='],
    pattern:
      /(?<=(?:passw(?:or)?d|passphrase|secret(?:[-_ ]?key)?|api[-_ ]?key|access[-_ ]?key|auth[-_ ]?token|access[-_ ]?token|private[-_ ]?token|x-api-key)["']?[ \t]{0,4}[:=][ \t]{0,4}["']?)(?!\[redacted)[^\s"',;&[\]{}]{4,}/gi,
  },
  { kind: 'pagerduty-key', marks: null, pattern: /(?<![\w+-])(?:R[A-Z0-9]{31}|[0-9a-f]{32}|u\+[\w-]{18})(?![\w-])/g },
  { kind: 'email', marks: ['@'], pattern: /(?<![\w.%+-])[\w.%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g },
  {
    kind: 'home',
    marks: ['/home/', '/root/', 'Users'],
    pattern:
      /(?<![\w.])\/(?:home|Users)\/[^\s/\\:"'<>|]+|(?<![\w.])\/root(?=\/)|(?<![A-Za-z])[A-Za-z]:[\\/]{1,2}Users[\\/]{1,2}[^\s/\\:"'<>|]+/g,
  },
];

/**
 * Text from outside with secrets of the common kinds, e-mail addresses and home folders replaced by `[redacted:<kind>]`. Takes time
 * proportional to the text, whatever it contains. A safety net, not a proof: keep text out if a number or a class will do.
 */
export function redact(text: string): string {
  let clean = text;
  for (const { kind, marks, pattern } of SECRETS)
    if (marks?.some((mark) => clean.includes(mark)) ?? true) clean = clean.replace(pattern, `[redacted:${kind}]`);
  return clean;
}

/** The kinds of secrets in a text, named as `redact` names them, each once. */
export function secretsIn(text: string): readonly string[] {
  const before = new Map(countMarks(text));
  return countMarks(redact(text)).flatMap(([kind, count]) => (count > (before.get(kind) ?? 0) ? [kind] : []));
}

function countMarks(text: string): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const [, kind = ''] of text.matchAll(/\[redacted:([\w-]{1,40})\]/g))
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts];
}

/** Only this much of a name is looked at; the rest could not be shown anyway. */
const CONSIDERED = 4_096;

/**
 * A name from outside (tool, server, model) in keepable form: one visible line of at most `max` characters without secrets.
 * Invisible characters are removed first, so that they cannot hide a secret. The cut comes last, so that it cannot split one.
 */
export function keptName(name: string, max: number = MAX_NAME): string {
  if (max !== MAX_NAME || name.length > MAX_NAME) return madeSafe(name, max);
  const known = MADE_SAFE.get(name);
  if (known !== undefined) return known;
  const safe = madeSafe(name, max);
  if (MADE_SAFE.size >= MOST_MADE_SAFE) MADE_SAFE.clear();
  MADE_SAFE.set(name, safe);
  return safe;
}

/** Cached results, because the same few tools and models recur in session after session. */
const MADE_SAFE = new Map<string, string>();
const MOST_MADE_SAFE = 1_000;

function madeSafe(name: string, max: number): string {
  return plainLine(redact(plainLine(name.slice(0, CONSIDERED), CONSIDERED)), max);
}
