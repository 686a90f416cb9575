import type { Agent } from '../../core/agent.ts';
import { attempt, type Failure } from '../../core/failure.ts';
import type {
  CarriedHalt,
  CountedReceipt,
  HeldWorkflow,
  LeverReceipt,
  PullReceipt,
  Residue,
  StopReceipt,
} from '../../core/halt.ts';
import { after, type Instant } from '../../core/time.ts';
import type { Ledger } from '../../ledger/port.ts';
import { type Declaration, declaredEvent } from '../../responses/stop/declare.ts';
import { endAgents } from '../../responses/stop/engine.ts';
import { type LeverOrder, moveLevers, type PulledLevers } from '../../responses/stop/levers.ts';
import { type HaltState, stillHeld } from '../../responses/stop/log.ts';
import { type HeldPulls, holdPulls, releasePulls, wantsAnotherRound } from '../../responses/stop/pulls.ts';
import { receiptEvent, receiptOf, residueOf } from '../../responses/stop/receipt.ts';
import type { Standing } from '../../responses/stop/standing.ts';
import { insistently } from '../shell/insist.ts';
import type { LedgerState } from '../state.ts';
import { type Mandate, mandateOf } from './mandate.ts';
import type { StopTools } from './tools.ts';

/** What a stop is about to do, and what was already done. */
export interface Course {
  readonly halt: CarriedHalt;
  readonly held: readonly HeldWorkflow[];
  /** From an earlier process of this stop. */
  readonly earlier: StopReceipt | null;
  readonly pulls: readonly PullReceipt[];
  /** Whether some agents of this stop have come back already, so that its levers stay as the resume left them. */
  readonly cameBack: boolean;
}

/** How a stop ended. */
export interface Carried {
  readonly standing: Standing;
  readonly pulls: HeldPulls;
  readonly levers: PulledLevers;
}

/** What a stop reads and writes while it runs. */
export interface Books {
  /** Null when nobody can resume it, because no ledger counts it. */
  readonly mandate: Mandate | null;
  /** Called when everything has been requested. If this process dies, the next one knows and need not ask again. */
  readonly noteDown: (soFar: Carried) => Promise<void>;
}

/** How a stop that the ledger counts ended. */
export interface Pursued {
  readonly receipt: StopReceipt;
  /** Paths that somebody has resumed while it ran. */
  readonly released: readonly string[];
  /** False when nothing it was about is held any more. */
  readonly holds: boolean;
}

/** Carries out what was declared, for as long as the ledger says it is in force, and proves it there. */
export async function pursue(tools: StopTools, declaration: Declaration, resumed: boolean): Promise<Pursued> {
  const { halt, held, earlier, pulls } = declaration;
  const course: CountedCourse = { halt, held, earlier, pulls, cameBack: resumed };
  const mandate = mandateOf(tools, halt.generation, tools.now());
  const noteDown = async (soFar: Carried): Promise<void> => {
    // A failure shows at the end.
    await attempt(() => appendReceipt(tools, receiptFrom(halt, soFar), soFar.standing));
  };
  return await conclude(tools, course, mandate, await carryOut(tools, course, { mandate, noteDown }));
}

/** Ends the runs and pulls the levers at the same time, since levers may be slow. */
export async function carryOut(tools: StopTools, course: Course, books: Books): Promise<Carried> {
  const known: PulledLevers = { levers: course.earlier?.levers ?? [], residue: [] };
  const soFar = { levers: known };
  let begin: () => void = () => undefined;
  const disabled = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const until = after(tools.now(), tools.limits.deadline);
  const pulling = disabled.then(async () => {
    soFar.levers = course.cameBack ? known : await pullLevers(tools, course, books.mandate, until);
  });
  const ending = endRuns(tools, course, books, { acted: begin, levers: () => soFar.levers });
  const [ended] = await Promise.all([ending.finally(begin), pulling]);
  return { ...ended, levers: soFar.levers };
}

