import { OutsideFailure } from '../core/failure.ts';
import { type Invocation, readCommandLine } from './command-line.ts';
import { commandHelp, generalHelp } from './help.ts';
import { VERSION } from './version.ts';
import { EXIT, UsageError, type World } from './world.ts';

/**
 * Runs one command line and returns its exit code. What went wrong in a way that can be expected is said in a line or two
 * on the error screen; a bug is thrown on with its stack.
 */
export async function runCli(words: readonly string[], world: World): Promise<number> {
  try {
    const request = readCommandLine(words);
    switch (request.kind) {
      case 'help':
        world.out.write(request.command === null ? generalHelp() : commandHelp(request.command));
        return EXIT.done;
      case 'version':
        world.out.write(`${VERSION}\n`);
        return EXIT.done;
      case 'run':
        return await runCommand(request.invocation, world);
      default:
        return request satisfies never;
    }
  } catch (error) {
    if (error instanceof UsageError) return complain(world, error.message, EXIT.usage);
    if (error instanceof OutsideFailure) return complain(world, error.message, EXIT.failed);
    throw error;
  }
}

function complain(world: World, message: string, exit: number): number {
  world.err.write(`checkrein: ${message}\n`);
  return exit;
}

/** Loads only what the command needs: reading files must not pay for speaking with GitHub. */
async function runCommand(invocation: Invocation, world: World): Promise<number> {
  switch (invocation.command) {
    case 'watch':
      return (await import('./watch-command.ts')).watchCommand(invocation, world);
    case 'ingest':
      return (await import('./ingest-command.ts')).ingestCommand(invocation, world);
    case 'ledger':
      return (await import('./ledger-command.ts')).ledgerCommand(invocation, world);
    case 'rules':
      return (await import('./rules-command.ts')).rulesCommand(invocation, world);
    case 'demo':
      return (await import('./demo-command.ts')).demoCommand(invocation, world);
    default:
      throw new Error(`the command '${invocation.command}' is listed in commands.ts but has no function`);
  }
}
