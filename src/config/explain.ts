import type { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import { plainLine } from '../core/text.ts';

/** What is wrong at one place of a configuration. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A part of a JSON schema, as far as faults are explained with it. */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

/** Puts what zod found into words: what was expected, what was found, and what was likely meant. */
export function explain(issue: z.core.$ZodIssue, schema: SchemaNode): readonly Fault[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(schemaAt(schema, issue.path).properties ?? {});
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: unknownKey(key, known) }));
  }
  return [{ path: issue.path, message: `${expectation(issue)}${found(issue)}${meant(issue)}` }];
}

/** Who writes a secret where its name belongs need not read it again in the log. */
function found({ path, input }: z.core.$ZodIssue): string {
  return String(path.at(-1)).endsWith('_env') && typeof input === 'string' ? '' : `, got ${describe(input)}`;
}

function schemaAt(schema: SchemaNode, path: readonly PropertyKey[]): SchemaNode {
  return path.reduce<SchemaNode>((node, step) => {
    const next = typeof step === 'number' ? node.items : node.properties?.[String(step)];
    // A group that may be left empty is one of two things.
    return next?.anyOf?.find(({ properties }) => properties !== undefined) ?? next ?? {};
  }, schema);
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  const hint = near === null ? `The keys here are: ${known.join(', ')}.` : `Did you mean '${near}'?`;
  return `there is no option '${plainLine(key)}'. ${hint}`;
}

function meant(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_value' || typeof issue.input !== 'string') return '';
  const near = nearest(issue.input, issue.values.map(String));
  return near === null ? '' : `. Did you mean '${near}'?`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => describe(value)).join(' or ')}`;
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${counted(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `expected at most ${counted(issue.maximum, issue.origin)}`;
    default:
      return issue.message;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of options',
};

function counted(amount: number | bigint, origin: string): string {
  if (origin === 'string') return `${amount} ${amount === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `${amount} ${amount === 1 ? 'entry' : 'entries'}`;
  return String(amount);
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a group of options';
  return typeof value === 'string' ? `'${plainLine(value, 40)}'` : String(value);
}
