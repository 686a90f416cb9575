import { keptName } from '../../core/redact.ts';
import { plainLine } from '../../core/text.ts';
import { stopReport } from '../../surfaces/receipt.ts';
import { receiptTerminal } from '../../surfaces/terminal/receipt.ts';
import { rehearsalTerminal } from '../../surfaces/terminal/rehearsal.ts';
import type { TerminalOptions } from '../../surfaces/terminal/render.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import type { Invocation } from '../shell/flags.ts';
import { clearLine, progressOn } from '../shell/progress.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { carryOutStop, rehearseStop } from './order.ts';
import type { StopOrder } from './scene.ts';

/** `checkrein stop` on the command line. */
export async function stopCommand(invocation: Invocation, world: World): Promise<number> {
  const order = orderOf(invocation, world);
  const json = invocation.has('json');
  if (invocation.has('dry-run')) {
    const rehearsed = await rehearseStop(order, world);
    clearLine(world.err);
    world.out.write(json ? jsonLine(rehearsed) : rehearsalTerminal(rehearsed, terminalOf(world)));
    return rehearsed.complete ? EXIT.done : EXIT.failed;
  }
  const { receipt, frame, issue } = await carryOutStop(order, world);
  clearLine(world.err);
  if (json) world.out.write(jsonLine({ ...stopReport(receipt, frame), issue }));
  else world.out.write(receiptTerminal(receipt, frame, terminalOf(world)) + issueLine(issue));
  return frame.whole ? EXIT.done : EXIT.stopIncomplete;
}

/** How to write to a command's screen. */
export function terminalOf({ out }: Pick<World, 'out'>): TerminalOptions {
  return { colour: out.colour, width: out.columns ?? 100 };
}

/** Where people can read more. */
export function issueLine(issue: string | null): string {
  return issue === null ? '' : `  issue ${plainLine(issue, 300)}\n\n`;
}

function orderOf(invocation: Invocation, world: World): StopOrder {
  const { operands } = invocation;
  const repo = invocation.value('repo');
  if (repo === null) throw new UsageError("'stop' needs --repo OWNER/NAME.");
  const all = invocation.has('all');
  if (all && operands.length > 0) throw new UsageError('Name the agents to stop, or give --all, not both.');
  if (!all && operands.length === 0) throw new UsageError("'stop' needs the names of agents, or --all.");
  const local = invocation.value('config');
  return {
    repo,
    ledger: invocation.value('ledger'),
    config: local === null ? { remote: CONFIG_PATH } : { local },
    agents: all ? null : operands,
    reason: reasonOf(invocation),
    initiator: { kind: 'operator', login: null },
    now: invocation.value('now'),
    progress: progressOn(world.err),
  };
}

function reasonOf(invocation: Invocation): string {
  const reason = keptName(invocation.value('reason') ?? '', MAX_REASON);
  if (reason === '') throw new UsageError("'stop' needs --reason TEXT: it stands in the receipt.");
  return reason;
}

/** The longest reason that a receipt keeps. */
export const MAX_REASON = 400;
