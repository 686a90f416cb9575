/**
 * JSON with more values than this is not parsed at once: it takes ten times its size in memory, and the meter must stay
 * small. What engines send and write has a hundredth of that.
 */
const MOST_VALUES = 1_000_000;

const [COMMA, COLON, BRACKET, BRACE] = [0x2c, 0x3a, 0x5b, 0x7b];

/** Whether a JSON text may contain too many values to be parsed. Characters inside strings count as well. */
export function isDense(json: Uint8Array): boolean {
  if (json.length <= MOST_VALUES) return false;
  let signs = 0;
  for (const byte of json) if (byte === COMMA || byte === COLON || byte === BRACKET || byte === BRACE) signs++;
  return signs > MOST_VALUES;
}
