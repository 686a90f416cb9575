import type { DeedNode, Link, RunNode } from '../../core/causal.ts';
import type { GraphEvidence } from '../../core/finding.ts';
import { plainLine } from '../../core/text.ts';

/** More boxes cannot be followed by eye. */
const MOST_NODES = 30;

/** The last runs of a chain with what was done between them. */
export function picture(links: readonly Link[]): GraphEvidence {
  const nodes = new Map<string, GraphEvidence['nodes'][number]>();
  const edges = new Map<string, GraphEvidence['edges'][number]>();
  const all = new Set(links.flatMap(({ parent, deed, child }) => [parent.key, deed.key, child.key]));
  for (const { parent, deed, child, certainty } of [...links].reverse()) {
    const parts = [runBox(parent), deedBox(deed), runBox(child)];
    if (nodes.size + parts.filter(({ key }) => !nodes.has(key)).length > MOST_NODES) break;
    for (const part of parts) nodes.set(part.key, part);
    edges.set(`${deed.key} ${child.key}`, { from: deed.key, to: child.key, isSure: true });
    edges.set(`${parent.key} ${deed.key}`, { from: parent.key, to: deed.key, isSure: certainty === 'sure' });
  }
  return {
    title: 'Full lines are what GitHub says; broken ones are concluded from who did it and when.',
    nodes: [...nodes.values()].reverse(),
    edges: [...edges.values()].reverse(),
    left: all.size - nodes.size,
  };
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
