import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { haltOf, heldWorkflow, receiptFor } from '../../../test/kit/halts.ts';
import { isProven, type RecordKey, sealOf } from './seal.ts';
import { signerOf, verifierOf } from './signature.ts';
import { readRecord, recordLine, unloggedOf } from './unlogged.ts';

function freshKey(): RecordKey {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const [signer, verifier] = [signerOf(pem), verifierOf(pem)];
  if (signer === null || verifier === null) throw new Error('that is a key');
  return { signer, verifier };
}

const KEY = freshKey();
const REPO = 'octo/garden';
const stopOf = (reason: string): Parameters<typeof recordLine>[0] =>
  unloggedOf(
    receiptFor(haltOf(1, { reason }), { workflows: [{ ...heldWorkflow('fixer'), after: 'active', at: null }] }),
    'process-1',
  );
const SIGNED = recordLine(stopOf('It runs away'), sealOf(REPO, KEY));
const UNSIGNED = recordLine(stopOf('Another one'));

test('a signed record is read as it was, and proven by the same key for the same repository', () => {
  expect(readRecord(`x\n${SIGNED}\n`)).toEqual(stopOf('It runs away'));
  expect(isProven(`x\n${SIGNED}\n`, REPO, KEY)).toBe(true);
});

const seal = SIGNED.split(' ').at(-2) ?? '';
test.each<readonly [string, string, string, RecordKey]>([
  ['no record at all', 'x', REPO, KEY],
  ['no signature', UNSIGNED, REPO, KEY],
  ['the signature of another record', UNSIGNED.replace(' -->', ` ${seal} -->`), REPO, KEY],
  ['a signed record behind one that is not, which is the one that is read', `${UNSIGNED}\n${SIGNED}`, REPO, KEY],
  ['a signature with more behind it', SIGNED.replace(' -->', '.x -->'), REPO, KEY],
  ['a signature for another repository', SIGNED, 'octo/other', KEY],
  ['the signature of another key', SIGNED, REPO, freshKey()],
])('%s proves nothing', (_, body, repo, key) => {
  expect(isProven(body, repo, key)).toBe(false);
});
