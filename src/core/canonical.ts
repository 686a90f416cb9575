/**
 * JSON that is the same text for the same value: keys in code-unit order, no spaces. Undefined members are left out, as
 * `JSON.stringify` does. Only for plain data: objects, arrays, text, finite numbers, booleans and null.
 */
export function canonicalJson(value: unknown): string {
  const stuck: Stuck = new Set();
  return written(inOrder(value, stuck), stuck);
}

/**
 * Objects that the engine cannot write in our order, and all objects that contain one. The engine puts keys that look like array
 * indexes first and sorts them by number, so that '9' comes before '10'.
 */
type Stuck = Set<object>;
type Members = Readonly<Record<string, unknown>>;

/**
 * The same value with all keys in order, so that the engine can write it in one go. That is much faster than writing it piece by
 * piece. Values that are already in order, such as everything read from our own text, are not copied.
 */
function inOrder(value: unknown, stuck: Stuck): unknown {
  if (Array.isArray(value)) return listInOrder(value, stuck);
  return isObject(value) ? objectInOrder(value, stuck) : value;
}

function listInOrder(list: readonly unknown[], stuck: Stuck): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (let place = 0; place < list.length; place++) {
    const member = list[place];
    const ordered = inOrder(member, stuck);
    if (ordered !== member) copy ??= [...list];
    if (copy !== null) copy[place] = ordered;
  }
  const result = copy ?? list;
  if (stuck.size > 0 && result.some((member) => isStuck(member, stuck))) stuck.add(result);
  return result;
}

function objectInOrder(object: Members, stuck: Stuck): Members {
  const keys = Object.keys(object);
  const isSorted = areSorted(keys);
  let copy = isSorted ? null : copyOf(object, keys.sort());
  for (const key of keys) {
    const member = object[key];
    const ordered = inOrder(member, stuck);
    if (ordered === member) continue;
    copy ??= copyOf(object, keys);
    put(copy, key, ordered);
  }
  const result = copy ?? object;
  const isHeld = stuck.size > 0 && keys.some((key) => isStuck(result[key], stuck));
  if (isHeld || !(isSorted || areSorted(Object.keys(result)))) stuck.add(result);
  return result;
}

function copyOf(object: Members, keys: readonly string[]): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of keys) put(copy, key, object[key]);
  return copy;
}

/** A plain assignment to a key named like the prototype would not create a member. */
function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true });
}

function isStuck(value: unknown, stuck: Stuck): boolean {
  return isObject(value) && stuck.has(value);
}

function areSorted(keys: readonly string[]): boolean {
  let before = '';
  for (const key of keys) {
    if (key < before) return false;
    before = key;
  }
  return true;
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

function written(value: unknown, stuck: Stuck): string {
  if (!(isObject(value) && stuck.has(value))) return JSON.stringify(value) ?? 'null';
  return Array.isArray(value) ? `[${value.map((one) => written(one, stuck)).join(',')}]` : objectJson(value, stuck);
}

function objectJson(object: Members, stuck: Stuck): string {
  const members = Object.keys(object)
    .sort()
    .filter((key) => object[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}:${written(object[key], stuck)}`);
  return `{${members.join(',')}}`;
}
