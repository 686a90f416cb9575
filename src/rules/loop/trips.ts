import { median } from 'simple-statistics';
import type { CausalGraph, Link } from '../../core/causal.ts';
import { after, between, DAY, type Duration, HOUR, type Instant } from '../../core/time.ts';
import { chainTo } from '../../metrics/causal/graph.ts';
import { readDuration } from '../options.ts';
import type { LoopOptions } from './options.ts';

/** What is wrong with a chain of runs, or nearly so. */
export interface Trip {
  /**
   * `talk`: agents answer each other and do nothing else. `fast`: a chain goes on too fast. `doubling`: each turn starts twice as
   * many runs. `deep`: a chain is long. `turns`: runs follow each other like turns, but nobody saw what was said in between.
   */
  readonly what: 'talk' | 'fast' | 'doubling' | 'deep' | 'turns';
  readonly value: number;
  readonly limit: number;
  readonly severity: 'warning' | 'critical' | null;
  /** The links that show it, oldest first. */
  readonly links: readonly Link[];
  /** Names of the agents in it, sorted. */
  readonly agents: readonly string[];
}

/** How many links a chain needs to count as too fast. */
const FAST_LINKS = 4;
/** The fewest runs in the last turn of a doubling. */
const DOUBLED_LEAST = 8;
/** The share of the intervals that must be between half and twice the median: each turn takes about as long. */
const EVEN_SHARE = 0.8;

/** How far back chains and trees are looked at. */
const WINDOW: Duration = DAY;
/** A chain whose last run ended longer ago than this is over. */
const OVER_AFTER: Duration = HOUR;

/** The trips of all ongoing chains, each for every kind it may be. */
export function tripsIn(graph: CausalGraph, settings: LoopOptions, now: Instant): readonly Trip[] {
  const gap = readDuration(settings.gap);
  const links = [...graph.links.values()].filter(({ child }) => child.at >= after(now, -WINDOW) && child.at <= now);
  const goesOn = ({ child }: Link): boolean => (child.endedAt ?? now) >= after(now, -OVER_AFTER);
  const trips = links.filter(goesOn).flatMap(({ child }) => {
    const chain = chainTo(graph, child.run, gap);
    return chain.length === 0 ? [] : tripsOf(chain, settings);
  });
  return [...trips, ...doublings(links, settings).filter((trip) => trip.links.some(goesOn))];
}

function tripsOf(links: readonly Link[], settings: LoopOptions): readonly Trip[] {
  const close = lastRow(links, isClose);
  return [
    ...talk(lastRow(close, isTalk), settings),
    ...fast(close, settings),
    ...deep(close, settings),
    ...turns(links, settings),
  ];
}

/** Whether the previous run was still going on when it did what set off the next one. */
function isClose({ idle, certainty }: Link): boolean {
  return idle === 0 || certainty === 'sure';
}

/** A comment that was seen. Nothing was pushed, opened or dispatched. */
function isTalk({ deed }: Link): boolean {
  return deed.kind === 'comment' && deed.seen;
}

/** The last consecutive links for which this holds. */
function lastRow(links: readonly Link[], holds: (link: Link) => boolean): readonly Link[] {
  const end = links.findLastIndex((link) => !holds(link));
  return links.slice(end + 1);
}

function agentsOf(links: readonly Link[]): readonly string[] {
  return [...new Set(links.flatMap(({ parent, child }) => [parent.agent, child.agent]))].sort();
}

function trip(
  what: Trip['what'],
  links: readonly Link[],
  value: number,
  limit: number,
  severity: Trip['severity'],
): readonly Trip[] {
  return [{ what, links, value, limit, severity, agents: agentsOf(links) }];
}

/** Agents that answer each other in one issue, at least one of them for the second time. */
function talk(links: readonly Link[], { talk_turns: limit }: LoopOptions): readonly Trip[] {
  const item = links.at(-1)?.deed.item ?? null;
  const same = lastRow(links, ({ deed }) => deed.item === item);
  if (same.length === 0) return [];
  const comesBack = agentsOf(same).length < same.length + 1;
  return trip('talk', same, same.length, limit, comesBack && same.length >= limit ? 'critical' : null);
}

