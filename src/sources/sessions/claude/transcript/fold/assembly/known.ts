import { Tool } from './bag';
import { claim, exists, nothing } from './heap';
import { Bearer, bear, bearerOf, Kind, nameOf } from './names';

export let firstModel: Tool = nothing<Tool>();
let lastModel: Tool = nothing<Tool>();
export let firstTool: Tool = nothing<Tool>();
let lastTool: Tool = nothing<Tool>();

/** The number of a model, counted in the order of their first responses. */
export function modelOf(text: usize, size: u32): i32 {
  const name = nameOf(text, size);
  const known = bearerOf<Tool>(name, Kind.MODEL, 0);
  if (exists(known)) return known.number;
  const model = changetype<Tool>(claim(offsetof<Tool>()));
  bear(model, name, Kind.MODEL, 0);
  if (exists(lastModel)) lastModel.next = model;
  else firstModel = model;
  model.number = exists(lastModel) ? lastModel.number + 1 : 0;
  lastModel = model;
  return model.number;
}

export function toolOf(text: usize, size: u32): Tool {
  const name = nameOf(text, size);
  const known = bearerOf<Tool>(name, Kind.TOOL, 0);
  if (exists(known)) return known;
  const tool = changetype<Tool>(claim(offsetof<Tool>()));
  bear(tool, name, Kind.TOOL, 0);
  if (exists(lastTool)) lastTool.next = tool;
  else firstTool = tool;
  tool.number = exists(lastTool) ? lastTool.number + 1 : 0;
  lastTool = tool;
  return tool;
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
