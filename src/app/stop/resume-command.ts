import { keptName } from '../../core/redact.ts';
import { plainLine } from '../../core/text.ts';
import { resumeTerminal } from '../../surfaces/terminal/resumption.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import type { Invocation } from '../shell/flags.ts';
import { clearLine, progressOn } from '../shell/progress.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { issueLine, MAX_REASON, terminalOf } from './command.ts';
import { carryOutResume, type ResumeOrder } from './resume-order.ts';

/** `checkrein resume` on the command line. */
export async function resumeCommand(invocation: Invocation, world: World): Promise<number> {
  const end = await carryOutResume(orderOf(invocation, world), world);
  clearLine(world.err);
  if (end.kind === 'refused') {
    world.err.write(`checkrein: Not resumed: ${plainLine(end.why, 1_000)}\n`);
    return EXIT.denied;
  }
  const { report } = end;
  if (invocation.has('json')) world.out.write(jsonLine(report));
  else world.out.write(resumeTerminal(report, terminalOf(world)) + issueLine(report.issue));
  return report.residue.length === 0 ? EXIT.done : EXIT.failed;
}

function orderOf(invocation: Invocation, world: World): ResumeOrder {
  const repo = invocation.value('repo');
  if (repo === null) throw new UsageError("'resume' needs --repo OWNER/NAME.");
  const local = invocation.value('config');
  const { operands } = invocation;
  return {
    repo,
    ledger: invocation.value('ledger'),
    config: local === null ? { remote: CONFIG_PATH } : { local },
    agents: operands.length === 0 ? null : operands,
    generation: null,
    canary: invocation.value('canary'),
    ...reasonOf(invocation.has('anyway'), invocation.value('reason') ?? '', '--anyway', '--reason TEXT'),
    initiator: { kind: 'operator', login: null },
    now: invocation.value('now'),
    progress: progressOn(world.err),
    // The holder of a token that may enable workflows does not need our permission.
    refuse: async () => null,
  };
}

/**
 * The reason for a resume, which is required while the cause still holds.
 * @throws UsageError
 */
export function reasonOf(
  anyway: boolean,
  text: string,
  flag: string,
  how: string,
): Pick<ResumeOrder, 'anyway' | 'reason'> {
  const reason = keptName(text, MAX_REASON);
  if (anyway && reason === '') throw new UsageError(`${flag} needs a reason: ${how}.`);
  return { anyway, reason: reason === '' ? 'No reason was given' : reason };
}
