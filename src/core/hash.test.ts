import { expect, test } from 'vitest';
import { hmacSha256, sha256 } from './hash.ts';

// The examples that NIST gives for SHA-256 (FIPS 180-2, B.1 and B.2), and the well-known hash of nothing.
test.each([
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
])('the hash of %j', (text, hash) => {
  expect(sha256(text)).toBe(hash);
  expect(sha256(new TextEncoder().encode(text))).toBe(hash);
});

test('text is hashed as UTF-8', () => {
  expect(sha256('é')).toBe(sha256(Uint8Array.of(0xc3, 0xa9)));
});

test('a text is signed as RFC 4231 says (test case 2)', () => {
  expect(hmacSha256('Jefe', 'what do ya want for nothing?')).toBe(
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});
