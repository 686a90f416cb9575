import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { growth, LINEAR } from '../../test/kit/growth.ts';
import { keptName, redact } from './redact.ts';

const A36 = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE3fG5';

// Each secret is put together here, so that no scanner takes this file for a leak.
const SECRETS: readonly (readonly [kind: string, secret: string])[] = [
  ['github-token', `ghp_${A36}`],
  ['github-token', `gho_${A36}`],
  ['github-token', `ghs_${A36}`],
  ['github-token', `github_pat_11ABCDEFG0_${A36}`],
  ['anthropic-key', `sk-ant-api03-${A36}-x_y`],
  ['api-key', `sk-proj-${A36}`],
  ['api-key', `sk-${A36}`],
  ['aws-key', `AKIA${'IOSFODNN7EXAMPLE'}`],
  ['slack-token', `xoxb-123456789012-${A36}`],
  ['slack-webhook', `https://hooks.slack.com/services/T000/B000/${A36}`],
  ['discord-webhook', `https://discord.com/api/webhooks/123456/${A36}`],
  ['pagerduty-key', '0123456789abcdef0123456789abcdef'],
  ['pagerduty-key', `R0${'12345ABCDE'.repeat(3)}`],
  ['jwt', `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${A36}`],
  ['npm-token', `npm_${A36}`],
  ['pypi-token', `pypi-AgEIcHlwaS5vcmc${A36}`],
  ['google-key', `AIza${A36.slice(1)}`],
  ['stripe-key', `sk_live_${A36}`],
  ['stripe-key', `whsec_${A36}`],
  ['email', 'jane.doe+ci@mail.example.co.uk'],
];

/** What texts with secrets are made of, and a line that holds each mark by which `redact` knows where to look. */
const FRAGMENTS = {
  pieces: [
    ...SECRETS.map(([, secret]) => secret),
    ...SECRETS.map(([, secret]) => secret.slice(0, 12)),
    ...[
      'https://',
      'http://bob:hunter2@host/x',
      'postgres://a@b',
      'bearer ',
      'Basic\t',
      'PASSWORD',
      'api_key',
      '"',
      "'",
    ],
    ...[':', '=', ' ', '\t', '-', '_', '.', '@', '/', '/home/jane', '/root/x', 'C:\\Users\\jane', 'c:/Users/jane/x'],
    ...['https://x.webhook.office.com/a', 'glpat-', 'hf_', 'SG.', 'ya29.', 'GOCSPX-', 'xapp-1-', 'whsec_', A36],
  ],
  marks:
    '-----BEGIN x :// eyJ gh sk-ant- k_ whsec_ sk- AKIA ASIA ABIA ACCA xox xapp- npm_ pypi- AIza ya29. GOCSPX- gl SG. hf_ : = @ /home/ x/root/ Users\t',
};

