import type { Config } from '../config/schema.ts';
import type { StopResponse } from '../core/response.ts';
import { after, between, type Instant } from '../core/time.ts';
import type { GitHub } from '../github/port.ts';
import type { Ledger } from '../ledger/port.ts';
import type { StopHand } from '../responses/stop-plan/apply.ts';
import type { WatchJob } from './job.ts';
import { sparedFrom } from './spared.ts';
import type { LedgerState } from './state.ts';
import type { World } from './world.ts';

/** What a stop that a rule asks for is carried out with. */
export interface StopKit {
  readonly github: GitHub;
  readonly ledger: Ledger<LedgerState>;
  readonly config: Config;
  /** The moment that the run works at. */
  readonly now: Instant;
  readonly world: World;
  readonly progress: WatchJob['progress'];
}

/** Carries out the stops that rules ask for, with the same engine as a person's stop. */
export function stopHand(kit: StopKit): StopHand {
  const { github, ledger, config, world, progress } = kit;
  const { grace, deadline, reserve } = config.stop;
  // The stop waits and measures, so its clock goes on from the moment that the run works at.
  const began = world.now();
  const now = (): Instant => after(kit.now, between(began, world.now()));
  return async (response) => {
    const [{ stop }, { state }] = await Promise.all([import('./stop.ts'), ledger.read()]);
    return stop({
      repo: github.repo,
      now,
      by: world.by,
      ledger,
      github,
      agents: state.agents.agents,
      spared: sparedFrom(config, state.agents.files, world.env),
      scope: { kind: 'agents', names: response.agents },
      initiator: { kind: 'rule', rule: response.rule, fingerprint: response.fingerprint },
      reason: reasonOf(response),
      sleep: world.sleep,
      limits: { grace, deadline, reserve },
      progress,
    });
  };
}

function reasonOf({ because, fingerprint, episode }: StopResponse): string {
  return `${because} (alert ${fingerprint}, episode ${episode})`;
}
