import type { Residue } from '../../core/halt.ts';
import type { Actor } from '../../core/run.ts';
import type { Instant } from '../../core/time.ts';
import type { RemoteComment } from '../../github/remote.ts';
import { type Answer, helpAnswer } from '../../people/answer.ts';
import type { Command } from '../../people/command.ts';
import { outcomeWords, scopeWords, stopWords } from '../../surfaces/receipt.ts';
import { type ResumeReport, resumeOutcome } from '../../surfaces/resumption.ts';
import { readAhead } from '../judge/read-ahead.ts';
import { UsageError } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import type { Stopped } from '../stop/order.ts';
import type { ResumeOrder } from '../stop/resume-order.ts';
import type { StopOrder } from '../stop/scene.ts';
import { calm } from './calm.ts';
import type { Calmed } from './calmed.ts';
import type { Desk, Effect, Order } from './desk.ts';
import { type Raised, raiseBudget } from './raise.ts';

/** Whether a command takes long enough that its author is told at once that it was received. */
export function takesTime({ verb }: Command): boolean {
  return verb === 'stop' || verb === 'resume';
}

/**
 * Carries out what an authorised person asked for.
 * @throws OutsideFailure when the ledger or GitHub fails.
 */
export async function carryOut(desk: Desk, order: Order, command: Command): Promise<Effect> {
  switch (command.verb) {
    case 'ack':
    case 'silence':
    case 'unsilence':
      return await settled(desk, (state, now) => calm({ ...order, state }, command, now));
    case 'false-positive': {
      const { markFalsePositive } = await import('./mark.ts');
      const terms = desk.config.marks;
      return await settled(desk, (state, now) => markFalsePositive({ ...order, state }, command, now, terms));
    }
    case 'stop':
      return await stopFor(desk, order, command);
    case 'resume':
      return await resumeFor(desk, order, command);
    case 'raise':
      // The budgets are those of the default branch.
      return await settled(desk, (state, now) => raiseBudget({ ...order, state }, command, desk.config, now));
    case 'override': {
      const { overrideGuard } = await import('./override.ts');
      const names = desk.config.agents.map(({ name }) => name);
      return await settled(desk, (state, now) => overrideGuard({ ...order, state }, command, names, now));
    }
    case 'accept':
    case 'dismiss': {
      const { judgeFinding } = await import('./opinion.ts');
      return await settled(desk, (state, now) => judgeFinding({ ...order, state }, command, now));
    }
    case 'status': {
      const { statusAnswer } = await import('./status.ts');
      const now = desk.world.now();
      const ahead = await readAhead({ ...desk, repo: order.repo, now }, order.state);
      return { outcome: 'done', answer: statusAnswer(desk, order.state, ahead, now), stopped: null };
    }
    case 'help':
      return { outcome: 'done', answer: helpAnswer(), stopped: null };
    case 'approve':
    case 'reject':
      return await decide(desk, order, command);
    case 'rollback':
      return await (await import('./rollback.ts')).rollbackFor(desk, order, command);
    case 'expect': {
      const { expectOf } = await import('./expect.ts');
      return await settled(desk, (state, now) => expectOf({ ...order, state }, command, now));
    }
    default:
      return command satisfies never;
  }
}

/** A response that waits for a lead's decision is named by its kind. Anything else is a commit or a proposal. */
async function decide(
  desk: Desk,
  order: Order,
  command: Extract<Command, { verb: 'approve' | 'reject' }>,
): Promise<Effect> {
  const [{ answerRemedy, remedyNamed }, { decideFor }] = await Promise.all([
    import('./remedy.ts'),
    import('./decide.ts'),
  ]);
  const kind = remedyNamed(command.id);
  if (kind === null) return await decideFor(desk, order, command);
  return await settled(desk, (state, now) => answerRemedy({ ...order, state }, { ...command, kind }, desk.config, now));
}

/** The result of a command on a state of the ledger. */
type Settled = Calmed | Raised;

/** For commands that only write. They are judged on the state they are written to. */
async function settled({ ledger, world }: Desk, word: (state: LedgerState, now: Instant) => Settled): Promise<Effect> {
  const last: { settled: Settled | null } = { settled: null };
  await ledger.append((state) => {
    last.settled = word(state, world.now());
    return last.settled.events;
  });
  if (last.settled === null) throw new Error('the ledger did not ask what to append');
  const { ok, answer } = last.settled;
  return { outcome: ok ? 'done' : 'refused', answer, stopped: null };
}

type StopCommand = Extract<Command, { verb: 'stop' }>;

