import type { Config } from '../config/schema.ts';
import type { Agent } from '../core/agent.ts';
import type { StopResponse } from '../core/response.ts';
import { after, between, type Instant } from '../core/time.ts';
import type { GitHub } from '../github/port.ts';
import type { Ledger } from '../ledger/port.ts';
import type { StopHand } from '../responses/stop-plan/apply.ts';
import { everKnown } from '../sources/agents/fold.ts';
import type { WatchJob } from './job.ts';
import { leversOf } from './levers.ts';
import { sparedFrom } from './spared.ts';
import type { LedgerState } from './state.ts';
import type { StopJob } from './stop.ts';
import type { World } from './world.ts';

/** What a stop that a rule asks for is carried out with. */
export interface StopKit {
  readonly github: GitHub;
  readonly ledger: Ledger<LedgerState>;
  readonly config: Config;
  /** The moment that the run works at. */
  readonly now: Instant;
  readonly world: Pick<World, 'now' | 'by' | 'sleep' | 'env'>;
  readonly progress: WatchJob['progress'];
}

/** Carries out the stops that rules ask for, with the same engine as a person's stop, and looks after the one in force. */
export function stopHand(kit: StopKit): StopHand {
  const { github, ledger, now } = { ...kit, now: runningClock(kit) };
  return {
    stop: (response) =>
      stopOf(kit, now, {
        scope: { kind: 'agents', names: response.agents },
        initiator: { kind: 'rule', rule: response.rule, fingerprint: response.fingerprint },
        reason: reasonOf(response),
      }),
    // Only what it holds still: what a person has resumed since is not stopped again.
    goOn: async ({ generation, scope, by, reason }) => {
      const { goOn } = await import('./go-on.ts');
      const wish = { scope, initiator: by, reason };
      return await goOn(generation, ledger, (state) => jobOf(kit, now, wish, state, heldAgents(state, now())));
    },
    join: async (newcomers, { generation, scope, by, reason }) => {
      const { takeOver } = await import('./go-on.ts');
      const wish = { scope, initiator: by, reason };
      return await takeOver(generation, ledger, (state) => {
        const joining = state.agents.agents.filter(({ workflow }) => newcomers.includes(workflow));
        return jobOf(kit, now, wish, state, [...heldAgents(state, now()), ...joining]);
      });
    },
    active: async (paths) => {
      const listed = await github.actions.workflows();
      const active = new Set(listed.filter(({ state }) => state === 'active').map(({ path }) => path));
      return paths.filter((path) => active.has(path));
    },
    followUp: async (canary) => {
      const { resume } = await import('./resume.ts');
      const reason = `The canary has done well (resumed on ${canary.at}: ${canary.reason})`;
      const wish = { paths: null, stage: 'all', anyway: false, reason } as const;
      const { by, sleep } = kit.world;
      const levers = leversOf(kit.config.stop, github, kit.world.env);
      return await resume({ repo: github.repo, now, by, ledger, github, initiator: canary.by, sleep, levers, wish });
    },
  };
}

type Wish = Pick<StopJob, 'scope' | 'initiator' | 'reason'>;

async function stopOf(kit: StopKit, now: () => Instant, wish: Wish): ReturnType<StopHand['stop']> {
  const [{ stop }, { state }] = await Promise.all([import('./stop.ts'), kit.ledger.read()]);
  return await stop(jobOf(kit, now, wish, state, everKnown(state.agents, now())));
}

function jobOf(
  { github, ledger, config, world, progress }: StopKit,
  now: () => Instant,
  wish: Wish,
  state: LedgerState,
  agents: readonly Agent[],
): StopJob {
  const { grace, deadline, reserve } = config.stop;
  return {
    ...{ repo: github.repo, now, by: world.by, ledger, github, progress, sleep: world.sleep },
    agents,
    spared: sparedFrom(config, state.agents.files, world.env),
    levers: leversOf(config.stop, github, world.env),
    limits: { grace, deadline, reserve },
    ...wish,
  };
}

function heldAgents({ agents, halt }: LedgerState, now: Instant): readonly Agent[] {
  return everKnown(agents, now).filter(({ workflow }) => halt.held.some(({ path }) => path === workflow));
}

/** The stop waits and measures, so its clock goes on from the moment that the run works at. */
function runningClock({ now, world }: StopKit): () => Instant {
  const began = world.now();
  return () => after(now, between(began, world.now()));
}

function reasonOf({ because, fingerprint, episode }: StopResponse): string {
  return `${because} (alert ${fingerprint}, episode ${episode})`;
}
