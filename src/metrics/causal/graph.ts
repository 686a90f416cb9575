import type { CausalEdge, CausalGraph, CausalNode, CommentMark, Link, RunNode } from '../../core/causal.ts';
import type { ItemMark } from '../../core/item.ts';
import type { Duration } from '../../core/time.ts';
import type { CausalRun } from './cause.ts';
import { type Doer, doerOf, type Happenings, happeningsOf } from './doer.ts';
import { deedOf } from './started-by.ts';

export interface CausalInput {
  /** In any order. */
  readonly runs: readonly CausalRun[];
  /** How many runs were left out because there are too many. */
  readonly left: number;
  readonly comments: readonly CommentMark[];
  readonly items: readonly ItemMark[];
}

/**
 * What set off what, inferred from who did what and when, as reported by GitHub's API. Nothing reports which run a bot's comment,
 * push or dispatch came from. It was probably the one that was going on, and of several the one about the same issue, or whose
 * agent acts as that bot. A bot that is just as active while no agent works acts for no agent.
 */
export function causalGraph({ runs, left, comments, items }: CausalInput): CausalGraph {
  const draft: Draft = { nodes: new Map(), edges: [], links: new Map(), about: new Map() };
  if (runs.length === 0) return { nodes: [], edges: [], links: draft.links, left };
  const ordered = [...runs].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.run - b.run));
  const happenings = happeningsOf(ordered, comments, items);
  for (const run of ordered) place(draft, run, happenings);
  return { nodes: [...draft.nodes.values()], edges: draft.edges, links: draft.links, left };
}

interface Draft {
  readonly nodes: Map<string, CausalNode>;
  readonly edges: CausalEdge[];
  readonly links: Map<number, Link>;
  /** The issue or pull request that a run is about, as far as known. */
  readonly about: Map<number, number>;
}

function place(draft: Draft, run: CausalRun, happenings: Happenings): void {
  const { nodes, edges, links, about } = draft;
  const cause = run.again ? null : deedOf(run, happenings);
  const item = cause?.deed.item ?? run.pull;
  if (item !== null) about.set(run.run, item);
  if (cause === null) return;
  const { deed } = cause;
  const child = nodeOf(run);
  const doer = doerOf(run, cause, happenings, about);
  const parent = doer === null ? null : nodeOf(doer.run);
  for (const node of [...(parent === null ? [] : [parent]), deed, child]) nodes.set(node.key, node);
  edges.push({ from: deed.key, to: child.key, certainty: cause.certainty, because: cause.because });
  if (doer === null || parent === null) return;
  edges.push({ from: parent.key, to: deed.key, certainty: doer.certainty, because: doer.because });
  links.set(run.run, linkOf({ parent, deed, child }, doer, cause.certainty, happenings));
  // If nothing else is known, what a run does is about the same thing as the run.
  const inherited = about.get(doer.run.run);
  if (!about.has(run.run) && inherited !== undefined) about.set(run.run, inherited);
}

function linkOf(
  ends: Pick<Link, 'parent' | 'deed' | 'child'>,
  doer: Doer,
  certainty: Link['certainty'],
  { people }: Happenings,
): Link {
  const { parent, deed } = ends;
  const spoken = deed.item === null ? [] : (people.get(deed.item) ?? []);
  return {
    ...ends,
    certainty: doer.certainty === 'sure' && certainty === 'sure' ? 'sure' : 'likely',
    idle: doer.idle,
    joined: spoken.some((at) => at > parent.at && at <= deed.at),
  };
}

function nodeOf({ run, agent, at, spells }: CausalRun): RunNode {
  const ends = spells.map(({ to }) => to);
  const endedAt = ends.includes(null)
    ? null
    : (ends.reduce((last, to) => ((to ?? '') > (last ?? '') ? to : last), null) ?? null);
  return { kind: 'run', key: `run ${run}`, run, agent, at, endedAt };
}

/** The run that led to each run, if it was still going on when it did what started the other. */
export function closeLinks({ links }: CausalGraph): ReadonlyMap<number, number> {
  const close = [...links].filter(([, { idle, certainty }]) => idle === 0 || certainty === 'sure');
  return new Map(close.map(([run, { parent }]) => [run, parent.run]));
}

/** The links that led to a run, the earliest first. A person who joins in starts the chain anew. */
export function chainTo({ links }: CausalGraph, run: number, idle: Duration): readonly Link[] {
  const chain: Link[] = [];
  const seen = new Set([run]);
  for (let link = links.get(run); link !== undefined; link = links.get(link.parent.run)) {
    if (link.joined || link.idle > idle || seen.has(link.parent.run)) break;
    seen.add(link.parent.run);
    chain.unshift(link);
  }
  return chain;
}
