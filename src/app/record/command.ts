import { plainLine } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import { parseLedgerAddress } from '../../ledger/address.ts';
import { spoolFolder } from '../../track/place.ts';
import { DEFAULT_ADDRESS, LOCAL_REPO, openLedger } from '../ledger/open-ledger.ts';
import { databaseOf } from '../ledger/place.ts';
import type { Invocation } from '../shell/flags.ts';
import { loadLocalConfig } from '../shell/load-config.ts';
import { presentMoment } from '../shell/present-moment.ts';
import { quoted } from '../shell/quoted.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { entryOf } from './entry.ts';
import { record, recordText } from './record.ts';

/** `checkrein record` on the command line. */
export async function recordCommand(invocation: Invocation, world: World): Promise<number> {
  const entries = [entryOf(invocation)];
  const at = presentMoment(invocation.value('now'), world);
  const now = (): Instant => at;
  const { config } = await loadLocalConfig(invocation.value('config'));
  const address = invocation.value('ledger') ?? databaseOf(world) ?? config.ledger ?? DEFAULT_ADDRESS;
  const repo = repositoryOf(invocation.value('repo'), address, world.env['GITHUB_REPOSITORY'] ?? '');
  const ledger = await openLedger(address, { world, now, repo, github: null });
  const spool = invocation.value('spool') ?? spoolFolder(world.env);
  const report = await record({ repo, ledger, entries, spool, now }, world);
  for (const complaint of report.complaints) world.err.write(`checkrein: ${plainLine(complaint, 1_000)}\n`);
  world.out.write(invocation.has('json') ? jsonLine(report) : `${recordText(report)}\n`);
  return EXIT.done;
}

const OWNER_NAME = /^[\w.-]{1,100}\/[\w.-]{1,100}$/;

function repositoryOf(asked: string | null, address: string, ofJob: string): string {
  if (asked !== null && !OWNER_NAME.test(asked)) {
    throw new UsageError(`A repository is named OWNER/NAME, not ${quoted(asked)}.`);
  }
  const parsed = parseLedgerAddress(address);
  const ofLedger = parsed.ok && 'repo' in parsed.value ? parsed.value.repo : null;
  return asked ?? ofLedger ?? (OWNER_NAME.test(ofJob) ? ofJob : LOCAL_REPO);
}
