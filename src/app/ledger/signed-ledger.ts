import type { LedgerEvent } from '../../core/event.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { RecordKey } from '../../responses/stop/seal.ts';
import type { Signer } from '../../responses/stop/signature.ts';
import type { World } from '../shell/world.ts';

/** Holds the key of the receipts: an Ed25519 key as PEM. Neither the key nor what is wrong with it is ever shown. */
export const SIGNING_KEY = 'CHECKREIN_SIGNING_KEY';

/**
 * A ledger that signs every receipt of a stop, no matter who stops, and every record of a cut. Without a key it is the same
 * ledger. An unusable key is reported and blocks nothing: a stop must not fail because of it, and `ledger verify` names what is
 * unsigned.
 */
export async function signedLedger<State>(
  ledger: Ledger<State>,
  { env, err }: Pick<World, 'env' | 'err'>,
): Promise<Ledger<State>> {
  const pem = env[SIGNING_KEY] ?? '';
  if (pem.trim() === '') return ledger;
  const { signerOf } = await import('../../responses/stop/signature.ts');
  const signer = signerOf(pem);
  if (signer === null) {
    err.write(`checkrein: ${SIGNING_KEY} is no Ed25519 private key as PEM, so receipts of stops are not signed.\n`);
    return ledger;
  }
  return {
    ...ledger,
    compact: (order) => ledger.compact({ ...order, sign: signer.signStatement }),
    append: (decide) => ledger.append((state) => decide(state).map((event) => signed(event, signer))),
  };
}

/** The key that signs and proves records of stops in issues; null when there is none, or an unusable one. */
export async function recordKeyOf(env: World['env']): Promise<RecordKey | null> {
  const pem = env[SIGNING_KEY] ?? '';
  if (pem.trim() === '') return null;
  const { signerOf, verifierOf } = await import('../../responses/stop/signature.ts');
  const [signer, verifier] = [signerOf(pem), verifierOf(pem)];
  return signer === null || verifier === null ? null : { signer, verifier };
}

function signed(event: LedgerEvent, signer: Signer): LedgerEvent {
  return event.kind === 'halt.receipt' ? signer.sign(event) : event;
}
