import { asText, type JsonObject } from '../json/fields.ts';

/** Prefix of keys that are only a row's position. No id starts with it. */
const PLACE = '\u0000';

/** Identifies a row within its session: by its id, otherwise by time and position, which mean nothing in other sessions. */
export function rowKey(row: JsonObject, index: number): string {
  return asText(row['uuid']) ?? `${PLACE}${asText(row['timestamp']) ?? ''} ${index}`;
}

/** True for a key that is the same in every copy of the row. */
export function isLasting(key: string): boolean {
  return !key.startsWith(PLACE);
}
