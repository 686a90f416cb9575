import type { DeedNode, Link, RunNode } from '../../core/causal.ts';
import type { GraphEvidence } from '../../core/finding.ts';
import { plainLine } from '../../core/text.ts';

/** More boxes cannot be followed by eye. */
const MOST_NODES = 30;

/** The last runs of a chain or a tree, with what was done between them, in chronological order. */
export function picture(links: readonly Link[]): GraphEvidence {
  const shown = lastThatFit(links);
  const nodes = new Map<string, GraphEvidence['nodes'][number]>();
  const edges = new Map<string, GraphEvidence['edges'][number]>();
  for (const { parent, deed, child, certainty } of shown) {
    for (const box of [runBox(parent), deedBox(deed), runBox(child)]) nodes.set(box.key, box);
    edges.set(`${parent.key} ${deed.key}`, { from: parent.key, to: deed.key, isSure: certainty === 'sure' });
    edges.set(`${deed.key} ${child.key}`, { from: deed.key, to: child.key, isSure: true });
  }
  return {
    title: 'Full lines are what GitHub says; broken ones are concluded from who did it and when.',
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    left: keysOf(links).size - nodes.size,
  };
}

function lastThatFit(links: readonly Link[]): readonly Link[] {
  let first = links.length;
  while (first > 0 && keysOf(links.slice(first - 1)).size <= MOST_NODES) first--;
  return links.slice(first);
}

function keysOf(links: readonly Link[]): ReadonlySet<string> {
  return new Set(links.flatMap(({ parent, deed, child }) => [parent.key, deed.key, child.key]));
}

function runBox({ key, agent, run, at }: RunNode): GraphEvidence['nodes'][number] {
  return { key, kind: 'run', label: `${plainLine(agent, 40)}, run ${run}, ${at.slice(11, 16)}` };
}

const TOKENS: Readonly<Record<DeedNode['token'], string>> = {
  job: " with the job's token",
  app: ' with the token of an app',
  person: ' with the token of a person',
  unknown: '',
};

const DEEDS: Readonly<Record<DeedNode['kind'], string>> = {
  comment: 'comment',
  review: 'review',
  item: 'opened',
  push: 'pushed',
  dispatch: 'dispatched',
  end: 'ended',
  other: 'event',
};

function deedBox({ key, kind, item, login, token }: DeedNode): GraphEvidence['nodes'][number] {
  const where = item === null ? '' : ` in ${item}`;
  const who = login === null || kind === 'end' ? '' : ` by ${plainLine(login, 40)}${TOKENS[token]}`;
  return { key, kind: 'deed', label: `${DEEDS[kind]}${where}${who}` };
}
