import { isBefore } from '../../scan/assembly/moments';
import { SPOKEN } from '../../scan/assembly/stretch';
import { UNJUDGED } from '../../scan/assembly/tape';
import { Bag, Call, newBag, Part, Response, Result, Session, Turn } from './bag';
import { claim, exists, nothing } from './heap';
import { addMoment, files, firstPart, Outcome } from './part';
import { addResponse, enterResponse } from './responses';
import { addCall, addResult, enterCall, enterResult } from './tools';
import { enterTurn } from './turns';

export let firstSession: Session = nothing<Session>();
let lastSession: Session = nothing<Session>();

/** The results of all files of which the host has to tell why they failed. */
export function askedResults(): Result {
  let asked: Result = nothing<Result>();
  for (let part: Part = firstPart; exists(part); part = part.next) {
    for (let result: Result = part.bag.firstResult; exists(result); result = result.next) {
      if (result.error !== UNJUDGED) continue;
      result.nextAsked = asked;
      asked = result;
    }
  }
  return asked;
}

/** Puts the parts of each session together, in the order of files. Parts without conversation are left out. */
export function gatherParts(): void {
  const firsts = claim(files * 4);
  for (let part: Part = firstPart; exists(part); part = part.next) {
    const at = firsts + part.file * 4;
    if (load<usize>(at) === 0) store<usize>(at, changetype<usize>(part));
  }
  for (let file: u32 = 0; file < files; file++) {
    // The parts of a file follow each other.
    for (
      let part = changetype<Part>(load<usize>(firsts + file * 4));
      exists(part) && part.file === file;
      part = part.next
    )
      addToSession(part);
  }
}

function addToSession(part: Part): void {
  const session = part.session;
  if ((part.flags & SPOKEN) === 0 || !exists(session)) return;
  if (exists(session.lastPart)) {
    session.lastPart.nextOfSession = part;
  } else {
    session.firstPart = part;
    if (exists(lastSession)) lastSession.next = session;
    else firstSession = session;
    lastSession = session;
  }
  session.lastPart = part;
}

const whole = changetype<Part>(memory.data(offsetof<Part>(), 8));

/** All that several files hold of a session, as one part. Anything that more than one of them holds counts once. */
export function joined(first: Part): Part {
  if (!exists(first.nextOfSession)) return first;
  memory.fill(changetype<usize>(whole), 0, offsetof<Part>());
  whole.bag = newBag(first.session);
  whole.session = first.session;
  whole.file = first.file;
  for (let part: Part = first; exists(part); part = part.nextOfSession) {
    addBag(whole.bag, part.bag);
    whole.flags |= part.flags;
    addMoment(whole, part.startedAt);
    addMoment(whole, part.endedAt);
    if (part.outcome === Outcome.NONE) continue;
    // The path of a session is that of its main conversation.
    if (whole.outcome === Outcome.NONE) whole.file = part.file;
    if (whole.outcome !== Outcome.NONE && !isLater(part.outcomeAt, whole.outcomeAt)) continue;
    whole.outcome = part.outcome;
    whole.outcomeAt = part.outcomeAt;
  }
  return whole;
}

function isLater(at: usize, before: usize): bool {
  if (at === 0 || before === 0) return at !== 0;
  return isBefore(before, at);
}

/**
 * Most things are in one file only, and are moved. What several files hold is copied, so that the copy bears its name last. Calls and
 * results are looked for in the whole later on, responses are not.
 */
function addBag(to: Bag, from: Bag): void {
  addResponses(to, from.firstResponse);
  addCalls(to, from.firstCall);
  addResults(to, from.firstResult);
  for (let turn: Turn = from.firstTurn; exists(turn); turn = turn.next) enterTurn(to, turn.name, turn.duration);
}

function addResponses(to: Bag, first: Response): void {
  let next: Response = first;
  for (let head: Response = first; exists(head); head = next) {
    next = head.next;
    if (head.elsewhere) {
      for (let response: Response = head; exists(response); response = response.other)
        enterResponse(to, head.name, response);
    } else {
      addResponse(to, head);
    }
  }
}

function addCalls(to: Bag, first: Call): void {
  let next: Call = first;
  for (let call: Call = first; exists(call); call = next) {
    next = call.next;
    if (call.elsewhere) {
      enterCall(to, call.name, call);
    } else {
      call.whole = changetype<usize>(to);
      addCall(to, call);
    }
  }
}

function addResults(to: Bag, first: Result): void {
  let next: Result = first;
  for (let result: Result = first; exists(result); result = next) {
    next = result.next;
    if (result.elsewhere) {
      enterResult(to, result.name, result);
    } else {
      result.whole = changetype<usize>(to);
      addResult(to, result);
    }
  }
}
