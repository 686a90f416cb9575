import { isSame } from '../../scan/assembly/bytes';
import { Tool } from './bag';
import { claim, exists } from './heap';
import { Bearer, bear, bearerOf, Kind, nameOf } from './names';

/** Models or tools, in the order in which they came. The host reads the first one. */
@unmanaged
class Known {
  first: Tool;
  last: Tool;
}

export const models = changetype<Known>(memory.data(offsetof<Known>(), 8));
export const tools = changetype<Known>(memory.data(offsetof<Known>(), 8));

/** The number of a model, counted in the order of their first responses. */
export function modelOf(text: usize, size: u32): i32 {
  return knownAs(models, Kind.MODEL, text, size).number;
}

export function toolOf(text: usize, size: u32): Tool {
  return knownAs(tools, Kind.TOOL, text, size);
}

/** Most models and tools are those of a moment ago. They are found by size and first letter, without a hash. */
const RECENT: usize = 64;
const recent: usize = memory.data(64 * 4, 8);

function knownAs(all: Known, kind: Kind, text: usize, size: u32): Tool {
  const place = recent + ((((<usize>size) << 2) ^ load<u8>(text)) & (RECENT - 1)) * 4;
  const before = changetype<Tool>(load<usize>(place));
  if (exists(before) && before.kind === <u8>kind && before.name.size === size && isSame(before.name.text, text, size))
    return before;
  const known = inNames(all, kind, text, size);
  store<usize>(place, changetype<usize>(known));
  return known;
}

function inNames(all: Known, kind: Kind, text: usize, size: u32): Tool {
  const name = nameOf(text, size);
  const known = bearerOf<Tool>(name, kind, 0);
  if (exists(known)) return known;
  const added = changetype<Tool>(claim(offsetof<Tool>()));
  bear(added, name, kind, 0);
  if (exists(all.last)) {
    added.number = all.last.number + 1;
    all.last.next = added;
  } else {
    all.first = added;
  }
  all.last = added;
  return added;
}

/** A folder that calls were made in. */
export function folderOf(text: usize, size: u32): Bearer {
  const name = nameOf(text, size);
  const known = bearerOf<Bearer>(name, Kind.FOLDER, 0);
  if (exists(known)) return known;
  const folder = changetype<Bearer>(claim(offsetof<Bearer>()));
  bear(folder, name, Kind.FOLDER, 0);
  return folder;
}
