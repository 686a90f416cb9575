import { claim, exists } from './heap';
import { Bearer, bear, Kind, Name } from './names';

/** The items of one file's part of a session, or of a whole session. */
@unmanaged
export class Bag {
  session: Session;
  firstResponse: Response;
  lastResponse: Response;
  firstCall: Call;
  lastCall: Call;
  firstResult: Result;
  lastResult: Result;
  firstTurn: Turn;
  lastTurn: Turn;
  calls: u32;
  results: u32;
}

/** A session, named by its id. */
@unmanaged
export class Session extends Bearer {
  next: Session;
  firstPart: Part;
  lastPart: Part;
}

/** What one file says about one session. Moments are places of texts, and 0 means none. The host reads some fields by their places. */
@unmanaged
export class Part {
  /** The next part in the order of files. */
  next: Part;
  /** The next part of the same session. */
  nextOfSession: Part;
  bag: Bag;
  session: Session;
  file: u32;
  /** The facts of its stretches, as the scanner writes them. */
  flags: u32;
  startedAt: usize;
  endedAt: usize;
  outcome: i32;
  outcomeAt: usize;
  folder: Bearer;
  firstNote: Note;
  lastNote: Note;
  /** Whether the model said something after the last note. */
  saidMore: bool;
}

/** The number of a snapshot of what Claude Code noted. */
@unmanaged
export class Note {
  next: Note;
  number: i32;
}

/** One response of the API, named by the id of its message. The host reads some fields by their places. */
@unmanaged
export class Response extends Bearer {
  /** The next message in the bag. */
  next: Response;
  /** The next response with the same message id. */
  other: Response;
  /** The next response of any file, and the next that the host has to price. */
  priced: Response;
  asked: Response;
  /** The id of its request and the hash of that, or 0. Few are compared, so they bear no name. */
  request: usize;
  requestSize: u32;
  requestHash: u32;
  /** Whether its first row had no request id, so that every row of the same message belongs to it. */
  anyRequest: bool;
  marks: i32;
  rate: Rate;
  /** The number of its model, or -1. */
  model: i32;
  /** 0 for none. */
  at: usize;
  input: i32;
  output: i32;
  cacheRead: i32;
  write5m: i32;
  write1h: i32;
  searches: i32;
  /** Its price in US dollars. Less than 0 if it has none. */
  usd: f64;
}

/** What a model costs on a day, named by both. The host fills in what each token and search costs in US dollars. */
@unmanaged
export class Rate extends Bearer {
  /** The next rate of any model and day. */
  next: Rate;
  model: i32;
  /** The place of a moment on the day, or 0. */
  at: usize;
  fast: bool;
  /** The most input of a request that has this price. Less than 0 if each request has to be asked for. */
  upTo: f64;
  times: f64;
  input: f64;
  output: f64;
  cacheRead: f64;
  write5m: f64;
  write1h: f64;
  searches: f64;
}

/** One call of a tool, named by its id. */
@unmanaged
export class Call extends Bearer {
  next: Call;
  /** In milliseconds since 1970. */
  at: i64;
  tool: Tool;
  /** The hash of its input in two halves. Both are 0 for none. */
  inputHigh: u32;
  inputLow: u32;
  /** The path of the file that it was to change, and the folder it was made in. */
  file: usize;
  fileSize: u32;
  folder: Bearer;
  /** How many calls of the session have its tool and its input, counted at the first of them. */
  equal: u32;
  latency: f64;
}

/** What a call brought, named by the call's id. The host reads some fields by their places. */
@unmanaged
export class Result extends Bearer {
  next: Result;
  /** Why it failed, as the host numbers the classes, and less than 0 until it has told. 0 if it did not. */
  error: i32;
  content: usize;
  contentSize: u32;
  /** The next result of which the host has to tell why it failed. */
  nextAsked: Result;
  /** In milliseconds since 1970. */
  at: i64;
}

/** A mark of a turn, named by its row. */
@unmanaged
export class Turn extends Bearer {
  next: Turn;
  /** In milliseconds: -1 for unknown, -2 for a user's request. */
  duration: i32;
}

/** A tool or a model. */
@unmanaged
export class Tool extends Bearer {
  next: Tool;
  number: i32;
  /** Which of a call's paths it changes: 0 none, 1 the file, 2 the notebook. */
  changes: i32;
  /** Its calls in the session that is being summed. */
  group: Group;
}

/** The calls of one tool in a session. The host reads the fields by their places. */
@unmanaged
export class Group {
  next: Group;
  tool: Tool;
  bag: Bag;
  calls: u32;
  /** Calls with a result that did not fail. */
  succeeded: u32;
  timed: u32;
  /** The latencies as 64-bit numbers. */
  latencies: usize;
  /** Place of the number of failed calls by class, or 0 if none failed. */
  classes: usize;
}

export function newBag(session: Session): Bag {
  const bag = changetype<Bag>(claim(offsetof<Bag>()));
  bag.session = session;
  return bag;
}

/** Whether several sessions hold the same thing, as a fork and its origin do. */
export let shared: bool = false;

/** Whether there is more of something than can be searched one by one. */
export let crowded: bool = false;

export function crowd(): void {
  crowded = true;
}

/** Gives a name to something in a bag. */
export function enter(bag: Bag, item: Bearer, name: Name, kind: Kind): void {
  bear(item, name, kind, changetype<usize>(bag));
  let other = item.before;
  while (exists(other) && other.kind !== item.kind) other = other.before;
  if (!exists(other)) return;
  item.elsewhere = true;
  other.elsewhere = true;
  if (changetype<Bag>(other.whole).session !== bag.session) shared = true;
}
