import { type ActionEvent, readActionEvent } from '../github/event.ts';
import type { ActionHost } from './action-host.ts';
import { COMMANDS } from './commands.ts';
import { didYouMean } from './did-you-mean.ts';
import { endingOf } from './ending.ts';
import { EXIT, UsageError, type World } from './world.ts';

/** Runs the action once and returns its exit code. The job summary is written whatever happens. */
export async function runAction(host: ActionHost, world: World): Promise<number> {
  try {
    return await runCommand(host, world);
  } catch (error) {
    return await fail(host, world, error);
  }
}

async function runCommand(host: ActionHost, world: World): Promise<number> {
  for (const secret of ['github-token', 'anthropic-api-key', 'database-url']) {
    if (host.input(secret) !== '') host.mask(host.input(secret));
  }
  const event = readActionEvent(world.env['GITHUB_REPOSITORY'] ?? '');
  const command = commandFor(host.input('command') || 'auto', event);
  if (command === null) {
    host.warning(`Checkrein has nothing to do on the event '${event.name}' in this version; nothing was done.`);
    host.output('status', 'unknown');
    return EXIT.done;
  }
  if (command === 'drill') return (await import('./drill-action.ts')).drillAction(host, event, world);
  return (await import('./watch-action.ts')).watchAction(host, event, world);
}

/** The events on which `auto` watches. */
const WATCHED_EVENTS = ['schedule', 'workflow_run', 'workflow_dispatch', 'repository_dispatch', 'push'];

/**
 * What to do: what was asked for, or what the event calls for; null when that is nothing.
 * @throws UsageError when the action has no such command.
 */
export function commandFor(asked: string, event: Pick<ActionEvent, 'name'>): 'watch' | 'drill' | null {
  if (asked === 'auto') return WATCHED_EVENTS.includes(event.name) ? 'watch' : null;
  if (asked === 'watch' || asked === 'drill') return asked;
  if (COMMANDS.some(({ name }) => name === asked)) {
    throw new UsageError(
      `The command '${asked}' works on the command line only; the action takes auto, watch or drill.`,
    );
  }
  const meant = didYouMean(asked, ['auto', 'watch', 'drill']);
  throw new UsageError(`The action has no command '${asked}' in this version.${meant} It takes auto, watch or drill.`);
}

/** Says in an annotation why a run was broken off, and for a bug where, in the log; returns the exit code. */
export function announce(host: Pick<ActionHost, 'error'>, world: Pick<World, 'err'>, error: unknown): number {
  const { message, stack, exit } = endingOf(error);
  host.error(message);
  if (stack !== null) world.err.write(`${stack}\n`);
  return exit;
}

async function fail(host: ActionHost, world: World, error: unknown): Promise<number> {
  const exit = announce(host, world, error);
  const text = endingOf(error).message.replaceAll('`', "'");
  host.output('status', 'unknown');
  await host.summary(`## Checkrein could not finish\n\n\`\`\`text\n${text}\n\`\`\`\n`);
  return exit;
}
