import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keptName } from '../../core/redact.ts';
import { plainLine } from '../../core/text.ts';
import type { ActionEvent } from '../../github/event.ts';
import { outcomeWords, receiptMarkdown, stopReport } from '../../surfaces/receipt.ts';
import { MAX_SUMMARY_BYTES } from '../../surfaces/summary.ts';
import type { ActionHost } from '../shell/action-host.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { namesIn, typedInto } from '../shell/halt-inputs.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { MAX_REASON } from './command.ts';
import { carryOutStop, type Stopped } from './order.ts';
import type { StopOrder } from './scene.ts';

/** `stop` as the runner calls it: outputs, annotations, a job summary and the issue of the stop. */
export async function stopAction(host: ActionHost, event: ActionEvent, world: World): Promise<number> {
  const token = host.input('github-token');
  const stopped = await carryOutStop(orderOf(host, event, world), {
    ...world,
    env: { ...world.env, GITHUB_TOKEN: token },
  });
  await tell(host, world, stopped);
  return stopped.frame.whole ? EXIT.done : EXIT.stopIncomplete;
}

function orderOf(host: ActionHost, event: ActionEvent, world: World): StopOrder {
  const names = namesIn(host.input('agent') || typedInto(event, 'agent'));
  if (names.length === 0) {
    throw new UsageError("The command 'stop' needs the input agent: names with commas between them, or all.");
  }
  const all = names.some((name) => name.toLowerCase() === 'all');
  if (all && names.length > 1) throw new UsageError('The input agent is a list of names, or all, not both.');
  const reason = keptName(world.env['CHECKREIN_REASON'] || typedInto(event, 'reason'), MAX_REASON);
  return {
    repo: event.repo,
    ledger: null,
    config: { remote: host.input('config') || CONFIG_PATH },
    agents: all ? null : names,
    // A stop does not wait for a reason to be typed.
    reason: reason === '' ? 'No reason was given' : reason,
    initiator: { kind: 'operator', login: world.env['GITHUB_TRIGGERING_ACTOR'] ?? null },
    now: null,
    progress: () => undefined,
  };
}

async function tell(host: ActionHost, world: World, { receipt, frame, issue }: Stopped): Promise<void> {
  for (const note of frame.notes) host.warning(note);
  if (!frame.whole) {
    const [first] = receipt.residue;
    const left = first === undefined ? '' : ` First: ${first.what} ${first.id}: ${first.why}. ${first.remedy}.`;
    host.error(plainLine(`${outcomeWords(receipt, false)}.${left} The job summary has it all.`, 1_000));
  }
  const path = join(world.env['RUNNER_TEMP'] ?? '.', 'checkrein-report.json');
  await writeFile(path, `${JSON.stringify({ ...stopReport(receipt, frame), issue }, null, 2)}\n`);
  host.output('status', 'stopped');
  host.output('decision', 'deny');
  host.output('report', path);
  await host.summary(receiptMarkdown(receipt, frame, MAX_SUMMARY_BYTES));
}
