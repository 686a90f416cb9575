import type { Saving, SavingOutcome } from './waste.ts';

/** What was said about work that came to nothing. */
export interface WasteEvents {
  /** People were told what to change, and what that would save. */
  'saving.predicted': { readonly saving: Saving };
  /** The outcome; `saving` is the id of the event that announced it. */
  'saving.scored': { readonly saving: string; readonly outcome: SavingOutcome };
}

/** All kinds of these events. */
export const WASTE_EVENTS: Readonly<Record<keyof WasteEvents, true>> = {
  'saving.predicted': true,
  'saving.scored': true,
};
