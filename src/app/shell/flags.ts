import { redact } from '../../core/redact.ts';
import type { CommandDoc, OptionDoc } from './command-doc.ts';
import { didYouMean } from './did-you-mean.ts';
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

/**
 * Reads the words after a command, as `parseArgs` of Node would: that one is not used because loading `node:util` takes as long as
 * many commands do.
 * @throws UsageError when a flag is unknown, or lacks its value.
 */
export function readFlags(command: CommandDoc, words: readonly string[]): Invocation {
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (isOperand(word)) {
      operands.push(word);
      continue;
    }
    const { name, inline } = nameAndValue(word);
    const option = optionNamed(command, name, word);
    const takesNext = option.value !== undefined && inline === undefined;
    const value = takesNext ? words[++at] : inline;
    given.set(option.flag, [...(given.get(option.flag) ?? []), flagValue(option, value, takesNext)]);
  }
  return {
    command: command.name,
    operands,
    value: (flag) => given.get(flag)?.at(-1) ?? null,
    values: (flag) => given.get(flag) ?? [],
    has: (flag) => given.has(flag),
  };
}

/** A dash alone is a value, and so is a negative number: no flag begins with a digit. */
function isOperand(word: string): boolean {
  return !word.startsWith('-') || word === '-' || /^-\.?\d/.test(word);
}

/** Splits `--flag=value`. */
function nameAndValue(word: string): { readonly name: string; readonly inline: string | undefined } {
  const equals = word.indexOf('=', 3);
  return equals < 0
    ? { name: word.slice(2), inline: undefined }
    : { name: word.slice(2, equals), inline: word.slice(equals + 1) };
}

function optionNamed(command: CommandDoc, name: string, written: string): OptionDoc {
  const option = command.options.find(({ flag }) => flag === name);
  if (option !== undefined && written.startsWith('--')) return option;
  const flags = command.options.map(({ flag }) => flag);
  const [word = ''] = written.split('=');
  const meant = didYouMean(word.replace(/^-+/, ''), flags, '--');
  throw new UsageError(`'${command.name}' has no option '${word}'.${meant} See 'checkrein ${command.name} --help'.`);
}

function flagValue(option: OptionDoc, value: string | undefined, isNextWord: boolean): string {
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`--${option.flag} takes no value.`);
    return '';
  }
  if (value === undefined || value === '' || (isNextWord && value.startsWith('--'))) {
    throw new UsageError(`--${option.flag} needs a value: --${option.flag} ${option.value}.`);
  }
  return value;
}

/** The words a command cannot use, for a message: the first one, and how many more there are. */
export function unexpected(words: readonly string[]): string {
  const [word = ''] = words;
  // It may be an address in the wrong place, with its password.
  const first = redact(word);
  return words.length === 1 ? `'${first}'` : `'${first}' and ${words.length - 1} more`;
}
