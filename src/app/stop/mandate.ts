import { attempt } from '../../core/failure.ts';
import type { Residue } from '../../core/halt.ts';
import type { Instant } from '../../core/time.ts';
import { enableAll } from '../../responses/stop/enable.ts';
import { type HaltState, stillHeld } from '../../responses/stop/log.ts';
import { residueOf } from '../../responses/stop/receipt.ts';
import { keptOnly, type Standing, shownReleased, type WorkflowStanding } from '../../responses/stop/standing.ts';
import type { StopTools } from './tools.ts';

/**
 * What a stop may continue with while others may resume it. An unreadable ledger says nothing, so it releases nothing: a stop
 * continues until it is known that somebody has resumed it.
 */
export interface Mandate {
  /** Reads the ledger; null when it cannot be read. */
  look(): Promise<HaltState | null>;
  /** `yieldTo` for the current state of the ledger. */
  comply(standing: Standing): Promise<Standing>;
  /**
   * Releases what has been resumed, and switches on again what was switched off after that. Returns the same object when
   * everything is still held.
   */
  yieldTo(state: HaltState, standing: Standing): Promise<Standing>;
  /** What should be on again and could not be switched on. */
  residue(): readonly Residue[];
}

/** The mandate of a stop that was recorded at this moment under this generation. */
export function mandateOf(tools: StopTools, generation: number, since: Instant): Mandate {
  // A resume may be recorded just after a look, so anything requested since the last look may have come too late.
  let heldAt = since;
  const left: Residue[] = [];
  const look = async (): Promise<HaltState | null> => {
    const read = await attempt(() => tools.ledger.read());
    return read.ok ? read.value.state.halt : null;
  };
  const yieldTo: Mandate['yieldTo'] = async (state, standing) => {
    const paths = stillHeld(state, generation);
    const kept = paths === null ? standing : keptOnly(standing, paths);
    if (kept === standing) return standing;
    const gone = standing.workflows.filter(({ held }) => paths?.has(held.path) === false);
    left.push(
      ...(await giveBack(
        tools,
        gone.filter(({ disables }) => disables.some(({ at }) => at >= heldAt)),
      )),
    );
    const listed = await attempt(() => tools.github.actions.workflows());
    return shownReleased(kept, listed.ok ? listed.value : null);
  };
  return {
    look,
    yieldTo,
    comply: async (standing) => {
      const at = tools.now();
      const state = await look();
      if (state === null) return standing;
      const kept = await yieldTo(state, standing);
      heldAt = at;
      return kept;
    },
    residue: () => left,
  };
}

/** Only what was active before the stop, unless it is off for another reason by now. GitHub's list may show our own change late. */
async function giveBack({ github, sleep }: StopTools, late: readonly WorkflowStanding[]): Promise<readonly Residue[]> {
  const ours = late.map(({ held }) => held).filter(({ before }) => before === 'active');
  if (ours.length === 0) return [];
  const listed = await attempt(() => github.actions.workflows());
  const states = new Map(
    listed.ok ? listed.value.map(({ id, state }) => [id, state]) : ours.map(({ id }) => [id, 'active']),
  );
  const wanted = ours.filter(({ id }) => ['disabled_manually', 'active'].includes(states.get(id) ?? 'deleted'));
  const { failures } = await enableAll(wanted, github, sleep);
  return failures.map(({ path, failure }) =>
    residueOf('workflow', path, {
      ...failure,
      message: `It was resumed while this stop switched it off, and could not be switched on again: ${failure.message}`,
    }),
  );
}
