import { plainLine } from '../../core/text.ts';
import { type Checker, complain, type OfKind } from './checker.ts';
import { suggestion } from './problem.ts';
import type { Expression } from './syntax.ts';
import { BOOL, STR, type Type, typeName } from './types.ts';

/** Checks the two sides of `==` or `!=` against each other, which must have one type. */
export function equality(
  { left, right, operator, ...span }: OfKind<'comparison'>,
  [a, b]: readonly [Type, Type],
  checker: Checker,
): void {
  if (a.kind !== 'num' && a.kind !== 'str' && a.kind !== 'bool') {
    complain(checker, span, `'${operator}' compares single values, these are of the type ${typeName(a)}`);
  }
  isOneOf(right, a, checker);
  isOneOf(left, b, checker);
}

/** A text that is none of the values the other side can have makes a comparison that is never true. */
function isOneOf(node: Expression, other: Type, checker: Checker): void {
  if (node.kind !== 'string' || other.kind !== 'str' || other.values === null) return;
  if (other.values.includes(node.value)) return;
  const shown = plainLine(node.value, 40);
  complain(checker, node, `'${shown}' is none of its values${suggestion(node.value, other.values)}`);
}

/** Checks the two sides of `in` against each other. */
export function membership(node: OfKind<'comparison'>, [left, right]: readonly [Type, Type], checker: Checker): Type {
  if (right.kind !== 'list' && right.kind !== 'map') {
    complain(checker, node.right, `'in' wants a list or a map on its right, this is ${typeName(right)}`);
    return BOOL;
  }
  const wanted: Type = right.kind === 'map' ? STR : right.of;
  if (wanted.kind !== 'any' && left.kind !== wanted.kind) {
    complain(checker, node, `cannot look for ${typeName(left)} among ${typeName(wanted)}`);
  } else if (node.right.kind === 'list') for (const item of node.right.items) isOneOf(item, left, checker);
  return BOOL;
}
