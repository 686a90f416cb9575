import { COMMANDS, type CommandDoc } from './commands.ts';

/** The page that `checkrein --help` prints. */
export function generalHelp(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'checkrein: watches the AI agents in your GitHub Actions.',
    '',
    'Usage: checkrein COMMAND [OPTIONS]',
    '',
    ...lines,
    '',
    "'checkrein COMMAND --help' tells more. GITHUB_TOKEN, GITHUB_API_URL and GITHUB_GRAPHQL_URL are honoured.",
    'Exit codes: 0 done (alerts or not), 1 failed, 2 bad usage or configuration.',
    '',
  ].join('\n');
}

/** The page that `checkrein COMMAND --help` prints. */
export function commandHelp(command: CommandDoc): string {
  const flags = command.options.map(({ flag, value }) => `--${flag}${value === undefined ? '' : ` ${value}`}`);
  const width = Math.max(...flags.map((flag) => flag.length));
  const usage = ['checkrein', command.name, command.operands, '[OPTIONS]'].filter((word) => word !== '').join(' ');
  return [
    command.summary.replaceAll('`', "'"),
    '',
    `Usage: ${usage}`,
    '',
    ...command.options.map(({ summary }, i) => `  ${(flags[i] ?? '').padEnd(width)}  ${summary.replaceAll('`', "'")}`),
    '',
    ...Object.entries(command.exits).map(([code, meaning]) => `Exit code ${code}: ${meaning.replaceAll('`', "'")}.`),
    ...command.examples.map((example) => `Example: ${example}`),
    '',
  ].join('\n');
}
