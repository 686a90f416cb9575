import { DAY, type Duration, HOUR, MINUTE } from '../../../src/core/time.ts';

/** What a session is like, as far as an incident changes it. */
export interface Effect {
  /** Times as many tokens of every kind. */
  readonly size?: number;
  /** The share of cached tokens that are read from the cache still; the rest is paid in full. */
  readonly cache?: number;
  /** Another model, so many times as dear. */
  readonly dearer?: number;
  readonly failureRate?: number;
  /** The share of calls of the MCP server that fail. */
  readonly serverErrors?: number;
  /** The MCP server is not called. */
  readonly noServer?: boolean;
  /** So many equal calls of one tool in a row. */
  readonly repeats?: number;
  /** No session takes place. */
  readonly silent?: boolean;
}

/** A kind of incident at one size. */
export interface IncidentPlan {
  readonly kind: string;
  readonly size: string;
  /** Whether the claim of docs/detection.md is made for this size, where the incident is long enough: see `isStated`. */
  readonly claimed: boolean;
  /** How the cost, tokens or calls of a session change where the incident is told by them alone; decides how many sessions it must touch. */
  readonly times?: number;
  /** How long it lasts; for those that are counted in sessions, so many of the agent's. */
  readonly lasts: { readonly time: Duration } | { readonly sessions: number };
  /** From midnight or from the first session after a moment of the day. */
  readonly starts: 'midnight' | 'session';
  /** What it does to a session, `part` of the way through it (0 to 1). */
  effect(part: number): Effect;
  /** It starts the agent besides, at this distance. */
  readonly every?: Duration;
}

type Plan = Omit<IncidentPlan, 'kind' | 'size' | 'claimed'>;

function kind(name: string, sizes: readonly (readonly [string, boolean, Plan])[]): readonly IncidentPlan[] {
  return sizes.map(([size, claimed, plan]) => ({ kind: name, size, claimed, ...plan }));
}

const day = (effect: Effect): Plan => ({
  lasts: { time: DAY },
  starts: 'midnight',
  effect: () => effect,
  ...timesOf(effect),
});
function timesOf({ size }: Effect): Pick<Plan, 'times'> {
  return size === undefined ? {} : { times: size };
}
const hour = (effect: Effect): Plan => ({ ...day(effect), lasts: { time: HOUR }, starts: 'session' });
const days = (count: number, effect: Effect): Plan => ({
  lasts: { time: count * DAY },
  starts: 'session',
  effect: () => effect,
  ...timesOf(effect),
});
const inRow = (sessions: number, effect: Effect): Plan => ({
  lasts: { sessions },
  starts: 'session',
  effect: () => effect,
});
const growing = (count: number, to: number): Plan => ({
  lasts: { time: count * DAY },
  starts: 'session',
  effect: (part) => ({ size: to ** part }),
});
const starts = (every: Duration): Plan => ({
  lasts: { time: 4 * HOUR },
  starts: 'session',
  effect: () => ({ size: 0.7 }),
  every,
});

