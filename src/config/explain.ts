import type { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import { plainLine } from '../core/text.ts';

/** What is wrong at one place of a configuration. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A part of a JSON schema, as far as it is needed to explain faults. */
export interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  /** Groups of options distinguished by `type`. */
  readonly oneOf?: readonly SchemaNode[];
  /** The schema of entries under user-chosen names. */
  readonly additionalProperties?: SchemaNode | boolean;
  readonly const?: unknown;
  /** The value if nothing is written. */
  readonly default?: unknown;
}

/** Puts what zod found into words: what was expected, what was found, and what was probably meant. */
export function explain(issue: z.core.$ZodIssue, schema: SchemaNode): readonly Fault[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(schemaOf(schemaAt(schema, issue.path), issue.input).properties ?? {});
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: unknownKey(key, known) }));
  }
  return [{ path: issue.path, message: `${expectation(issue)}${found(issue)}${meant(issue)}` }];
}

/** A secret that was written in place of its name must not appear in the log. */
function found(issue: z.core.$ZodIssue): string {
  const { path, input } = issue;
  const mayBeSecret =
    String(path.at(-1)).endsWith('_env') || path[0] === 'ledger' || (path[0] === 'channels' && path.length > 1);
  if (mayBeSecret && (typeof input === 'string' || typeof input === 'number')) return '';
  return issue.code === 'invalid_union' && kindsOf(issue).length > 0 ? '' : `, got ${describe(input)}`;
}

function schemaAt(schema: SchemaNode, path: readonly PropertyKey[]): SchemaNode {
  return path.reduce<SchemaNode>((node, step) => {
    const named = node.properties?.[String(step)] ?? groupOf(node.additionalProperties);
    const next = typeof step === 'number' ? node.items : named;
    // A group that may be left empty is one of two things.
    return next?.anyOf?.find(({ properties }) => properties !== undefined) ?? next ?? {};
  }, schema);
}

function groupOf(node: SchemaNode | boolean | undefined): SchemaNode | undefined {
  return typeof node === 'object' ? node : undefined;
}

/** The one of several groups of options that is named by its `type`. */
function schemaOf(node: SchemaNode, input: unknown): SchemaNode {
  const type = memberOf(input, 'type');
  return node.oneOf?.find(({ properties }) => properties?.['type']?.const === type) ?? node;
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  const hint = near === null ? `The keys here are: ${known.join(', ')}.` : `Did you mean '${near}'?`;
  return `there is no option '${plainLine(key)}'. ${hint}`;
}

function meant(issue: z.core.$ZodIssue): string {
  const [word, known] =
    issue.code === 'invalid_value'
      ? [issue.input, issue.values.map(String)]
      : issue.code === 'invalid_union'
        ? [memberOf(issue.input, issue.discriminator ?? ''), kindsOf(issue)]
        : [null, []];
  const near = typeof word === 'string' ? nearest(word, known) : null;
  return near === null || near === word ? '' : `. Did you mean '${near}'?`;
}

type UnionIssue = Extract<z.core.$ZodIssue, { code: 'invalid_union' }>;

/** The values that tell the members of a union apart; empty if nothing does. */
function kindsOf(issue: UnionIssue): readonly string[] {
  return 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}

function unionExpectation(issue: UnionIssue): string {
  const kinds = kindsOf(issue);
  return kinds.length === 0 ? issue.message : `expected one of ${kinds.join(', ')}`;
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
    case 'invalid_union':
      return unionExpectation(issue);
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
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
  record: 'a group of options',
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