/** The same stop as from the button or the command line, with the same issue. */
async function stopFor(desk: Desk, { comment, by }: Order, { agents, why }: StopCommand): Promise<Effect> {
  const { carryOutStop } = await import('../stop/order.ts');
  const order: StopOrder = {
    ...orderBase(desk, comment, by, why),
    agents: agents.length === 0 ? null : agents,
  };
  const stopped = await orRefused(() => carryOutStop(order, desk.world));
  if ('refused' in stopped) return refusedEffect(stopped.refused, '');
  const { whole } = stopped.frame;
  return { outcome: whole ? 'done' : 'failed', answer: stopAnswer(by, stopped), stopped };
}

/** People write names in any case. */
function asKnown({ agents }: LedgerState, name: string): string {
  return agents.agents.find((agent) => agent.name.toLowerCase() === name.toLowerCase())?.name ?? name;
}

type OrderBase = Pick<StopOrder, 'repo' | 'ledger' | 'config' | 'reason' | 'initiator' | 'now' | 'progress'>;

function orderBase(desk: Desk, { issue }: RemoteComment, by: Actor, why: string | null): OrderBase {
  return {
    repo: desk.github.repo,
    ledger: null,
    config: { remote: desk.configPath },
    reason: why ?? `Asked for in issue ${issue}`,
    initiator: { kind: 'person', actor: by },
    now: null,
    progress: desk.progress,
  };
}

/** A command that cannot be carried out as written gets an answer, like any other refusal. */
async function orRefused<T extends object>(work: () => Promise<T>): Promise<T | { readonly refused: string }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError) return { refused: error.message };
    throw error;
  }
}

function refusedEffect(what: string, next: string): Effect {
  return { outcome: 'refused', answer: { head: 'Refused', what, lines: [], next }, stopped: null };
}

function stopAnswer({ login }: Actor, { receipt, frame, issue }: Stopped): Answer {
  const { halt, workflows, runs, residue } = receipt;
  const { whole, notes } = frame;
  const ended = runs.filter(({ after }) => after === 'completed').length;
  return {
    head: whole ? 'Done' : 'Incomplete',
    what: `${login} stopped ${scopeWords(halt.scope)} (${stopWords(halt)}). ${outcomeWords(receipt, whole)}.`,
    lines: [
      ...residue.map(leftToDo),
      ...notes,
      ...workflows.map(({ path, before, after }) => `${path}: ${before} before, ${after} now`),
      `${ended} of ${runs.length} unfinished runs ended`,
      ...(issue === null ? [] : ['the receipt is in the issue of the stop']),
    ],
    next: whole
      ? "It stays so until a lead writes the command 'resume'."
      : 'The next run of Checkrein goes on with what is left.',
  };
}

function leftToDo({ what, id, why, remedy }: Residue): string {
  return `left to do: ${what} ${id}: ${why}. ${remedy}`;
}

type ResumeCommand = Extract<Command, { verb: 'resume' }>;

/** That the author is a lead was checked before. */
async function resumeFor(desk: Desk, { state, comment, by }: Order, command: ResumeCommand): Promise<Effect> {
  const { carryOutResume } = await import('../stop/resume-order.ts');
  const { canary, anyway, why, generation } = command;
  const order: ResumeOrder = {
    ...orderBase(desk, comment, by, why),
    agents: null,
    // The one it names, else the one in force when it was allowed: not a stop that was declared since.
    generation: generation ?? state.halt.generation,
    canary: canary === null ? null : asKnown(state, canary),
    anyway,
    refuse: async () => null,
  };
  const end = await orRefused(() => carryOutResume(order, desk.world));
  if ('refused' in end) return refusedEffect(end.refused, '');
  if (end.kind === 'refused') {
    const next =
      anyway || !end.causeHolds
        ? ''
        : "To resume although the cause holds still, write 'resume anyway because' and the reason.";
    return refusedEffect(end.why, next);
  }
  const { report } = end;
  return { outcome: report.residue.length === 0 ? 'done' : 'failed', answer: resumeAnswer(by, report), stopped: null };
}

function resumeAnswer({ login }: Actor, report: ResumeReport): Answer {
  const { resumption, later, residue, notes } = report;
  return {
    head: residue.length === 0 ? 'Done' : 'Incomplete',
    what: `${login} resumed stop ${resumption.generation}. ${resumeOutcome(report)}.`,
    lines: [
      ...residue.map(leftToDo),
      ...notes,
      ...resumption.workflows.map((path) => `${path}: active`),
      ...later.map((path) => `${path}: waits for the canary`),
    ],
    next: '',
  };
}

/** When agents were last resumed, not counting the canary of a drill; null when they never were. */
export function lastResumption({ halt }: LedgerState, canary: string): Instant | null {
  return halt.resumptions.findLast(({ released }) => released.some((path) => path !== canary))?.at ?? null;
}
