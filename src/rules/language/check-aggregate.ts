import { type Checker, complain, type OfKind } from './checker.ts';
import type { Aggregate, Expression } from './syntax.ts';
import { BOOL, NUM, type Type, typeName } from './types.ts';
import { pathText, wildcardsOf } from './walk.ts';

/** What each aggregate takes from each entry. */
const AGGREGATE_TAKES: Readonly<Record<Aggregate, 'bool' | 'num'>> = {
  any: 'bool',
  all: 'bool',
  count: 'bool',
  sum: 'num',
  avg: 'num',
  min: 'num',
  max: 'num',
};

/** The type an aggregate makes of entries of a type. */
export function entryType(node: OfKind<'call'>, name: Aggregate, arg: Expression, entry: Type, checker: Checker): Type {
  const takes = AGGREGATE_TAKES[name];
  if (entry.kind !== takes && entry.kind !== 'any') {
    const hint = name === 'count' ? '; size(x) tells how many entries there are' : '';
    complain(checker, arg, `${name}() wants ${takes} of each entry, this is ${typeName(entry)}${hint}`);
  }
  if (name === 'any' || name === 'all') return BOOL;
  if (name === 'count') return NUM;
  return entry.kind === 'num' ? entry : (checker.types.get(node) ?? NUM);
}

/** The wildcards of one call are bound to the same entry, so they must be in the same place. */
export function sameWildcard(wildcards: readonly OfKind<'wildcard'>[], checker: Checker): void {
  const [first, ...others] = wildcards;
  if (first === undefined) return;
  const path = pathText(first);
  for (const other of others) {
    // Two of them in one path are reported separately.
    if (pathText(other) === path || wildcardsOf(other.of).length > 0) continue;
    complain(checker, other, `all wildcards of one call must have the same path: this one is not '${path ?? '…'}'`);
  }
}
