import { Bag, Call, enter, Result } from './bag';
import { claim, exists, nothing } from './heap';
import { bearerOf, Kind, Name } from './names';

/** Enters a copy of a call. If it appears more than once its first time counts. */
export function enterCall(bag: Bag, name: Name, call: Call): void {
  const whole = changetype<usize>(bag);
  if (exists(bearerOf<Call>(name, Kind.CALL, whole))) return;
  const copy = changetype<Call>(claim(offsetof<Call>()));
  const from = offsetof<Call>('at');
  memory.copy(changetype<usize>(copy) + from, changetype<usize>(call) + from, offsetof<Call>() - from);
  enter(bag, copy, name, Kind.CALL);
  addCall(bag, copy);
}

/** Adds one as the last of a bag. */
export function addCall(bag: Bag, call: Call): void {
  call.next = nothing<Call>();
  if (exists(bag.lastCall)) bag.lastCall.next = call;
  else bag.firstCall = call;
  bag.lastCall = call;
  bag.calls++;
}

/** Enters a copy of a result. If it appears more than once the last one counts, in the place of the first. */
export function enterResult(bag: Bag, name: Name, result: Result): void {
  const whole = changetype<usize>(bag);
  let entry = bearerOf<Result>(name, Kind.RESULT, whole);
  if (!exists(entry)) {
    entry = changetype<Result>(claim(offsetof<Result>()));
    enter(bag, entry, name, Kind.RESULT);
    addResult(bag, entry);
  }
  const from = offsetof<Result>('error');
  memory.copy(changetype<usize>(entry) + from, changetype<usize>(result) + from, offsetof<Result>() - from);
}

/** Adds one as the last of a bag. */
export function addResult(bag: Bag, result: Result): void {
  result.next = nothing<Result>();
  if (exists(bag.lastResult)) bag.lastResult.next = result;
  else bag.firstResult = result;
  bag.lastResult = result;
  bag.results++;
}