/** Once anybody has come back, keeps the levers as they were: that is how the resume left them. */
async function pullLevers(
  tools: StopTools,
  course: Course,
  mandate: Mandate | null,
  until: Instant,
): Promise<PulledLevers> {
  const { levers = [], now, sleep } = tools;
  const known = course.earlier?.levers ?? [];
  let isBack = false;
  const careful = levers.map((lever) => ({
    ...lever,
    ask: async (order: LeverOrder) => {
      isBack ||= someCameBack(await mandate?.look(), course);
      if (!isBack) await lever.ask(order);
    },
  }));
  const order = leverOrder('stop', tools, course);
  const pulled = await moveLevers({ levers: careful, order, known, until, now, sleep });
  return isBack ? { levers: known, residue: [] } : pulled;
}

function someCameBack(state: HaltState | null | undefined, { halt, held }: Course): boolean {
  const paths = state && halt.generation !== null ? stillHeld(state, halt.generation) : null;
  return paths !== null && held.some(({ path }) => !paths.has(path));
}

function leverOrder(event: LeverOrder['event'], tools: StopTools, { halt, held }: Course): LeverOrder {
  const { generation, scope, reason, at } = halt;
  return {
    event,
    repo: tools.repo,
    generation,
    scope,
    agents: agentsOf(tools, held).map(({ name }) => name),
    reason,
    at,
  };
}

/** One for each workflow that is held, including those taken over from an earlier stop. */
function agentsOf({ agents }: StopTools, held: readonly HeldWorkflow[]): readonly Agent[] {
  const byPath = new Map(agents.map((agent) => [agent.workflow, agent]));
  return held.flatMap(({ path }) => byPath.get(path) ?? []);
}

interface Beside {
  readonly acted: () => void;
  /** What became of the levers so far. */
  readonly levers: () => PulledLevers;
}

/** Ends the runs, and holds pull requests back while runs take their time to end. */
async function endRuns(
  tools: StopTools,
  course: Course,
  { mandate, noteDown }: Books,
  beside: Beside,
): Promise<Omit<Carried, 'levers'>> {
  const { github, now, sleep, limits, progress } = tools;
  let pulls: HeldPulls = { pulls: course.pulls, residue: [], red: [] };
  let asked = false;
  const hold = async (): Promise<void> => {
    asked = true;
    pulls = await holdBack(tools, course, mandate, pulls);
  };
  const { standing } = await endAgents({
    held: course.held,
    earlier: course.earlier,
    hands: { actions: github.actions, control: github.control },
    limits,
    now,
    sleep,
    usage: () => github.usage(),
    progress,
    resolved: (workflows) => noteWhatTheyWere(tools, course, workflows),
    acted: beside.acted,
    comply: async (soFar) => (await mandate?.comply(soFar)) ?? soFar,
    meanwhile: async (soFar) => {
      beside.acted();
      await hold();
      await noteDown({ standing: soFar, pulls, levers: beside.levers() });
    },
  });
  if (!asked || wantsAnotherRound(pulls)) await hold();
  return { standing, pulls };
}

/** Written before anything is done to them, for a later resume. A failure shows at the end, when everything is written. */
async function noteWhatTheyWere(
  { ledger, repo, now }: StopTools,
  { halt, ...course }: Course,
  held: readonly HeldWorkflow[],
): Promise<void> {
  const { generation } = halt;
  if (generation === null) return;
  const declaration = { ...course, halt: { ...halt, generation }, held, earlier: null, unlogged: [], news: true };
  const event = declaredEvent(declaration, repo, now());
  await attempt(() => ledger.append((state) => (state.halt.halt?.generation === generation ? [event] : [])));
}

/** Does nothing once nobody is stopped any more. */
async function holdBack(
  tools: StopTools,
  { halt, held }: Course,
  mandate: Mandate | null,
  { pulls: known, red }: HeldPulls,
): Promise<HeldPulls> {
  const state = await mandate?.look();
  const paths = state && halt.generation !== null ? stillHeld(state, halt.generation) : null;
  const ours = paths === null ? held : held.filter(({ path }) => paths.has(path));
  if (ours.length === 0) return { pulls: known, residue: [], red };
  const { generation, scope } = halt;
  const { now, github } = tools;
  const agents = agentsOf(tools, ours);
  return await holdPulls({ api: github.pulls, scope, agents, generation, known, red, now });
}

