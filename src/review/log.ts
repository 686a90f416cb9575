import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import type { Passport } from '../core/passport.ts';
import { detailOf } from '../core/session.ts';
import { after, DAY, type Duration } from '../core/time.ts';
import type { WorkMark } from './matter.ts';

/** What is remembered for reviews. */
export interface ReviewLog {
  /** The last one of each pull request, oldest first. */
  readonly passports: readonly Passport[];
  /** Agent sessions of the last weeks, oldest first. */
  readonly work: readonly WorkMark[];
}

const MOST_PASSPORTS = 300;
const WORK_KEPT: Duration = 35 * DAY;
const MOST_WORK = 3_000;

/** Keeps the last passports, and what sessions cost and used. */
export const reviewFold: Fold<ReviewLog> = {
  initial: { passports: [], work: [] },
  apply(state, events: readonly LedgerEvent[]) {
    const made = events.flatMap((event) => (event.kind === 'passport.made' ? [event.data.passport] : []));
    const done = events.flatMap((event) => (event.kind === 'session.recorded' ? workOf(event) : []));
    if (made.length === 0 && done.length === 0) return state;
    const passports = new Map(state.passports.map((passport) => [passport.pull, passport]));
    for (const passport of made) {
      const known = passports.get(passport.pull);
      if (known !== undefined && known.at > passport.at) continue;
      // Moved to the end, so that the one looked at longest ago is forgotten first.
      passports.delete(passport.pull);
      passports.set(passport.pull, passport);
    }
    const work = new Map([...state.work, ...done].map((mark) => [mark.id, mark]));
    return { passports: [...passports.values()].slice(-MOST_PASSPORTS), work: keptWork([...work.values()]) };
  },
};

function keptWork(work: readonly WorkMark[]): readonly WorkMark[] {
  const sorted = [...work].sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1));
  const oldest = after(sorted.at(-1)?.at ?? '1970-01-01T00:00:00Z', -WORK_KEPT);
  return sorted.filter(({ at }) => at >= oldest).slice(-MOST_WORK);
}

function workOf({ id, at, data: { session } }: EventOf<'session.recorded'>): readonly WorkMark[] {
  const { agent, run, outcome, cost, models } = session;
  if (agent === null) return [];
  const { cutOff = false } = detailOf(session);
  return [{ id, run, agent, at: session.startedAt ?? at, outcome, cutOff: cutOff === true, cost, models }];
}
