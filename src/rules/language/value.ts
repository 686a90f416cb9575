/** The value of a part of a condition; null is no data. */
export type Value = null | number | string | boolean | readonly Value[] | { readonly [name: string]: Value };

/** Whether a value has others below it. */
export function isGroup(value: Value): value is Extract<Value, object> {
  return typeof value === 'object' && value !== null;
}

/** The number itself; no data if it is NaN or infinite. */
export function known(number: number): number | null {
  return Number.isFinite(number) ? number : null;
}

/** The own property of a group with this name; no data for anything else, including getters: a condition runs no code. */
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
      // Accessed one name at a time through `lookUp`, which trusts nothing.
      return found as Value;
    default:
      return null;
  }
}
