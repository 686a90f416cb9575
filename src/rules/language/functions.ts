import { BOOL, NUM, type Type } from './types.ts';

/** What an argument may be: a type, or a path that need not have a value. */
type Takes = readonly (Type['kind'] | 'path')[];

/** The functions other than the aggregates, by name. */
export const FUNCTIONS: Readonly<Record<string, { readonly takes: readonly Takes[]; readonly gives: Type }>> = {
  abs: { takes: [['num']], gives: NUM },
  size: { takes: [['list', 'map', 'str']], gives: NUM },
  has: { takes: [['path']], gives: BOOL },
  startsWith: { takes: [['str'], ['str']], gives: BOOL },
  endsWith: { takes: [['str'], ['str']], gives: BOOL },
  contains: { takes: [['str'], ['str']], gives: BOOL },
};
