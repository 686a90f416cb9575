import type { Span } from './problem.ts';

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in';
export type Arithmetic = '+' | '-' | '*' | '/' | '%';

/** A part of a condition as written; `at` and `length` say where. */
export type Expression = Span &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'null' }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'member'; readonly of: Expression; readonly name: string; readonly nameAt: number }
    | { readonly kind: 'index'; readonly of: Expression; readonly index: Expression }
    | { readonly kind: 'wildcard'; readonly of: Expression }
    | { readonly kind: 'list'; readonly items: readonly Expression[] }
    | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
    | { readonly kind: 'not' | 'negative'; readonly operand: Expression }
    | {
        readonly kind: 'arithmetic';
        readonly operator: Arithmetic;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'comparison';
        readonly operator: Comparison;
        readonly left: Expression;
        readonly right: Expression;
      }
    | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
    | { readonly kind: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  );

/** The functions that take a wildcard and combine many values into one. */
export const AGGREGATES = ['any', 'all', 'count', 'sum', 'avg', 'min', 'max'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** Whether a function takes a wildcard. */
export function isAggregate(name: string): name is Aggregate {
  return AGGREGATES.some((known) => known === name);
}

/** The sub-parts of a part, in written order. */
export function partsOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'number':
    case 'string':
    case 'boolean':
    case 'null':
    case 'name':
      return [];
    case 'member':
    case 'wildcard':
      return [node.of];
    case 'index':
      return [node.of, node.index];
    case 'list':
      return node.items;
    case 'call':
      return node.args;
    case 'not':
    case 'negative':
      return [node.operand];
    case 'arithmetic':
    case 'comparison':
    case 'and':
    case 'or':
      return [node.left, node.right];
    case 'choice':
      return [node.test, node.yes, node.no];
    default:
      return node satisfies never;
  }
}
