import type { Verdict } from '../../../src/alerts/score.ts';
import type { Stretch } from '../../../src/app/reports/replay.ts';
import { type Dice, dice } from '../../../src/core/dice.ts';
import type { LedgerEvent } from '../../../src/core/event.ts';
import { agentSubject, repositorySubject } from '../../../src/core/subject.ts';
import { DAY, type Duration, fromMs, HOUR, type Instant, MINUTE, toMs } from '../../../src/core/time.ts';
import { type Character, castOf } from './cast.ts';
import { type IncidentPlan, isStated, KINDS } from './incidents.ts';
import { REPO, type Start, tellSession, usualUsd } from './sessions.ts';

/** Four weeks in which nothing is wrong, then five in which something may be. */
const QUIET_DAYS = 28;
const DAYS = 63;
const FIRST_DAY = Date.UTC(2026, 7, 31);
/** An incident of two weeks still ends before the simulation does. */
const LAST_START = DAYS - 16;
/** `watch` runs when a run has ended, at most this often. */
export const PACE: Duration = 10 * MINUTE;

/** An incident that was put into a fleet. */
export interface Planted {
  readonly plan: IncidentPlan;
  readonly verdict: Verdict;
  readonly agent: string;
  /** Whether the claim is made for it. */
  readonly stated: boolean;
  /** When runs should have started that did not. */
  readonly missed: readonly Instant[];
}

/** One repository over nine weeks. */
export interface Fleet {
  readonly repo: string;
  readonly agents: readonly string[];
  readonly incidents: readonly Planted[];
  /** The first holds all of the quiet weeks: nobody looks in them. */
  readonly stretches: readonly Stretch[];
  /** When sessions of each agent were learned, in order. */
  readonly learned: Readonly<Record<string, readonly Instant[]>>;
  /** Months of 30 days that the agents were watched, all together. */
  readonly agentMonths: number;
}

/** The same seed gives the same fleet. */
export function simulate(seed: number, pace: Duration = PACE): Fleet {
  const own = dice(seed * 7_919 + 17);
  const cast = castOf(own);
  const calendar = calendarOf(own);
  const ids = { next: seed * 1_000_000 };
  const events: LedgerEvent[] = [];
  const incidents: Planted[] = [];
  const learned: Record<string, Instant[]> = {};
  for (const [place, character] of cast.entries()) {
    const usual = startsOf(character, calendar, dice(seed * 104_729 + place));
    const wreck = character.perDay < 2 ? null : plant(kindFor(seed, place), character, usual, own);
    const rows = tellAll(wreck?.starts ?? usual, ids, dice(seed * 1_299_709 + place));
    learned[character.agent.name] = rows.map(({ seen }) => seen).sort();
    if (wreck !== null) incidents.push(...plantedOf(wreck, rows));
    events.push(...rows.flatMap((row) => row.events));
  }
  events.sort((a, b) => (a.seen < b.seen ? -1 : Number(a.seen > b.seen)));
  return {
    repo: REPO,
    agents: cast.map(({ agent }) => agent.name),
    incidents,
    stretches: stretchesOf([...observed(cast), ...events], incidents, pace),
    learned,
    agentMonths: (cast.length * (DAYS - QUIET_DAYS)) / 30,
  };
}

interface Calendar {
  readonly holidays: ReadonlySet<number>;
  /** How much busier a day is than usual: launches, which are no incident. */
  readonly busy: ReadonlyMap<number, number>;
}

function calendarOf(own: Dice): Calendar {
  const holidays = new Set(Array.from({ length: own.whole(0, 3) }, () => own.whole(0, DAYS - 1)));
  const busy = new Map<number, number>();
  for (let launches = own.whole(0, 2); launches > 0; launches -= 1) {
    const first = own.whole(0, DAYS - 3);
    const times = 1.3 + 0.5 * own.next();
    for (let day = first; day < first + 3; day += 1) busy.set(day, times);
  }
  return { holidays, busy };
}

function startsOf(character: Character, calendar: Calendar, own: Dice): readonly Start[] {
  const starts: Start[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    const times = timesOf(character, day, calendar, own);
    for (const at of times) starts.push({ character, at, effect: {}, extra: false });
  }
  return starts;
}

