import type { BudgetUnit, Raise } from '../core/budget.ts';
import type { Severity } from '../core/outcome.ts';
import type { PullFacts } from '../core/pull.ts';
import type { Instant } from '../core/time.ts';
import type { Budget, WrittenPeriod } from './budget.ts';
import { type ReviewRoom, reviewRoom } from './review-capacity.ts';

/** Whom a budget is for. `name` is `*` for each of them separately. */
export type Scope =
  | { readonly kind: 'repository' | 'organisation' | 'chain' | 'session' }
  | { readonly kind: 'agent' | 'workflow' | 'actor'; readonly name: string };

/** A budget in the one form that all code works with. */
export interface Terms {
  readonly name: string;
  readonly scope: Scope;
  readonly period: WrittenPeriod;
  readonly unit: BudgetUnit;
  /** What may be used: the configured limit, or more while a lead has raised it. */
  readonly limit: number;
  /** The raise in force; null if there is none. */
  readonly raise: Raise | null;
  /** The room that people's pace of review leaves, if that is the limit; null for a configured limit. */
  readonly room: ReviewRoom | null;
  readonly zone: string;
  readonly warn_at: readonly number[];
}

const UNITS: readonly BudgetUnit[] = ['usd', 'tokens', 'minutes', 'runs', 'open_pull_requests'];

/** What a budget means at `now`, with the raise in force. `auto` is computed from the known pull requests. */
export function termsOf(
  budget: Budget,
  raises: readonly Raise[] = [],
  now: Instant = '',
  pulls: PullFacts | null = null,
): Terms {
  const unit = UNITS.find((each) => budget[each] !== undefined) ?? 'usd';
  const room = reviewRoom(budget, pulls, now);
  const told = budget[unit] ?? 0;
  const written = typeof told === 'number' ? told : (room?.limit ?? 0);
  const raise = raises.find(
    (each) =>
      each.budget === budget.name && each.unit === unit && each.at <= now && now < each.until && each.to > written,
  );
  return {
    name: budget.name,
    scope: scopeOf(budget),
    period: budget.period ?? 'session',
    unit,
    limit: raise?.to ?? written,
    raise: raise ?? null,
    room: raise === undefined ? room : null,
    zone: budget.time_zone ?? 'UTC',
    warn_at: budget.warn_at,
  };
}

/** The limit in force; null if it is to be measured and too little is known for that. */
export function knownLimit({ limit, room }: Pick<Terms, 'limit' | 'room'>): number | null {
  return room?.weekly === null ? null : limit;
}

function scopeOf({ agent, scope }: Budget): Scope {
  if (agent !== undefined) return { kind: 'agent', name: agent };
  if (scope === undefined) return { kind: 'repository' };
  if (typeof scope === 'string') return { kind: scope };
  if ('agent' in scope) return { kind: 'agent', name: scope.agent };
  if ('workflow' in scope) return { kind: 'workflow', name: scope.workflow };
  return { kind: 'actor', name: scope.actor };
}

/** The single name that a scope is for; null for a scope of many, each with an allowance of its own, and for the whole. */
export function soleName(scope: Scope): string | null {
  switch (scope.kind) {
    case 'agent':
    case 'workflow':
    case 'actor':
      return scope.name === '*' ? null : scope.name;
    case 'repository':
    case 'organisation':
    case 'chain':
    case 'session':
      return null;
    default:
      return scope satisfies never;
  }
}

/** A scope for a narrow column: `repository`, the name of an agent, `each actor`. */
export function scopeWord(scope: Scope): string {
  switch (scope.kind) {
    case 'agent':
    case 'workflow':
    case 'actor':
      return scope.name === '*' ? `each ${scope.kind}` : scope.name;
    case 'chain':
    case 'session':
      return `each ${scope.kind}`;
    case 'repository':
    case 'organisation':
      return scope.kind;
    default:
      return scope satisfies never;
  }
}

/** A used-up part of a budget. */
export interface Stage {
  readonly severity: Severity;
  /** The amount from which this stage applies. */
  readonly from: number;
}

/** Sums of cents are not exact. An amount this close to a line has reached it. */
export const ROUNDING = 1e-9;

/**
 * The stage that an amount has reached; `null` below the first one. The limit itself is critical, the last stage of `warn_at` is a
 * warning, and those before it are for information.
 */
export function stageOf({ limit, warn_at }: Pick<Terms, 'limit' | 'warn_at'>, amount: number): Stage | null {
  const shares = [...warn_at].sort((a, b) => a - b);
  const stages: readonly Stage[] = [
    ...shares.map((share, place) => ({
      severity: place === shares.length - 1 ? ('warning' as const) : ('info' as const),
      from: share * limit,
    })),
    { severity: 'critical', from: limit },
  ];
  return stages.findLast(({ from }) => amount >= from - ROUNDING) ?? null;
}
