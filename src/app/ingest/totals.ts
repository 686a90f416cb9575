import type { Money, MoneyBasis } from '../../core/money.ts';
import type { Certainty } from '../../core/outcome.ts';
import { keptName } from '../../core/redact.ts';
import type { Engine, SessionReading, Tokens } from '../../core/session.ts';
import { dayOf } from '../../core/time.ts';
import { sharesOf, type UsageShare } from '../../sources/sessions/claude/transcript/shares.ts';
import type { FoundSession } from '../../sources/sessions/found-session.ts';
import { sumKnown } from '../../sources/sessions/json/fields.ts';

/** What some sessions used together: sums over what is known. */
export interface IngestSum {
  readonly sessions: number;
  readonly tokens: Tokens;
  readonly cost: Money;
}

/** Sums over what is known. `state` is `lower_bound` as soon as one session is not known exactly. */
export interface IngestTotals extends IngestSum {
  readonly state: { readonly tokens: Certainty; readonly cost: Certainty };
  /** How many sessions have no information at all about their tokens or their cost. */
  readonly unknown: { readonly tokens: number; readonly cost: number };
  /** `agent` is null when it is not known whose the sessions are. */
  readonly byAgent: readonly (IngestSum & { readonly agent: string | null; readonly engine: Engine })[];
  /** `model` is null when the record names none, or several without what each of them used. */
  readonly byModel: readonly (IngestSum & { readonly model: string | null })[];
  /** By the UTC day of each request if the record has it, else of the session's start; null when neither is known. */
  readonly byDay: readonly (IngestSum & { readonly day: string | null })[];
}

/** A session as it is summed. */
export type CountedSession = Pick<FoundSession, 'reading' | 'shares' | 'part'>;

/** The totals of sessions; `agent` is whose they are, when known. */
export function totalsOf(found: readonly CountedSession[], agent: string | null): IngestTotals {
  const readings = found.map(({ reading }) => reading);
  const shares = found.flatMap(sharesIn);
  return {
    ...sumOf(readings, readings.length),
    state: {
      tokens: joinStates(readings.map(({ state }) => state.tokens)),
      cost: joinStates(readings.map(({ state }) => state.cost)),
    },
    unknown: {
      tokens: readings.filter(({ tokens }) => tokens.total === null).length,
      cost: readings.filter(({ cost }) => cost.usd === null).length,
    },
    byAgent: groupBy(readings, ({ engine }) => engine).map(([engine, own]) => ({
      agent,
      engine,
      ...sumOf(own, own.length),
    })),
    byModel: groupBy(shares, ({ model }) => model).map(([model, own]) => ({ model, ...sumOf(own, sessionsIn(own)) })),
    byDay: groupBy(shares, ({ day }) => day)
      .sort(([a], [b]) => ((a ?? '') < (b ?? '') ? -1 : 1))
      .map(([day, own]) => ({ day, ...sumOf(own, sessionsIn(own)) })),
  };
}

/** The part of a session's use that belongs to one model on one day. */
interface Share {
  readonly session: CountedSession;
  readonly model: string | null;
  readonly day: string | null;
  readonly tokens: Tokens;
  readonly cost: Money;
}

function sharesIn(session: CountedSession): readonly Share[] {
  const { reading } = session;
  const [model = null, ...others] = reading.models;
  const day = reading.startedAt === null ? null : dayOf(reading.startedAt);
  const shares = reading.tokens.total === null ? null : sharesOfRequests(session);
  if (shares !== null) return shares.map((share) => shareFrom(session, share, day));
  return [{ session, model: others.length === 0 ? model : null, day, tokens: reading.tokens, cost: reading.cost }];
}

/** The part of a session's use that belongs to one model on one day, if its record tells requests apart. */
function sharesOfRequests({ shares, part }: CountedSession): readonly UsageShare[] | null {
  if (shares !== undefined) return shares;
  return part === null ? null : sharesOf(part.responses);
}

function shareFrom(session: CountedSession, { model, day, tokens, usd }: UsageShare, start: string | null): Share {
  const name = keptName(model ?? '');
  return {
    session,
    model: name === '' ? null : name,
    day: day ?? start,
    tokens: { ...tokens, total: sumKnown(Object.values(tokens)) },
    cost: usd === null ? { usd, basis: 'unknown' } : { usd, basis: session.reading.cost.basis },
  };
}

function sessionsIn(shares: readonly Share[]): number {
  return new Set(shares.map(({ session }) => session)).size;
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): [K, readonly T[]][] {
  const groups = new Map<K, T[]>();
  // Consecutive items usually share a group, and comparing two keys is cheaper than looking one up.
  let [before, group]: [K | undefined, T[] | undefined] = [undefined, undefined];
  for (const item of items) {
    const at = key(item);
    if (group === undefined || at !== before) {
      group = groups.get(at) ?? [];
      if (group.length === 0) groups.set(at, group);
      before = at;
    }
    group.push(item);
  }
  return [...groups];
}

function sumOf(items: readonly Pick<SessionReading, 'tokens' | 'cost'>[], sessions: number): IngestSum {
  return {
    sessions,
    tokens: sumOfTokens(items.map(({ tokens }) => tokens)),
    cost: sumOfMoney(items.map(({ cost }) => cost)),
  };
}

function sumOfTokens(tokens: readonly Tokens[]): Tokens {
  return {
    input: sumKnown(tokens.map((kinds) => kinds.input)),
    output: sumKnown(tokens.map((kinds) => kinds.output)),
    cacheRead: sumKnown(tokens.map((kinds) => kinds.cacheRead)),
    cacheWrite5m: sumKnown(tokens.map((kinds) => kinds.cacheWrite5m)),
    cacheWrite1h: sumKnown(tokens.map((kinds) => kinds.cacheWrite1h)),
    total: sumKnown(tokens.map((kinds) => kinds.total)),
  };
}

/** The least certain basis comes first. */
const WEAKEST_FIRST: readonly MoneyBasis[] = ['estimated', 'list', 'quota', 'billed'];

function sumOfMoney(costs: readonly Money[]): Money {
  const usd = sumKnown(costs.map((cost) => cost.usd));
  const basis = WEAKEST_FIRST.find((candidate) => costs.some((cost) => cost.basis === candidate && cost.usd !== null));
  return usd === null || basis === undefined ? { usd: null, basis: 'unknown' } : { usd, basis };
}

function joinStates(states: readonly Certainty[]): Certainty {
  if (states.every((state) => state === 'unknown')) return 'unknown';
  return states.every((state) => state === 'exact') ? 'exact' : 'lower_bound';
}