function timesOf(character: Character, day: number, calendar: Calendar, own: Dice): readonly number[] {
  const midnight = FIRST_DAY + day * DAY;
  const weekend = [0, 6].includes(new Date(midnight).getUTCDay());
  const off = weekend || (calendar.holidays.has(day) && !character.scheduled);
  const [from, to] = character.hours;
  const share = off ? character.weekend : 1;
  if (character.scheduled) {
    const count = share < 1 ? 0 : Math.round(character.perDay);
    return Array.from({ length: count }, (_, i) => {
      const hour = from + ((to - from) * i) / count;
      return Math.round(midnight + hour * HOUR + own.next() * 12 * MINUTE);
    });
  }
  if (own.chance(character.idle)) return [];
  const grown = character.perDay * (1 + character.growth) ** day * (calendar.busy.get(day) ?? 1);
  const mean = grown * share * gamma(character.dayShape, own);
  const times = Array.from({ length: poisson(mean, own) }, () => {
    const hour = from + ((own.next() + own.next()) / 2) * (to - from);
    return Math.round(midnight + hour * HOUR);
  });
  return times.sort((a, b) => a - b);
}

function poisson(mean: number, own: Dice): number {
  let count = 0;
  for (let product = own.next(); product > Math.exp(-mean); product *= own.next()) count += 1;
  return count;
}

/** With mean 1 (a sum of exponentials; the shapes here are whole). */
function gamma(shape: number, own: Dice): number {
  let sum = 0;
  for (let i = 0; i < shape; i += 1) sum -= Math.log(1 - own.next());
  return sum / shape;
}

/** The starts of an agent with an incident among them. */
interface Wreck {
  readonly plan: IncidentPlan;
  readonly stated: boolean;
  readonly starts: readonly Start[];
  readonly missed: readonly Start[];
  readonly from: number;
  readonly to: number;
}

/** From fleet to fleet all kinds come in turn: 5 and the number of kinds have no common factor. */
function kindFor(seed: number, place: number): readonly IncidentPlan[] {
  return KINDS[(seed * 5 + place * 3) % KINDS.length] ?? [];
}

function plant(sizes: readonly IncidentPlan[], character: Character, usual: readonly Start[], own: Dice): Wreck | null {
  const plan = sizes[own.whole(0, sizes.length - 1)];
  if (plan === undefined) return null;
  const wanted = FIRST_DAY + own.whole(QUIET_DAYS + 1, LAST_START) * DAY;
  const morning = plan.starts === 'midnight' ? wanted : wanted + Math.round(own.next() * DAY);
  // It begins with a session, on a day on which there are some: nobody can see what happens to none.
  const first = usual.findIndex(({ at }) => at >= morning);
  const start = usual[first];
  if (start === undefined) return null;
  const count =
    'sessions' in plan.lasts ? plan.lasts.sessions : usual.filter((one) => isWithin(one, start.at, plan)).length;
  const hit = usual.slice(first, first + count);
  const last = hit.at(-1) ?? start;
  const to = 'time' in plan.lasts ? start.at + plan.lasts.time : last.at;
  const touched = hit.map((one) => ({ ...one, effect: plan.effect((one.at - start.at) / Math.max(1, to - start.at)) }));
  const missed = touched.filter(({ effect }) => effect.silent === true);
  const extra = plan.every === undefined ? [] : extras(character, plan, start.at, plan.every);
  const kept = [...usual.slice(0, first), ...touched, ...usual.slice(first + count), ...extra];
  const starts = kept.filter(({ effect }) => effect.silent !== true).sort((a, b) => a.at - b.at);
  const extent = { sessions: hit.length + extra.length, perDay: character.perDay, usd: usualUsd(character) };
  return { plan, stated: isStated(plan, extent), starts, missed, from: start.at, to };
}

function isWithin({ at }: Start, from: number, { lasts, starts }: IncidentPlan): boolean {
  const length = 'time' in lasts ? lasts.time : 0;
  // A day of the calendar is over at midnight, however late its first session was.
  const until = starts === 'midnight' ? from - (from % DAY) + length : from + length;
  return at >= from && at < until;
}

