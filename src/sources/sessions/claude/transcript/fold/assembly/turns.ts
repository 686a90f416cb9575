import { Bag, enter, Turn } from './bag';
import { claim, exists } from './heap';
import { bearerOf, Kind, Name } from './names';

/** Enters a turn mark. A row and its copy count once: the last in the place of the first. */
export function enterTurn(bag: Bag, name: Name, duration: i32): void {
  const whole = changetype<usize>(bag);
  let turn = bearerOf<Turn>(name, Kind.TURN, whole);
  if (!exists(turn)) {
    turn = changetype<Turn>(claim(offsetof<Turn>()));
    enter(bag, turn, name, Kind.TURN);
    if (exists(bag.lastTurn)) bag.lastTurn.next = turn;
    else bag.firstTurn = turn;
    bag.lastTurn = turn;
  }
  turn.duration = duration;
}

/** The turns of a session. The host reads the fields by their places. */
@unmanaged
export class Turns {
  /** The sum of the durations of ended turns in milliseconds. */
  ms: f64;
  asked: u32;
  ended: u32;
  /** Ended turns with a known duration. */
  timed: u32;
}

export const turns: Turns = changetype<Turns>(memory.data(offsetof<Turns>(), 8));

/** The value that replaces the duration for a user's request. */
const ASKED: i32 = -2;

export function sumTurns(bag: Bag): void {
  memory.fill(changetype<usize>(turns), 0, offsetof<Turns>());
  for (let turn: Turn = bag.firstTurn; exists(turn); turn = turn.next) {
    if (turn.duration === ASKED) {
      turns.asked++;
      continue;
    }
    turns.ended++;
    if (turn.duration < 0) continue;
    turns.timed++;
    turns.ms += <f64>turn.duration;
  }
}
