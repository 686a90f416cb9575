import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { canonicalJson } from '../../core/canonical.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { ReceiptSignature } from '../../core/halt.ts';
import { sha256 } from '../../core/hash.ts';

/** Signs receipts. It reveals nothing of the key itself. */
export interface Signer {
  /** Deterministic for a key and receipt, so that a decision made twice gives the same event. */
  readonly sign: (event: EventOf<'halt.receipt'>) => EventOf<'halt.receipt'>;
  readonly signStatement: (statement: string) => ReceiptSignature;
}

/** A key that verifies signatures. */
export interface Verifier {
  readonly id: string;
  readonly proves: (statement: Buffer, signature: Buffer) => boolean;
}

/** Why a receipt is not proven. */
export type SignatureFault = 'unsigned' | 'other_key' | 'mismatch';

/** What the signatures prove about the receipts of a ledger. */
export interface SignatureCheck {
  readonly receipts: number;
  readonly proven: number;
  readonly faults: readonly { readonly event: string; readonly at: string; readonly fault: SignatureFault }[];
}

/** The signer for an Ed25519 private key as PEM; null when the text is not one. */
export function signerOf(pem: string): Signer | null {
  const key = keyIn(() => createPrivateKey(pemOf(pem)));
  if (key === null) return null;
  const id = idOf(createPublicKey(key));
  const signed = (statement: Buffer): ReceiptSignature => ({
    algorithm: 'ed25519',
    key: id,
    value: sign(null, statement, key).toString('base64'),
  });
  return {
    sign: (event) => ({ ...event, data: { ...event.data, signature: signed(statementOf(event)) } }),
    signStatement: (statement) => signed(Buffer.from(statement)),
  };
}

/** The verifier for an Ed25519 key as PEM, public or private; null when the text is not one. */
export function verifierOf(pem: string): Verifier | null {
  // createPublicKey derives the public key from a private one.
  const key = keyIn(() => createPublicKey(pemOf(pem)));
  if (key === null) return null;
  return { id: idOf(key), proves: (statement, signature) => verify(null, statement, key, signature) };
}

/** What is wrong with the signature of a receipt; null when one of the keys proves it. */
export function signatureFault(event: EventOf<'halt.receipt'>, keys: readonly Verifier[]): SignatureFault | null {
  return statementFault(statementOf(event), event.data.signature, keys);
}

/** What is wrong with the signature of any statement, given what was found in its place. */
export function statementFault(statement: Buffer, found: unknown, keys: readonly Verifier[]): SignatureFault | null {
  const signature = readSignature(found);
  if (signature === null) return 'unsigned';
  const key = keys.find(({ id }) => id === signature.key);
  if (key === undefined) return 'other_key';
  return key.proves(statement, Buffer.from(signature.value, 'base64')) ? null : 'mismatch';
}

/** Checks the receipts among events, in order. `since` leaves out those from before there was a key. */
export async function checkSignatures(
  events: AsyncIterable<LedgerEvent>,
  keys: readonly Verifier[],
  since: string | null,
): Promise<SignatureCheck> {
  const faults: { event: string; at: string; fault: SignatureFault }[] = [];
  let receipts = 0;
  for await (const event of events) {
    if (event.kind !== 'halt.receipt' || (since !== null && event.at < since)) continue;
    receipts += 1;
    const fault = signatureFault(event, keys);
    if (fault !== null) faults.push({ event: event.id, at: event.at, fault });
  }
  return { receipts, proven: receipts - faults.length, faults };
}

/** Everything that a receipt says, with its repository, time and process; not when we learned of it. */
function statementOf({ v, id, kind, at, repo, data: { receipt } }: EventOf<'halt.receipt'>): Buffer {
  return Buffer.from(canonicalJson({ v, id, kind, at, repo, receipt }));
}

/** Identifies a key without revealing it: 16 digits of the hash of its public half. */
function idOf(key: KeyObject): string {
  return sha256(key.export({ type: 'spki', format: 'der' })).slice(0, 16);
}

function keyIn(read: () => KeyObject): KeyObject | null {
  try {
    const key = read();
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    // Errors from node:crypto about an invalid key may contain a part of it.
    return null;
  }
}

/** Secrets are often pasted as one line with `\n` written out. */
function pemOf(text: string): string {
  return text.trim().replaceAll('\\n', '\n');
}

/** Anybody who can write to the ledger can write anything here. */
function readSignature(found: unknown): ReceiptSignature | null {
  if (typeof found !== 'object' || found === null) return null;
  const { algorithm, key, value } = found as Partial<Record<keyof ReceiptSignature, unknown>>;
  if (algorithm !== 'ed25519' || typeof key !== 'string' || typeof value !== 'string') return null;
  return { algorithm, key, value };
}
