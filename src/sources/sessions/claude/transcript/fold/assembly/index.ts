import { crowded, Part, Session, shared } from './bag';
import { exhausted, exists, nothing, reserve } from './heap';
import { askedResults, firstSession, gatherParts, joined } from './join';
import { models, toolOf, tools } from './known';
import { seedWith } from './names';
import { firstPart } from './part';
import { firstRate, priceAll } from './rates';
import { sumResponses, usage } from './sums';
import { beginFile, firstPriced, takeTape } from './take';
import { sumTurns, turns } from './turns';
import { sumWork, work } from './work';

/** Besides functions, the host uses places and findings: the values of the variables, which is less code than functions for them. */
export {
  askedResults,
  beginFile,
  crowded,
  exhausted,
  firstPart,
  firstRate,
  models,
  reserve,
  seedWith,
  shared,
  takeTape,
  tools,
  turns,
  usage,
  work,
};

/** Names a tool whose calls change a file: 1 for the one in `file_path`, 2 for the one in `notebook_path`. */
export function tellChanger(text: usize, size: u32, changes: i32): void {
  toolOf(text, size).changes = changes;
}

/** Prices all responses. Returns the first of those that the host has to price, because their rate is not flat or not known. */
export function price(): usize {
  return changetype<usize>(priceAll(firstPriced));
}

let session: Session = nothing<Session>();
/** What all files together hold of the session that was summed last. */
export let part: Part = nothing<Part>();

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
  part = joined(current.firstPart);
  sumResponses(part.bag);
  sumWork(part.bag);
  sumTurns(part.bag);
  return true;
}
