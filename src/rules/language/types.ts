import type { Unit } from '../../core/unit.ts';

/** What a part of a condition can be, known before it is evaluated. */
export type Type =
  | { readonly kind: 'bool' }
  | { readonly kind: 'num'; readonly unit: Unit | null }
  /** `values` are all its possible values; null if it can be any text. */
  | { readonly kind: 'str'; readonly values: readonly string[] | null }
  | { readonly kind: 'list'; readonly of: Type }
  /** Names from outside, such as those of servers, each with the same structure below it. */
  | { readonly kind: 'map'; readonly of: Type }
  /** Names that are ours. */
  | { readonly kind: 'record'; readonly fields: Readonly<Record<string, Type>> }
  /** Something reported as wrong elsewhere, so that it is not reported twice; also the element type of an empty list. */
  | { readonly kind: 'any' };

export type Scope = Readonly<Record<string, Type>>;

export const BOOL: Type = { kind: 'bool' };
export const NUM: Type = { kind: 'num', unit: null };
export const STR: Type = { kind: 'str', values: null };
export const ANY: Type = { kind: 'any' };

/** A number with a unit. */
export function numOf(unit: Unit): Type {
  return { kind: 'num', unit };
}

/** A group of names of ours. */
export function record(fields: Readonly<Record<string, Type>>): Type {
  return { kind: 'record', fields };
}

/** The word for a type in messages. */
export function typeName(type: Type): string {
  return type.kind === 'record' ? 'a group' : type.kind;
}
