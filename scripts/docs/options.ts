import { asYaml, table } from './table.ts';

/** The part of a JSON schema that the documentation is made from. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  /** The schema of entries under names the reader chooses. */
  readonly additionalProperties?: JsonSchema | boolean;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly pattern?: string;
}

/** A table of options with their types, defaults and meanings. */
export function optionTable(
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): string {
  return table(
    ['option', 'takes', 'default', 'means'],
    Object.entries(properties).map(([name, option]) => [
      `\`${name}\``,
      takes(option),
      required.includes(name) ? 'must be given' : option.properties ? '' : asYaml(option.default),
      option.description ?? '',
    ]),
  );
}

function takes(option: JsonSchema): string {
  if (option.const !== undefined) return asYaml(option.const);
  if (option.enum !== undefined) return option.enum.map(asYaml).join(', ');
  if (option.anyOf !== undefined) return [...new Set(option.anyOf.map(takes))].join(', or ');
  if (option.items !== undefined) return listOf(option.items);
  if (option.properties !== undefined) return 'a group of options';
  if (typeof option.additionalProperties === 'object') return 'groups of options, each under a name of your choice';
  if (isDuration(option)) return 'a duration';
  const type =
    typeof option.type === 'string' ? option.type : (option.type ?? []).filter((one) => one !== 'null').join();
  return `${TYPES[type] ?? type}${bounds(option)}`;
}

function listOf(item: JsonSchema): string {
  if (item.properties !== undefined) return 'a list of groups of options';
  const one = takes(item);
  const several = SEVERAL.reduce((words, [singular, plural]) => words.replace(singular, plural), one);
  return `a list of ${several}`;
}

/** The plural names for lists. */
const SEVERAL: readonly (readonly [RegExp, string])[] = [
  [/^text\b/, 'texts'],
  [/^a (whole )?number\b/, '$1numbers'],
  [/^a duration\b/, 'durations'],
];

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
};

function isDuration({ pattern }: JsonSchema): boolean {
  return pattern?.includes('(ms|s|m|h|d|w)') ?? false;
}

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const parts = [
    minimum === undefined ? '' : `from ${minimum}`,
    exclusiveMinimum === undefined ? '' : `above ${exclusiveMinimum}`,
    maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : `to ${maximum}`,
    exclusiveMaximum === undefined ? '' : `below ${exclusiveMaximum}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `, ${parts.join(' ')}`;
}
