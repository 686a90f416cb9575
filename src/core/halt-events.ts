import type { CommandClaim, CommandRecord } from './command-record.ts';
import type { CountedReceipt, Halt, HeldWorkflow, ReceiptSignature, Resumption, UnloggedStop } from './halt.ts';
import type { Duration } from './time.ts';

/** What a drill measured; null if it did not get that far. */
export interface DrillRecord {
  readonly mode: 'live' | 'dry';
  readonly ok: boolean;
  readonly timeToDetect: Duration | null;
  readonly timeToStop: Duration | null;
  readonly timeToRecover: Duration | null;
  /** One line in our own words: what failed, or what was shown. */
  readonly detail: string;
}

/** Stops, resumptions, drills, and the commands of people. */
export interface HaltEvents {
  /** Written before anything is switched off, so that if the stop dies midway, all that it was about to do is known. */
  'halt.declared': {
    readonly halt: Halt;
    readonly workflows: readonly HeldWorkflow[];
    /** Earlier stops that could not be written to any ledger and that this one takes over; absent if there were none. */
    readonly unlogged?: readonly UnloggedStop[];
    /** The number of the stop that this one extends to agents that have appeared since; absent for a stop of its own. */
    readonly joins?: number;
  };
  /** Signed if there was a key; `ledger verify` checks it. */
  'halt.receipt': { readonly receipt: CountedReceipt; readonly signature?: ReceiptSignature };
  'halt.resumed': { readonly resumption: Resumption };
  /** A stop that a rule asked for and shadow mode did not carry out. */
  'halt.would_have': {
    readonly rule: string;
    readonly fingerprint: string;
    readonly agents: readonly string[];
    /** Left out in ledgers that did not record it. */
    readonly episode?: number;
    /** Left out for a stop. */
    readonly do?: 'pause-agent';
  };
  'command.taken': { readonly claim: CommandClaim };
  'command.answered': { readonly command: CommandRecord };
  'drill.ran': { readonly drill: DrillRecord };
}

/** All kinds of these events. */
export const HALT_EVENTS: Readonly<Record<keyof HaltEvents, true>> = {
  'halt.declared': true,
  'halt.receipt': true,
  'halt.resumed': true,
  'halt.would_have': true,
  'command.taken': true,
  'command.answered': true,
  'drill.ran': true,
};
