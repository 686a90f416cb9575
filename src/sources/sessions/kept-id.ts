import { sha256 } from '../../core/hash.ts';
import { redact } from '../../core/redact.ts';

/** An engine's own session id as it may be kept: as it is when it looks like an id, else its hash; null of none. */
export function keptId(id: string | null): string | null {
  if (id === null) return null;
  const plain = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$/.test(id) && (/^[0-9a-f-]+$/i.test(id) || redact(id) === id);
  return plain ? id : `sha256:${sha256(id).slice(0, 32)}`;
}
