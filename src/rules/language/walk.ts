import { type Expression, isAggregate, partsOf } from './syntax.ts';

type Wildcard = Extract<Expression, { readonly kind: 'wildcard' }>;

/** The wildcards that belong to a call, in order, except those of a nested aggregate, which binds its own. */
export function wildcardsOf(node: Expression): readonly Wildcard[] {
  if (node.kind === 'call' && isAggregate(node.name)) return [];
  const below = partsOf(node).flatMap(wildcardsOf);
  return node.kind === 'wildcard' ? [...below, node] : below;
}

/** The path of a part as written in evidence and messages: `metrics.mcpServers.*.errorRate`; null if it is not a path. */
export function pathText(node: Expression): string | null {
  switch (node.kind) {
    case 'name':
      return node.name;
    case 'member':
      return below(node.of, `.${node.name}`);
    case 'wildcard':
      return below(node.of, '.*');
    case 'index':
      return below(node.of, indexText(node.index));
    default:
      return null;
  }
}

function below(of: Expression, step: string): string | null {
  const path = pathText(of);
  return path === null ? null : path + step;
}

function indexText(index: Expression): string {
  if (index.kind === 'string')
    return /^[A-Za-z_]\w*$/.test(index.value) ? `.${index.value}` : `[${JSON.stringify(index.value)}]`;
  if (index.kind === 'number') return `[${index.value}]`;
  return `[${pathText(index) ?? '…'}]`;
}
