import type { LedgerEvent } from '../../core/event.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { RecordKey } from '../../responses/stop/seal.ts';
import type { Signer } from '../../responses/stop/signature.ts';
import type { World } from '../shell/world.ts';

/** Holds the key of the receipts: an Ed25519 key as PEM. It is never shown, nor is anything that is wrong with it. */
export const SIGNING_KEY = 'CHECKREIN_SIGNING_KEY';

/**
 * A ledger into which every receipt of a stop goes signed, no matter who stops, and every record of a cut; the same ledger where there is no key. A key that
 * cannot be used is reported and holds nothing up: a stop must not fail for it, and `ledger verify` names what is unsigned.
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

/** What records of stops in issues are signed and proven with; null where there is no key, or one that cannot be used. */
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
