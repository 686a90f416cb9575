import { inputHash } from '../input-hash.ts';
import type { JsonObject } from '../json/fields.ts';

/** Replaces the input of a block that is dropped to save memory. A bigint never comes out of JSON, so no record can forge it. */
export function keptHash(block: JsonObject): { readonly inputHash: bigint } {
  return { inputHash: BigInt(inputHash(block['input']) ?? 0) };
}

/** The hash of a block's input, whether or not the input was dropped. Null when the block has no input. */
export function hashIn(block: JsonObject): number | null {
  const kept = block['inputHash'];
  return typeof kept === 'bigint' ? Number(kept) || null : inputHash(block['input']);
}
