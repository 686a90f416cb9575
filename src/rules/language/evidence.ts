import { plainLine } from '../../core/text.ts';
import type { Unit } from '../../core/unit.ts';
import { MOST_EVIDENCE } from './limits.ts';
import type { Comparison } from './syntax.ts';

/** A value that was read and what it was compared with. */
export interface Leaf {
  /** `metrics.mcpServers.*.errorRate`, or the computed part of the condition. */
  readonly path: string;
  /** What the wildcard matched; null without one. */
  readonly key: string | null;
  /** Null is no data. */
  readonly value: number | string | boolean | null;
  readonly unit: Unit | null;
  readonly operator: Comparison | null;
  readonly other: number | string | boolean | null;
}

/** Comparing very many leaves with each other would take longer than reading them. */
const MOST_LOOKED_AT = 500;

/** Each leaf once, at most 20, those that were compared first. */
export function evidenceOf(leaves: readonly Leaf[]): { readonly evidence: readonly Leaf[]; readonly more: number } {
  const looked = leaves.slice(0, MOST_LOOKED_AT);
  const unique = [...new Map(looked.map((leaf) => [leafText(leaf), leaf])).values()];
  const compared = unique.filter(({ operator }) => operator !== null);
  const others = unique.filter(({ operator }) => operator === null);
  const all = [...compared, ...others];
  return {
    evidence: all.slice(0, MOST_EVIDENCE),
    more: Math.max(0, all.length - MOST_EVIDENCE) + leaves.length - looked.length,
  };
}

/** A leaf for people: `errorRate{pg}=0.4 > 0.1`, `errorRate{x}=<no data>`. Names from outside are reduced to one plain line. */
export function leafText({ path, key, value, operator, other }: Leaf): string {
  const held = operator === null ? '' : ` ${operator} ${shown(other)}`;
  return `${leafName(path, key)}=${shown(value)}${held}`;
}

/** The name of a leaf for people: the part after the wildcard, with what the wildcard matched. */
export function leafName(path: string, key: string | null): string {
  const name = plainLine(path.replace(/^metrics\./, ''), 120);
  if (key === null) return name;
  const star = name.lastIndexOf('.*');
  const last = star < 0 ? name : name.slice(star + 2).replace(/^\./, '');
  return `${last === '' ? name : last}{${plainLine(key)}}`;
}

function shown(value: Leaf['value']): string {
  if (value === null) return '<no data>';
  if (typeof value === 'string') return `'${plainLine(value, 60)}'`;
  if (typeof value === 'boolean') return String(value);
  return String(Number.parseFloat(value.toPrecision(6)));
}
