import { type Failure, OutsideFailure } from '../core/failure.ts';
import { type Instant, parseInstant } from '../core/time.ts';

/** A JSON object from GitHub; every field that we rely on is checked. */
export interface Raw {
  /** A whole number that JavaScript can represent exactly. */
  number(key: string): number;
  text(key: string): string;
  /** Null when the field is null or missing; anything else must be text. */
  textOrNull(key: string): string | null;
  flag(key: string): boolean;
  instant(key: string): Instant;
  instantOrNull(key: string): Instant | null;
  object(key: string): Raw;
  /** Null when the field is null or missing. */
  objectOrNull(key: string): Raw | null;
  list(key: string): readonly Raw[];
  /** A list of names, or of objects that have one, since GitHub gives labels in both forms. */
  names(key: string): readonly string[];
  has(key: string): boolean;
}

/** The failure for an answer that does not match GitHub's documentation. */
export function unreadable(what: string, why: string): Failure {
  return {
    kind: 'unreadable',
    message: `GitHub's answer holds ${what} that cannot be read: ${why}`,
    remedy: 'The next run tries again; if it stays, check that GITHUB_API_URL points to a GitHub API',
    retry: true,
  };
}

/** Treats a value from GitHub as a JSON object; `what` names it in failures: `a workflow run`. */
export function rawObject(value: unknown, what: string): Raw {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new OutsideFailure(unreadable(what, 'it is no object'));
  }
  return reader(value as Readonly<Record<string, unknown>>, what);
}

/** Treats a value from GitHub as a list of JSON objects; `what` names one of them. */
export function rawList(value: unknown, what: string): readonly Raw[] {
  if (!Array.isArray(value)) throw new OutsideFailure(unreadable(`a list of ${what}`, 'it is no list'));
  return value.map((item) => rawObject(item, what));
}

function reader(fields: Readonly<Record<string, unknown>>, what: string): Raw {
  const refuse = (key: string, wanted: string): never => {
    throw new OutsideFailure(unreadable(what, `\`${key}\` is no ${wanted}`));
  };
  const absent = (key: string): boolean => fields[key] === undefined || fields[key] === null;
  const raw: Raw = {
    number: (key) => (Number.isSafeInteger(fields[key]) ? (fields[key] as number) : refuse(key, 'whole number')),
    text: (key) => {
      const value = fields[key];
      return typeof value === 'string' ? value : refuse(key, 'text');
    },
    textOrNull: (key) => (absent(key) ? null : raw.text(key)),
    flag: (key) => {
      const value = fields[key];
      return typeof value === 'boolean' ? value : refuse(key, 'yes or no');
    },
    instant: (key) => parseInstant(fields[key]) ?? refuse(key, 'time'),
    instantOrNull: (key) => (absent(key) ? null : raw.instant(key)),
    object: (key) => rawObject(fields[key], `${what} (\`${key}\`)`),
    objectOrNull: (key) => (absent(key) ? null : raw.object(key)),
    list: (key) => rawList(fields[key], `${what} (\`${key}\`)`),
    names: (key) => {
      const value = fields[key];
      const items: readonly unknown[] = Array.isArray(value) ? value : refuse(key, 'list');
      return items.map((item) =>
        typeof item === 'string' ? item : rawObject(item, `${what} (\`${key}\`)`).text('name'),
      );
    },
    has: (key) => !absent(key),
  };
  return raw;
}
