import { parseArgs } from 'node:util';
import type { CommandDoc, OptionDoc } from './command-doc.ts';
import { didYouMean } from './did-you-mean.ts';
import { quoted } from './quoted.ts';
import { UsageError } from './world.ts';

/** A command with its arguments. */
export interface Invocation {
  readonly command: string;
  readonly operands: readonly string[];
  /** The value of a flag that takes one; null when it was not given. */
  value(flag: string): string | null;
  values(flag: string): readonly string[];
  has(flag: string): boolean;
}

/** A negative number is a value, not a flag: no flag begins with a digit. */
function isOperand(
  { kind, index }: { readonly kind: string; readonly index: number },
  words: readonly string[],
): boolean {
  return kind === 'positional' || (kind === 'option' && /^-\.?\d/.test(words[index] ?? ''));
}

/**
 * Reads the words after a command.
 * @throws UsageError when a flag is unknown, or lacks its value.
 */
export function readFlags(command: CommandDoc, words: readonly string[]): Invocation {
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      command.options.map(({ flag, value }) => [flag, { type: value ? 'string' : 'boolean' }]),
    ),
  });
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option' || isOperand(token, words)) continue;
    const option = optionNamed(command, token.name, words[token.index] ?? token.rawName);
    given.set(option.flag, [...(given.get(option.flag) ?? []), flagValue(option, token.value, words[token.index + 1])]);
  }
  return {
    command: command.name,
    // The letters of a short flag are separate tokens, so a word may come up more than once.
    operands: [...new Set(tokens.filter((token) => isOperand(token, words)).map(({ index }) => index))].map(
      (index) => words[index] ?? '',
    ),
    value: (flag) => given.get(flag)?.at(-1) ?? null,
    values: (flag) => given.get(flag) ?? [],
    has: (flag) => given.has(flag),
  };
}

function optionNamed(command: CommandDoc, name: string, written: string): OptionDoc {
  const option = command.options.find(({ flag }) => flag === name);
  if (option !== undefined && written.startsWith('--')) return option;
  const flags = command.options.map(({ flag }) => flag);
  const [word = ''] = written.split('=');
  const meant = didYouMean(word.replace(/^-+/, ''), flags, '--');
  throw new UsageError(
    `'${command.name}' has no option ${quoted(word)}.${meant} See 'checkrein ${command.name} --help'.`,
  );
}

function flagValue(option: OptionDoc, value: string | undefined, next: string | undefined): string {
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`--${option.flag} takes no value.`);
    return '';
  }
  if (value === undefined || value === '' || (value === next && value.startsWith('--'))) {
    throw new UsageError(`--${option.flag} needs a value: --${option.flag} ${option.value}.`);
  }
  return value;
}

/** The words a command cannot use, for a message: the first one, and how many more there are. */
export function unexpected(words: readonly string[]): string {
  const [word = ''] = words;
  return words.length === 1 ? quoted(word) : `${quoted(word)} and ${words.length - 1} more`;
}
