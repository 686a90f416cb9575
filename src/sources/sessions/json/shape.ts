/**
 * What of a value is read, so that a reader of bytes can pass over the rest:
 * `value` a text, number, true, false or null as it stands; `said` whether a text says anything (a space stands for one that
 * does); `list` objects one after the other, in place of which a text may stand; `object` some fields of an object.
 */
export type Shape =
  | { readonly kind: 'value' }
  | { readonly kind: 'said' }
  | { readonly kind: 'list'; readonly item: ObjectShape }
  | ObjectShape;

/** The fields of an object that are read; an object that names one of `whole` is to be read in another way, wholly. */
export interface ObjectShape {
  readonly kind: 'object';
  /** By the hash of the name (`hashStep`), modulo `SLOTS`. */
  readonly slots: readonly (readonly Field[])[];
}

/** One field: how its name is written, and what of its value is read. */
export interface Field {
  readonly name: string;
  readonly letters: Uint8Array;
  /** The last text that it held: most fields hold the same one in row after row. */
  last: string;
  /** Null for a field that tells more than can be read in passing: true or anything else that says something. */
  readonly shape: Shape | null;
}

export const SLOTS = 64;

export const VALUE: Shape = { kind: 'value' };
export const SAID: Shape = { kind: 'said' };

/** The shape of an object from its fields. */
export function objectOf(fields: Readonly<Record<string, Shape | null>>): ObjectShape {
  const slots: Field[][] = Array.from({ length: SLOTS }, () => []);
  for (const [name, shape] of Object.entries(fields)) {
    const letters = Buffer.from(name, 'latin1');
    slots[letters.reduce(hashStep, 0) % SLOTS]?.push({ name, letters, last: '', shape });
  }
  return { kind: 'object', slots };
}

/** Adds a letter to the hash of a name. */
export function hashStep(hash: number, letter: number): number {
  return (hash * 33 + letter) & 0xffff;
}
