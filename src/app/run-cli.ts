import type { CommandDoc } from './command-doc.ts';
import { type Invocation, readCommandLine } from './command-line.ts';
import { complain } from './ending.ts';
import { commandHelp, generalHelp } from './help.ts';
import { clearLine } from './progress.ts';
import { VERSION } from './version.ts';
import { EXIT, type World } from './world.ts';

/** Longer lines are hard to read. */
const WIDEST_HELP = 100;

/**
 * Runs one command line and returns its exit code. What went wrong is said on the error screen: in a line or two when it
 * can be expected, with its stack when it is a bug.
 */
export async function runCli(words: readonly string[], world: World): Promise<number> {
  try {
    const request = readCommandLine(words);
    switch (request.kind) {
      case 'help':
        world.out.write(help(request.command, world));
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
    clearLine(world.err);
    return complain(world.err, error);
  }
}

function help(command: CommandDoc | null, { out }: World): string {
  const width = Math.min(out.columns ?? WIDEST_HELP, WIDEST_HELP);
  return command === null ? generalHelp(width) : commandHelp(command, width);
}

/** Loads only what the command needs: reading files must not pay for speaking with GitHub. */
async function runCommand(invocation: Invocation, world: World): Promise<number> {
  switch (invocation.command) {
    case 'watch':
      return (await import('./watch-command.ts')).watchCommand(invocation, world);
    case 'ingest':
      return (await import('./ingest-command.ts')).ingestCommand(invocation, world);
    case 'detect':
      return (await import('./detect-command.ts')).detectCommand(invocation, world);
    case 'backtest':
      return (await import('./backtest-command.ts')).backtestCommand(invocation, world);
    case 'profile':
      return (await import('./profile-command.ts')).profileCommand(invocation, world);
    case 'improvements':
      return (await import('./improvements-command.ts')).improvementsCommand(invocation, world);
    case 'ledger':
      return (await import('./ledger-command.ts')).ledgerCommand(invocation, world);
    case 'rules':
      return (await import('./rules-command.ts')).rulesCommand(invocation, world);
    case 'demo':
      return (await import('./demo-command.ts')).demoCommand(invocation, world);
    case 'drill':
      return (await import('./drill-command.ts')).drillCommand(invocation, world);
    case 'doctor':
      return (await import('./doctor-command.ts')).doctorCommand(invocation, world);
    case 'record':
      return (await import('./record-command.ts')).recordCommand(invocation, world);
    case 'stop':
      return (await import('./stop-command.ts')).stopCommand(invocation, world);
    case 'resume':
      return (await import('./resume-command.ts')).resumeCommand(invocation, world);
    default:
      throw new Error(`the command '${invocation.command}' is listed in commands.ts but has no function`);
  }
}
