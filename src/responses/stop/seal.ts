import { canonicalJson } from '../../core/canonical.ts';
import { type Signer, statementFault, type Verifier } from './signature.ts';
import { packedIn } from './unlogged.ts';

/** The keys that sign and verify records of stops in issues. */
export interface RecordKey {
  readonly signer: Signer;
  readonly verifier: Verifier;
}

/** Signs the packed record of a stop in this repository. */
export function sealOf(repo: string, { signer }: RecordKey): (text: string) => string {
  return (text) => {
    const { key, value } = signer.signStatement(statementOf(repo, text));
    return `${key}.${Buffer.from(value, 'base64').toString('base64url')}`;
  };
}

/** Whether a holder of the key wrote the record in an issue, for this repository. */
export function isProven(body: string, repo: string, { verifier }: RecordKey): boolean {
  const found = packedIn(body);
  const [key, value, ...rest] = found?.seal?.split('.') ?? [];
  if (found === null || key === undefined || value === undefined || rest.length > 0) return false;
  const signature = { algorithm: 'ed25519', key, value: Buffer.from(value, 'base64url').toString('base64') };
  return statementFault(Buffer.from(statementOf(repo, found.text)), signature, [verifier]) === null;
}

/** No receipt and no record of a cut has this form, so the signature of one never proves the other. */
function statementOf(repo: string, text: string): string {
  return canonicalJson({ kind: 'checkrein:stop', repo, text });
}
