import { isSame } from '../../scan/assembly/bytes';
import { claim, exists, nothing } from './heap';

/** A text that something is called by. Each text has one name, whatever bears it. */
@unmanaged
export class Name {
  text: usize;
  size: u32;
  /** The bearer that came last, and the last of those that are no part of anything. Of these there is one of each kind at most. */
  last: Bearer;
  lastWhole: Bearer;
}

/** Something with a name. */
@unmanaged
export class Bearer {
  name: Name;
  kind: u8;
  /** Whether something of its kind in another whole has its name, too. */
  elsewhere: bool;
  /** What it is a part of, or 0. */
  whole: usize;
  /** The bearer of the same name that came before it. */
  before: Bearer;
}

/** The kinds of bearers. */
export enum Kind {
  RESPONSE,
  CALL,
  RESULT,
  TURN,
  SESSION,
  MODEL,
  TOOL,
  FOLDER,
  RATE,
  SHARE,
  CHANGE,
}

@unmanaged
class Slot {
  hash: u32;
  /** Nothing in an empty slot. */
  name: Name;
}

const SLOT: usize = offsetof<Slot>();

let places: usize = 1 << 14;
let slots: usize = claim(places * SLOT);
let taken: usize = 0;

/** Chosen by the host at random, so that nobody can write texts that all fall into one place. */
let seed: u64 = 0;

export function seedWith(number: u32): void {
  seed = <u64>number * 0xd6e8feb86659fd93;
}

/** The name of a text. The text has to stay where it is. */
export function nameOf(text: usize, size: u32): Name {
  const hash = hashOf(text, size);
  let place = <usize>hash & (places - 1);
  for (;;) {
    const slot = changetype<Slot>(slots + place * SLOT);
    if (!exists(slot.name)) break;
    if (slot.hash === hash && isText(slot.name, text, size)) return slot.name;
    place = (place + 1) & (places - 1);
  }
  const name = changetype<Name>(claim(offsetof<Name>()));
  name.text = text;
  name.size = size;
  fill(place, hash, name);
  if (++taken * 2 > places) widen();
  return name;
}

/** The name of a text that does not stay where it is. */
export function nameOfCopy(text: usize, size: u32): Name {
  const before = taken;
  const name = nameOf(text, size);
  if (taken > before) {
    name.text = claim(size);
    memory.copy(name.text, text, size);
  }
  return name;
}

/**
 * The bearer of a name among the things of one kind in one whole, or nothing. Of each kind only the last bearer is looked at: things
 * come whole by whole, or several wholes share one, which is left to the host. So thousands of wholes may use the same name.
 */
export function bearerOf<T>(name: Name, kind: Kind, whole: usize): T {
  let bearer = whole === 0 ? name.lastWhole : name.last;
  while (exists(bearer) && bearer.kind !== <u8>kind) bearer = bearer.before;
  return changetype<T>(exists(bearer) && bearer.whole === whole ? bearer : nothing<Bearer>());
}

/** Gives a name to something. */
export function bear(bearer: Bearer, name: Name, kind: Kind, whole: usize): void {
  bearer.name = name;
  bearer.kind = <u8>kind;
  bearer.whole = whole;
  if (whole === 0) {
    bearer.before = name.lastWhole;
    name.lastWhole = bearer;
  } else {
    bearer.before = name.last;
    name.last = bearer;
  }
}

function isText(name: Name, text: usize, size: u32): bool {
  return name.size === size && isSame(name.text, text, size);
}

function fill(place: usize, hash: u32, name: Name): void {
  const slot = changetype<Slot>(slots + place * SLOT);
  slot.hash = hash;
  slot.name = name;
}

function widen(): void {
  const before = slots;
  const end = before + places * SLOT;
  places <<= 2;
  slots = claim(places * SLOT);
  for (let at = before; at < end; at += SLOT) {
    const slot = changetype<Slot>(at);
    if (!exists(slot.name)) continue;
    let place = <usize>slot.hash & (places - 1);
    while (exists(changetype<Slot>(slots + place * SLOT).name)) place = (place + 1) & (places - 1);
    fill(place, slot.hash, slot.name);
  }
}

/** A multiply-and-shift hash, eight letters at a time. It depends on the seed. */
export function hashOf(text: usize, size: u32): u32 {
  let hash = mixed(seed ^ size);
  let at: u32 = 0;
  for (; at + 8 <= size; at += 8) hash = mixed(hash ^ load<u64>(text + at));
  const rest = size - at;
  if (rest > 0) hash = mixed(hash ^ (load<u64>(text + at) & (((<u64>1) << (rest * 8)) - 1)));
  return <u32>(hash >>> 32);
}

/** The hash of two numbers. It depends on the seed as well. */
export function hashOfNumbers(a: u64, b: u32): u32 {
  return <u32>(mixed(mixed(seed ^ b) ^ a) >>> 32);
}

/** The halves multiplied by each other make what a letter changes depend on the seed, so that no two changes cancel out for sure. */
function mixed(number: u64): u64 {
  const product = (number * 0x9e3779b97f4a7c15) ^ ((number & 0xffffffff) * (number >>> 32));
  return product ^ (product >>> 29);
}
