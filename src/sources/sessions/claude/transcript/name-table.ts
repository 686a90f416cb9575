/** Maps hashed names to their owners. Two names may collide, but one name never has two entries. */
export interface NameTable {
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** The owner of the name in each slot, counted from 1. 0 for an empty slot. */
  readonly owners: Int32Array;
}

/** A table with room for this many names. A set of the names themselves takes several times as long to fill. */
export function newNameTable(names: number): NameTable {
  const places = 2 ** Math.ceil(Math.log2(2 * names + 2));
  return { first: new Int32Array(places), second: new Int32Array(places), owners: new Int32Array(places) };
}

/** Ids differ at their ends. This is the part that every producer of such ids makes random. */
const TAIL = 16;

/** Records that an owner, counted from 1, has a name of this kind. True when another owner seems to have it already. */
export function isTaken({ first, second, owners }: NameTable, owner: number, kind: number, name: string): boolean {
  let [a, b] = [kind, name.length];
  for (let at = Math.max(0, name.length - TAIL); at < name.length; at++) {
    const letter = name.charCodeAt(at);
    a = Math.imul(a ^ letter, 0x9e3779b1);
    a ^= a >>> 15;
    b = Math.imul(b ^ letter, 0x85ebca77);
    b ^= b >>> 13;
  }
  let place = a & (owners.length - 1);
  while (owners[place] !== 0) {
    if (first[place] === a && second[place] === b) return owners[place] !== owner;
    place = (place + 1) & (owners.length - 1);
  }
  first[place] = a;
  second[place] = b;
  owners[place] = owner;
  return false;
}
