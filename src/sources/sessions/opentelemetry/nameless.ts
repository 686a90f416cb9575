import type { FoundSession } from '../found-session.ts';
import { folderOf } from '../gemini/twins.ts';

/**
 * Drops sessions made of Codex metrics without a thread if another record in the same folder names one, because it already includes
 * what they count.
 */
export function withoutNamelessMetrics(found: readonly FoundSession[]): readonly FoundSession[] {
  const folders = new Set(found.filter(isNamedCodex).map(({ path }) => folderOf(path)));
  if (folders.size === 0) return found;
  return found.filter((session) => !isNamelessMetrics(session) || !folders.has(folderOf(session.path)));
}

function isNamedCodex({ reading }: FoundSession): boolean {
  return reading.engine === 'codex' && reading.engineSession !== null && reading.tokens.total !== null;
}

function isNamelessMetrics({ reading, telemetry }: FoundSession): boolean {
  return reading.engine === 'codex' && reading.engineSession === null && telemetry !== undefined;
}
