/**
 * More values than this are not read at once: what holds so many takes ten times its size in memory, and the meter is to stay small. What
 * engines send and write holds a hundredth of it.
 */
const MOST_VALUES = 1_000_000;

const [COMMA, COLON, BRACKET, BRACE] = [0x2c, 0x3a, 0x5b, 0x7b];

/** Whether a text of JSON may hold so many values that it is not to be read. Signs within texts count as well. */
export function isDense(json: Uint8Array): boolean {
  if (json.length <= MOST_VALUES) return false;
  let signs = 0;
  for (const byte of json) if (byte === COMMA || byte === COLON || byte === BRACKET || byte === BRACE) signs++;
  return signs > MOST_VALUES;
}
