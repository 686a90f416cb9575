import { createRequire } from 'node:module';

type Crypto = typeof import('node:crypto');

let loaded: Crypto | null = null;

/** Loaded with the first hash, because loading takes as long as the start of some commands that never hash anything. */
function maker(): Crypto {
  loaded ??= createRequire(import.meta.url)('node:crypto') as Crypto;
  return loaded;
}

/** SHA-256 of text or bytes, as 64 hex digits. */
export function sha256(content: string | Uint8Array): string {
  return maker().createHash('sha256').update(content).digest('hex');
}

/** The id git gives a file with these bytes, as 40 hex digits. */
export function gitBlobId(bytes: Uint8Array): string {
  return maker().createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** HMAC-SHA-256 of a text in UTF-8, as lower-case hex: proves that its author holds the key. */
export function hmacSha256(key: string, text: string): string {
  return maker().createHmac('sha256', key).update(text, 'utf8').digest('hex');
}
