import { OutsideFailure } from '../core/failure.ts';
import { type ActionEvent, readActionEvent } from '../github/event.ts';
import { COMMANDS } from './commands.ts';
import { EXIT, UsageError, type World } from './world.ts';

/** What the runner gives to an action and takes from it. */
export interface ActionHost {
  input(name: string): string;
  output(name: string, value: string): void;
  /** Keeps a secret out of the log. */
  mask(secret: string): void;
  error(message: string): void;
  warning(message: string): void;
  summary(markdown: string): Promise<void>;
}

/** Runs the action once and returns its exit code. The job summary is written whatever happens. */
export async function runAction(host: ActionHost, world: World): Promise<number> {
  try {
    return await runCommand(host, world);
  } catch (error) {
    if (error instanceof UsageError) return fail(host, error.message, EXIT.usage);
    if (error instanceof OutsideFailure) return fail(host, error.message, EXIT.failed);
    throw error;
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
  return (await import('./watch-action.ts')).watchAction(host, event, world);
}

/** The events on which `auto` watches. */
const WATCHED_EVENTS = ['schedule', 'workflow_run', 'workflow_dispatch', 'repository_dispatch', 'push'];

/** What to do: what was asked for, or what the event calls for; null when that is nothing. */
function commandFor(asked: string, event: ActionEvent): 'watch' | null {
  if (asked === 'auto') return WATCHED_EVENTS.includes(event.name) ? 'watch' : null;
  if (asked === 'watch') return 'watch';
  if (COMMANDS.some(({ name }) => name === asked)) {
    throw new UsageError(`The command '${asked}' works on the command line only; the action takes auto or watch.`);
  }
  throw new UsageError(`The action has no command '${asked}' in this version; it takes auto or watch.`);
}

async function fail(host: ActionHost, message: string, exit: number): Promise<number> {
  host.error(message);
  host.output('status', 'unknown');
  await host.summary(`## Checkrein could not finish\n\n\`\`\`text\n${message.replaceAll('`', "'")}\n\`\`\`\n`);
  return exit;
}