function extras(character: Character, plan: IncidentPlan, from: number, every: number): readonly Start[] {
  const length = 'time' in plan.lasts ? plan.lasts.time : 0;
  const starts: Start[] = [];
  for (let at = from + every; at < from + length; at += every) {
    starts.push({ character, at, effect: plan.effect(0), extra: true });
  }
  return starts;
}

interface Row {
  readonly start: Start;
  readonly seen: Instant;
  readonly events: readonly LedgerEvent[];
}

function tellAll(starts: readonly Start[], ids: { next: number }, own: Dice): readonly Row[] {
  return starts.map((start) => {
    ids.next += 1;
    const events = tellSession(start, ids.next, own);
    return { start, seen: events.at(-1)?.seen ?? '', events };
  });
}

/** An incident begins when the first session in it was learned, and a silence with the first run that should have been. */
function plantedOf({ plan, stated, missed, from, to }: Wreck, rows: readonly Row[]): readonly Planted[] {
  const hit = rows.filter(({ start }) => start.extra || Object.keys(start.effect).length > 0);
  const name = (rows[0]?.start.character.agent.name ?? '') as string;
  const begins = missed[0] === undefined ? hit[0]?.seen : fromMs(from);
  const ends = missed[0] === undefined ? hit.at(-1)?.seen : fromMs(to);
  if (begins === undefined || ends === undefined) return [];
  const verdict: Verdict = {
    incident: true,
    subject: agentSubject(name),
    from: begins,
    to: ends,
    rule: null,
    kind: `${plan.kind} ${plan.size}`,
  };
  return [{ plan, verdict, agent: name, stated, missed: missed.map(({ at }) => fromMs(at)) }];
}

function observed(cast: readonly Character[]): readonly LedgerEvent[] {
  const at = fromMs(FIRST_DAY);
  return cast.map(({ agent }) => ({
    v: 1,
    id: `agent:${agent.workflow}:${agent.blob}`,
    kind: 'agent.observed',
    at,
    seen: at,
    repo: REPO,
    subject: agentSubject(agent.name),
    data: { agent },
  }));
}

/** Looks are taken at least this often. */
const APART: Duration = 3 * HOUR;
/** So long from the start of an incident looks are taken at the full pace, and before and after every three hours, which saves time alone. */
const CLOSE: Duration = 8 * HOUR;

function stretchesOf(
  events: readonly LedgerEvent[],
  incidents: readonly Planted[],
  pace: Duration,
): readonly Stretch[] {
  const begins = incidents.map(({ verdict }) => toMs(verdict.from));
  const stretches: Stretch[] = [];
  let [place, last] = [0, 0];
  for (let at = FIRST_DAY + QUIET_DAYS * DAY; at <= FIRST_DAY + DAYS * DAY; at += pace) {
    const now = fromMs(at);
    const first = place;
    while (place < events.length && (events[place]?.seen ?? '') <= now) place += 1;
    const news = events.slice(first, place);
    const ended = news.some(({ kind }) => kind === 'run.completed');
    const isClose = begins.some((begin) => at >= begin && at <= begin + CLOSE);
    if ((ended && isClose) || at - last >= APART) {
      stretches.push({ now, events: [...news, ...looked(now)] });
      last = at;
    } else place = first;
  }
  return stretches;
}

function looked(now: Instant): readonly LedgerEvent[] {
  const base = { v: 1, at: now, seen: now, repo: REPO } as const;
  const reads = ['actions-runs', 'artifacts'].map(
    (source): LedgerEvent => ({
      ...base,
      id: `source:${source}:${now}`,
      kind: 'source.read',
      subject: { kind: 'source', name: source },
      data: { source, watermark: null, items: 0 },
    }),
  );
  const data = { trigger: 'workflow_run', run: null, late: null, requests: 0 };
  const subject = repositorySubject(REPO);
  return [...reads, { ...base, id: `watch:${now}:${toMs(now)}`, kind: 'watch.ran', subject, data }];
}