/** Every kind at every size. Smaller ones than what is stated stand beside them, so that it shows where finding ends. */
export const PLANS: readonly IncidentPlan[] = [
  ...kind('spend for a day', [
    ['×2', true, day({ size: 2 })],
    ['×3', true, day({ size: 3 })],
    ['×5', true, day({ size: 5 })],
  ]),
  ...kind('spend for an hour', [
    ['×3', true, hour({ size: 3 })],
    ['×5', true, hour({ size: 5 })],
    ['×10', true, hour({ size: 10 })],
  ]),
  ...kind('slow drift of spend', [
    ['×2 in 14 days', false, growing(14, 2)],
    ['×3 in 14 days', true, growing(14, 3)],
  ]),
  ...kind('step of spend', [
    ['×1.5 for 7 days', false, days(7, { size: 1.5 })],
    ['×2 for 7 days', true, days(7, { size: 2 })],
    ['×3 for 7 days', true, days(7, { size: 3 })],
  ]),
  ...kind('agent silent', [
    ['10 runs', false, inRow(10, { silent: true })],
    ['20 runs', true, inRow(20, { silent: true })],
    ['40 runs', true, inRow(40, { silent: true })],
  ]),
  ...kind('MCP server silent', [
    ['10 sessions', false, inRow(10, { noServer: true })],
    ['20 sessions', true, inRow(20, { noServer: true })],
  ]),
  ...kind('burst of failures', [
    ['4 in a row', false, inRow(4, { failureRate: 1 })],
    ['6 in a row', true, inRow(6, { failureRate: 1 })],
    ['10 in a row', true, inRow(10, { failureRate: 1 })],
  ]),
  ...kind('failure rate up', [
    ['30 % for 5 days', false, days(5, { failureRate: 0.3 })],
    ['50 % for 5 days', true, days(5, { failureRate: 0.5 })],
    ['80 % for 5 days', true, days(5, { failureRate: 0.8 })],
  ]),
  ...kind('tokens a session grow', [
    ['×2 in 5 days', false, growing(5, 2)],
    ['×4 in 5 days', true, growing(5, 4)],
  ]),
  ...kind('cache hits collapse', [
    ['to 50 % for 3 days', false, days(3, { cache: 0.5 })],
    ['to 10 % for 3 days', true, days(3, { cache: 0.1 })],
  ]),
  ...kind('dearer model', [
    ['×1.7 for 3 days', true, days(3, { dearer: 1.7 })],
    ['×5 for 3 days', true, days(3, { dearer: 5 })],
  ]),
  ...kind('runaway starts', [
    ['every 10 min for 4 h', false, starts(10 * MINUTE)],
    ['every 5 min for 4 h', true, starts(5 * MINUTE)],
    ['every 2 min for 4 h', true, starts(2 * MINUTE)],
  ]),
  ...kind('tool errors spike', [
    ['20 % for a day', false, day({ serverErrors: 0.2 })],
    ['40 % for a day', true, day({ serverErrors: 0.4 })],
    ['80 % for a day', true, day({ serverErrors: 0.8 })],
  ]),
  ...kind('tool-call loop', [
    ['30 equal calls', false, inRow(1, { repeats: 30, size: 1.3 })],
    ['100 equal calls', false, inRow(1, { repeats: 100, size: 2 })],
    ['300 equal calls', true, inRow(1, { repeats: 300, size: 4 })],
  ]),
];

/** By kind, so that each kind is drawn as often as any other, however many sizes it has. */
export const KINDS: readonly (readonly IncidentPlan[])[] = [...new Set(PLANS.map((plan) => plan.kind))].map((name) =>
  PLANS.filter((plan) => plan.kind === name),
);

/**
 * How much there must be to see: n sessions of x times the size are stated from n · ln(x)² ≥ 6 on. Sessions of one agent differ by
 * σ = 0.30 to 0.55 (of the logarithm), so that at 0.42 the sum of n of them lies 5.8 σ from what is usual: a line at 3.9 σ, which chance crosses
 * once in 20,000 looks, is missed once in 36 times. ×10 takes 2 sessions, ×5 takes 3, ×3 takes 5, ×2 takes 13.
 */
const LEAST_EVIDENCE = 6;
/** A server is called some ten times in a session; of fewer sessions two failed calls are still chance. */
const LEAST_WITH_ERRORS = 3;
/** A public holiday silences an agent for a day, and is none of its faults. */
const LONGEST_HOLIDAY = 2;
/** Dollars more in a session, below which a dearer model is no news. */
const LEAST_DEARER = 0.15;

/** What an incident came to where it was put. */
export interface Extent {
  /** Sessions that it touched, or that did not take place. */
  readonly sessions: number;
  /** Sessions of the agent on a usual weekday. */
  readonly perDay: number;
  /** What a session of the agent usually costs, in US dollars. */
  readonly usd: number;
}

/** Whether the claim is made for this incident. */
export function isStated({ claimed, times, effect }: IncidentPlan, extent: Extent): boolean {
  if (!claimed) return false;
  if (times !== undefined) return extent.sessions * Math.log(times) ** 2 >= LEAST_EVIDENCE;
  const { silent, serverErrors, dearer } = effect(1);
  if (silent === true) return extent.sessions >= LONGEST_HOLIDAY * extent.perDay;
  if (serverErrors !== undefined) return extent.sessions >= LEAST_WITH_ERRORS;
  if (dearer !== undefined) return extent.usd * (dearer - 1) >= LEAST_DEARER && extent.sessions >= 3;
  return true;
}
