import { asText, type JsonObject } from '../json/fields.ts';

/** Begins the keys that only tell a row's place; no id begins so. */
const PLACE = '\u0000';

/** What tells a row from others of its session: its id; without one its time and place, which tell nothing in other sessions. */
export function rowKey(row: JsonObject, index: number): string {
  return asText(row['uuid']) ?? `${PLACE}${asText(row['timestamp']) ?? ''} ${index}`;
}

/** True for a key that is the same wherever a copy of the row stands. */
export function isLasting(key: string): boolean {
  return !key.startsWith(PLACE);
}
