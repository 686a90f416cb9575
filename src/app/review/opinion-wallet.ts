import type { Budget } from '../../budgets/budget.ts';
import type { LeaseAnswer, LeaseRequest } from '../../budgets/lease.ts';
import type { Config } from '../../config/schema.ts';
import type { Lease, LeaseMark } from '../../core/budget.ts';
import { sha256 } from '../../core/hash.ts';
import { formatUsd } from '../../core/money.ts';
import { type OpinionAbout, OWN_AGENT } from '../../core/opinion.ts';
import { type Duration, dayOf, type Instant, MINUTE } from '../../core/time.ts';
import type { Ledger } from '../../ledger/port.ts';
import { opinionsAbout } from '../../metrics/opinions.ts';
import { type LeaseDesk, takeLease } from '../ledger/lease.ts';
import type { LedgerState } from '../state.ts';

/** The most that one question may use. */
export interface MostUse {
  readonly usd: number;
  readonly tokens: number;
}

/** Who asks, about what, and for how much. */
export interface Purchase {
  readonly about: OpinionAbout;
  readonly most: MostUse;
  /** The run that asks; 0 when no run does, as on the command line. */
  readonly run: { readonly id: number; readonly attempt: number };
  /** Unique for each process, so that one that died does not block another from asking. */
  readonly by: string;
}

/** What pays for questions. */
export type WalletDesk = LeaseDesk & { readonly config: Pick<Config, 'budgets' | 'mode' | 'opinion'> };

/** Longer than a question may take, but short, so that the lease of a process that died ends soon. */
const LIVES: Duration = 5 * MINUTE;

/** A question without an answer is asked again by later runs, at most this many times in all. */
export const MOST_ROUNDS = 3;

/**
 * Reserves what a question may cost, from its own allowances and from the repository's budgets; a sentence when that is not
 * possible. If several processes want to ask the same thing, one gets the lease. When the budgets cannot tell whether there is
 * room, nothing is asked in enforce mode; in shadow mode the question's own allowances decide, which are always known.
 * @throws OutsideFailure when the ledger cannot be read or written: then nothing was reserved.
 */
export async function leaseForQuestion(desk: WalletDesk, purchase: Purchase, round: number): Promise<Lease | string> {
  const request = requestFor(purchase, round);
  const cap: Budget = { name: 'opinion', scope: 'session', usd: purchase.most.usd, warn_at: [] };
  const shared = desk.config.budgets.filter(({ usd, tokens }) => usd !== undefined || tokens !== undefined);
  const first = await tryLease(desk, purchase, request, [cap, ...shared]);
  if (typeof first === 'string') return first;
  if (first.lease !== null) return first.lease;
  if (first.kind === 'deny' || desk.config.mode === 'enforce') return first.reason;
  const second = await tryLease(desk, purchase, request, [cap]);
  return typeof second === 'string' ? second : (second.lease ?? second.reason);
}

async function tryLease(
  desk: WalletDesk,
  purchase: Purchase,
  request: LeaseRequest,
  budgets: readonly Budget[],
): Promise<LeaseAnswer | string> {
  const { config, now } = desk;
  const found: { problem: string | null } = { problem: null };
  const ledger = holding(desk.ledger, (state) => {
    found.problem = problemOf(state, purchase, config, now);
    return found.problem !== null;
  });
  const answer = await takeLease({ ...desk, config: { budgets }, ledger }, request);
  return found.problem ?? answer;
}

/** A ledger that accepts no writes while `holds` says so, checked at the moment of writing. */
function holding(ledger: Ledger<LedgerState>, holds: (state: LedgerState) => boolean): Ledger<LedgerState> {
  const { owner } = ledger;
  return {
    ...ledger,
    append: (decide) => ledger.append((state) => nothingIf(holds(state), decide(state))),
    ...(owner === undefined
      ? {}
      : {
          owner: {
            ...owner,
            append: (queries, decide) =>
              owner.append(queries, (state, uses) => nothingIf(holds(state), decide(state, uses))),
          },
        }),
  };
}

function nothingIf<T>(held: boolean, all: readonly T[]): readonly T[] {
  return held ? [] : all;
}

function requestFor({ about, most, run, by }: Purchase, round: number): LeaseRequest {
  return {
    agent: OWN_AGENT,
    workflow: null,
    run: run.id,
    attempt: run.attempt,
    job: `${jobOf(about)}-${round}-${sha256(by).slice(0, 8)}`,
    actor: null,
    trigger: null,
    parent: null,
    lives: LIVES,
    limits: most,
  };
}

function jobOf(about: OpinionAbout): string {
  return about.kind === 'pull'
    ? `pull-${about.pull}-${about.head.slice(0, 12)}`
    : `alert-${about.fingerprint.slice(0, 12)}-${about.episode}`;
}

/** Why a question may not be asked now or at all, in a sentence; null when it may. */
function problemOf(
  state: LedgerState,
  { about, most }: Purchase,
  { opinion }: Pick<Config, 'opinion'>,
  now: Instant,
): string | null {
  const { halt } = state.halt;
  if (halt !== null && halt.scope.kind === 'all')
    return `Stop ${halt.generation} is in force: no model is asked meanwhile.`;
  const unsettled = unsettledLeases(state);
  const isOpen = ({ closed, until }: LeaseMark): boolean => closed === null && now < until;
  if (unsettled.some((lease) => isOpen(lease) && lease.job?.startsWith(`${jobOf(about)}-`) === true))
    return 'Another run is asking this very moment.';
  const own = about.kind === 'pull' ? pullProblem(state, about.pull, most, opinion.usd_per_pull) : null;
  return own ?? dayProblem(state, unsettled, most, opinion.usd_per_day, now);
}

function pullProblem({ opinions }: LedgerState, pull: number, { usd }: MostUse, allowed: number): string | null {
  const spent = sum(
    opinions.opinions.map(({ about, cost }) => (about.kind === 'pull' && about.pull === pull ? (cost.usd ?? 0) : 0)),
  );
  if (spent + usd <= allowed) return null;
  return `Opinions about this pull request have cost ${formatUsd(spent)} of ${formatUsd(allowed)}, and another may cost ${formatUsd(usd)}.`;
}

/** A reservation that was never settled counts as spent: a process that died may have been billed. */
function dayProblem(
  { opinions }: LedgerState,
  unsettled: readonly LeaseMark[],
  { usd }: MostUse,
  allowed: number,
  now: Instant,
): string | null {
  const isToday = ({ at }: { readonly at: Instant }): boolean => dayOf(at) === dayOf(now);
  const spent = sum(opinions.opinions.filter(isToday).map(({ cost }) => cost.usd ?? 0));
  const reserved = sum(unsettled.filter(isToday).map((lease) => lease.reserved.usd ?? 0));
  if (spent + reserved + usd <= allowed) return null;
  return `Opinions have used ${formatUsd(spent + reserved)} of the ${formatUsd(allowed)} of the day, and another may cost ${formatUsd(usd)}.`;
}

function unsettledLeases({ budgets }: LedgerState): readonly LeaseMark[] {
  return Object.values(budgets.leases).filter(({ agent, closed }) => agent === OWN_AGENT && closed?.how !== 'settled');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The round of the next question; null when there is an answer already, or when asking again is of no use. */
export function roundOf({ opinions }: LedgerState, about: OpinionAbout): number | null {
  const before = opinionsAbout(opinions, about);
  return before.length >= MOST_ROUNDS || before.some(({ end }) => end !== 'unavailable') ? null : before.length + 1;
}
