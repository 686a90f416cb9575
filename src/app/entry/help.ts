import type { CommandDoc, OptionDoc } from '../shell/command-doc.ts';
import { COMMAND_GROUPS, COMMANDS } from './commands.ts';

/** The page that `checkrein --help` prints, in lines of at most `width` columns. */
export function generalHelp(width: number): string {
  const left = indentOf(COMMANDS.map(({ name }) => name));
  return page([
    ['checkrein: watches the AI agents in your GitHub Actions.'],
    ['Usage: checkrein COMMAND [OPTIONS]'],
    ...COMMAND_GROUPS.map(({ title, commands }) => [
      title,
      ...describe(
        commands.map(({ name, summary }) => [name, summary]),
        width,
        left,
      ),
    ]),
    [
      ...fold("'checkrein COMMAND --help' explains a command, 'checkrein --version' prints the version.", width),
      ...fold('The environment variables GITHUB_TOKEN, GITHUB_API_URL and GITHUB_GRAPHQL_URL are used.', width),
      ...fold(
        'Exit codes: 0 done (alerts or not), 1 failed, 2 bad usage, 3 denied or refused, 4 stop incomplete.',
        width,
      ),
    ],
  ]);
}

/** The page that `checkrein COMMAND --help` prints, in lines of at most `width` columns. */
export function commandHelp(command: CommandDoc, width: number): string {
  const usage = ['checkrein', command.name, command.operands, '[OPTIONS]'].filter((word) => word !== '').join(' ');
  const exits = Object.entries(command.exits).map(([code, meaning]) => `Exit code ${code}: ${meaning}.`);
  return page([
    fold(plain(command.summary), width),
    [`Usage: ${usage}`],
    command.verbs === undefined ? [] : describe(command.verbs, width),
    describe(
      command.options.map((option) => [flagOf(option), option.summary]),
      width,
    ),
    exits.flatMap((exit) => fold(plain(exit), width)),
    ['Examples:', ...command.examples.map((example) => `  ${example}`)],
  ]);
}

function flagOf({ flag, value }: OptionDoc): string {
  return value === undefined ? `--${flag}` : `--${flag} ${value}`;
}

/** Terms on the left, with their meanings next to them. */
function describe(
  entries: readonly (readonly [string, string])[],
  width: number,
  left: number = indentOf(entries.map(([term]) => term)),
): readonly string[] {
  return entries.flatMap(([term, meaning]) =>
    fold(plain(meaning), width - left).map((line, i) => `  ${(i === 0 ? term : '').padEnd(left - 2)}${line}`),
  );
}

/** The column at which the meanings of these terms begin. */
function indentOf(terms: readonly string[]): number {
  return Math.max(...terms.map((term) => term.length)) + 4;
}

/** Breaks a text at spaces into lines of at most `width` characters. A longer word gets a line of its own. */
function fold(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** The text of docs/commands.md without markdown. */
function plain(text: string): string {
  return text.replaceAll('`', "'");
}

function page(blocks: readonly (readonly string[])[]): string {
  const shown = blocks.filter((block) => block.length > 0);
  return `${shown.map((block) => block.join('\n')).join('\n\n')}\n`;
}
