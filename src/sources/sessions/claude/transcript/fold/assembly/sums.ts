import { Bag, Response } from './bag';
import { claim, exists, nothing } from './heap';
import { Bearer, bear, bearerOf, Kind, nameOfCopy } from './names';
import { DAY, isSameDay } from './rates';
import { FINAL, MEASURED } from './responses';

/** Tokens by kind, and their price in US dollars. The host reads the fields by their places. */
@unmanaged
class Sums extends Bearer {
  next: Sums;
  model: i32;
  /** The place of a moment on its day, or 0. */
  at: usize;
  /** Which kinds are known, as bits in the order below. */
  known: u32;
  /** The number of responses with a price. */
  priced: u32;
  input: f64;
  output: f64;
  cacheRead: f64;
  write5m: f64;
  write1h: f64;
  usd: f64;
}

/** What the responses of a session sum up to. The host reads the fields by their places. */
@unmanaged
export class Usage {
  total: Sums;
  /** The sums by model and day, in the order in which they came. */
  firstShare: Sums;
  responses: u32;
  /** Those with usage. */
  used: u32;
  /** Those that say that they were finished, with what they used. */
  whole: u32;
}

export const usage: Usage = changetype<Usage>(memory.data(offsetof<Usage>(), 8));
let lastShare: Sums = nothing<Sums>();

export function sumResponses(bag: Bag): void {
  memory.fill(changetype<usize>(usage), 0, offsetof<Usage>());
  lastShare = nothing<Sums>();
  latest = nothing<Sums>();
  usage.total = changetype<Sums>(claim(offsetof<Sums>()));
  for (let head: Response = bag.firstResponse; exists(head); head = head.next)
    for (let response: Response = head; exists(response); response = response.other) addResponse(bag, response);
}

function addResponse(bag: Bag, response: Response): void {
  usage.responses++;
  addTo(usage.total, response);
  addTo(shareOf(bag, response), response);
  if ((response.marks & MEASURED) === 0) return;
  usage.used++;
  if ((response.marks & FINAL) !== 0 && response.input >= 0 && response.output >= 0) usage.whole++;
}

function addTo(sums: Sums, response: Response): void {
  if (response.usd >= 0) {
    sums.usd += response.usd;
    sums.priced++;
  }
  if ((response.marks & MEASURED) === 0) return;
  sums.input += known(sums, 0, response.input);
  sums.output += known(sums, 1, response.output);
  sums.cacheRead += known(sums, 2, response.cacheRead);
  sums.write5m += known(sums, 3, response.write5m);
  sums.write1h += known(sums, 4, response.write1h);
}

/** A count, after noting that its kind is known. */
function known(sums: Sums, kind: u32, count: i32): f64 {
  if (count < 0) return 0;
  sums.known |= 1 << kind;
  return <f64>count;
}

/** The number of a model and a day. */
const KEY: u32 = 4 + DAY;
const key: usize = memory.data(32, 8);
/** The share of the response before, since most have the same model and day. */
let latest: Sums = nothing<Sums>();

function shareOf(bag: Bag, response: Response): Sums {
  if (!exists(latest) || latest.model !== response.model || !isSameDay(latest.at, response.at)) {
    store<i32>(key, response.model);
    if (response.at === 0) memory.fill(key + 4, 0, DAY);
    else memory.copy(key + 4, response.at, DAY);
    const name = nameOfCopy(key, KEY);
    const whole = changetype<usize>(bag);
    latest = bearerOf<Sums>(name, Kind.SHARE, whole);
    if (!exists(latest)) {
      latest = newShare(response);
      bear(latest, name, Kind.SHARE, whole);
    }
  }
  return latest;
}

function newShare(response: Response): Sums {
  const share = changetype<Sums>(claim(offsetof<Sums>()));
  share.model = response.model;
  share.at = response.at;
  if (exists(lastShare)) lastShare.next = share;
  else usage.firstShare = share;
  lastShare = share;
  return share;
}
