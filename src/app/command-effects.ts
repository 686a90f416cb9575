import type { Config } from '../config/schema.ts';
import type { CommandRecord } from '../core/event.ts';
import { attempt } from '../core/failure.ts';
import type { HaltScope, Initiator, StopReceipt } from '../core/halt.ts';
import type { ResponseKind } from '../core/response.ts';
import type { Actor } from '../core/run.ts';
import type { Instant } from '../core/time.ts';
import type { GitHub, RemoteComment } from '../github/port.ts';
import type { Ledger } from '../ledger/port.ts';
import { type Answer, helpAnswer } from '../people/answer.ts';
import type { Command, Verb } from '../people/command.ts';
import { isWhole } from '../responses/stop/log.ts';
import { gatherAgents } from '../sources/agents/fetch.ts';
import { outcomeWords, scopeWords } from '../surfaces/receipt.ts';
import { type CalmCommand, calm } from './command-calm.ts';
import type { WatchJob } from './job.ts';
import type { Resumed } from './resume.ts';
import { sparedFrom } from './spared.ts';
import type { LedgerState } from './state.ts';
import type { World } from './world.ts';

/** Everything with which the commands of people are answered. */
export interface Desk {
  readonly github: GitHub;
  readonly ledger: Ledger<LedgerState>;
  readonly config: Config;
  readonly world: Pick<World, 'now' | 'by' | 'sleep' | 'env'>;
  /** The kinds of responses that this job is for: `stop` to stop and to resume, `issue` for all other commands. */
  readonly apply: readonly ResponseKind[];
  readonly progress: WatchJob['progress'];
}

/** A command that is allowed, and who gave it where. */
export interface Order {
  readonly repo: string;
  readonly comment: RemoteComment;
  readonly by: Actor;
  /** The ledger as it was when the command was allowed. */
  readonly state: LedgerState;
}

/** What came of a command. */
export interface Effect {
  readonly outcome: CommandRecord['outcome'];
  readonly answer: Answer;
  /** The stop that it brought about; null for other commands. */
  readonly receipt: StopReceipt | null;
}

/** Commands that act in this version. */
export const AVAILABLE: readonly Verb[] = ['ack', 'silence', 'unsilence', 'stop', 'resume', 'status', 'help'];

/** Whether a command takes its time, so that its author is told at once that it was heard. */
export function takesTime({ verb }: Command): boolean {
  return verb === 'stop' || verb === 'resume';
}

/** Carries out what an authorised person asked for. @throws OutsideFailure when the ledger or GitHub fails. */
export async function carryOut(desk: Desk, order: Order, command: Command): Promise<Effect> {
  switch (command.verb) {
    case 'ack':
    case 'silence':
    case 'unsilence':
      return await calmDown(desk, order, command);
    case 'stop':
      return await stopFor(desk, order, command);
    case 'resume':
      return await resumeFor(desk, order, command);
    case 'status': {
      const { statusAnswer } = await import('./command-status.ts');
      return { outcome: 'done', answer: statusAnswer(desk, order.state, desk.world.now()), receipt: null };
    }
    case 'help':
      return { outcome: 'done', answer: helpAnswer(AVAILABLE), receipt: null };
    case 'false-positive':
    case 'approve':
    case 'reject':
    case 'rollback':
    case 'raise':
      return notYet(command.verb);
    default:
      return command satisfies never;
  }
}

function notYet(verb: Verb): Effect {
  const what = `'${verb}' is not available yet in this version. Nothing was done.`;
  return { outcome: 'not_available', answer: { head: 'Not available', what, lines: [], next: '' }, receipt: null };
}

async function calmDown({ ledger, world }: Desk, order: Order, command: CalmCommand): Promise<Effect> {
  const settled: { calmed: ReturnType<typeof calm> | null } = { calmed: null };
  await ledger.append((state) => {
    settled.calmed = calm({ ...order, state }, command, world.now());
    return settled.calmed.events;
  });
  if (settled.calmed === null) throw new Error('the ledger did not ask what to append');
  const { ok, answer } = settled.calmed;
  return { outcome: ok ? 'done' : 'refused', answer, receipt: null };
}

type StopCommand = Extract<Command, { verb: 'stop' }>;

async function stopFor(desk: Desk, order: Order, command: StopCommand): Promise<Effect> {
  const { github, ledger, config, world, progress } = desk;
  const { state, comment, by } = order;
  const [{ stop }, { agents }] = await Promise.all([
    import('./stop.ts'),
    gatherAgents({ github, now: world.now(), state: state.agents, configured: config.agents }),
  ]);
  const chosen = choose(
    command.agents,
    agents.map(({ name }) => name),
  );
  if (chosen.scope === null) return noSuchAgent(chosen.unknown, agents.map(({ name }) => name).sort());
  const { grace, deadline, reserve } = config.stop;
  const receipt = await stop({
    ...{ repo: github.repo, now: world.now, by: world.by, ledger, github, agents, sleep: world.sleep, progress },
    spared: sparedFrom(config, state.agents.files, world.env),
    scope: chosen.scope,
    initiator: { kind: 'person', actor: by },
    reason: command.why ?? `asked for in issue ${comment.issue}`,
    limits: { grace, deadline, reserve },
  });
  return { outcome: isWhole(receipt) ? 'done' : 'failed', answer: stopAnswer(by, receipt, chosen.unknown), receipt };
}

