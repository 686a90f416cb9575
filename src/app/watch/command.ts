import { OutsideFailure } from '../../core/failure.ts';
import { plainLine } from '../../core/text.ts';
import { matchingFiles } from '../../sources/matching-files.ts';
import { renderTerminal } from '../../surfaces/terminal/render.ts';
import { refuseForeignLedger } from '../ledger/foreign-ledger.ts';
import { DEFAULT_ADDRESS } from '../ledger/open-ledger.ts';
import { agentOption } from '../shell/agent-option.ts';
import { readKinds } from '../shell/apply-kinds.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { clearLine, progressOn } from '../shell/progress.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { keptReport, keptWords } from './kept-text.ts';
import type { WatchOrder } from './order.ts';
import { prepareWatch } from './prepare.ts';
import { watchOrKeep } from './waiting.ts';

/** `checkrein watch` on the command line. */
export async function watchCommand(invocation: Invocation, world: World): Promise<number> {
  const order = orderOf(invocation, world);
  const { job, warnings } = await prepareWatch(order, world);
  await refuseNothing(order);
  const tell = (text: string): void => world.err.write(`checkrein: ${plainLine(text, 1_000)}\n`);
  warnings.forEach(tell);
  if (!invocation.has('ledger') && job.waiting === null) await refuseForeignLedger(job);
  const end = await watchOrKeep(job);
  clearLine(world.err);
  if (end.kind === 'kept') {
    if (invocation.has('json')) world.out.write(jsonLine(keptReport(end.kept)));
    tell(keptWords(end.kept));
    end.kept.complaints.forEach(tell);
    return EXIT.failed;
  }
  const { view, report, incomplete } = end.watched;
  if (invocation.has('json')) {
    world.out.write(jsonLine(report));
    view.complaints.forEach(tell);
  } else world.out.write(renderTerminal(view, { colour: world.out.colour, width: world.out.columns ?? 100 }));
  if (incomplete) tell('Not all that was planned could be done; the next run tries again.');
  return incomplete ? EXIT.failed : EXIT.done;
}

function orderOf(invocation: Invocation, world: World): WatchOrder {
  const repo = invocation.value('repo');
  const sessions = invocation.values('sessions');
  const agent = agentOption(invocation);
  if (invocation.operands.length > 0) {
    const quote = sessions.length === 0 ? '' : " Put a glob in quotes: --sessions 'logs/**/*.json'.";
    throw new UsageError(`'watch' takes options only, but got ${unexpected(invocation.operands)}.${quote}`);
  }
  if (repo === null && sessions.length === 0) {
    throw new UsageError("'watch' needs something to watch: --repo OWNER/NAME, --sessions GLOB, or both.");
  }
  if (agent !== null && sessions.length === 0) {
    throw new UsageError('--agent says whose the files of --sessions are; give --sessions GLOB with it.');
  }
  const local = invocation.value('config');
  return {
    repo,
    ledger: invocation.value('ledger'),
    defaultLedger: DEFAULT_ADDRESS,
    config: local === null && repo !== null ? { remote: CONFIG_PATH } : { local },
    sessions,
    agent,
    dryRun: invocation.has('dry-run'),
    apply: readKinds(invocation.value('apply') ?? world.env['CHECKREIN_APPLY'] ?? null, '--apply'),
    hears: null,
    gather: !invocation.has('no-gather'),
    now: invocation.value('now'),
    trigger: { name: 'cli', run: null, late: null },
    namedRuns: [],
    progress: progressOn(world.err),
  };
}

/**
 * Without a repository, session files are all that is watched.
 * @throws OutsideFailure when there are none: a typo in a path must not look like a quiet day.
 */
async function refuseNothing({ repo, sessions }: WatchOrder): Promise<void> {
  if (repo !== null) return;
  const { paths, unmatched } = await matchingFiles(sessions);
  if (paths.length > 0) return;
  throw new OutsideFailure({
    kind: 'not_found',
    message: `There is nothing to watch: ${plainLine(unmatched.join('; '), 1_000)}`,
    remedy: 'Check what --sessions names, and the folder that you are in; nothing was written',
    retry: false,
  });
}
