import type { WorkPlace } from '../core/budget.ts';
import { type Scope, soleName } from './allowance.ts';

/** What was used in a period, in the unit of the budget, and how well that is known. */
export interface Spend {
  /** The sum of what is known. */
  readonly known: number;
  /**
   * What the sessions of unknown cost may have used, each at the 95th percentile of its agent. A guess, which decides nothing
   * alone.
   */
  readonly estimated: number;
  /** The sum of known and estimated. */
  readonly total: number;
  readonly sessions: number;
  /** Sessions of unknown cost that are in `estimated`. */
  readonly guessed: number;
  /** Sessions of unknown cost whose agent has too few known ones for a guess; not included in any sum. */
  readonly uncounted: number;
  /** Sessions that were cut off: they used at least what is known. */
  readonly cutOff: number;
  /** Pieces of work that may or may not belong here; not included in any sum. */
  readonly unplaced: number;
  /** What open leases hold, in addition to what is known. */
  readonly reserved: number;
  readonly leases: number;
  /** What runs in progress without a lease may use, and how many of them cannot be guessed. */
  readonly going: { readonly runs: number; readonly estimated: number; readonly uncounted: number };
  /** For an organisation: the part used by other repositories; null if not known, and then in no sum. Null for all else. */
  readonly others: Others | null;
}

/** The part of other repositories. */
export interface Others {
  readonly known: number;
  readonly repositories: number;
  /** Repositories that have been silent for more than a day. */
  readonly silent: number;
}

export const NOTHING_SPENT: Spend = {
  ...{ known: 0, estimated: 0, total: 0, sessions: 0, guessed: 0, uncounted: 0, cutOff: 0, unplaced: 0 },
  ...{ reserved: 0, leases: 0, going: { runs: 0, estimated: 0, uncounted: 0 }, others: null },
};

/** The spend of the repository and of each of its agents. */
export interface Spending {
  readonly repository: Spend;
  /** By name: every agent that is known or was seen lately. */
  readonly agents: ReadonlyMap<string, Spend>;
}

/** A page being written. */
export interface PageDraft {
  known: number;
  estimated: number;
  sessions: number;
  guessed: number;
  uncounted: number;
  cutOff: number;
  reserved: number;
  leases: number;
  readonly going: { runs: number; estimated: number; uncounted: number };
}

/** The pages of everyone with an allowance of their own. */
export interface Books {
  /** The page of a piece of work; null if it belongs to nobody here. */
  page(place: WorkPlace, own: string): PageDraft | null;
  close(): Spends;
}

/** What was spent by everyone with an allowance of their own. */
export interface Spends {
  readonly byName: ReadonlyMap<string, Spend>;
  /** The spend of somebody without an entry: nothing, except for work that may be theirs. */
  readonly rest: Spend;
}

/** What somebody spent, whether or not they have an entry. */
export function spendOf({ byName, rest }: Spends, name: string): Spend {
  return byName.get(name) ?? rest;
}

/** Opens a page for everyone a scope is for; for a scope of many, as they turn up. */
export function openBooks(scope: Scope): Books {
  const pages = new Map<string, PageDraft>();
  let unplaced = 0;
  const pageOf = (name: string): PageDraft => {
    const known = pages.get(name);
    if (known !== undefined) return known;
    const page: PageDraft = {
      ...{ known: 0, estimated: 0, sessions: 0, guessed: 0, uncounted: 0, cutOff: 0, reserved: 0, leases: 0 },
      going: { runs: 0, estimated: 0, uncounted: 0 },
    };
    pages.set(name, page);
    return page;
  };
  const fixed = fixedName(scope);
  if (fixed !== null) pageOf(fixed);
  return {
    page: (place, own) => {
      const name = nameIn(scope, place, own);
      if (name === null) unplaced++;
      // An agent with another name does not belong here.
      return name === null || (fixed !== null && name !== fixed) ? null : pageOf(name);
    },
    close: () => ({
      byName: new Map(
        [...pages].map(([name, page]) => [
          name,
          { ...page, unplaced, total: page.known + page.estimated, others: null },
        ]),
      ),
      rest: { ...NOTHING_SPENT, unplaced },
    }),
  };
}

/** The whole has a single page, without a name. */
function fixedName(scope: Scope): string | null {
  return scope.kind === 'repository' || scope.kind === 'organisation' ? '' : soleName(scope);
}

/** The name under which a piece of work is filed; null if not known. */
export function nameIn(scope: Scope, place: WorkPlace, own: string): string | null {
  switch (scope.kind) {
    case 'repository':
    case 'organisation':
      return '';
    case 'agent':
      return place.agent;
    case 'workflow':
      return place.workflow;
    case 'actor':
      return place.actor;
    case 'chain':
      // If it is not known what started it, it may belong to any chain. Work outside a run is a chain of its own.
      return place.orphan ? null : String(place.chain ?? own);
    case 'session':
      return own;
    default:
      return scope satisfies never;
  }
}
