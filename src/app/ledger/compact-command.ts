import { formatQuantity } from '../../core/quantity.ts';
import { plainLine } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import type { Compacted, Ledger } from '../../ledger/port.ts';
import type { Invocation } from '../shell/flags.ts';
import { loadLocalConfig } from '../shell/load-config.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, type World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { noLedgerAt } from './open-ledger.ts';
import { compactOrder } from './retention.ts';

/**
 * `checkrein ledger compact`: removes what the configuration does not want kept.
 * @throws UsageError when the configuration has an error.
 * @throws OutsideFailure when there is no ledger, so that a mistyped address does not pass for a compacted ledger.
 */
export async function compactLedger(
  invocation: Invocation,
  ledger: Ledger<LedgerState>,
  now: Instant,
  world: World,
): Promise<number> {
  const { config, warnings } = await loadLocalConfig(invocation.value('config'));
  for (const warning of warnings) world.err.write(`checkrein: ${plainLine(warning, 1_000)}\n`);
  const compacted = await ledger.compact(compactOrder(config.retention, { now, by: world.by, slack: 0 }));
  if (compacted === null) throw noLedgerAt(ledger.place, 'there is nothing to compact');
  const { head, cut, dropped, bytes, historyKept } = compacted;
  const report = { head, cut, dropped, bytes, historyKept };
  world.out.write(invocation.has('json') ? jsonLine(report) : compactedText(ledger.place, compacted));
  return historyKept === null ? EXIT.done : EXIT.failed;
}

function compactedText(place: string, { cut, dropped, bytes, historyKept }: Compacted<LedgerState>): string {
  const went = dropped === 0 ? 'no event had to go' : `${formatQuantity(dropped, 'count')} events went`;
  const from = cut === null ? 'nothing was ever cut off' : `batches up to ${cut.batch} are cut off`;
  const size = `${formatQuantity(bytes.before, 'count')} bytes before, ${formatQuantity(bytes.after, 'count')} now`;
  const lines = [
    `${place}: ${went}; ${from}; ${size}.`,
    ...(historyKept === null
      ? []
      : [`NOT DROPPED: the history of the branch: ${historyKept.message}. ${historyKept.remedy}.`]),
  ];
  return lines.map((line) => `${plainLine(line, 700)}\n`).join('');
}
