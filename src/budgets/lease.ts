import type { Amounts, BudgetUnit, Errand, Lease, Left, WorkPlace } from '../core/budget.ts';
import type { Facts } from '../core/facts.ts';
import { formatAmount } from '../core/quantity.ts';
import { plainLine } from '../core/text.ts';
import { after, type Duration, type Instant } from '../core/time.ts';
import { attemptKey } from '../metrics/attempt.ts';
import { blindness } from '../metrics/sight.ts';
import { knownLimit, ROUNDING, soleName, stageOf, type Terms, termsOf } from './allowance.ts';
import type { Budget } from './budget.ts';
import { PULLS_UNKNOWN, unplacedWords } from './budget-words.ts';
import { spanOf } from './calendar.ts';
import { spendByName } from './count.ts';
import { amountIn } from './held.ts';
import { openPulls } from './open-pulls.ts';
import { doubtAboutOthers } from './others.ts';
import { PACE_UNKNOWN, roomWords } from './review-capacity.ts';
import { NOTHING_SPENT, nameIn, type Spend, spendOf } from './spend-page.ts';
import { usualMost } from './usual.ts';

/** The most one session of an agent may use, as configured; left out if nothing is configured. */
export interface SessionLimits {
  readonly usd?: number | undefined;
  readonly tokens?: number | undefined;
  readonly minutes?: number | undefined;
}

/** A request to let an agent start. */
export interface LeaseRequest extends Errand {
  /** True if one of several runs started it, and it cannot be told which. */
  readonly orphan?: boolean;
  /** How long the work may take. After that, the lease no longer holds anything. */
  readonly lives: Duration;
  readonly limits: SessionLimits;
}

interface AnswerBase {
  readonly reason: string;
  /** The unit of the budget that decided; null if none did. */
  readonly unit: BudgetUnit | null;
  readonly left: readonly Left[];
}

/** The answer to a request. Without a lease, nothing was reserved in any budget. */
export type LeaseAnswer =
  | (AnswerBase & { readonly kind: 'allow' | 'warn'; readonly lease: Lease })
  /** `unknown`: it cannot be told whether it may start. */
  | (AnswerBase & { readonly kind: 'deny' | 'unknown'; readonly lease: null });

/** The name of the lease of one job of an attempt. A second request gets the same one. */
export function leaseId({ run, attempt, job, agent }: Errand): string {
  return ['lease', run, attempt, agent, ...(job === null ? [] : [job])].join(':');
}

/**
 * Judges a request by all budgets that it falls under. Either all of them take what is reserved, or none does. Pure, so that it can
 * be repeated if somebody else has written to the ledger in between. Reserves what 19 of 20 sessions of the agent stay below (95th
 * percentile of 30 days), at most what one session may use.
 */
export function judgeLease(facts: Facts, budgets: readonly Budget[], request: LeaseRequest, now: Instant): LeaseAnswer {
  const id = leaseId(request);
  const known = facts.budgets();
  const before = known.leases.find((lease) => lease.id === id);
  const terms = budgets.map((budget) => termsOf(budget, known.raises, now, facts.pullRequests));
  const reserve = reserveOf(facts, request, terms, now);
  const stands = terms.flatMap((each) => standFor(facts, each, request, now) ?? []);
  if (before !== undefined && before.closed === null && now < before.until) {
    const { chain: _, orphan: __, closed: ___, ...lease } = before;
    return { kind: 'allow', reason: `The lease ${plainLine(id)} was taken before.`, unit: null, lease, left: [] };
  }
  if (before !== undefined) return refusal('deny', `The lease ${plainLine(id)} is over: one job takes one lease.`);
  const verdicts = stands.map((stand) => verdictOf(stand, reserve, facts));
  const worst = worstOf(verdicts);
  const left = verdicts.flatMap((verdict) => verdict.left ?? []);
  if (worst?.kind === 'deny' || worst?.kind === 'unknown')
    return { ...refusal(worst.kind, worst.reason), unit: worst.unit, left };
  return {
    kind: worst?.kind ?? 'allow',
    reason: `${worst?.reason ?? 'No budget holds for it.'} ${reserve.said}`.trim(),
    unit: worst?.unit ?? null,
    lease: {
      ...errandOf(request),
      ...{ id, at: now, until: after(now, request.lives), reserved: reserve.amounts },
    },
    left,
  };
}

