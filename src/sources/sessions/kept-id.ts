import { sha256 } from '../../core/hash.ts';
import { redact } from '../../core/redact.ts';

/**
 * An engine's session id in the form that may be stored: unchanged if it looks like an id, otherwise its hash. Null if there is
 * none.
 */
export function keptId(id: string | null): string | null {
  if (id === null) return null;
  return isPlainId(id) ? id : `sha256:${sha256(id).slice(0, 32)}`;
}

/** Whether an id may be stored unchanged. */
export function isPlainId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$/.test(id) && (/^[0-9a-f-]+$/i.test(id) || redact(id) === id);
}
