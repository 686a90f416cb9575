import { type Document, isMap, isScalar, type Pair, parseDocument, type YAMLMap } from 'yaml';

/** A rule option that is to get another value. */
export interface OptionChange {
  readonly rule: string;
  readonly option: string;
  readonly to: string | number;
}

/**
 * The text of a configuration with options of rules changed. Everything else stays as written, including comments: values are
 * replaced in place, and what is missing is inserted.
 * @throws RangeError if the text is not YAML, or `rules` is not a map.
 */
export function withOptions(text: string, changes: readonly OptionChange[]): string {
  return changes.reduce(withOption, text);
}

function withOption(text: string, change: OptionChange): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new RangeError('The configuration is not valid YAML.');
  const rules = pairOf(document.contents, 'rules');
  if (rules === null) return `${text}${ending(text)}rules:\n${block(change, '  ')}`;
  if (!isMap(rules.value)) return intoEmpty(text, rules, `\n${block(change, '  ').trimEnd()}`);
  const rule = pairOf(rules.value, change.rule);
  if (rule === null) return intoMap(text, rules.value, change, 'rule');
  if (!isMap(rule.value)) return intoEmpty(text, rule, ` { ${change.option}: ${change.to} }`);
  const option = pairOf(rule.value, change.option);
  if (option === null) return intoMap(text, rule.value, change, 'option');
  const range = isScalar(option.value) ? option.value.range : null;
  if (range === null || range === undefined) throw new RangeError(`rules.${change.rule}.${change.option} is no value.`);
  return splice(text, range[0], range[1], String(change.to));
}

function pairOf(map: Document['contents'] | unknown, key: string): Pair | null {
  if (!isMap(map)) return null;
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key) ?? null;
}

function block({ rule, option, to }: OptionChange, indent: string): string {
  return `${indent}${rule}:\n${indent}  ${option}: ${to}\n`;
}

function ending(text: string): string {
  return text === '' || text.endsWith('\n') ? '' : '\n';
}

/** Inserts text after a key that has no value. */
function intoEmpty(text: string, { key, value }: Pair, inserted: string): string {
  if (isScalar(value) && value.value !== null)
    throw new RangeError('The configuration has a value where a map belongs.');
  const end = isScalar(key) ? (key.range?.[1] ?? 0) : 0;
  return splice(text, end + 1, end + 1, inserted);
}

/** Inserts a member before the first one of a map, formatted like its neighbours. */
function intoMap(text: string, map: YAMLMap, change: OptionChange, what: 'rule' | 'option'): string {
  const { rule, option, to } = change;
  const start = map.range?.[0] ?? 0;
  if (map.flow === true || map.items.length === 0) {
    const member = what === 'option' ? `${option}: ${to}` : `${rule}: { ${option}: ${to} }`;
    return splice(text, start + 1, start + 1, map.items.length === 0 ? ` ${member} ` : ` ${member},`);
  }
  const indent = ' '.repeat(start - (text.lastIndexOf('\n', start - 1) + 1));
  const member = what === 'option' ? `${option}: ${to}\n${indent}` : `${block(change, indent).trimStart()}${indent}`;
  return splice(text, start, start, member);
}

function splice(text: string, from: number, to: number, inserted: string): string {
  return text.slice(0, from) + inserted + text.slice(to);
}
