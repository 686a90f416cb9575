import { Call } from './bag';
import { claim, exists } from './heap';
import { hashOfNumbers } from './names';

/** The first call of each tool and input in the session that is being summed, by hash. At most half of the places are taken. */
let table: usize = 0;
let places: usize = 0;
/** How many there is memory for. */
let room: usize = 0;

/** Forgets the calls of the session before, and makes room for so many. */
export function clearEqual(calls: u32): void {
  places = 16;
  while (places < (<usize>calls) << 1) places <<= 1;
  if (places > room) {
    room = places;
    table = claim(places << 2);
  } else {
    memory.fill(table, 0, places << 2);
  }
}

/** The first call of the session with the same tool and the same input as this one, which may be itself. */
export function firstEqual(call: Call): Call {
  const input = ((<u64>call.inputHigh) << 32) | call.inputLow;
  let place = <usize>hashOfNumbers(input, call.tool.number) & (places - 1);
  let first = changetype<Call>(load<usize>(table + (place << 2)));
  while (exists(first) && !isEqual(first, call)) {
    place = (place + 1) & (places - 1);
    first = changetype<Call>(load<usize>(table + (place << 2)));
  }
  if (exists(first)) return first;
  store<usize>(table + (place << 2), changetype<usize>(call));
  return call;
}

function isEqual(a: Call, b: Call): bool {
  return a.tool === b.tool && a.inputHigh === b.inputHigh && a.inputLow === b.inputLow;
}