/** The current receipt of a stop. */
export function receiptFrom<Halt extends CarriedHalt>(
  halt: Halt,
  { standing, pulls, levers }: Carried,
): StopReceipt & { readonly halt: Halt } {
  const residue = [...pulls.residue, ...levers.residue];
  return receiptOf({ halt, standing, pulls: pulls.pulls, levers: levers.levers, residue });
}

/** Writes only if the ledger still holds everything the receipt calls stopped. */
function appendReceipt(
  { ledger, repo, by, now }: StopTools,
  receipt: CountedReceipt,
  { workflows }: Standing,
): ReturnType<Ledger<LedgerState>['append']> {
  const at = now();
  return ledger.append(({ halt }) => {
    const paths = stillHeld(halt, receipt.halt.generation);
    const isSo = paths === null || workflows.every(({ held }) => paths.has(held.path));
    return isSo ? [receiptEvent(receipt, repo, at, by)] : [];
  });
}

interface CountedCourse extends Course {
  readonly halt: CountedReceipt['halt'];
}

/** Writes the receipt. If somebody has resumed since, releases that first and then writes what is true. */
async function conclude(tools: StopTools, course: CountedCourse, mandate: Mandate, carried: Carried): Promise<Pursued> {
  let end = carried;
  for (;;) {
    const receipt = receiptFrom(course.halt, end);
    const written = await insistently(tools, () => appendReceipt(tools, receipt, end.standing));
    const state = written.ok ? written.value.state.halt : null;
    const standing = state === null ? end.standing : await mandate.yieldTo(state, end.standing);
    if (standing !== end.standing) {
      end = { ...end, standing };
      continue;
    }
    const undone = await letGo(tools, course, end, state);
    const residue = [
      ...receipt.residue,
      ...mandate.residue(),
      ...undone,
      ...(written.ok ? [] : [unwritten(written.failure, tools)]),
    ];
    const released = standing.released.workflows.map(({ held }) => held.path);
    return { receipt: { ...receipt, residue }, released, holds: standing.workflows.length > 0 };
  }
}

/** Undoes what this process may have held back or pulled after somebody had resumed it. */
async function letGo(
  { github, levers = [], now, sleep, limits, ...tools }: StopTools,
  course: CountedCourse,
  { standing, pulls, levers: pulled }: Carried,
  state: HaltState | null,
): Promise<readonly Residue[]> {
  if (state === null || standing.released.workflows.length === 0) return [];
  const known = new Set(course.pulls.map(({ number, head }) => `${number}@${head}`));
  const ours = pulls.pulls.filter(({ number, head }) => pulls.red.includes(head) || !known.has(`${number}@${head}`));
  // A stop in force holds them back too, and releases them when it is resumed.
  const red = state.halt === null ? ours : [];
  const unturned = await releasePulls(github.pulls, red, course.halt.generation, sleep);
  const looking = levers.filter(({ kind, looks }) => looks && isPulled(pulled.levers, kind));
  const order = leverOrder('resume', { ...tools, github, levers, now, sleep, limits }, course);
  const until = after(now(), limits.deadline);
  const moved = await moveLevers({ levers: looking, order, known: [], until, now, sleep });
  return [...unturned.map((failure) => residueOf('pull', 'checkrein/halt', failure)), ...moved.residue];
}

function isPulled(levers: readonly LeverReceipt[], kind: LeverReceipt['kind']): boolean {
  return levers.some((lever) => lever.kind === kind);
}

/** What to report about a stop whose proof is missing from the ledger. */
function unwritten(failure: Failure, { ledger }: Pick<StopTools, 'ledger'>): Residue {
  const message = `The stop was carried out but its receipt is not in the ledger: ${failure.message}`;
  return residueOf('ledger', ledger.place, { ...failure, message });
}
