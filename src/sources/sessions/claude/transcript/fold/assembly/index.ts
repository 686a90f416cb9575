import { Part, Session, shared } from './bag';
import { exhausted, exists, nothing, reserve } from './heap';
import { askedResults, firstSession, gatherParts, joined } from './join';
import { firstModel, firstTool, toolOf } from './known';
import { seedWith } from './names';
import { firstPart } from './part';
import { firstRate, priceAll } from './rates';
import { sumResponses, usage } from './sums';
import { beginFile, crowded, firstPriced, takeTape } from './take';
import { sumTurns, turns } from './turns';
import { sumWork, work } from './work';

export { askedResults, beginFile, reserve, seedWith, takeTape };

/** Names a tool whose calls change a file: 1 for the one in `file_path`, 2 for the one in `notebook_path`. */
export function tellChanger(text: usize, size: u32, changes: i32): void {
  toolOf(text, size).changes = changes;
}

/** The first of all parts, with the next one in its first field. */
export function parts(): usize {
  return changetype<usize>(firstPart);
}

/** The first of all rates, for the host to fill in. */
export function rates(): usize {
  return changetype<usize>(firstRate);
}

/** Prices all responses. Returns the first of those that the host has to price, because their rate is not flat or not known. */
export function price(): usize {
  return changetype<usize>(priceAll(firstPriced));
}

/** Whether the host has to put the files together itself: one has too many sessions, or several sessions hold the same thing. */
export function isRefused(): bool {
  return crowded || shared;
}

/** Whether it stopped because there was no more memory. */
export function isExhausted(): bool {
  return exhausted;
}

let session: Session = nothing<Session>();
let told: Part = nothing<Part>();

/** Called when all files are taken, all responses priced, and every failure that the host was asked about told. */
export function begin(): void {
  gatherParts();
  session = firstSession;
}

/** Sums the next session. Its figures stay where they are until the one after it is summed. False if there is none. */
export function next(): bool {
  const current = session;
  if (!exists(current)) return false;
  session = current.next;
  told = joined(current.firstPart);
  sumResponses(told.bag);
  sumWork(told.bag);
  sumTurns(told.bag);
  return true;
}

/** Places of the figures of a session: of its part, and of the sums of its responses, tools and turns. */
export function placeOfPart(): usize {
  return changetype<usize>(told);
}

export function placeOfUsage(): usize {
  return changetype<usize>(usage);
}

export function placeOfWork(): usize {
  return changetype<usize>(work);
}

export function placeOfTurns(): usize {
  return changetype<usize>(turns);
}

/** The first names of models and tools, each with the next one after its text and size. */
export function placeOfModelNames(): usize {
  return changetype<usize>(firstModel());
}

export function placeOfToolNames(): usize {
  return changetype<usize>(firstTool());
}
