import { isSame } from '../../scan/assembly/bytes';
import { Rate, Response } from './bag';
import { claim, exists, nothing } from './heap';
import { bear, bearerOf, Kind, nameOfCopy } from './names';
import { FAST, MEASURED } from './responses';

/** The letters of a moment that tell its day. */
export const DAY: u32 = 10;
/** The number of a model, its mode, and a day. */
const KEY: u32 = 8 + DAY;
const key: usize = memory.data(32, 8);

export let firstRate: Rate = nothing<Rate>();
let lastRate: Rate = nothing<Rate>();
/** The rate of the response before, since most have the same model and day. */
let latest: Rate = nothing<Rate>();

/** The rate of a response. */
export function rateOf(response: Response): Rate {
  const fast = (response.marks & FAST) !== 0;
  const same = exists(latest) && latest.model === response.model && latest.fast === fast;
  if (same && isSameDay(latest.at, response.at)) return latest;
  store<i32>(key, response.model);
  store<i32>(key, fast ? 1 : 0, 4);
  if (response.at === 0) memory.fill(key + 8, 0, DAY);
  else memory.copy(key + 8, response.at, DAY);
  const name = nameOfCopy(key, KEY);
  latest = bearerOf<Rate>(name, Kind.RATE, 0);
  if (exists(latest)) return latest;
  latest = newRate(response, fast);
  bear(latest, name, Kind.RATE, 0);
  return latest;
}

export function isSameDay(a: usize, b: usize): bool {
  return a === b || (a !== 0 && b !== 0 && isSame(a, b, DAY));
}

function newRate(response: Response, fast: bool): Rate {
  const rate = changetype<Rate>(claim(offsetof<Rate>()));
  rate.model = response.model;
  rate.at = response.at;
  rate.fast = fast;
  rate.upTo = -1;
  if (exists(lastRate)) lastRate.next = rate;
  else firstRate = rate;
  lastRate = rate;
  return rate;
}

/** The price of a response that has none. */
const UNPRICED: f64 = -1;

/** Prices responses that have a flat rate. Returns the first of the others, which the host has to price. */
export function priceAll(first: Response): Response {
  let asked: Response = nothing<Response>();
  for (let response: Response = first; exists(response); response = response.priced) {
    response.usd = UNPRICED;
    if ((response.marks & MEASURED) === 0) continue;
    if (hasFlatRate(response)) {
      response.usd = priceOf(response);
    } else {
      response.asked = asked;
      asked = response;
    }
  }
  return asked;
}

function hasFlatRate(response: Response): bool {
  const input = <f64>response.input + known(response.cacheRead) + known(response.write5m) + known(response.write1h);
  return response.input >= 0 && response.output >= 0 && input <= response.rate.upTo;
}

/** The price in the order of operations that the host has, so that both come to the same number. */
function priceOf(response: Response): f64 {
  const rate = response.rate;
  const sum =
    <f64>response.input * rate.input +
    <f64>response.output * rate.output +
    known(response.cacheRead) * rate.cacheRead +
    known(response.write5m) * rate.write5m +
    known(response.write1h) * rate.write1h +
    <f64>response.searches * rate.searches;
  return sum * rate.times;
}

function known(count: i32): f64 {
  return count < 0 ? 0 : <f64>count;
}