function errandOf({ agent, workflow, run, attempt, job, actor, trigger, parent, parentLikely }: Errand): Errand {
  const likely = parentLikely === undefined ? {} : { parentLikely };
  return { agent, workflow, run, attempt, job, actor, trigger, parent, ...likely };
}

function refusal(kind: 'deny' | 'unknown', reason: string): Extract<LeaseAnswer, { kind: 'deny' | 'unknown' }> {
  return { kind, reason, unit: null, lease: null, left: [] };
}

/** How much is reserved, and why. */
interface Reserve {
  readonly amounts: Amounts;
  /** In a sentence; empty if nothing is counted. */
  readonly said: string;
}

const MEASURED = ['usd', 'tokens', 'minutes'] as const;

function reserveOf(facts: Facts, request: LeaseRequest, terms: readonly Terms[], now: Instant): Reserve {
  const parts = MEASURED.filter((unit) => terms.some((each) => each.unit === unit)).map((unit) =>
    reserveIn(facts, request, terms, unit, now),
  );
  const amountOf = (unit: BudgetUnit): number | null => parts.find((part) => part.unit === unit)?.amount ?? null;
  const said = parts.flatMap((part) => part.said ?? []);
  return {
    amounts: { usd: amountOf('usd'), tokens: amountOf('tokens'), minutes: amountOf('minutes') },
    said: said.length === 0 ? '' : `Reserved: ${said.join('; ')}.`,
  };
}

interface ReservePart {
  readonly unit: BudgetUnit;
  readonly amount: number | null;
  readonly said: string | null;
}

function reserveIn(
  facts: Facts,
  { agent, limits }: LeaseRequest,
  terms: readonly Terms[],
  unit: (typeof MEASURED)[number],
  now: Instant,
): ReservePart {
  const usual = usualMost(facts.budgets(), agent, unit, now);
  const caps = [
    ...(limits[unit] === undefined ? [] : [limits[unit]]),
    ...terms.flatMap((each) => (each.scope.kind === 'session' && each.unit === unit ? each.limit : [])),
  ];
  const cap = caps.length === 0 ? null : Math.min(...caps);
  if (usual === null && cap === null) return { unit, amount: null, said: null };
  const amount = Math.min(usual ?? Number.POSITIVE_INFINITY, cap ?? Number.POSITIVE_INFINITY);
  const why =
    usual === null || (cap !== null && cap <= usual)
      ? 'the most that a session may use'
      : `what 19 of 20 sessions of ${plainLine(agent)} stay below`;
  return { unit, amount, said: `${formatAmount(amount, unit)}, ${why}` };
}

/** The state of one budget for a request. */
interface Stand {
  readonly terms: Terms;
  /** Null if it is not known under which of many allowances the request falls. */
  readonly spend: Spend | null;
  readonly spoken: string;
  readonly request: LeaseRequest;
}

/** Null for a budget that the request does not fall under. */
function standFor(facts: Facts, terms: Terms, request: LeaseRequest, now: Instant): Stand | null {
  const place = placeOf(facts, request);
  const name = nameIn(terms.scope, place, leaseId(request));
  const sole = soleName(terms.scope);
  if (name !== null && sole !== null && name !== sole) return null;
  const span = spanOf(terms, now);
  const base = { terms, spoken: span.spoken, request };
  if (name === null) return { ...base, spend: null };
  if (terms.scope.kind === 'session') return { ...base, spend: NOTHING_SPENT };
  const without = attemptKey(request.run, request.attempt);
  // If its own attempt is on record as running, what it holds already counts, and what it may use is the question.
  const own = facts.budgets().leases.some((lease) => attemptKey(lease.run, lease.attempt) === without);
  const question = { scope: terms.scope, unit: terms.unit, span, ...(own ? {} : { without }) };
  return { ...base, spend: spendOf(spendByName(facts, question, now), name) };
}

/** Where the request belongs, with the chain of its parent. */
function placeOf(
  facts: Facts,
  { agent, workflow, actor, run, parent, trigger, orphan: isOrphan }: LeaseRequest,
): WorkPlace {
  const known = facts.budgets();
  const above = parent === null ? undefined : [...known.attempts, ...known.leases].find((each) => each.run === parent);
  const own = known.attempts.find((each) => each.run === run);
  const orphan = parent === null ? (isOrphan ?? own?.orphan ?? trigger === 'workflow_run') : (above?.orphan ?? false);
  return { agent, workflow, actor, chain: above?.chain ?? parent ?? own?.chain ?? run, orphan };
}

