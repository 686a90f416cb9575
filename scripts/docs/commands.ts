import { COMMAND_GROUPS } from '../../src/app/entry/commands.ts';
import type { CommandDoc } from '../../src/app/shell/command-doc.ts';
import { GENERATED, table } from './table.ts';

/** docs/commands.md */
export function commandsPage(): string {
  return [
    '# Commands',
    GENERATED,
    'The same program is an action and a command line: `node dist/cli.js COMMAND`, or `checkrein COMMAND` once it is installed. ' +
      'It uses the environment variables GITHUB_TOKEN, GITHUB_API_URL and GITHUB_GRAPHQL_URL.',
    table(
      ['exit code', 'means'],
      [
        ['0', 'done, with or without alerts'],
        ['1', 'the command failed; the message says why and what to do'],
        ['2', 'bad usage or a bad configuration'],
        ['3', 'denied (`guard`), or refused with nothing changed (`resume`)'],
        ['4', '`stop` is not complete; the receipt says what is left'],
      ],
    ),
    ...COMMAND_GROUPS.flatMap(({ title, commands }) => [`## ${title}`, ...commands.map(section)]),
  ]
    .join('\n\n')
    .concat('\n');
}

function section(command: CommandDoc): string {
  const usage = ['checkrein', command.name, command.operands, '[OPTIONS]'].filter((word) => word !== '').join(' ');
  return [
    `### ${command.name}`,
    command.summary,
    `\`\`\`text\n${usage}\n\`\`\``,
    ...(command.verbs === undefined
      ? []
      : [
          table(
            ['word', 'does'],
            command.verbs.map(([verb, does]) => [`\`${verb}\``, does]),
          ),
        ]),
    table(
      ['option', 'means'],
      command.options.map(({ flag, value, summary }) => [
        `\`--${flag}${value === undefined ? '' : ` ${value}`}\``,
        summary,
      ]),
    ),
    ...Object.entries(command.exits).map(([code, meaning]) => `Exit code ${code}: ${meaning}.`),
    `\`\`\`sh\n${command.examples.join('\n')}\n\`\`\``,
  ].join('\n\n');
}
