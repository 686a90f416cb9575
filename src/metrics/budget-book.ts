import { type BudgetFacts, type ForecastMark, type LeaseMark, type Raise, WORK_KEPT } from '../core/budget.ts';
import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import { after, type Instant } from '../core/time.ts';
import { witnessed } from './attempt.ts';
import { workFold } from './work.ts';
import { workFacts } from './work-facts.ts';
import type { WorkState } from './work-state.ts';

/** Who did what, what is reserved, what was allowed beyond the configuration, and what was forecast. */
export interface BudgetBook {
  readonly work: WorkState;
  /** By id; those of the last 35 days. */
  readonly leases: Readonly<Record<string, LeaseMark>>;
  /** By budget: the last raise. */
  readonly raises: Readonly<Record<string, Raise>>;
  /** By budget and day; those of the last 35 days. */
  readonly forecasts: Readonly<Record<string, ForecastMark>>;
  /** The moment reached by the newest of these events. */
  readonly newest: Instant | null;
}

type BookEvent = EventOf<
  'lease.taken' | 'lease.settled' | 'lease.expired' | 'budget.raised' | 'forecast.made' | 'forecast.scored'
>;

interface Draft {
  newest: Instant | null;
  readonly leases: Record<string, LeaseMark>;
  readonly raises: Record<string, Raise>;
  readonly forecasts: Record<string, ForecastMark>;
}

/** Keeps the books of budgets. */
export const budgetBookFold: Fold<BudgetBook> = {
  initial: { work: workFold.initial, leases: {}, raises: {}, forecasts: {}, newest: null },
  apply(state: BudgetBook, events: readonly LedgerEvent[]): BudgetBook {
    const work = workFold.apply(state.work, events);
    const relevant = events.filter(isOfBook);
    if (relevant.length === 0) return work === state.work ? state : { ...state, work };
    const draft: Draft = {
      newest: state.newest,
      leases: { ...state.leases },
      raises: { ...state.raises },
      forecasts: { ...state.forecasts },
    };
    for (const event of relevant) write(draft, event);
    return { work, ...pruned(draft) };
  },
};

function isOfBook(event: LedgerEvent): event is BookEvent {
  switch (event.kind) {
    case 'lease.taken':
    case 'lease.settled':
    case 'lease.expired':
    case 'budget.raised':
    case 'forecast.made':
    case 'forecast.scored':
      return true;
    default:
      return false;
  }
}

function write(draft: Draft, event: BookEvent): void {
  const moment = witnessed(event);
  if (draft.newest === null || moment > draft.newest) draft.newest = moment;
  switch (event.kind) {
    case 'lease.taken':
      draft.leases[event.data.lease.id] ??= { ...event.data.lease, closed: null };
      return;
    case 'lease.settled':
      close(draft, event.data.lease, { how: 'settled', at: event.at, spent: event.data.spent });
      return;
    case 'lease.expired':
      close(draft, event.data.lease, { how: 'expired', at: event.at, because: event.data.because });
      return;
    case 'budget.raised':
      raise(draft, event.data.raise);
      return;
    case 'forecast.made': {
      const { forecast } = event.data;
      draft.forecasts[`${forecast.budget} ${forecast.day}`] ??= { ...forecast, dayCame: null, weekCame: null };
      return;
    }
    case 'forecast.scored':
      score(draft, event.data);
      return;
    default:
      event satisfies never;
  }
}

function raise(draft: Draft, given: Raise): void {
  const before = Object.hasOwn(draft.raises, given.budget) ? draft.raises[given.budget] : undefined;
  if (before === undefined || given.at >= before.at) draft.raises[given.budget] = given;
}

function score(draft: Draft, { budget, day, ahead, came }: EventOf<'forecast.scored'>['data']): void {
  const key = `${budget} ${day}`;
  const mark = Object.hasOwn(draft.forecasts, key) ? draft.forecasts[key] : undefined;
  if (mark !== undefined) draft.forecasts[key] = { ...mark, [ahead === 'day' ? 'dayCame' : 'weekCame']: came };
}

/** A settlement says what was really spent, so it counts even if the lease was given up before. */
function close(draft: Draft, id: string, closed: NonNullable<LeaseMark['closed']>): void {
  const lease = Object.hasOwn(draft.leases, id) ? draft.leases[id] : undefined;
  if (lease === undefined || lease.closed?.how === 'settled') return;
  if (lease.closed === null || closed.how === 'settled') draft.leases[id] = { ...lease, closed };
}

function pruned({ newest, leases, raises, forecasts }: Draft): Omit<BudgetBook, 'work'> {
  const oldest = newest === null ? '' : after(newest, -WORK_KEPT);
  for (const [id, { at, until }] of Object.entries(leases)) if (at < oldest && until < oldest) delete leases[id];
  for (const [budget, { until }] of Object.entries(raises)) if (until < oldest) delete raises[budget];
  for (const [key, { at }] of Object.entries(forecasts)) if (at < oldest) delete forecasts[key];
  return { newest, leases, raises, forecasts };
}

/** What budgets may know at `now`; `links` as in `workFacts`. */
export function budgetFacts(
  { work, leases, raises, forecasts }: BudgetBook,
  now: Instant,
  links: ReadonlyMap<number, number> = new Map(),
): BudgetFacts {
  return {
    ...workFacts(work, Object.values(leases), now, links),
    raises: Object.values(raises).filter(({ at }) => at <= now),
    forecasts: Object.values(forecasts)
      .filter(({ at }) => at <= now)
      .sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))),
  };
}
