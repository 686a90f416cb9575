import type { CommandDoc } from '../shell/command-doc.ts';
import { complain } from '../shell/ending.ts';
import type { Invocation } from '../shell/flags.ts';
import { clearLine } from '../shell/progress.ts';
import { VERSION } from '../shell/version.ts';
import { EXIT, type World } from '../shell/world.ts';
import { readCommandLine } from './command-line.ts';
import { commandHelp, generalHelp } from './help.ts';

/** Longer lines are hard to read. */
const WIDEST_HELP = 100;

/**
 * Runs one command line and returns its exit code. Errors go to the error screen: an expected one in a line or two, a bug with
 * its stack.
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

/** The code of each command. Only what a command needs is loaded, so that reading files does not pay for talking to GitHub. */
const RUNS: Readonly<Record<string, (invocation: Invocation, world: World) => Promise<number>>> = {
  watch: async (...given) => (await import('../watch/command.ts')).watchCommand(...given),
  guard: async (...given) => (await import('../guard/command.ts')).guardCommand(...given),
  ingest: async (...given) => (await import('../ingest/command.ts')).ingestCommand(...given),
  detect: async (...given) => (await import('../reports/detect-command.ts')).detectCommand(...given),
  backtest: async (...given) => (await import('../reports/backtest-command.ts')).backtestCommand(...given),
  shadow: async (...given) => (await import('../reports/shadow-command.ts')).shadowCommand(...given),
  profile: async (...given) => (await import('../reports/profile-command.ts')).profileCommand(...given),
  queue: async (...given) => (await import('../reports/queue-command.ts')).queueCommand(...given),
  waste: async (...given) => (await import('../reports/waste-command.ts')).wasteCommand(...given),
  improvements: async (...given) => (await import('../reports/improvements-command.ts')).improvementsCommand(...given),
  ledger: async (...given) => (await import('../ledger/command.ts')).ledgerCommand(...given),
  rules: async (...given) => (await import('../rules/command.ts')).rulesCommand(...given),
  demo: async (...given) => (await import('../watch/demo-command.ts')).demoCommand(...given),
  drill: async (...given) => (await import('../drill/command.ts')).drillCommand(...given),
  doctor: async (...given) => (await import('../doctor/command.ts')).doctorCommand(...given),
  record: async (...given) => (await import('../record/command.ts')).recordCommand(...given),
  review: async (...given) => (await import('../review/command.ts')).reviewCommand(...given),
  stop: async (...given) => (await import('../stop/command.ts')).stopCommand(...given),
  resume: async (...given) => (await import('../stop/resume-command.ts')).resumeCommand(...given),
};

async function runCommand(invocation: Invocation, world: World): Promise<number> {
  const run = Object.hasOwn(RUNS, invocation.command) ? RUNS[invocation.command] : undefined;
  if (run !== undefined) return await run(invocation, world);
  throw new Error(`the command '${invocation.command}' is listed in commands.ts but has no function`);
}
