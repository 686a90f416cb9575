import { attempt, OutsideFailure } from '../../core/failure.ts';
import type { Halt, HaltScope, HeldWorkflow, PullReceipt, Residue, StopReceipt } from '../../core/halt.ts';
import { endAgents } from '../../responses/stop/engine.ts';
import { stillHeld } from '../../responses/stop/log.ts';
import { aliveIn, type Observation, observe } from '../../responses/stop/observe.ts';
import { holdPulls, releasePulls } from '../../responses/stop/pulls.ts';
import { receiptEvent, receiptOf, residueOf } from '../../responses/stop/receipt.ts';
import { keptOnly, type Standing } from '../../responses/stop/standing.ts';
import type { Guarded } from '../../responses/stop-plan/apply.ts';
import { insistently } from '../shell/insist.ts';
import { mandateOf } from './mandate.ts';
import type { StopTools } from './tools.ts';

const NOTHING: Guarded = { ended: [], pulls: [], residue: [] };

/**
 * Ends what was started while the workflows of a complete stop were off (a rerun, or a run that was approved late), and holds
 * back pull requests that have appeared or moved since. A workflow that somebody has enabled again is theirs: its runs are left
 * alone. What was done is added to the receipt; null when the stop is over, or another one has taken its place.
 * @throws OutsideFailure when the ledger or the workflows cannot be read.
 */
export async function standGuard(tools: StopTools, generation: number): Promise<Guarded | null> {
  const { halt, held } = (await tools.ledger.read()).state.halt;
  if (halt?.generation !== generation) return null;
  const seen = await observe(tools.github, held, tools.now);
  if (!seen.workflows.ok) throw new OutsideFailure(seen.workflows.failure);
  const off = aliveIn(seen, held).filter(({ state }) => state !== 'active');
  const late = off.length === 0 ? null : await end(tools, halt, held, new Set(off.map(({ path }) => path)));
  const found: Guarded = {
    ended: late?.runs.filter(({ after }) => after === 'completed') ?? [],
    pulls: [],
    residue: [...unread(seen), ...(late?.residue ?? [])],
  };
  return await writtenDown(tools, generation, await withPulls(tools, halt, found));
}

/** A single failed request may account for the lists of all workflows. */
function unread({ runs }: Observation): readonly Residue[] {
  const [first] = [...runs].flatMap(([path, list]) => (list.ok ? [] : [residueOf('list', path, list.failure)]));
  return first === undefined ? [] : [first];
}

async function end(
  tools: StopTools,
  halt: Halt,
  held: readonly HeldWorkflow[],
  paths: ReadonlySet<string>,
): Promise<StopReceipt> {
  const { github, limits, now, sleep, progress } = tools;
  const mandate = mandateOf(tools, halt.generation, now());
  const { standing } = await endAgents({
    held: held.filter(({ path }) => paths.has(path)),
    earlier: null,
    hands: { actions: github.actions, control: github.control },
    ...{ limits, now, sleep, progress },
    usage: () => github.usage(),
    resolved: async () => undefined,
    acted: () => undefined,
    comply: async (soFar) => leftOff(await mandate.comply(soFar)),
    meanwhile: async () => undefined,
  });
  return receiptOf({ halt, standing, pulls: [], levers: [], residue: mandate.residue() });
}

/** Never works against somebody who enables a workflow under a complete stop, not even while its last run is being ended. */
function leftOff(standing: Standing): Standing {
  const off = standing.workflows.filter(({ state }) => state !== 'active');
  return keptOnly(standing, new Set(off.map(({ held }) => held.path)));
}

/** For agents that are held by now: ending may have taken a while. */
async function withPulls(tools: StopTools, { generation, scope }: Halt, found: Guarded): Promise<Guarded> {
  const { github, now } = tools;
  const { halt } = (await tools.ledger.read()).state;
  const paths = stillHeld(halt, generation);
  const agents = tools.agents.filter(({ workflow }) => paths?.has(workflow) === true);
  if (agents.length === 0) return found;
  // The account shared by all workflows may belong to an agent that is back.
  const left: HaltScope =
    halt.resumptions.length === 0 ? scope : { kind: 'agents', names: agents.map(({ name }) => name) };
  // What this stop has turned red stays red: a resume turns green only what belongs to agents that are no longer held.
  const red = halt.receipt?.pulls.flatMap(({ head, status }) => (status === 'posted' ? [head] : [])) ?? [];
  const work = { api: github.pulls, scope: left, agents, generation, known: halt.pulls, now, red };
  const { pulls, residue } = await holdPulls(work);
  const before = new Set(halt.pulls.map((pull) => JSON.stringify(pull)));
  const news = pulls.filter((pull) => !before.has(JSON.stringify(pull)));
  return { ...found, pulls: news, residue: [...found.residue, ...residue] };
}

/** A receipt lists at most this many runs: starting them over and over must not make the ledger grow without end. */
const MOST_RUNS = 1_000;

async function writtenDown(tools: StopTools, generation: number, found: Guarded): Promise<Guarded | null> {
  const { ended, pulls, residue } = found;
  if (ended.length === 0 && pulls.length === 0) return residue.length === 0 ? NOTHING : found;
  const { ledger, repo, by, now, github, sleep } = tools;
  const written = await insistently(tools, () =>
    ledger.append(({ halt: { halt, receipt } }) => {
      if (halt?.generation !== generation || receipt === null) return [];
      const runs = [...receipt.runs, ...ended].slice(-MOST_RUNS);
      return [receiptEvent({ ...receipt, runs, pulls: joined(receipt.pulls, pulls) }, repo, now(), by)];
    }),
  );
  if (!written.ok) return { ...found, residue: [...residue, residueOf('ledger', ledger.place, written.failure)] };
  if (written.value.state.halt.halt !== null) return found;
  // Somebody has resumed all of it meanwhile, and could not know of these.
  await attempt(() => releasePulls(github.pulls, pulls, generation, sleep));
  return null;
}

function joined(known: readonly PullReceipt[], more: readonly PullReceipt[]): readonly PullReceipt[] {
  return [...new Map([...known, ...more].map((pull) => [`${pull.number}@${pull.head}`, pull])).values()];
}
