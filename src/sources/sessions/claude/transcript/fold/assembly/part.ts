import { isBefore } from '../../scan/assembly/moments';
import { newBag, Part, Session } from './bag';
import { claim, exists, nothing } from './heap';
import { bear, bearerOf, Kind, nameOf } from './names';

/** How the main conversation ended, as the scanner writes it. */
export enum Outcome {
  NONE = 0,
  UNKNOWN = 1,
  COMPLETED = 2,
  FAILED = 3,
}

export let firstPart: Part = nothing<Part>();
let lastPart: Part = nothing<Part>();
/** One more than the highest number of a file. */
export let files: u32 = 0;

/** A new part of a file. Its session may not be known yet. */
export function newPart(file: u32, session: Session): Part {
  const part = changetype<Part>(claim(offsetof<Part>()));
  part.file = file;
  files = max(files, file + 1);
  part.session = session;
  part.bag = newBag(session);
  if (exists(lastPart)) lastPart.next = part;
  else firstPart = part;
  lastPart = part;
  return part;
}

export function addMoment(part: Part, at: usize): void {
  if (at === 0) return;
  if (part.startedAt === 0 || isBefore(at, part.startedAt)) part.startedAt = at;
  if (part.endedAt === 0 || isBefore(part.endedAt, at)) part.endedAt = at;
}

/** The session of this id, entered if it is new. */
export function sessionOf(text: usize, size: u32): Session {
  const name = nameOf(text, size);
  let session = bearerOf<Session>(name, Kind.SESSION, 0);
  if (exists(session)) return session;
  session = changetype<Session>(claim(offsetof<Session>()));
  bear(session, name, Kind.SESSION, 0);
  return session;
}
