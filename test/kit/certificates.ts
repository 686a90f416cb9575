import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/*
 * X.509 certificates for tests, in as much DER (ITU-T X.690) as they need (RFC 5280): made anew for each run, so that no
 * key lies in the repository and none expires there.
 */

export interface Certified {
  readonly key: string;
  readonly certificate: string;
}

/** Someone who signs certificates. */
export interface Authority extends Certified {
  issue(host: string, days: { readonly from: number; readonly to: number }): Certified;
}

/** Makes an authority of its own. */
export function makeAuthority(name: string): Authority {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const own = { name, key: pair.privateKey };
  return {
    ...encode(
      pair,
      certify({ subject: name, issuer: own, publicKey: pair.publicKey, days: { from: -30, to: 30 }, host: null }),
    ),
    issue: (host, days) => {
      const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      return encode(leaf, certify({ subject: host, issuer: own, publicKey: leaf.publicKey, days, host }));
    },
  };
}

function encode({ privateKey }: { readonly privateKey: KeyObject }, der: Buffer): Certified {
  const lines = der
    .toString('base64')
    .replaceAll(/(.{64})/g, '$1\n')
    .trimEnd();
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

interface Wish {
  readonly subject: string;
  readonly issuer: { readonly name: string; readonly key: KeyObject };
  readonly publicKey: KeyObject;
  readonly days: { readonly from: number; readonly to: number };
  /** Null for an authority. */
  readonly host: string | null;
}

const ECDSA_WITH_SHA256 = '2a8648ce3d040302';

function certify({ subject, issuer, publicKey, days, host }: Wish): Buffer {
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const extension =
    host === null
      ? sequence(oid('551d13'), tlv(0x01, Buffer.from([0xff])), octets(sequence(tlv(0x01, Buffer.from([0xff])))))
      : sequence(oid('551d11'), octets(sequence(tlv(0x82, Buffer.from(host)))));
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(8)])),
    algorithm,
    nameOf(issuer.name),
    sequence(timeOf(days.from), timeOf(days.to)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(extension)),
  );
  return sequence(body, algorithm, tlv(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, issuer.key)])));
}

function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head =
    length < 128 ? [tag, length] : length < 256 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, Buffer.concat(parts));
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'));
const octets = (content: Buffer): Buffer => tlv(0x04, content);
const nameOf = (name: string): Buffer => sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(name)))));

/** A UTCTime so many days from now. */
function timeOf(days: number): Buffer {
  const digits = new Date(Date.now() + days * 86_400_000).toISOString().replaceAll(/\D/g, '');
  return tlv(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}
