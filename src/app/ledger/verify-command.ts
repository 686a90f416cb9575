import { plainLine } from '../../core/text.ts';
import { parseInstant } from '../../core/time.ts';
import type { CutOff, Ledger, Verification } from '../../ledger/port.ts';
import type { SignatureCheck, SignatureFault, Verifier } from '../../responses/stop/signature.ts';
import type { Invocation } from '../shell/flags.ts';
import { readLocalText } from '../shell/load-config.ts';
import { quoted } from '../shell/quoted.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { SIGNING_KEY } from './signed-ledger.ts';

/**
 * `checkrein ledger verify`: walks the chain, and proves the signatures of receipts when a key is given. Without a ledger nothing
 * is proven, so that a mistyped address or a deleted branch does not pass for an intact ledger.
 * @throws UsageError when a key cannot be read.
 */
export async function verifyLedger(invocation: Invocation, ledger: Ledger<LedgerState>, world: World): Promise<number> {
  const proof = await proofOf(invocation, world);
  const receipts = proof === null ? null : await receiptsIn(ledger, proof);
  const chain = await ledger.verify();
  const signatures = receipts === null || proof === null ? null : await withCut(receipts, chain.cut, proof);
  const ok = chain.ok && chain.head !== null && (signatures === null || signatures.faults.length === 0);
  const found = { ...chain, cut: withoutStatement(chain.cut), ok, ...(signatures === null ? {} : { signatures }) };
  world.out.write(
    invocation.has('json') ? jsonLine(found) : `${verificationText(ledger.place, chain)}${signatureText(signatures)}`,
  );
  return ok ? EXIT.done : EXIT.failed;
}

function withoutStatement(cut: Verification['cut']): (Omit<CutOff, 'signed'> & { readonly signed: boolean }) | null {
  return cut === null ? null : { ...cut, signed: cut.signed !== null };
}

/** What proves signatures, and from when on they are required. */
interface Proof {
  readonly keys: readonly Verifier[];
  readonly since: string | null;
}

async function receiptsIn(ledger: Ledger<LedgerState>, { keys, since }: Proof): Promise<SignatureCheck> {
  const { checkSignatures } = await import('../../responses/stop/signature.ts');
  return await checkSignatures(ledger.events(), keys, since);
}

/**
 * The record of a cut represents everything before it, so a signature on it must fit. It may have none: the job that compacts is
 * seldom the one that stops and holds the key, and the receipts it kept are proven by themselves.
 */
async function withCut(check: SignatureCheck, cut: CutOff | null, { keys }: Proof): Promise<SignatureCheck> {
  if (cut === null || cut.signed === null) return check;
  const { statementFault } = await import('../../responses/stop/signature.ts');
  const { statement, signature } = cut.signed;
  const fault = statementFault(Buffer.from(statement), signature, keys);
  if (fault === null) return check;
  return { ...check, faults: [...check.faults, { event: `cut after batch ${cut.batch}`, at: cut.at, fault }] };
}

/** Null when there is no key to prove anything with. */
async function proofOf(invocation: Invocation, { env }: World): Promise<Proof | null> {
  const since = sinceOf(invocation.value('signed-since'));
  const own = env[SIGNING_KEY] ?? '';
  const texts = [
    ...(own.trim() === '' ? [] : [{ where: SIGNING_KEY, pem: own }]),
    ...(await Promise.all(invocation.values('key').map(async (path) => ({ where: path, pem: await readKey(path) })))),
  ];
  if (texts.length === 0) {
    if (since !== null) throw new UsageError(`--signed-since needs a key: --key FILE, or ${SIGNING_KEY}.`);
    return null;
  }
  const { verifierOf } = await import('../../responses/stop/signature.ts');
  const keys = texts.map(({ where, pem }): Verifier => {
    const key = verifierOf(pem);
    if (key === null) throw new UsageError(`${plainLine(where, 300)} is no Ed25519 key as PEM, public or private.`);
    return key;
  });
  return { keys, since };
}

function sinceOf(text: string | null): string | null {
  if (text === null) return null;
  const moment = parseInstant(text);
  if (moment === null) throw new UsageError(`--signed-since takes an ISO 8601 moment, not ${quoted(text)}.`);
  return moment;
}

async function readKey(path: string): Promise<string> {
  const text = await readLocalText(path, 'key');
  if (typeof text !== 'string') throw new UsageError(text.reason);
  return text;
}

const FAULTS: Readonly<Record<SignatureFault, string>> = {
  unsigned: 'it is not signed',
  other_key: 'it is signed with a key that was not given',
  mismatch: 'its signature does not fit: somebody has changed or forged it',
};

function signatureText(check: SignatureCheck | null): string {
  if (check === null) return '';
  const { receipts, proven, faults } = check;
  const head = `  receipts: ${receipts === 0 ? 'none to prove' : `${proven} of ${receipts} proven by signature`}.`;
  const lines = faults.map(({ event, fault }) => plainLine(`NOT PROVEN: ${event}: ${FAULTS[fault]}`, 300));
  return `${[head, ...lines.map((line) => `  ${line}`)].join('\n')}\n`;
}

function verificationText(place: string, found: Verification): string {
  const { head, firstBad } = found;
  const { cut } = found;
  const before =
    cut === null
      ? ''
      : ` after the cut at batch ${cut.batch} (${cut.kept} of the ${cut.events} events before it are kept)`;
  const size = `${counted(found.events, 'event')} in ${counted(found.batches, 'batch', 'batches')}${before}`;
  const verdict =
    firstBad !== null
      ? `DAMAGED at batch ${firstBad.batch}, ${firstBad.path}: ${firstBad.reason}. ${size}.`
      : head === null
        ? 'NOT PROVEN: there is no ledger here. `watch` creates one; if there was one, it was deleted or the address is wrong.'
        : `whole. ${size}; head is batch ${head.batch}, ${head.hash}.`;
  const lines = found.quarantined.map(
    ({ path, line, byte, reason }) =>
      `  quarantined: ${plainLine(`${path} line ${line} (byte ${byte}): ${reason}`, 300)}`,
  );
  return `${[plainLine(`${place}: ${verdict}`, 500), ...lines].join('\n')}\n`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
