/** What a part of a condition comes to; null is no data. */
export type Value = null | number | string | boolean | readonly Value[] | { readonly [name: string]: Value };

/** Whether a value has others below it. */
export function isGroup(value: Value): value is Extract<Value, object> {
  return typeof value === 'object' && value !== null;
}

/** A number that is one; no data for what is not, or is infinite. */
export function known(number: number): number | null {
  return Number.isFinite(number) ? number : null;
}

/** What stands below a group under a name of its own; no data for anything else, for getters too: a condition runs no code. */
export function lookUp(group: unknown, name: string | number): Value {
  if (typeof group !== 'object' || group === null) return null;
  if (typeof name === 'number' && (!Array.isArray(group) || !Number.isInteger(name))) return null;
  if (Array.isArray(group) && !/^\d+$/.test(String(name))) return null;
  return toValue(Object.getOwnPropertyDescriptor(group, name)?.value);
}

function toValue(found: unknown): Value {
  switch (typeof found) {
    case 'number':
      return known(found);
    case 'string':
    case 'boolean':
      return found;
    case 'object':
      // Looked into one name at a time, by `lookUp`, which takes nothing on trust.
      return found as Value;
    default:
      return null;
  }
}