interface BudgetVerdict {
  readonly kind: LeaseAnswer['kind'];
  readonly reason: string;
  readonly unit: BudgetUnit;
  readonly left: Left | null;
}

const WEIGHT: Readonly<Record<LeaseAnswer['kind'], number>> = { allow: 0, warn: 1, unknown: 2, deny: 3 };

/** The most severe verdict; among equals, the one with the least left. */
function worstOf(verdicts: readonly BudgetVerdict[]): BudgetVerdict | null {
  const share = ({ left }: BudgetVerdict): number => (left === null ? 1 : left.left / left.limit);
  return [...verdicts].sort((a, b) => WEIGHT[b.kind] - WEIGHT[a.kind] || share(a) - share(b))[0] ?? null;
}

function verdictOf(stand: Stand, { amounts }: Reserve, facts: Facts): BudgetVerdict {
  const { terms, spend, spoken, request } = stand;
  const { unit, limit } = terms;
  const asked = amountIn(amounts, unit);
  const unknown = (why: string): BudgetVerdict => ({
    kind: 'unknown',
    reason: `Whether the budget ${terms.name} allows it is not known: ${why}.`,
    unit,
    left: null,
  });
  if (spend === null) return unknown(`nobody knows which ${terms.scope.kind} it belongs to`);
  const held = spend.total + spend.reserved + spend.going.estimated;
  const after = held + (asked ?? 0);
  const left = { budget: terms.name, unit, left: Math.max(0, limit - after), limit };
  if (held >= limit - ROUNDING || after > limit + ROUNDING) {
    if (knownLimit(terms) === null) return unknown(`${PACE_UNKNOWN}, so that one may be open and ${held} are`);
    const what = asked === null ? 'one more session' : `the ${formatAmount(asked, unit)} that it may take`;
    return { kind: 'deny', reason: `${tally(stand, held)}: there is no room for ${what}.`, unit, left };
  }
  const doubt = doubtOf(stand, asked, facts);
  if (doubt !== null) return unknown(doubt);
  const warns = stageOf(terms, after) !== null;
  const rest = `${tally(stand, held)}; ${formatAmount(left.left, unit)} is left beside this session of ${plainLine(request.agent)}, ${spoken}.`;
  return { kind: warns ? 'warn' : 'allow', reason: rest, unit, left };
}

/** Why a budget with room left is not proof. */
function doubtOf({ terms, spend, request }: Stand, asked: number | null, facts: Facts): string | null {
  const { scope, unit } = terms;
  if (unit === 'open_pull_requests' && openPulls(facts) === null) return PULLS_UNKNOWN;
  if (asked === null) {
    return `${plainLine(request.agent)} has fewer than 5 sessions of known use and no limit for one session. Set limits: { ${unit}: … } for it`;
  }
  if (scope.kind === 'session' || spend === null) return null;
  const unheard = scope.kind === 'organisation' ? doubtAboutOthers(spend) : null;
  if (unheard !== null) return unheard;
  const blind = blindness(facts);
  if (blind !== null) return blind;
  const uncounted = spend.uncounted + spend.going.uncounted;
  if (uncounted > 0) return `${uncounted} ${uncounted === 1 ? 'session' : 'sessions'} used an unknown amount`;
  return spend.unplaced > 0 ? `of ${unplacedWords(spend.unplaced, terms)}` : null;
}

/** `The budget repo-day holds $43.10 of $50.00 ($3.00 of it reserved, $1.20 assumed)`. */
function tally({ terms, spend }: Stand, held: number): string {
  const { unit, limit, raise } = terms;
  const { reserved, estimated, going } = spend ?? NOTHING_SPENT;
  const parts = [
    ...(reserved === 0 ? [] : [`${formatAmount(reserved, unit)} of it reserved`]),
    ...(estimated + going.estimated === 0 ? [] : [`${formatAmount(estimated + going.estimated, unit)} of it assumed`]),
    ...(raise === null ? [] : [`raised by ${plainLine(raise.by)}`]),
  ];
  const more = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return `The budget ${terms.name} holds ${formatAmount(held, unit)} of ${formatAmount(limit, unit)}${roomWords(terms.room)}${more}`;
}
