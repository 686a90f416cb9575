import type { Config } from '../../config/schema.ts';
import type { StopResponse } from '../../core/response.ts';
import { after, between, type Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { StopHand } from '../../responses/stop-plan/apply.ts';
import { everKnown } from '../../sources/agents/fold.ts';
import type { WatchJob } from '../job.ts';
import { recordKeyOf } from '../ledger/signed-ledger.ts';
import type { World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { leversOf } from '../stop/levers.ts';
import { sparedFrom } from '../stop/spared.ts';
import type { StopJob } from '../stop/stop.ts';
import type { StopTools } from '../stop/tools.ts';
import type { StopIssues } from '../stop/unlogged.ts';

/** What is needed to carry out a stop that a rule asks for. */
export interface StopKit {
  readonly github: GitHub;
  readonly ledger: Ledger<LedgerState>;
  readonly config: Config;
  /** The moment the run works at. */
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
    takeIn: async () => {
      const [{ takeInUnlogged }, { knownFrom }] = await Promise.all([
        import('../stop/unlogged.ts'),
        import('../stop/agents-now.ts'),
      ]);
      const issues = await issuesOf(kit);
      const known = knownFrom({ github, config: kit.config, env: kit.world.env, now });
      return await takeInUnlogged({ repo: github.repo, now, ledger, github, issues, known });
    },
    goOn: async ({ generation }) => {
      const [{ goOn }, { state }] = await Promise.all([import('../stop/go-on.ts'), ledger.read()]);
      return await goOn(await toolsOf(kit, now, state), generation);
    },
    join: async (newcomers, { generation }) => {
      const [{ takeOver }, { state }] = await Promise.all([import('../stop/go-on.ts'), ledger.read()]);
      return await takeOver(await toolsOf(kit, now, state), generation, newcomers);
    },
    standGuard: async ({ generation }) => {
      const [{ standGuard }, { state }] = await Promise.all([import('../stop/stand-guard.ts'), ledger.read()]);
      return await standGuard(await toolsOf(kit, now, state), generation);
    },
    active: async (paths) => {
      const listed = await github.actions.workflows();
      const active = new Set(listed.filter(({ state }) => state === 'active').map(({ path }) => path));
      return paths.filter((path) => active.has(path));
    },
    followUp: async (canary) => {
      const { resume } = await import('../stop/resume.ts');
      const reason = `The canary has done well (resumed on ${canary.at}: ${canary.reason})`;
      const { generation } = canary;
      const wish = { generation, paths: null, stage: 'all', anyway: false, reason } as const;
      const { by, sleep } = kit.world;
      const levers = leversOf(kit.config.stop, github, kit.world.env);
      const job = { repo: github.repo, now, by, ledger, github, initiator: canary.by, sleep, levers, wish };
      return await resume({ ...job, limits: limitsOf(kit.config) });
    },
  };
}

type Wish = Pick<StopJob, 'scope' | 'initiator' | 'reason'>;

async function stopOf(kit: StopKit, now: () => Instant, wish: Wish): ReturnType<StopHand['stop']> {
  const [{ stop }, { state }] = await Promise.all([import('../stop/stop.ts'), kit.ledger.read()]);
  const spared = sparedFrom(kit.config, state.agents.files, kit.world.env);
  return await stop({ ...(await toolsOf(kit, now, state)), spared, ...wish });
}

async function toolsOf(kit: StopKit, now: () => Instant, { agents }: LedgerState): Promise<StopTools> {
  const { github, ledger, config, world, progress } = kit;
  return {
    ...{ repo: github.repo, now, by: world.by, ledger, github, progress, sleep: world.sleep },
    agents: everKnown(agents, now()),
    levers: leversOf(config.stop, github, world.env),
    issues: await issuesOf(kit),
    limits: limitsOf(config),
  };
}

function limitsOf({ stop: { grace, deadline, reserve } }: Config): StopTools['limits'] {
  return { grace, deadline, reserve };
}

async function issuesOf({ github, config, world }: StopKit): Promise<StopIssues> {
  return { api: github.issues, labels: config.issues.labels, key: await recordKeyOf(world.env) };
}

/** A stop waits and measures, so its clock runs on from the moment the run works at. */
function runningClock({ now, world }: StopKit): () => Instant {
  const began = world.now();
  return () => after(now, between(began, world.now()));
}

function reasonOf({ because, fingerprint, episode }: StopResponse): string {
  return `${because} (alert ${fingerprint}, episode ${episode})`;
}