interface Chosen {
  /** Null when none of those that were named is known. */
  readonly scope: HaltScope | null;
  readonly unknown: readonly string[];
}

/** People write names in any case. Without names: all agents. */
function choose(named: readonly string[], known: readonly string[]): Chosen {
  if (named.length === 0) return { scope: { kind: 'all' }, unknown: [] };
  const matches = named.map((name) => known.find((one) => one.toLowerCase() === name.toLowerCase()) ?? null);
  const names = [...new Set(matches.filter((name) => name !== null))];
  const unknown = named.filter((_name, i) => matches[i] === null);
  return { scope: names.length === 0 ? null : { kind: 'agents', names }, unknown };
}

function noSuchAgent(unknown: readonly string[], known: readonly string[]): Effect {
  const what = `There is no agent called ${unknown.join(', ')}. Nothing was stopped.`;
  const next = 'Write the command again with one of these names, or without any to stop all agents.';
  return { outcome: 'refused', answer: { head: 'Refused', what, lines: known, next }, receipt: null };
}

function stopAnswer(by: Actor, receipt: StopReceipt, unknown: readonly string[]): Answer {
  const { halt, workflows, runs, residue } = receipt;
  const whole = isWhole(receipt);
  const ended = runs.filter(({ after }) => after === 'completed').length;
  return {
    head: whole ? 'Done' : 'Incomplete',
    what: `${by.login} stopped ${scopeWords(halt.scope)} (stop ${halt.generation}). ${outcomeWords(receipt, whole)}.`,
    lines: [
      ...residue.map(({ what, id, why, remedy }) => `left to do: ${what} ${id}: ${why}. ${remedy}`),
      ...(unknown.length === 0 ? [] : [`there is no agent called ${unknown.join(', ')}`]),
      ...workflows.map(({ path, before, after }) => `${path}: ${before} before, ${after} now`),
      `${ended} of ${runs.length} unfinished runs ended`,
    ],
    next: whole
      ? "It stays so until a lead writes the command 'resume'."
      : 'The next run of Checkrein goes on with what is left.',
  };
}

type ResumeCommand = Extract<Command, { verb: 'resume' }>;

async function resumeFor(desk: Desk, order: Order, command: ResumeCommand): Promise<Effect> {
  const { github, ledger, world } = desk;
  const { comment, by, state } = order;
  const { canary, anyway, why } = command;
  const lead = canary === null ? null : pathOf(state, canary);
  if (canary !== null && lead === null) {
    const names = state.agents.agents.filter(({ workflow }) => isHeld(state, workflow)).map(({ name }) => name);
    const what = `The stop in force holds no agent called ${canary}. Nothing was resumed.`;
    return { outcome: 'refused', answer: { head: 'Refused', what, lines: names, next: '' }, receipt: null };
  }
  const { resume } = await import('./resume.ts');
  const initiator: Initiator = { kind: 'person', actor: by };
  const reason = why ?? `asked for in issue ${comment.issue}`;
  const wish = { paths: null, stage: lead === null ? 'all' : 'canary', canary: lead, anyway, reason } as const;
  const { repo } = github;
  const resumed = await attempt(() =>
    resume({ repo, now: world.now, by: world.by, ledger, github, initiator, sleep: world.sleep, wish }),
  );
  if (resumed.ok) {
    const done = resumed.value.residue.length === 0;
    return { outcome: done ? 'done' : 'failed', answer: resumeAnswer(by, resumed.value), receipt: null };
  }
  const { kind, message, remedy } = resumed.failure;
  const isRefusal = kind === 'conflict';
  const next = isRefusal ? "To resume all the same, write 'resume anyway because' and the reason." : remedy;
  const head = isRefusal ? 'Refused' : 'Failed';
  return {
    outcome: isRefusal ? 'refused' : 'failed',
    answer: { head, what: `${message}. Nothing was resumed.`, lines: [], next },
    receipt: null,
  };
}

function pathOf(state: LedgerState, name: string): string | null {
  const found = state.agents.agents.find(
    (agent) => agent.name.toLowerCase() === name.toLowerCase() && isHeld(state, agent.workflow),
  );
  return found?.workflow ?? null;
}

function isHeld({ halt }: LedgerState, workflow: string): boolean {
  return halt.held.some(({ path }) => path === workflow);
}

function resumeAnswer(by: Actor, { resumption, later, residue }: Resumed): Answer {
  const { generation, workflows } = resumption;
  return {
    head: residue.length === 0 ? 'Done' : 'Incomplete',
    what: `${by.login} resumed what stop ${generation} had switched off.`,
    lines: [
      ...residue.map(({ what, id, why, remedy }) => `left to do: ${what} ${id}: ${why}. ${remedy}`),
      ...workflows.map((path) => `${path}: active`),
      ...later.map(({ path }) => `${path}: waits for the canary`),
    ],
    next: later.length === 0 ? '' : 'The rest follows when the canary has done well, or when a lead resumes again.',
  };
}

/** When agents were let go last, other than the canary of a drill; null when they never were. */
export function lastResumption({ halt }: LedgerState, canary: string): Instant | null {
  return halt.resumptions.findLast(({ released }) => released.some((path) => path !== canary))?.at ?? null;
}
