import type { CommandDoc } from '../shell/command-doc.ts';
import { didYouMean } from '../shell/did-you-mean.ts';
import { type Invocation, readFlags } from '../shell/flags.ts';
import { quoted } from '../shell/quoted.ts';
import { UsageError } from '../shell/world.ts';
import { COMMANDS } from './commands.ts';

/** The request on the command line. */
export type Request =
  | { readonly kind: 'run'; readonly invocation: Invocation }
  | { readonly kind: 'help'; readonly command: CommandDoc | null }
  | { readonly kind: 'version' };

/**
 * Reads the words after the program's name.
 * @throws UsageError when a command or a flag is unknown, or a flag lacks its value.
 */
export function readCommandLine(words: readonly string[]): Request {
  const [name, ...rest] = words;
  if (name === undefined || name === '--help' || name === '-h') return { kind: 'help', command: null };
  if (name === 'help') {
    const asked = rest.find((word) => !word.startsWith('-'));
    return { kind: 'help', command: asked === undefined ? null : commandNamed(asked) };
  }
  if (name === '--version' || name === '-V') return { kind: 'version' };
  const command = commandNamed(name);
  if (rest.includes('--help') || rest.includes('-h')) return { kind: 'help', command };
  return { kind: 'run', invocation: readFlags(command, rest) };
}

function commandNamed(name: string): CommandDoc {
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const names = COMMANDS.map((candidate) => candidate.name);
  if (name.startsWith('-')) {
    throw new UsageError(`The command comes first, and options behind it; it is one of ${names.join(', ')}.`);
  }
  throw new UsageError(
    `There is no command ${quoted(name)}.${didYouMean(name, names)} The commands are: ${names.join(', ')}.`,
  );
}
