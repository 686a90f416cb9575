import type { LanguageProblem, Span } from './problem.ts';
import type { Expression } from './syntax.ts';
import { ANY, type Scope, type Type } from './types.ts';

/** The state of a check. */
export interface Checker {
  readonly scope: Scope;
  readonly types: Map<Expression, Type>;
  readonly problems: LanguageProblem[];
  /** Whether the current part is inside a call that takes a wildcard. */
  readonly aggregate: boolean;
}

/** The expressions of a kind. */
export type OfKind<Kind extends Expression['kind']> = Extract<Expression, { readonly kind: Kind }>;

/** Notes a fault. The faulty part gets any type, so that it is reported only once. */
export function complain({ problems }: Checker, { at, length }: Span, message: string): Type {
  problems.push({ message, at, length });
  return ANY;
}
