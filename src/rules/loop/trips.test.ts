import { describe, expect, test } from 'vitest';
import type { CausalGraph, Link } from '../../core/causal.ts';
import { DAY, HOUR, type Instant, after as later, MINUTE } from '../../core/time.ts';
import { loop } from '../loop.ts';
import type { LoopOptions } from './options.ts';
import { picture } from './picture.ts';
import { gravest, type Trip, tripsIn } from './trips.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';
const DEFAULTS = loop.options.parse({}) as unknown as LoopOptions;

/** A chain of runs of these agents, three minutes apart, the last one going on. */
function links(agents: readonly string[], more: Partial<Link> = {}): readonly Link[] {
  const runs = agents.map((agent, i) => {
    const at = later(NOW, (i - agents.length) * 3 * MINUTE);
    return { kind: 'run', key: `run ${i}`, run: i, agent, at, endedAt: later(at, 4 * MINUTE) } as const;
  });
  return runs.slice(1).flatMap((child, i) => {
    const parent = runs[i];
    if (parent === undefined) return [];
    const done = { by: 1, login: 'bot', token: 'app', item: 5, seen: true } as const;
    const deed = { kind: 'comment', key: `comment ${i}`, at: child.at, ...done } as const;
    return [{ parent, deed, child, certainty: 'likely', idle: 0, joined: false, ...more } as const];
  });
}

function graph(chain: readonly Link[]): CausalGraph {
  return { nodes: [], edges: [], links: new Map(chain.map((link) => [link.child.run, link])), left: 0 };
}

function worst(chain: readonly Link[], settings: Partial<LoopOptions> = {}, now = NOW): Trip | null {
  return gravest(tripsIn(graph(chain), { ...DEFAULTS, ...settings }, now));
}

describe('what is wrong with a chain', () => {
  test.each<readonly [string, readonly string[], Trip['severity']]>([
    ['two in turns', ['a', 'b', 'a', 'b'], 'critical'],
    ['one that answers itself', ['a', 'a', 'a', 'a'], 'critical'],
    ['three in a round', ['a', 'b', 'c', 'a'], 'critical'],
    ['four that hand on, none of them twice', ['a', 'b', 'c', 'd'], null],
    ['two in turns, once', ['a', 'b', 'a'], null],
  ])('talk of %s', (_name, agents, severity) => {
    expect(worst(links(agents))).toMatchObject({ what: 'talk', severity });
  });

  test('what came after the end of the run before is no talk, but may be turns', () => {
    const guessed = links(['a', 'b', 'a', 'b', 'a', 'b'], { idle: MINUTE });
    expect(worst(guessed)).toMatchObject({ what: 'turns', value: 6, severity: 'warning' });
    expect(worst(guessed, { gap: '30s' })).toBeNull();
  });

  test('a chain is forgotten an hour after its last run, and what is older than a day at once', () => {
    const chain = links(['a', 'b', 'a', 'b']);
    expect(worst(chain, {}, later(NOW, HOUR))).not.toBeNull();
    expect(worst(chain, {}, later(NOW, 2 * HOUR))).toBeNull();
    expect(worst(chain, {}, later(NOW, 2 * DAY))).toBeNull();
  });

  test('of several the graver one is told', () => {
    const trip = (what: Trip['what'], severity: Trip['severity'], value: number): Trip => ({
      ...{ what, severity, value, limit: 10, links: [], agents: [] },
    });
    const told = (...trips: readonly Trip[]): string | undefined => gravest(trips)?.what;
    expect(told(trip('deep', 'warning', 90), trip('talk', 'critical', 3))).toBe('talk');
    expect(told(trip('turns', 'warning', 90), trip('deep', 'warning', 8))).toBe('deep');
    expect(gravest([trip('deep', null, 3), trip('deep', null, 5)])?.value).toBe(5);
    expect(gravest([])).toBeNull();
  });
});

describe('the picture of a chain', () => {
  test('has the last runs of a long one, in order, and says what is missing', () => {
    const long = picture(links(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 'a' : 'b'))));
    expect(long.nodes.length).toBeLessThanOrEqual(30);
    expect(long.nodes.at(-1)?.key).toBe('run 39');
    expect(long.nodes.length + long.left).toBe(79);
    const keys = new Set(long.nodes.map(({ key }) => key));
    expect(long.edges.every(({ from, to }) => keys.has(from) && keys.has(to))).toBe(true);
  });

  test('of nothing is empty', () => {
    expect(picture([])).toMatchObject({ nodes: [], edges: [], left: 0 });
  });
});
