import { Bag, Call, Group, Result, Tool } from './bag';
import { clearEqual, firstEqual } from './equal';
import { claim, exists, nothing } from './heap';
import { Bearer, bear, bearerOf, Kind, Name, nameOf, nameOfCopy } from './names';
import { NEVER } from './time';

/** Why calls fail, as the host numbers it. 0 is no failure. */
const CLASSES: usize = 8;
/** The class of calls that were not allowed. */
const DENIED: i32 = 5;

/** A file that a call has changed, named by its path and the folder of the call. The host reads the fields by their places. */
@unmanaged
class Change extends Bearer {
  /** The next one of the session. */
  next: Change;
  folder: Bearer;
  /** As written. */
  path: Name;
}

/** What a session did with tools. The host reads the fields by their places. */
@unmanaged
export class Work {
  calls: u32;
  results: u32;
  /** Calls with a result, and those of them with both times known. */
  pairs: u32;
  timed: u32;
  errors: u32;
  denied: u32;
  firstGroup: Group;
  firstChange: Change;
  /** The numbers of the tools that were denied, -1 for unknown. */
  deniedTools: usize;
  /** The tool and the number of equal calls in a row, and in total. No calls if no input is known. */
  rowTool: i32;
  rowCalls: u32;
  mostTool: i32;
  mostCalls: u32;
}

export const work: Work = changetype<Work>(memory.data(offsetof<Work>(), 8));
let lastGroup: Group = nothing<Group>();
let lastChange: Change = nothing<Change>();

/** The first call that equals the one before, if the same call may go on in a row. */
let rowOf: Call = nothing<Call>();
let rowCalls: u32 = 0;

/** Sums what a session did with tools. */
export function sumWork(bag: Bag): void {
  memory.fill(changetype<usize>(work), 0, offsetof<Work>());
  lastGroup = nothing<Group>();
  lastChange = nothing<Change>();
  rowOf = nothing<Call>();
  clearEqual(bag.calls);
  work.calls = bag.calls;
  work.results = bag.results;
  for (let call: Call = bag.firstCall; exists(call); call = call.next) addCall(bag, call);
  for (let result: Result = bag.firstResult; exists(result); result = result.next) addFailure(result);
  if (work.denied > 0) listDenied(bag);
  listLatencies(bag);
}

/** No latency. */
const UNTIMED: f64 = -1;

function addCall(bag: Bag, call: Call): void {
  const result = bearerOf<Result>(call.name, Kind.RESULT, changetype<usize>(bag));
  const group = groupOf(bag, call.tool);
  group.calls++;
  call.latency = UNTIMED;
  if (exists(result)) {
    work.pairs++;
    if (result.error === 0) group.succeeded++;
    else countClass(group, result.error);
    if (result.error === 0 && call.fileSize > 0) addChange(bag, call);
    call.latency = latencyOf(call, result);
  }
  if (call.latency >= 0) {
    work.timed++;
    group.timed++;
  }
  addInput(call);
}

function groupOf(bag: Bag, tool: Tool): Group {
  if (exists(tool.group) && tool.group.bag === bag) return tool.group;
  const group = changetype<Group>(claim(offsetof<Group>()));
  group.tool = tool;
  group.bag = bag;
  tool.group = group;
  if (exists(lastGroup)) lastGroup.next = group;
  else work.firstGroup = group;
  lastGroup = group;
  return group;
}

function countClass(group: Group, error: i32): void {
  if (group.classes === 0) group.classes = claim(CLASSES * 4);
  const at = group.classes + <usize>error * 4;
  store<u32>(at, load<u32>(at) + 1);
}

function latencyOf(call: Call, result: Result): f64 {
  return call.at === NEVER || result.at === NEVER ? UNTIMED : <f64>(result.at - call.at);
}

/** The bytes that tell changes apart: the places of the path's name and of the folder. */
const CHANGE_KEY: u32 = 8;
const changeKey: usize = memory.data(16, 8);

function addChange(bag: Bag, call: Call): void {
  const path = nameOf(call.file, call.fileSize);
  store<usize>(changeKey, changetype<usize>(path));
  store<usize>(changeKey, changetype<usize>(call.folder), 4);
  const name = nameOfCopy(changeKey, CHANGE_KEY);
  const whole = changetype<usize>(bag);
  if (exists(bearerOf<Change>(name, Kind.CHANGE, whole))) return;
  const change = changetype<Change>(claim(offsetof<Change>()));
  bear(change, name, Kind.CHANGE, whole);
  change.path = path;
  change.folder = call.folder;
  if (exists(lastChange)) lastChange.next = change;
  else work.firstChange = change;
  lastChange = change;
}

/** A call with unknown input equals none, and ends a row. */
function addInput(call: Call): void {
  const before = rowOf;
  rowOf = nothing<Call>();
  if (call.inputHigh === 0 && call.inputLow === 0) return;
  const first = firstEqual(call);
  first.equal++;
  rowCalls = before === first ? rowCalls + 1 : 1;
  rowOf = first;
  if (rowCalls > work.rowCalls) {
    work.rowCalls = rowCalls;
    work.rowTool = call.tool.number;
  }
  if (first.equal > work.mostCalls) {
    work.mostCalls = first.equal;
    work.mostTool = call.tool.number;
  }
}

function addFailure(result: Result): void {
  if (result.error !== 0) work.errors++;
  if (result.error === DENIED) work.denied++;
}

function listDenied(bag: Bag): void {
  let at = claim(work.denied * 4);
  work.deniedTools = at;
  for (let result: Result = bag.firstResult; exists(result); result = result.next) {
    if (result.error !== DENIED) continue;
    const call = bearerOf<Call>(result.name, Kind.CALL, changetype<usize>(bag));
    store<i32>(at, !exists(call) ? -1 : call.tool.number);
    at += 4;
  }
}

function listLatencies(bag: Bag): void {
  for (let group: Group = work.firstGroup; exists(group); group = group.next) {
    group.latencies = claim(group.timed * 8);
    group.timed = 0;
  }
  for (let call: Call = bag.firstCall; exists(call); call = call.next) {
    if (call.latency < 0) continue;
    const group = groupOf(bag, call.tool);
    store<f64>(group.latencies + (group.timed++ << 3), call.latency);
  }
}
