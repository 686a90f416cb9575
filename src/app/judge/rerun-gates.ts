import { admit } from '../../admission/admit.ts';
import type { Config } from '../../config/schema.ts';
import type { Gate } from '../../core/guard.ts';
import type { RemedyRun } from '../../core/notice-record.ts';
import { attemptKey } from '../../metrics/attempt.ts';
import { hear } from '../guard/judge.ts';
import type { Evidence } from '../ledger/lease.ts';

/** Short phrases that stay the same while nothing changes: they appear in an issue. */
const WHY: Readonly<Record<Gate, string>> = {
  halt: 'a stop holds the agent',
  rule: 'a rule lets the agent start no more for a while',
  sight: 'nobody knows whether the agent may start',
  chain: 'its chain of runs has gone on for long enough',
  pace: 'the agent has started too lately',
  budget: 'no budget has enough left for it',
  reviews: 'people have enough of its pull requests to look at',
};

/**
 * Why a run may not be rerun now; null when it may. The guard's gates are asked as if the next attempt were about to start in
 * enforce mode: a stop, a denial or an empty wallet keeps us from starting what nobody could hold then. Pure.
 */
export function mayRunAgain(ground: Evidence & { readonly config: Config }): (run: RemedyRun) => string | null {
  const { config, state } = ground;
  return ({ run, attempt, agent }) => {
    const mark = state.recent.runs[attemptKey(run, attempt)];
    const asking = {
      ...{ workflow: mark?.workflow ?? null, run, attempt: attempt + 1, job: null },
      ...{ actor: null, trigger: mark?.trigger ?? null, parent: null },
    };
    const { given } = hear({ agent, asking, setOff: null, mode: 'enforce', override: null }, config, ground);
    const { decision, answers } = admit(given);
    return decision === 'deny' ? WHY[answers[0]?.gate ?? 'sight'] : null;
  };
}
