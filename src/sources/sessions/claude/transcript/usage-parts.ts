import type { Instant } from '../../../../core/time.ts';
import { keptId } from '../../identity.ts';
import type { TranscriptPart } from './part.ts';
import { enter, type ResponseBook, responsesOf } from './responses.ts';
import type { UsageRow } from './usage-row.ts';

/** What the rows of one session tell so far. */
interface Tally {
  readonly book: ResponseBook;
  startedAt: Instant | null;
  endedAt: Instant | null;
  /** When the main conversation last went on; undefined when nothing of it was seen. */
  mainAt: Instant | null | undefined;
  spoken: boolean;
  subagents: boolean;
}

/** The sessions of a file of which only the usage is read, as it is read. Rows without a session belong to the one before. */
export interface GrowingUsage {
  readonly take: (rows: readonly UsageRow[]) => void;
  /** `damaged` tells whether records of the file are lost. */
  readonly parts: (damaged: boolean) => readonly TranscriptPart[];
}

/** Begins to put together what each response used. What other rows would tell is left open. */
export function growingUsage(): GrowingUsage {
  const sessions = new Map<string | null, Tally>();
  let current: string | null = null;
  return {
    take: (rows) => {
      current ??= rows.find(({ session }) => session !== null)?.session ?? null;
      for (const row of rows) {
        current = row.session ?? current;
        const known = sessions.get(current);
        const tally = known ?? newTally();
        if (known === undefined) sessions.set(current, tally);
        takeRow(tally, row);
      }
    },
    parts: (damaged) =>
      [...sessions]
        .filter(([, { spoken }]) => spoken)
        .map(([session, tally]) => partOf(keptId(session), tally, damaged)),
  };
}

function newTally(): Tally {
  return { book: new Map(), startedAt: null, endedAt: null, mainAt: undefined, spoken: false, subagents: false };
}

function takeRow(tally: Tally, { at, subagent, spoken, response }: UsageRow): void {
  if (response !== null) enter(tally.book, response);
  if (at !== null) {
    if (tally.startedAt === null || at < tally.startedAt) tally.startedAt = at;
    if (tally.endedAt === null || at > tally.endedAt) tally.endedAt = at;
  }
  if (!spoken) return;
  tally.spoken = true;
  if (subagent) tally.subagents = true;
  else tally.mainAt = at;
}

function partOf(session: string | null, tally: Tally, damaged: boolean): TranscriptPart {
  const { book, startedAt, endedAt, mainAt, subagents } = tally;
  return {
    session,
    responses: responsesOf(book),
    tools: { calls: new Map(), results: new Map() },
    turns: [],
    startedAt,
    endedAt,
    ending: mainAt === undefined ? null : { outcome: 'unknown', at: mainAt },
    answered: false,
    subagents,
    compacted: false,
    unguarded: null,
    damaged,
  };
}
