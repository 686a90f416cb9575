import { haltGate } from '../../admission/halt.ts';
import type { RemedyRerun } from '../../core/notice-record.ts';
import type { RerunResponse } from '../../core/response.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { RerunHand } from '../../responses/rerun/apply.ts';
import { rerunEvent } from '../judge/rerun-event.ts';
import type { World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { ownWorkflow } from '../stop/spared.ts';

/** Reruns failed runs. The outcome of each is in the ledger before the next one begins. */
export function rerunHand(job: {
  readonly github: GitHub;
  readonly ledger: Ledger<LedgerState>;
  readonly now: Instant;
  readonly env: World['env'];
}): RerunHand {
  const { github, ledger, now, env } = job;
  return {
    rerun: async (response) => {
      const { agent } = response;
      const { halt, agents } = (await ledger.read()).state;
      const workflow = agents.agents.find(({ name }) => name === agent)?.workflow ?? null;
      const gate = haltGate(halt, agent, workflow);
      // A stop requested a moment ago was not there when this was planned.
      if (gate.decision !== 'allow') return { kind: 'later', why: gate.reason };
      const { runAgain } = await import('../../responses/rerun/run-again.ts');
      const { actions, control, repo } = github;
      const end = await runAgain({ actions, control, now, ownWorkflow: ownWorkflow(env) }, response);
      if (end.kind !== 'later') await ledger.append(() => [rerunEvent({ repo, now }, stepOf(response, end))]);
      return end;
    },
  };
}

function stepOf(
  { fingerprint, episode, act, agent, run, attempt }: RerunResponse,
  end: { readonly kind: 'asked' } | { readonly kind: 'refused'; readonly why: string },
): RemedyRerun {
  const why = end.kind === 'refused' ? end.why : null;
  return { fingerprint, episode, do: act, run, attempt, agent, state: end.kind, why };
}
