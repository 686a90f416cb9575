import type { CommandClaim } from '../../core/command-record.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Fold } from '../../core/fold.ts';
import { after, between, DAY, type Duration, type Instant, latest } from '../../core/time.ts';

/** Which comments were acted on, so that each counts once. */
export interface CommandsState {
  /** When an answered comment was written, by the id of the comment. */
  readonly answered: Readonly<Record<string, Instant>>;
  /** Who is about to answer, by the id of the comment. */
  readonly taken: Readonly<Record<string, CommandClaim>>;
}

/** Longer than a command is valid. Anything older is refused for its age. */
const KEPT: Duration = 3 * DAY;

/** Keeps what was answered, and what somebody is answering. */
export const commandsFold: Fold<CommandsState> = {
  initial: { answered: {}, taken: {} },
  apply: (state, events) => {
    const relevant = events.filter(isRelevant);
    if (relevant.length === 0) return state;
    const draft: Draft = { answered: { ...state.answered }, taken: { ...state.taken } };
    for (const event of relevant) fold(draft, event);
    return { answered: kept(draft.answered, (at) => at), taken: kept(draft.taken, ({ at }) => at) };
  },
};

/** True for a comment whose command was answered. */
export function isAnswered({ answered }: CommandsState, comment: number): boolean {
  return Object.hasOwn(answered, String(comment));
}

/** True while a parallel run may still be answering. One that claimed the comment longer ago is presumed dead. */
export function isBeingAnswered(
  { taken }: CommandsState,
  comment: number,
  { now, by, lasts }: { readonly now: Instant; readonly by: string; readonly lasts: Duration },
): boolean {
  const claim = taken[String(comment)];
  return claim !== undefined && claim.by !== by && between(claim.at, now) < lasts;
}

type Relevant = EventOf<'command.taken' | 'command.answered'>;

interface Draft {
  readonly answered: Record<string, Instant>;
  readonly taken: Record<string, CommandClaim>;
}

function isRelevant(event: LedgerEvent): event is Relevant {
  return event.kind === 'command.taken' || event.kind === 'command.answered';
}

function fold({ answered, taken }: Draft, event: Relevant): void {
  switch (event.kind) {
    case 'command.taken': {
      const { claim } = event.data;
      const before = taken[String(claim.comment)];
      if (before === undefined || before.at <= claim.at) taken[String(claim.comment)] = claim;
      return;
    }
    case 'command.answered': {
      const { comment } = event.data.command;
      answered[String(comment)] = latest(answered[String(comment)] ?? '', event.at);
      return;
    }
    default:
      event satisfies never;
  }
}

/** Drops entries that are too old compared to the newest. */
function kept<T>(entries: Readonly<Record<string, T>>, momentOf: (entry: T) => Instant): Record<string, T> {
  const newest = Object.values(entries).map(momentOf).sort().at(-1);
  if (newest === undefined) return {};
  const oldest = after(newest, -KEPT);
  return Object.fromEntries(Object.entries(entries).filter(([, entry]) => momentOf(entry) >= oldest));
}