function fast(links: readonly Link[], settings: LoopOptions): readonly Trip[] {
  if (links.length < FAST_LINKS) return [];
  const middle = median(intervals(links));
  const floor = readDuration(settings.floor);
  return middle >= floor ? [] : trip('fast', links, links.length + 1, FAST_LINKS + 1, 'critical');
}

function deep(links: readonly Link[], { depth: limit }: LoopOptions): readonly Trip[] {
  const runs = links.length + 1;
  if (links.length === 0) return [];
  return trip('deep', links, runs, limit, runs >= 2 * limit ? 'critical' : runs >= limit ? 'warning' : null);
}

/** One agent that starts itself, or two in turns, each turn about as long as the last. Inferred only from who and when. */
function turns(links: readonly Link[], { turns: limit, critical_turns: most }: LoopOptions): readonly Trip[] {
  const row = lastTurns(links);
  const runs = row.length + 1;
  if (row.length === 0 || !isEven(row)) return [];
  return trip('turns', row, runs, limit, runs >= most ? 'critical' : runs >= limit ? 'warning' : null);
}

/** The last links in which one agent sets itself off, or two set each other off. */
function lastTurns(links: readonly Link[]): readonly Link[] {
  const last = links.at(-1);
  if (last === undefined) return [];
  const pair = new Set([last.parent.agent, last.child.agent]);
  return lastRow(links, ({ parent, child }) => {
    const alternates = pair.size === 1 || parent.agent !== child.agent;
    return pair.has(parent.agent) && pair.has(child.agent) && alternates;
  });
}

function intervals(links: readonly Link[]): Duration[] {
  return links.map(({ parent, child }) => between(parent.at, child.at));
}

function isEven(links: readonly Link[]): boolean {
  const lengths = intervals(links);
  const middle = median(lengths);
  return lengths.filter((length) => 2 * length >= middle && length <= 2 * middle).length >= EVEN_SHARE * lengths.length;
}

/** Trees of runs in which each turn starts at least twice as many as the one before, several times in a row. */
function doublings(ends: readonly Link[], { doublings: times }: LoopOptions): readonly Trip[] {
  const close = ends.filter((link) => isClose(link) && !link.joined);
  const above = new Map(close.map((link) => [link.child.run, link]));
  const trees = new Map<number, Link[][]>();
  for (const link of close) {
    const { root, depth } = placeOf(link, above);
    const levels = trees.get(root) ?? [];
    const level = levels[depth] ?? [];
    level.push(link);
    levels[depth] = level;
    trees.set(root, levels);
  }
  return [...trees.values()].flatMap((levels) => doubling(levels, times));
}

function doubling(levels: readonly (readonly Link[])[], times: number): readonly Trip[] {
  const sizes = [1, ...Array.from(levels, (level) => level?.length ?? 0)];
  for (let i = times; i < sizes.length; i++) {
    const rows = sizes.slice(i - times, i + 1);
    const last = rows.at(-1) ?? 0;
    if (last < DOUBLED_LEAST || !rows.every((size, place) => place === 0 || size >= 2 * (rows[place - 1] ?? 0)))
      continue;
    return trip('doubling', levels.slice(0, i).flat(), last, DOUBLED_LEAST, 'critical');
  }
  return [];
}

/** The run at the root of a tree, and the number of links between it and the run that this link started, minus one. */
function placeOf(link: Link, above: ReadonlyMap<number, Link>): { readonly root: number; readonly depth: number } {
  const seen = new Set<number>();
  let [top, depth] = [link, 0];
  for (let next = above.get(top.parent.run); next !== undefined && !seen.has(next.child.run); depth++) {
    seen.add(next.child.run);
    top = next;
    next = above.get(top.parent.run);
  }
  return { root: top.parent.run, depth };
}

/** Which of several is reported: the more severe one, then one with more evidence than timing, then the longer one. */
export function gravest(trips: readonly Trip[]): Trip | null {
  const weight = ({ severity, what, value, limit }: Trip): number =>
    (severity === 'critical' ? 4_000 : severity === 'warning' ? 2_000 : 0) +
    (what === 'turns' ? 0 : 1_000) +
    Math.min(999, (100 * value) / limit);
  return trips.reduce<Trip | null>((best, one) => (best === null || weight(one) > weight(best) ? one : best), null);
}
