import { renderTerminal } from '../surfaces/terminal/render.ts';
import { readKinds } from './apply-kinds.ts';
import type { Invocation } from './command-line.ts';
import { DEFAULT_ADDRESS } from './open-ledger.ts';
import { prepareWatch, type WatchOrder } from './prepare-watch.ts';
import { clearLine, progressOn } from './progress.ts';
import { watch } from './watch.ts';
import { EXIT, UsageError, type World } from './world.ts';

/** `checkrein watch` on the command line. */
export async function watchCommand(invocation: Invocation, world: World): Promise<number> {
  const { job, warnings } = await prepareWatch(orderOf(invocation, world), world);
  for (const warning of warnings) world.err.write(`checkrein: ${warning}\n`);
  const { view, report, incomplete } = await watch(job);
  clearLine(world.err);
  if (invocation.has('json')) world.out.write(`${JSON.stringify(report)}\n`);
  else world.out.write(renderTerminal(view, { colour: world.out.colour, width: world.out.columns ?? 100 }));
  if (incomplete) world.err.write('checkrein: not all that was planned could be done; the next run tries again.\n');
  return incomplete ? EXIT.failed : EXIT.done;
}

function orderOf(invocation: Invocation, world: World): WatchOrder {
  if (invocation.operands.length > 0) {
    throw new UsageError(`'watch' takes options only, but got '${invocation.operands.join(' ')}'.`);
  }
  const repo = invocation.value('repo');
  const sessions = invocation.values('sessions');
  if (repo === null && sessions.length === 0) {
    throw new UsageError("'watch' needs something to watch: --repo OWNER/NAME, --sessions GLOB, or both.");
  }
  const local = invocation.value('config');
  return {
    repo,
    ledger: invocation.value('ledger'),
    defaultLedger: DEFAULT_ADDRESS,
    config: local === null && repo !== null ? { remote: '.github/checkrein.yml' } : { local },
    sessions,
    agent: invocation.value('agent'),
    dryRun: invocation.has('dry-run'),
    apply: readKinds(invocation.value('apply') ?? world.env['CHECKREIN_APPLY'] ?? null, '--apply'),
    gather: !invocation.has('no-gather'),
    now: invocation.value('now'),
    trigger: { name: 'cli', run: null, late: null },
    namedRuns: [],
    progress: progressOn(world.err),
  };
}
