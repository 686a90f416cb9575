/** A JSON object with unknown fields. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object, or null. */
export function asObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** The objects of a list. Empty if it is not a list. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.map(asObject).filter((item) => item !== null);
}

/** The value as a non-empty text, or null. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A count (tokens, turns, milliseconds): a finite number ≥ 0, or such a number as text. Otherwise null. */
export function asCount(value: unknown): number | null {
  const number = asAmount(value);
  return number !== null && number <= Number.MAX_SAFE_INTEGER ? Math.round(number) : null;
}

/** No amount has more than 20 digits. Sums of larger ones could overflow. */
const BEYOND_AMOUNTS = 1e20;

/** An amount: a number ≥ 0 of at most 20 digits, or such a number as text. Otherwise null. */
export function asAmount(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,20}(?:\.\d{1,20})?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number < BEYOND_AMOUNTS ? number : null;
}

/** The sum of the known values, or null if there are none. */
export function sumKnown(values: readonly (number | null)[]): number | null {
  let sum: number | null = null;
  for (const value of values) if (value !== null) sum = (sum ?? 0) + value;
  return sum;
}
