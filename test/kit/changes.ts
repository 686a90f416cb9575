import type { Hypothesis, Judgement } from '../../src/core/improvement.ts';
import { after, DAY, dayOf, HOUR, type Instant, startOf } from '../../src/core/time.ts';
import type { Sample } from '../../src/metrics/samples.ts';
import { type DayOf, dayNumber } from '../../src/metrics/verdict/days.ts';
import { dueLook, isLastLook, type JudgeTerms, judgeChange } from '../../src/metrics/verdict/judge-change.ts';
import type { Sight } from '../../src/metrics/verdict/observe.ts';

/** Numbers that look like chance and are the same for the same seed: Mulberry32 by Tommy Ettinger (public domain). */
export function chance(seed: number): { uniform(): number; normal(): number; poisson(mean: number): number } {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    poisson: (mean) => {
      let [count, product] = [0, uniform()];
      for (const limit = Math.exp(-mean); product > limit; count += 1) product *= uniform();
      return count;
    },
  };
}

/** A kind of agent, by how its sessions come. */
export interface Fleet {
  readonly name: string;
  /** Mean number of sessions of a day. */
  readonly perDay: number;
  /** Of the logarithm of cost, session by session. */
  readonly spread: number;
  /** Of the logarithm of cost, day by day, and how alike neighbouring days are. */
  readonly dayByDay: { readonly spread: number; readonly alike: number };
  /** What a session of a weekend costs, as a share of one of a working day. */
  readonly weekend: number;
  /** The share of sessions that cost ten times as much. */
  readonly huge: number;
  readonly failures: number;
  readonly metric: Hypothesis['metric'];
}

const CALM: Omit<Fleet, 'name'> = {
  perDay: 6,
  spread: 0.5,
  dayByDay: { spread: 0, alike: 0 },
  weekend: 1,
  huge: 0,
  failures: 0.1,
  metric: 'sessions.tokenUsage.cost',
};

/** What series of agents look like. */
export const FLEETS: readonly Fleet[] = [
  { ...CALM, name: 'independent sessions' },
  { ...CALM, name: 'one session a day', perDay: 1 },
  { ...CALM, name: 'a rhythm of the week', weekend: 0.4, dayByDay: { spread: 0.2, alike: 0 } },
  { ...CALM, name: 'days that are alike', dayByDay: { spread: 0.4, alike: 0.5 } },
  { ...CALM, name: 'a heavy tail', spread: 1.1, huge: 0.05 },
  { ...CALM, name: 'counts of errors', metric: 'sessions.toolErrors', dayByDay: { spread: 0.3, alike: 0.2 } },
  { ...CALM, name: 'a share of failures', metric: 'sessions.failureRate', failures: 0.15, perDay: 8 },
  {
    ...CALM,
    name: 'failures that cluster',
    metric: 'sessions.failureRate',
    failures: 0.2,
    perDay: 10,
    dayByDay: { spread: 0.5, alike: 0.3 },
  },
  { ...CALM, name: 'a recorded metric', metric: 'build.seconds', dayByDay: { spread: 0.2, alike: 0.4 } },
];

/** What a change does: cost, errors and recorded values times `times`, and so many points more failures. */
export interface Effect {
  readonly times: number;
  readonly points: number;
}

export const NO_EFFECT: Effect = { times: 1, points: 0 };

const CHANGED_AT: Instant = '2026-11-02T09:00:00.000Z';

export const TERMS: JudgeTerms = {
  alpha: 0.05,
  minSessions: 10,
  minDays: 5,
  minChange: 0.1,
  guardrails: ['sessions.failureRate', 'sessions.tokenUsage.cost'],
  window: 14 * DAY,
};

/** Four weeks of an agent, with a change in the middle. */
export function fourWeeks(fleet: Fleet, effect: Effect, seed: number): Sight {
  const random = chance(seed);
  const samples: Sample[] = [];
  const recorded: DayOf<number>[] = [];
  let alike = random.normal();
  for (let day = -15; day < 15; day += 1) {
    const { spread, alike: memory } = fleet.dayByDay;
    alike = memory * alike + Math.sqrt(1 - memory ** 2) * random.normal();
    const start = after(startOf(dayOf(CHANGED_AT)), day * DAY);
    const weekday = (dayNumber(dayOf(start)) + 4) % 7;
    const level = Math.exp(spread * alike) * (weekday === 0 || weekday === 6 ? fleet.weekend : 1);
    const sessions = fleet.perDay === 1 ? 1 : random.poisson(fleet.perDay);
    recorded.push({
      day: dayOf(start),
      observed: level * (day >= 0 ? effect.times : 1) * Math.exp(0.1 * random.normal()),
    });
    for (let n = 0; n < sessions; n += 1) {
      const at = after(start, Math.floor(random.uniform() * 24 * HOUR));
      const isAfter = at >= CHANGED_AT;
      const usd =
        level *
        Math.exp(fleet.spread * random.normal()) *
        (random.uniform() < fleet.huge ? 10 : 1) *
        (isAfter ? effect.times : 1);
      const share = Math.min(0.95, fleet.failures * Math.exp(spread * alike) + (isAfter ? effect.points : 0));
      const toolErrors = random.poisson(1.5 * level * (isAfter ? effect.times : 1));
      samples.push({ at, agent: 'fixer', usd, failed: random.uniform() < share, toolErrors });
    }
  }
  samples.sort((a, b) => (a.at < b.at ? -1 : 1));
  return {
    samples,
    days: (_metric, _agent, from, to) =>
      recorded.filter(({ day }) => after(startOf(day), DAY) > from && after(startOf(day), DAY - 1) < to),
  };
}

/** Holds every look at a change, as a watch would, until one decides. */
export function judged(fleet: Fleet, effect: Effect, seed: number): Judgement {
  const hypothesis: Hypothesis = {
    metric: fleet.metric,
    direction: 'down',
    by: 0.2,
    within: 14 * DAY,
    guardrails: [],
    agent: null,
  };
  const change = { at: CHANGED_AT, hypothesis };
  const sight = fourWeeks(fleet, effect, seed);
  for (let day = 1, held = 0; ; day += 1) {
    const look = dueLook(change, TERMS, held, after(CHANGED_AT, day * DAY));
    if (look === null) continue;
    const judgement = judgeChange(change, sight, TERMS, { look, overlaps: [] });
    if (judgement.verdict === 'better' || judgement.verdict === 'worse' || isLastLook(look)) return judgement;
    held = look;
  }
}
