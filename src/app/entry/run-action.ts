import { HANDOVER } from '../../core/guard.ts';
import { type ActionEvent, readActionEvent } from '../../github/event.ts';
import { METER_STATE } from '../../meter/plan.ts';
import { KEPT_ENV } from '../guard/kept-env.ts';
import { DATABASE_URL } from '../ledger/place.ts';
import { ANTHROPIC_KEY } from '../review/opinions.ts';
import type { ActionHost } from '../shell/action-host.ts';
import { didYouMean } from '../shell/did-you-mean.ts';
import { announce, endingOf } from '../shell/ending.ts';
import { quoted } from '../shell/quoted.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { COMMANDS } from './commands.ts';

/** Runs the action once and returns its exit code. The job summary is written whatever happens. */
export async function runAction(host: ActionHost, world: World): Promise<number> {
  try {
    return await runCommand(host, world);
  } catch (error) {
    return await fail(host, world, error);
  }
}

async function runCommand(host: ActionHost, world: World): Promise<number> {
  for (const name of STATES) host.state(name, '');
  const env: Record<string, string | undefined> = { ...world.env };
  for (const [input, variable] of SECRETS) {
    const given = host.input(input);
    if (given !== '' && variable !== null) env[variable] = given;
    const secret = given === '' && variable !== null ? (world.env[variable] ?? '') : given;
    if (secret !== '') host.mask(secret);
  }
  return await runWith(host, { ...world, env });
}

/**
 * The states that the end of a job relies on. Only the guard fills them. A step that left them unset would let an agent set them
 * in that step's name (`STATE_…` in `GITHUB_ENV`).
 */
const STATES: readonly string[] = [HANDOVER, METER_STATE, KEPT_ENV];

/** Inputs that hold secrets, each with the environment variable that can replace it. */
const SECRETS: readonly (readonly [input: string, variable: string | null])[] = [
  ['github-token', null],
  ['anthropic-api-key', ANTHROPIC_KEY],
  ['database-url', DATABASE_URL],
];

async function runWith(host: ActionHost, world: World): Promise<number> {
  const event = readActionEvent(world.env['GITHUB_REPOSITORY'] ?? '');
  const command = commandFor(host.input('command') || 'auto', event);
  if (command === null) {
    host.warning(`Checkrein has nothing to do on the event '${event.name}' in this version; nothing was done.`);
    host.output('status', 'unknown');
    return EXIT.done;
  }
  switch (command) {
    case 'watch':
      return (await import('../watch/action.ts')).watchAction(host, event, world);
    case 'guard':
      return (await import('../guard/action.ts')).guardAction(host, event, world);
    case 'stop':
      return (await import('../stop/action.ts')).stopAction(host, event, world);
    case 'resume':
      return (await import('../stop/resume-action.ts')).resumeAction(host, event, world);
    case 'drill':
      return (await import('../drill/action.ts')).drillAction(host, event, world);
    case 'record':
      return (await import('../record/action.ts')).recordAction(host, event, world);
    case 'review':
      return (await import('../review/action.ts')).reviewAction(host, event, world);
    case 'command':
      return (await import('../comments/action.ts')).commandAction(host, event, world);
    default:
      return command satisfies never;
  }
}

/** What the action can do, apart from `auto`. */
const ACTION_COMMANDS = ['watch', 'guard', 'stop', 'resume', 'drill', 'record', 'review', 'command'] as const;
type ActionCommand = (typeof ACTION_COMMANDS)[number];
const TAKES = `It takes auto, ${ACTION_COMMANDS.slice(0, -1).join(', ')} or ${ACTION_COMMANDS.at(-1)}.`;

/** The events on which `auto` watches. */
const WATCHED_EVENTS = ['schedule', 'workflow_run', 'workflow_dispatch', 'repository_dispatch', 'push'];

/** The events on which `auto` looks at a pull request. */
const REVIEWED_EVENTS = ['pull_request', 'pull_request_target'];

/**
 * What to do: what was asked for, or what the event calls for; null for nothing.
 * @throws UsageError when the action has no such command.
 */
export function commandFor(asked: string, event: Pick<ActionEvent, 'name'>): ActionCommand | null {
  if (asked === 'auto') return automaticFor(event.name);
  const command = ACTION_COMMANDS.find((name) => name === asked);
  if (command !== undefined) return command;
  if (COMMANDS.some(({ name }) => name === asked)) {
    throw new UsageError(`The command '${asked}' works on the command line only. ${TAKES.replace('It', 'The action')}`);
  }
  const meant = didYouMean(asked, ['auto', ...ACTION_COMMANDS]);
  throw new UsageError(`The action has no command ${quoted(asked)} in this version.${meant} ${TAKES}`);
}

function automaticFor(event: string): ActionCommand | null {
  if (event === 'issue_comment') return 'command';
  if (REVIEWED_EVENTS.includes(event)) return 'review';
  return WATCHED_EVENTS.includes(event) ? 'watch' : null;
}

async function fail(host: ActionHost, world: World, error: unknown): Promise<number> {
  const exit = announce(host, world, error);
  const text = endingOf(error).message.replaceAll('`', "'");
  host.output('status', 'unknown');
  await host.summary(`## Checkrein could not finish\n\n\`\`\`text\n${text}\n\`\`\`\n`);
  return exit;
}
