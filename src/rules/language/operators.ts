import type { Arithmetic, Comparison } from './syntax.ts';
import { isGroup, known, type Value } from './value.ts';

/** No data if a side is missing or not a number, or if the result is undefined or infinite. */
export function arithmetic(operator: Arithmetic, left: Value, right: Value): Value {
  if (typeof left !== 'number' || typeof right !== 'number') return null;
  switch (operator) {
    case '+':
      return known(left + right);
    case '-':
      return known(left - right);
    case '*':
      return known(left * right);
    case '/':
      return known(left / right);
    case '%':
      return known(left % right);
    default:
      return operator satisfies never;
  }
}

/** Compares two single values of the same type. */
export function compare(
  operator: Exclude<Comparison, 'in'>,
  left: number | string | boolean,
  right: number | string | boolean,
): boolean {
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      return operator satisfies never;
  }
}

/** `in`: whether a value is in a list or is a name in a map. */
export function among(left: Value, right: Value): Value {
  if (Array.isArray(right)) {
    return right.includes(null) ? null : right.includes(left);
  }
  return typeof left === 'string' && right !== null && isGroup(right) ? Object.hasOwn(right, left) : null;
}

/** The functions that take two texts. */
export function textCall(name: string, text: string, part: string): Value {
  switch (name) {
    case 'startsWith':
      return text.startsWith(part);
    case 'endsWith':
      return text.endsWith(part);
    case 'contains':
      return text.includes(part);
    default:
      return null;
  }
}

/** The number of entries or characters; no data for anything else. */
export function sizeOf(value: Value): Value {
  if (typeof value === 'string') return [...value].length;
  if (value === null || !isGroup(value)) return null;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}
