import { Bag, Call, enter, Result } from './bag';
import { claim, exists } from './heap';
import { bearerOf, Kind, Name } from './names';

/** Enters a copy of a call. If it appears more than once its first time counts. */
export function enterCall(bag: Bag, name: Name, call: Call): void {
  const whole = changetype<usize>(bag);
  if (exists(bearerOf<Call>(name, Kind.CALL, whole))) return;
  const copy = changetype<Call>(claim(offsetof<Call>()));
  const from = offsetof<Call>('at');
  memory.copy(changetype<usize>(copy) + from, changetype<usize>(call) + from, offsetof<Call>() - from);
  enter(bag, copy, name, Kind.CALL);
  if (exists(bag.lastCall)) bag.lastCall.next = copy;
  else bag.firstCall = copy;
  bag.lastCall = copy;
  bag.calls++;
}

/** Enters a copy of a result. If it appears more than once the last one counts, in the place of the first. */
export function enterResult(bag: Bag, name: Name, result: Result): void {
  const whole = changetype<usize>(bag);
  let entry = bearerOf<Result>(name, Kind.RESULT, whole);
  if (!exists(entry)) {
    entry = changetype<Result>(claim(offsetof<Result>()));
    enter(bag, entry, name, Kind.RESULT);
    if (exists(bag.lastResult)) bag.lastResult.next = entry;
    else bag.firstResult = entry;
    bag.lastResult = entry;
    bag.results++;
  }
  const from = offsetof<Result>('at');
  memory.copy(changetype<usize>(entry) + from, changetype<usize>(result) + from, offsetof<Result>() - from);
}
