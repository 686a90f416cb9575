import { attempt } from '../../core/failure.ts';
import type { Residue } from '../../core/halt.ts';
import type { Instant } from '../../core/time.ts';
import { enableAll } from '../../responses/stop/enable.ts';
import { type HaltState, stillHeld } from '../../responses/stop/log.ts';
import { residueOf } from '../../responses/stop/receipt.ts';
import { keptOnly, type Standing, shownReleased, type WorkflowStanding } from '../../responses/stop/standing.ts';
import type { StopTools } from './tools.ts';

/**
 * What a stop may go on with while others may resume it. A ledger that cannot be read says nothing, so it lets nothing go: a
 * stop goes on until it is known that somebody has resumed it.
 */
export interface Mandate {
  /** Looks at the ledger; null when it cannot be read. */
  look(): Promise<HaltState | null>;
  /** `yieldTo` for how the ledger stands now. */
  comply(standing: Standing): Promise<Standing>;
  /**
   * Lets go of what has been resumed, and switches on again what was switched off after that. The very same standing when all of
   * it is held still.
   */
  yieldTo(state: HaltState, standing: Standing): Promise<Standing>;
  /** What should be on again and could not be switched on. */
  residue(): readonly Residue[];
}

/** The mandate of a stop that was written down at that moment under that number. */
export function mandateOf(tools: StopTools, generation: number, since: Instant): Mandate {
  // A resume may be written down just after a look: what was asked for since the last one may have come too late.
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

/** Only what was active before the stop, unless it is off for another reason by now. A list may show too late that we were. */
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
