import type { PriceList } from '../../../../prices/price-list.ts';
import { isPlainId } from '../../../kept-id.ts';
import { errorClass, numberOfClass } from '../../errors.ts';
import { priceResponse } from '../../responses.ts';
import { copyOf, type KeepTape } from '../scan/scanner.ts';
import type { ScannedTranscript } from '../skim.ts';
import type { Wanted } from '../tally.ts';
import { writtenText } from '../tape.ts';
import { type Folding, keepTape, openFolding, takeFile } from './folding.ts';
import { type Names, readNames } from './names.ts';
import { type FoldedSession, readSums } from './read-sums.ts';

/** Puts scanned transcripts together and sums each session, as `joinParts` and `sumsOf` do, but in WebAssembly. */
export interface Fold {
  /** Keeps a tape where it will be needed. */
  readonly keep: KeepTape;
  /**
   * Takes in a file, and returns it with all its tapes kept, so that nobody else has to. Files may come in any order; the result is in
   * the order of their indexes.
   */
  readonly take: <File extends ScannedTranscript>(index: number, file: File) => File;
  /**
   * Sums the sessions of all files. Null when something needs the general way: rows that a tape cannot hold, unusual or missing session
   * ids, a file in which nobody speaks, a response without a known price (a complaint is due), something that several sessions hold, or more than fits into memory.
   */
  readonly finish: (price: PriceList) => readonly FoldedSession[] | null;
}

/** Begins to fold files. Nothing is loaded before the first one comes; `open` then gives the program with its memory. */
export function openFold(wanted: Wanted, open: () => Folding = openFolding): Fold {
  let folding: Folding | null = null;
  let foldable = true;
  let files = 0;
  return {
    keep: (entries, texts) => {
      if (!foldable) return copyOf(entries, texts);
      const current = folding ?? open();
      folding = current;
      const kept = ifItFits(current, () => keepTape(current, { entries, texts }));
      foldable = kept !== null;
      return kept ?? copyOf(entries, texts);
    },
    take: (index, file) => {
      if (!foldable) return file;
      const current = folding ?? open();
      folding = current;
      const taken = ifItFits(current, () => takeFile(current, index, file, wanted));
      foldable = taken !== null && !isRefused(current);
      files++;
      return taken === null ? file : { ...file, pieces: taken };
    },
    finish: (price) => {
      const current = folding;
      if (!foldable || current === null) return foldable ? [] : null;
      return ifItFits(current, () => finish(current, files, price));
    },
  };
}

/** Whether the program has met what only the general way can put together. */
function isRefused({ program }: Folding): boolean {
  return program.crowded.value !== 0 || program.shared.value !== 0;
}

/** What a step gives, or null if the program's memory is too small for it. */
function ifItFits<T>({ program }: Folding, step: () => T): T | null {
  try {
    return step();
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError && program.exhausted.value !== 0) return null;
    throw error;
  }
}

function finish(folding: Folding, files: number, price: PriceList): readonly FoldedSession[] | null {
  const names = readNames(folding);
  if (!isSpokenIn(folding, files) || !priceAll(folding, names, price)) return null;
  classifyFailures(folding);
  return readSessions(folding, names);
}

/** The fields of a part, see assembly/part.ts. */
const PART = { next: 0, session: 3, file: 4, flags: 5 } as const;
const SPOKEN = 1;

/** Whether somebody speaks in each of so many files, and only in parts with a session. */
function isSpokenIn({ program, memory }: Folding, files: number): boolean {
  const spoken = new Set<number>();
  for (let part = program.firstPart.value; part !== 0; part = memory.number(part, PART.next)) {
    if ((memory.number(part, PART.flags) & SPOKEN) === 0) continue;
    if (memory.number(part, PART.session) === 0) return false;
    spoken.add(memory.number(part, PART.file));
  }
  return spoken.size === files;
}

/** The fields of a response, see assembly/bag.ts. The price is a 64-bit number. */
const RESPONSE = {
  asked: 7,
  marks: 12,
  model: 14,
  at: 15,
  input: 16,
  output: 17,
  cacheRead: 18,
  write5m: 19,
  write1h: 20,
  searches: 21,
} as const;
const PRICE = 11;
const FAST = 4;
const MOMENT = 24;

/** Prices each response by itself. False if one that used something has no known price. */
function priceAll(folding: Folding, { models }: Names, price: PriceList): boolean {
  const { program, memory } = folding;
  const { number } = memory;
  fillRates(folding, models, price);
  const count = (place: number, field: number): number | null => {
    const value = number(place, field);
    return value < 0 ? null : value;
  };
  for (let place = program.price(); place !== 0; place = number(place, RESPONSE.asked)) {
    const at = number(place, RESPONSE.at);
    const usage = {
      input: count(place, RESPONSE.input),
      output: count(place, RESPONSE.output),
      cacheRead: count(place, RESPONSE.cacheRead),
      cacheWrite5m: count(place, RESPONSE.write5m),
      cacheWrite1h: count(place, RESPONSE.write1h),
    };
    const response = {
      model: models[number(place, RESPONSE.model)] ?? null,
      usage,
      webSearches: number(place, RESPONSE.searches),
      fast: (number(place, RESPONSE.marks) & FAST) !== 0,
      at: at === 0 ? null : memory.letters(at, MOMENT),
    };
    const usd = priceResponse(response, price);
    if (usd === null) return false;
    memory.setAmount(place, PRICE, usd);
  }
  return true;
}

/** The fields of a rate, see assembly/bag.ts. From `upTo` on they are 64-bit numbers, counted in these. */
const RATE = { next: 4, model: 5, at: 6, fast: 7 } as const;
const UP_TO = 4;

/** Says what each model costs on each day, where that is flat. */
function fillRates({ program, memory }: Folding, models: readonly string[], price: PriceList): void {
  for (let place = program.firstRate.value; place !== 0; place = memory.number(place, RATE.next)) {
    const at = memory.number(place, RATE.at);
    const model = models[memory.number(place, RATE.model)];
    const fast = (memory.number(place, RATE.fast) & 1) !== 0;
    const rate = model === undefined ? null : price.rate?.(model, fast, at === 0 ? null : memory.letters(at, MOMENT));
    if (rate === null || rate === undefined) continue;
    const { input, output, cacheRead, cacheWrite5m, cacheWrite1h, webSearches } = rate.each;
    const amounts = [rate.upTo, rate.times, input, output, cacheRead, cacheWrite5m, cacheWrite1h, webSearches];
    memory.setAmounts(place, UP_TO, amounts);
  }
}

/** The fields of a result, see assembly/bag.ts. */
const RESULT = { error: 5, content: 6, nextAsked: 8 } as const;

/** Says of the results that are asked about why they failed, by the texts that they brought. */
function classifyFailures({ program, memory }: Folding): void {
  for (let place = program.askedResults(); place !== 0; place = memory.number(place, RESULT.nextAsked)) {
    const error = errorClass(writtenText(memory.text(place, RESULT.content)));
    memory.setNumber(place, RESULT.error, numberOfClass(error));
  }
}

/** Null when a session has an unusual id, or too much of something in several files together. */
function readSessions(folding: Folding, names: Names): readonly FoldedSession[] | null {
  const { program } = folding;
  const sessions: FoldedSession[] = [];
  program.begin();
  while (program.next() !== 0) {
    const session = readSums(folding, names);
    if (!isPlainId(session.id) || isRefused(folding)) return null;
    sessions.push(session);
  }
  return sessions;
}
