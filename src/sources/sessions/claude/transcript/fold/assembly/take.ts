import { Entry, FIELDS, UNJUDGED } from '../../scan/assembly/tape';
import { Call, crowd, Note, Part, Response, Result, Session } from './bag';
import { claim, exists, nothing } from './heap';
import { folderOf, modelOf, toolOf } from './known';
import { hashOf, Name, nameOf } from './names';
import { addMoment, newPart, Outcome, sessionOf } from './part';
import { rateOf } from './rates';
import { enterResponse } from './responses';
import { toMs } from './time';
import { enterCall, enterResult } from './tools';
import { enterTurn } from './turns';

/** The part that the next entries belong to. */
let part: Part = nothing<Part>();
/** The first part of the file. */
let first: Part = part;
/** What is known of all parts of the file: whether records of it are missing. */
const DAMAGED: u32 = 64;
let flags: u32 = 0;
/** How many sessions the file has so far. */
let sessions: u32 = 0;
/** The texts of the tape. */
let texts: usize = 0;

const response = changetype<Response>(memory.data(offsetof<Response>(), 8));
const call = changetype<Call>(memory.data(offsetof<Call>(), 8));
const result = changetype<Result>(memory.data(offsetof<Result>(), 8));

/** A file with more sessions is left to the host. */
const MOST_SESSIONS: u32 = 100;

/** All responses of all files, for the host to price. */
export let firstPriced: Response = nothing<Response>();
let lastPriced: Response = nothing<Response>();

/** Begins a file. Rows without a session id belong to the preceding session, the first ones to the first session. */
export function beginFile(file: u32, damaged: bool): void {
  flags = damaged ? DAMAGED : 0;
  first = newPart(file, nothing<Session>());
  first.flags = flags;
  part = first;
  sessions = 0;
}

/** Reads the entries of one piece of a file's tape. */
export function takeTape(entries: usize, end: usize, textsAt: usize): void {
  texts = textsAt;
  for (let at = entries; at < end; at += FIELDS * 4) {
    switch (field(at, 0)) {
      case Entry.SESSION:
        follow(textAt(at, 1), sizeAt(at, 1));
        break;
      case Entry.RESPONSE:
        takeResponse(at);
        break;
      case Entry.CALL:
        takeCall(at);
        break;
      case Entry.RESULT:
        takeResult(at);
        break;
      case Entry.TURN:
        enterTurn(part.bag, nameAt(at, 1), field(at, 4));
        break;
      case Entry.FOLDER:
        part.folder = folderOf(textAt(at, 1), sizeAt(at, 1));
        break;
      case Entry.STRETCH:
        takeStretch(at);
        break;
      case Entry.NOTE:
        takeNote(field(at, 1));
        break;
      default:
        unreachable();
    }
  }
}

function field(entry: usize, index: u32): i32 {
  return load<i32>(entry + ((<usize>index) << 2));
}

function textAt(entry: usize, index: u32): usize {
  return texts + <usize>field(entry, index);
}

function sizeAt(entry: usize, index: u32): u32 {
  return <u32>field(entry, index + 1);
}

function nameAt(entry: usize, index: u32): Name {
  return nameOf(textAt(entry, index), sizeAt(entry, index));
}

function momentAt(entry: usize, index: u32): usize {
  const place = field(entry, index);
  return place < 0 ? 0 : texts + <usize>place;
}

function follow(text: usize, size: u32): void {
  const session = sessionOf(text, size);
  if (!exists(first.session)) {
    first.session = session;
    first.bag.session = session;
  }
  if (sessions > MOST_SESSIONS) return;
  for (let known: Part = first; exists(known); known = known.next) {
    if (known.session !== session) continue;
    part = known;
    return;
  }
  part = newPart(first.file, session);
  part.flags = flags;
  sessions++;
  if (sessions >= MOST_SESSIONS) crowd();
}

function takeResponse(at: usize): void {
  response.marks = field(at, 1);
  setRequest(textAt(at, 4), sizeAt(at, 4));
  response.model = sizeAt(at, 6) === 0 ? -1 : modelOf(textAt(at, 6), sizeAt(at, 6));
  response.at = momentAt(at, 8);
  response.input = field(at, 9);
  response.output = field(at, 10);
  response.cacheRead = field(at, 11);
  setWrites(field(at, 12), field(at, 13), field(at, 14));
  response.searches = max(field(at, 15), 0);
  part.saidMore = true;
  response.rate = rateOf(response);
  const entered = enterResponse(part.bag, nameAt(at, 2), response);
  if (!exists(entered)) return;
  const last = lastPriced;
  if (!exists(last)) firstPriced = entered;
  else last.priced = entered;
  lastPriced = entered;
}

function setRequest(text: usize, size: u32): void {
  response.request = size === 0 ? 0 : text;
  response.requestSize = size;
  response.requestHash = size === 0 ? 0 : hashOf(text, size);
}

/** Prefers the split by lifetime if it says anything. A plain total counts as 5-minute writes. -1 is unknown. */
function setWrites(flat: i32, short: i32, long: i32): void {
  const told = short >= 0 || long >= 0;
  if (told && (short > 0 || long > 0 || flat <= 0)) {
    response.write5m = max(short, 0);
    response.write1h = max(long, 0);
  } else {
    response.write5m = flat;
    response.write1h = flat < 0 ? -1 : 0;
  }
}

function takeCall(at: usize): void {
  call.at = toMs(momentAt(at, 3));
  call.tool = toolOf(textAt(at, 4), sizeAt(at, 4));
  const changed = call.tool.changes === 0 ? 0 : call.tool.changes === 1 ? 6 : 8;
  call.file = changed === 0 ? 0 : textAt(at, changed);
  call.fileSize = changed === 0 ? 0 : sizeAt(at, changed);
  call.folder = part.folder;
  call.inputHigh = field(at, 10);
  call.inputLow = field(at, 11);
  enterCall(part.bag, nameAt(at, 1), call);
}

function takeResult(at: usize): void {
  result.at = toMs(momentAt(at, 3));
  result.error = field(at, 4);
  const asked = result.error === UNJUDGED;
  result.content = asked ? textAt(at, 5) : 0;
  result.contentSize = asked ? sizeAt(at, 5) : 0;
  enterResult(part.bag, nameAt(at, 1), result);
}

/** Keeps the number of a snapshot. */
function takeNote(number: i32): void {
  const note = changetype<Note>(claim(offsetof<Note>()));
  note.number = number;
  if (exists(part.lastNote)) part.lastNote.next = note;
  else part.firstNote = note;
  part.lastNote = note;
  part.saidMore = false;
}

/** The engine closed the turn: completed, unless an outcome was known before. */
const CLOSED: i32 = 4;

function takeStretch(at: usize): void {
  part.flags |= field(at, 1);
  addMoment(part, momentAt(at, 3));
  addMoment(part, momentAt(at, 4));
  const ending = field(at, 5);
  const closed = ending === CLOSED && part.outcome === Outcome.UNKNOWN;
  const outcome: i32 = closed ? Outcome.COMPLETED : ending === CLOSED ? Outcome.NONE : ending;
  if (outcome === Outcome.NONE) return;
  part.outcome = outcome;
  part.outcomeAt = momentAt(at, 6);
}
