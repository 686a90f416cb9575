import type { z } from 'zod';
import { explain, type Fault, type SchemaNode } from './explain.ts';

/** The valid part of a file, and everything that is wrong with it. */
export interface SoundReading<T> {
  /** What was read after everything wrong was left out; null if nothing is left. */
  readonly value: T | null;
  readonly faults: readonly Fault[];
}

/** The most rounds. Leaving something out can make a section wrong as a whole, and nothing beyond that. */
const MOST_ROUNDS = 4;

/** Settings of rules are one level deeper than everything else. */
const SETTINGS_OF_RULES = 'rules';

/**
 * Reads what was written using a schema. Only the option or the entry of a section that is wrong is left out, never more, because a
 * typo in one silence must not end the others. `describe` is called if something is wrong. Pure.
 */
export function readSound<T>(schema: z.ZodType<T>, written: unknown, describe: () => SchemaNode): SoundReading<T> {
  const faults: Fault[] = [];
  let rest = written;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const parsed = schema.safeParse(rest, { reportInput: true });
    if (parsed.success) return { value: parsed.data, faults };
    const described = describe();
    const found = parsed.error.issues.flatMap((issue) => explain(issue, described));
    faults.push(...found);
    const paths = found.map(({ path }) => path.slice(0, path[0] === SETTINGS_OF_RULES ? 3 : 2));
    if (paths.some((path) => path.length === 0)) break;
    rest = without(rest, paths);
  }
  return { value: null, faults };
}

/** A value without what is at these paths. */
function without(value: unknown, paths: readonly (readonly PropertyKey[])[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([key, inner]): (readonly [string, unknown])[] => {
    const below = paths.filter(([first]) => String(first) === key).map((path) => path.slice(1));
    if (below.some((path) => path.length === 0)) return [];
    return [[key, below.length === 0 ? inner : without(inner, below)]];
  });
  return Array.isArray(value) ? kept.map(([, inner]) => inner) : Object.fromEntries(kept);
}

/** What applies instead of something that was left out, for people: the default if it has one. */
export function countsInstead(path: readonly PropertyKey[], described: SchemaNode): string {
  const node = path.reduce<SchemaNode | null>((at, step) => at?.properties?.[String(step)] ?? null, described);
  if (node === null || node.default === undefined) return 'it counts for nothing';
  const { default: usual } = node;
  if (typeof usual !== 'object' || usual === null) return `the default counts, ${String(usual)}`;
  return Object.keys(usual).length === 0 && node.properties === undefined
    ? 'the default counts, which is none'
    : 'the defaults count';
}
