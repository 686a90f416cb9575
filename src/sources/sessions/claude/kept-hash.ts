import { inputHash } from '../input-hash.ts';
import type { JsonObject } from '../json/fields.ts';

/** What a block whose input is let go keeps of it: a number of a kind that JSON does not hold, so that no record can forge it. */
export function keptHash(block: JsonObject): { readonly inputHash: bigint } {
  return { inputHash: BigInt(inputHash(block['input']) ?? 0) };
}

/** What stands for the input of a block, whether it was let go or is still there; null of none. */
export function hashIn(block: JsonObject): number | null {
  const kept = block['inputHash'];
  return typeof kept === 'bigint' ? Number(kept) || null : inputHash(block['input']);
}
