import type { SessionOutcome } from '../../../../../core/session.ts';
import type { Instant } from '../../../../../core/time.ts';
import type { TokenKinds } from '../../usage.ts';
import { fullestNote, type Noted, noteMore, saidMore } from '../noted.ts';
import type { UsageShare } from '../shares.ts';
import type { SessionSums, TurnSums, UsageSums } from '../sums.ts';
import type { Folding } from './folding.ts';
import { type Names, nameAt } from './names.ts';
import { readWork } from './read-work.ts';

/** A session of which all files were put together. */
export interface FoldedSession {
  readonly id: string;
  /** The index of the file that holds its main conversation. */
  readonly file: number;
  readonly sums: SessionSums;
  readonly shares: readonly UsageShare[];
}

/** The fields of a part, see assembly/part.ts. */
const PART = { session: 3, file: 4, flags: 5, startedAt: 6, endedAt: 7, outcome: 8 } as const;
const OUTCOMES: readonly (SessionOutcome | null)[] = [null, 'unknown', 'completed', 'failed'];

/** The flags of a stretch, and the damage of a file. */
const [SUBAGENTS, ANSWERED, COMPACTED, GUARDED, UNGUARDED, DAMAGED] = [2, 4, 8, 16, 32, 64] as const;
const MOMENT = 24;

/** Reads the figures of the session that the program has just summed. */
export function readSums(folding: Folding, names: Names): FoldedSession {
  const { program, memory } = folding;
  const part = program.part.value;
  const flags = memory.number(part, PART.flags);
  const moment = (field: number): Instant | null => {
    const place = memory.number(part, field);
    return place === 0 ? null : memory.letters(place, MOMENT);
  };
  const id = nameAt(folding, memory.number(part, PART.session));
  const shares = readShares(folding, names);
  return {
    id,
    shares,
    file: memory.number(part, PART.file),
    sums: {
      session: id,
      usage: readUsage(folding, shares),
      work: readWork(folding, names),
      turns: readTurns(folding),
      startedAt: moment(PART.startedAt),
      endedAt: moment(PART.endedAt),
      outcome: OUTCOMES[memory.number(part, PART.outcome)] ?? null,
      answered: (flags & ANSWERED) !== 0,
      subagents: (flags & SUBAGENTS) !== 0,
      compacted: (flags & COMPACTED) !== 0,
      unguarded: (flags & UNGUARDED) !== 0 ? true : (flags & GUARDED) !== 0 ? false : null,
      noted: notedIn(folding, memory.number(memory.number(part, PART.session), SESSION.firstPart)),
      damaged: (flags & DAMAGED) !== 0,
    },
  };
}

/** The fields of a session, of a part's notes and of a note, see assembly/bag.ts. */
const SESSION = { firstPart: 5 } as const;
const NOTES = { nextOfSession: 1, first: 11, saidMore: 13 } as const;
const NOTE = { next: 0, number: 1 } as const;

/** What Claude Code noted in the files of a session. */
function notedIn(folding: Folding, first: number): Noted | null {
  const { memory } = folding;
  const noted: (Noted | null)[] = [];
  for (let part = first; part !== 0; part = memory.number(part, NOTES.nextOfSession))
    noted.push(notedInPart(folding, part));
  return noted.length === 0 ? null : fullestNote(noted);
}

function notedInPart({ memory, snapshots }: Folding, part: number): Noted | null {
  let noted: Noted | null = null;
  for (let note = memory.number(part, NOTES.first); note !== 0; note = memory.number(note, NOTE.next)) {
    const snapshot = snapshots[memory.number(note, NOTE.number)];
    if (snapshot !== undefined) noted = noteMore(noted, snapshot);
  }
  return (memory.number(part, NOTES.saidMore) & 1) === 0 ? noted : saidMore(noted);
}

/** The fields of what the responses sum up to, see assembly/sums.ts. */
const USAGE = { total: 0, firstShare: 1, responses: 2, used: 3, whole: 4 } as const;

function readUsage(folding: Folding, shares: readonly UsageShare[]): UsageSums {
  const { program, memory } = folding;
  const usage = program.usage.value;
  const total = memory.number(usage, USAGE.total);
  return {
    tokens: memory.number(usage, USAGE.used) === 0 ? null : readTokens(folding, total),
    usd: readPrice(folding, total),
    responses: memory.number(usage, USAGE.responses),
    priced: memory.number(total, SUMS.priced),
    whole: memory.number(usage, USAGE.whole),
    models: [...new Set(shares.flatMap(({ model }) => model ?? []))],
    unpriced: [],
  };
}

/** The fields of sums, see assembly/sums.ts. Tokens by kind and the price are 64-bit numbers, counted in these. */
const SUMS = { next: 4, model: 5, at: 6, known: 7, priced: 8 } as const;
const [FIRST_KIND, USD] = [5, 10] as const;
const DAY = 10;

/** The shares of a session by model and day. */
function readShares(folding: Folding, { models }: Names): readonly UsageShare[] {
  const { program, memory } = folding;
  const byModel = new Map<number, UsageShare[]>();
  const first = memory.number(program.usage.value, USAGE.firstShare);
  for (let place = first; place !== 0; place = memory.number(place, SUMS.next)) {
    const [model, at] = [memory.number(place, SUMS.model), memory.number(place, SUMS.at)];
    const share = {
      model: models[model] ?? null,
      day: at === 0 ? null : memory.letters(at, DAY),
      tokens: readTokens(folding, place),
      usd: readPrice(folding, place),
    };
    const ofModel = byModel.get(model);
    if (ofModel === undefined) byModel.set(model, [share]);
    else ofModel.push(share);
  }
  return [...byModel.values()].flat();
}

function readTokens({ memory }: Folding, sums: number): TokenKinds {
  const known = memory.number(sums, SUMS.known);
  const kind = (index: number): number | null =>
    ((known >> index) & 1) === 0 ? null : memory.amount(sums, FIRST_KIND + index);
  return { input: kind(0), output: kind(1), cacheRead: kind(2), cacheWrite5m: kind(3), cacheWrite1h: kind(4) };
}

function readPrice({ memory }: Folding, sums: number): number | null {
  return memory.number(sums, SUMS.priced) === 0 ? null : memory.amount(sums, USD);
}

/** The fields of the turns, see assembly/turns.ts: one 64-bit number, and then 32-bit ones. */
const TURNS = { ms: 0, asked: 2, ended: 3, timed: 4 } as const;

function readTurns({ program, memory }: Folding): TurnSums {
  const turns = program.turns.value;
  return {
    ms: memory.amount(turns, TURNS.ms),
    asked: memory.number(turns, TURNS.asked),
    ended: memory.number(turns, TURNS.ended),
    timed: memory.number(turns, TURNS.timed),
  };
}
