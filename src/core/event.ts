import { ALERT_EVENTS, type AlertEvents } from './alert-events.ts';
import { BUDGET_EVENTS, type BudgetEvents } from './budget-events.ts';
import { GUARD_EVENTS, type GuardEvents } from './guard-events.ts';
import { HALT_EVENTS, type HaltEvents } from './halt-events.ts';
import { IMPROVEMENT_EVENTS, type ImprovementEvents } from './improvement-events.ts';
import { LEDGER_EVENTS, type LedgerEvents } from './ledger-events.ts';
import { OPINION_EVENTS, type OpinionEvents } from './opinion-events.ts';
import { REVIEW_EVENTS, type ReviewEvents } from './review-events.ts';
import type { Subject } from './subject.ts';
import type { Instant } from './time.ts';
import { WASTE_EVENTS, type WasteEvents } from './waste-events.ts';
import { WORK_EVENTS, type WorkEvents } from './work-events.ts';

interface EventPayloads
  extends WorkEvents,
    AlertEvents,
    HaltEvents,
    BudgetEvents,
    GuardEvents,
    ReviewEvents,
    WasteEvents,
    ImprovementEvents,
    OpinionEvents,
    LedgerEvents {}

export type EventKind = keyof EventPayloads;

/**
 * Something that happened or was done. Append-only. `id` is deterministic (`run:8123:1`), so that collecting twice adds nothing.
 * Equal ids have equal `at`.
 */
export type LedgerEvent = {
  [K in EventKind]: {
    readonly v: 1;
    readonly id: string;
    readonly kind: K;
    /** When it happened. */
    readonly at: Instant;
    /** When we learned it. */
    readonly seen: Instant;
    readonly repo: string;
    readonly subject: Subject;
    readonly data: EventPayloads[K];
  };
}[EventKind];

/** The event of one kind. */
export type EventOf<K extends EventKind> = Extract<LedgerEvent, { readonly kind: K }>;

/** All kinds, for readers that must tell known kinds from unknown ones. */
export const EVENT_KINDS: readonly EventKind[] = Object.keys({
  ...WORK_EVENTS,
  ...ALERT_EVENTS,
  ...HALT_EVENTS,
  ...BUDGET_EVENTS,
  ...GUARD_EVENTS,
  ...REVIEW_EVENTS,
  ...WASTE_EVENTS,
  ...IMPROVEMENT_EVENTS,
  ...OPINION_EVENTS,
  ...LEDGER_EVENTS,
} satisfies Readonly<Record<EventKind, true>>) as EventKind[];
