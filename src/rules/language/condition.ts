import { checkCondition } from './check.ts';
import { parseCondition } from './parse.ts';
import type { LanguageProblem } from './problem.ts';
import { type Expression, partsOf } from './syntax.ts';
import type { Scope, Type } from './types.ts';

/** A condition that was parsed and checked, ready to be evaluated. */
export interface Condition {
  readonly source: string;
  readonly expression: Expression;
  readonly types: ReadonlyMap<Expression, Type>;
  /** Every path it reads, with names from outside as `*`: `metrics.mcpServers.*.errorRate`. Sorted, each once. */
  readonly reads: readonly string[];
}

export type Compiled =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly problems: readonly LanguageProblem[] };

/** Parses a condition and checks it against the available names and types. Never throws. */
export function compileCondition(source: string, scope: Scope): Compiled {
  const parsed = parseCondition(source);
  if (!parsed.ok) return { ok: false, problems: [parsed.problem] };
  const { expression } = parsed;
  const { types, problems } = checkCondition(expression, scope);
  if (problems.length > 0) return { ok: false, problems };
  const reads = [...new Set(readsOf(expression, types))];
  return { ok: true, condition: { source, expression, types, reads } };
}

function readsOf(node: Expression, types: ReadonlyMap<Expression, Type>): readonly string[] {
  const own = catalogued(node, types);
  const keys = indicesOf(node).flatMap((index) => readsOf(index, types));
  return own === null ? partsOf(node).flatMap((part) => readsOf(part, types)) : [own, ...keys];
}

/** The keys used to index a path may themselves be read from somewhere. */
function indicesOf(node: Expression): readonly Expression[] {
  if (node.kind === 'index') return [...indicesOf(node.of), node.index];
  return node.kind === 'member' || node.kind === 'wildcard' ? indicesOf(node.of) : [];
}

function catalogued(node: Expression, types: ReadonlyMap<Expression, Type>): string | null {
  if (node.kind === 'name') return node.name;
  if (node.kind !== 'member' && node.kind !== 'index' && node.kind !== 'wildcard') return null;
  const above = catalogued(node.of, types);
  if (above === null) return null;
  if (types.get(node.of)?.kind !== 'record') return `${above}.*`;
  const name =
    node.kind === 'member' ? node.name : node.kind === 'index' && node.index.kind === 'string' ? node.index.value : '*';
  return `${above}.${name}`;
}