describe('redact', () => {
  test.each(SECRETS)('replaces a %s whole, in the middle of a sentence', (kind, secret) => {
    expect(redact(`before ${secret} after`)).toBe(`before [redacted:${kind}] after`);
  });

  test.each(SECRETS)('replaces a %s at the edges of the text and in quotes', (kind, secret) => {
    expect(redact(secret)).toBe(`[redacted:${kind}]`);
    expect(redact(`"${secret}"`)).toBe(`"[redacted:${kind}]"`);
  });

  test('overlooks nothing in a text that lacks the marks of other kinds', () => {
    const { pieces, marks } = FRAGMENTS;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 5 }), (words) => {
        const text = words.join('');
        // Below it, a line with every mark and no secret makes sure that every pattern is tried.
        expect(redact(`${text}\n${marks}`)).toBe(`${redact(text)}\n${marks}`);
      }),
      { numRuns: 2_000 },
    );
  });

  test('replaces a private key block, and what is left of one that is cut off', () => {
    const block = `-----BEGIN RSA PRIVATE KEY-----\n${A36}\n-----END RSA PRIVATE KEY-----`;
    expect(redact(`a ${block} b`)).toBe('a [redacted:private-key] b');
    expect(redact(`a ${block.slice(0, 50)}`)).toBe('a [redacted:private-key]');
  });

  test('keeps the host of an address and takes the credentials', () => {
    expect(redact('clone https://bob:hunter2@git.example.com/x failed')).toBe(
      'clone https://[redacted:url-credentials]@git.example.com/x failed',
    );
    expect(redact('postgres://bob:p@ss@db:5432/x')).toBe('postgres://[redacted:url-credentials]@db:5432/x');
  });

  test('takes the value of authorization headers and of assignments', () => {
    expect(redact('authorization: Bearer abcdefgh1234')).toBe('authorization: Bearer [redacted:bearer]');
    expect(redact('Authorization: Basic Ym9iOmh1bnRlcjJodW50ZXI=')).toBe('Authorization: Basic [redacted:basic-auth]');
    expect(redact('password=hunter2 and more')).toBe('password=[redacted:secret] and more');
    expect(redact('{"api_key": "abcd1234"}')).toBe('{"api_key": "[redacted:secret]"}');
  });

  test('finds a token that follows a separator in the name of a tool', () => {
    const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${A36}`;
    expect(redact(`mcp__${jwt}`)).toBe('mcp__[redacted:jwt]');
    expect(redact(`tool-${jwt}`)).toBe('tool-[redacted:jwt]');
  });

  test('takes the names of people out of home paths', () => {
    expect(redact('/home/jane/work/x.ts')).toBe('[redacted:home]/work/x.ts');
    expect(redact('at /Users/jane/x')).toBe('at [redacted:home]/x');
    expect(redact('C:\\Users\\jane\\x')).toBe('[redacted:home]\\x');
  });

  test.each([
    'Resource not accessible by integration (403)',
    'commit 4f2a9c1d8e7b6a5f4c3d2e1f0a9b8c7d6e5f4a3b is not a fast-forward',
    'https://api.github.com/repos/octo/garden/actions/runs/81234567890',
    'dde412cc-b9ea-488f-8896-5ed4baa31eed',
    'mcp__github__create_pull_request',
    'task-force-of-agents-that-work-together',
    'claude-sonnet-4-5-20250929',
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  ])('leaves "%s" as it is', (text) => {
    expect(redact(text)).toBe(text);
  });

  test('says the same when asked twice', () => {
    const text = SECRETS.map(([, secret]) => secret).join(' ; password=hunter22 Bearer abcdefgh1234 ');
    expect(redact(redact(text))).toBe(redact(text));
  });

  // A quadratic pattern needs minutes for one of these; a linear one milliseconds. The limit is far from both.
  test.each([
    'eyJ',
    'eyJaaaaaaaa.',
    '_eyJ',
    '_eyJaaaaaaaa.',
    'a',
    'a@',
    'a.',
    'sk-',
    'sk-a-',
    '://',
    '://a:',
    '://a@',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN ',
    'bearer ',
    'password=',
    'secret',
    'secret ',
    ' ',
    '/home/',
    'SG.aaaaaaaaaaaaaaaa.',
    'u+',
    'xoxb-',
    '%',
  ])('reads a megabyte of "%s" in linear time', (unit) => {
    const read = (size: number) => redact(unit.repeat(Math.ceil(size / unit.length)));
    expect(growth(read, 262_144)).toBeLessThan(LINEAR);
  });
});

describe('keptName', () => {
  test('finds a secret that is broken up by invisible characters', () => {
    expect(keptName(`gh\u200bp_${A36}`)).toBe('[redacted:github-token]');
  });

  test('never cuts a secret in half at its limit', () => {
    expect(keptName(`${'x'.repeat(60)} ghp_${A36}`)).toBe(`${'x'.repeat(60)} [redacted:github-t…`);
  });
});
