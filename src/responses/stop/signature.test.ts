import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { CountedReceipt } from '../../core/halt.ts';
import { receiptEvent } from './receipt.ts';
import { checkSignatures, type Signer, signatureFault, signerOf, verifierOf } from './signature.ts';

const AT = '2026-11-20T12:05:00.000Z';

const RECEIPT: CountedReceipt = {
  halt: {
    generation: 3,
    scope: { kind: 'all' },
    by: { kind: 'operator', login: 'lead' },
    reason: 'It runs away',
    at: '2026-11-20T12:00:00.000Z',
  },
  workflows: [{ path: '.github/workflows/fixer.yml', id: 7, before: 'active', after: 'disabled_manually', at: AT }],
  runs: [],
  pulls: [],
  residue: [],
  timeToStop: 60_000,
};

const [ours, theirs] = [generateKeyPairSync('ed25519'), generateKeyPairSync('ed25519')];
const RSA = generateKeyPairSync('rsa', { modulusLength: 2_048 });

function pem(key: KeyObject): string {
  return String(key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' }));
}

function signer(key = ours.privateKey): Signer {
  const made = signerOf(pem(key));
  if (made === null) throw new Error('no signer');
  return made;
}

const verifiers = (...keys: readonly KeyObject[]): Parameters<typeof checkSignatures>[1] =>
  keys.flatMap((key) => verifierOf(pem(key)) ?? []);

const unsigned = receiptEvent(RECEIPT, 'octo/fleet', AT, 'process-1');
const signed = signer().sign(unsigned);

function change(how: (event: EventOf<'halt.receipt'>) => Partial<EventOf<'halt.receipt'>>): EventOf<'halt.receipt'> {
  return { ...signed, ...how(signed) };
}

describe('a signed receipt', () => {
  test('is proven by the public half and by the private key alike', () => {
    for (const key of [ours.publicKey, ours.privateKey]) expect(signatureFault(signed, verifiers(key))).toBeNull();
    expect(signatureFault(signed, verifiers(theirs.publicKey, ours.publicKey))).toBeNull();
  });

  test('is signed alike by the same key, and says the same as before', () => {
    expect(signer().sign(unsigned)).toEqual(signed);
    const { signature, ...data } = signed.data;
    expect({ ...signed, data }).toEqual(unsigned);
    // 64 bytes of Ed25519 in base64, and 16 digits of a hash.
    expect(signature?.value).toMatch(/^[\w+/]{86}==$/);
    expect(signature?.key).toMatch(/^[0-9a-f]{16}$/);
  });

  test('stays proven after a way through JSON, and when it was seen later', () => {
    const read: EventOf<'halt.receipt'> = JSON.parse(JSON.stringify({ ...signed, seen: '2026-11-21T00:00:00.000Z' }));
    expect(signatureFault(read, verifiers(ours.publicKey))).toBeNull();
  });

  test.each<[string, EventOf<'halt.receipt'>]>([
    [
      'a time to stop that was made shorter',
      change(({ data }) => ({ data: { ...data, receipt: { ...RECEIPT, timeToStop: 1 } } })),
    ],
    [
      'a workflow that was left out',
      change(({ data }) => ({ data: { ...data, receipt: { ...RECEIPT, workflows: [] } } })),
    ],
    ['another repository', change(() => ({ repo: 'octo/other' }))],
    ['another moment', change(() => ({ at: '2026-11-20T12:06:00.000Z' }))],
    ['another id', change(() => ({ id: 'halt-receipt:4:x:y' }))],
    [
      'a signature that is no base64',
      change(({ data }) => ({ data: { ...data, signature: { ...sure(data.signature), value: '!' } } })),
    ],
    [
      'the signature of another receipt',
      change(({ data }) => ({
        data: { ...data, signature: sure(signer().sign({ ...unsigned, repo: 'octo/other' }).data.signature) },
      })),
    ],
  ])('is not proven with %s', (_name, event) => {
    expect(signatureFault(event, verifiers(ours.publicKey))).toBe('mismatch');
  });

  test('is told from one that nobody signed, and from one signed with a key that is not ours', () => {
    expect(signatureFault(unsigned, verifiers(ours.publicKey))).toBe('unsigned');
    expect(signatureFault(signer(theirs.privateKey).sign(unsigned), verifiers(ours.publicKey))).toBe('other_key');
  });

  test('of a stranger who takes the name of our key is not proven', () => {
    const forged = signer(theirs.privateKey).sign(unsigned);
    const name = { ...sure(forged.data.signature), key: sure(signed.data.signature).key };
    const posed = { ...forged, data: { ...forged.data, signature: name } };
    expect(signatureFault(posed, verifiers(ours.publicKey))).toBe('mismatch');
  });

  test.each([
    null,
    7,
    'x',
    {},
    { algorithm: 'none', key: 'k', value: 'v' },
    { algorithm: 'ed25519', key: 1, value: 2 },
  ])('counts as unsigned when its signature is %j', (signature) => {
    const event: EventOf<'halt.receipt'> = JSON.parse(
      JSON.stringify({ ...signed, data: { receipt: RECEIPT, signature } }),
    );
    expect(signatureFault(event, verifiers(ours.publicKey))).toBe('unsigned');
  });
});

describe('a key', () => {
  test.each([
    ['nothing', ''],
    ['a word', 'secret'],
    ['a key of another kind', pem(RSA.privateKey)],
    ['a public key', pem(ours.publicKey)],
    ['half a key', pem(ours.privateKey).slice(0, 60)],
  ])('to sign with is not %s', (_name, text) => {
    expect(signerOf(text)).toBeNull();
  });

  test('may stand in one line with its line ends written out', () => {
    expect(signerOf(pem(ours.privateKey).replaceAll('\n', '\\n'))?.sign(unsigned)).toEqual(signed);
  });

  test('to prove with is an Ed25519 key only', () => {
    expect([verifierOf('secret'), verifierOf(pem(RSA.publicKey))]).toEqual([null, null]);
  });
});

describe('the receipts of a ledger', () => {
  async function* events(...all: readonly LedgerEvent[]): AsyncGenerator<LedgerEvent> {
    yield* all;
  }

  test('are counted, and each that is not proven is named', async () => {
    const other = { ...unsigned, id: 'halt-receipt:4:a:b' };
    const check = await checkSignatures(events(signed, other), verifiers(ours.publicKey), null);
    expect(check).toEqual({
      receipts: 2,
      proven: 1,
      faults: [{ event: other.id, at: AT, fault: 'unsigned' }],
    });
  });

  test('of before there was a key may be left out, by the moment of the receipt', async () => {
    const keys = verifiers(ours.publicKey);
    expect(await checkSignatures(events(unsigned), keys, '2026-11-20T12:05:00.001Z')).toMatchObject({ receipts: 0 });
    expect(await checkSignatures(events(unsigned), keys, AT)).toMatchObject({ receipts: 1, proven: 0 });
  });
});

function sure<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('not there');
  return value;
}
