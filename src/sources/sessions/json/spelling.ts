/** The JSON of a value. Null if there is none, or if it is nested too deeply to be written. */
export function spellingOf(value: unknown): string | null {
  if (value === undefined) return null;
  try {
    return JSON.stringify(value) ?? null;
  } catch (error) {
    // JSON.stringify recurses at each level, JSON.parse does not.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
