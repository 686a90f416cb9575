import { describe, expect, test } from 'vitest';
import { parseLedgerAddress } from './address.ts';

describe('the address of a ledger', () => {
  test.each([
    ['dir:.checkrein', { kind: 'directory', path: '.checkrein' }],
    ['dir:/var/lib/a b:c', { kind: 'directory', path: '/var/lib/a b:c' }],
    ['branch:octo/repo', { kind: 'branch', repo: 'octo/repo', branch: 'checkrein' }],
    ['branch:octo/.github@state/ledger', { kind: 'branch', repo: 'octo/.github', branch: 'state/ledger' }],
    ['branch:octo/repo@a@b', { kind: 'branch', repo: 'octo/repo', branch: 'a@b' }],
    ['memory:', { kind: 'memory' }],
  ])('%s is understood', (text, value) => {
    expect(parseLedgerAddress(text)).toEqual({ ok: true, value });
  });

  test.each([
    '',
    'dir:',
    'dir:a\0b',
    './folder',
    'DIR:folder',
    'memory:x',
    'branch:',
    'branch:octo',
    'branch:octo/repo/more',
    'branch:octo/..',
    'branch:-octo/repo',
    'branch:octo/repo@',
    'branch:octo/repo@a..b',
    'branch:octo/repo@-x',
    'branch:octo/repo@a b',
    'branch:octo/repo@a\nb',
    'branch:octo/repo@refs.lock',
    'branch:octo/repo@/x',
    'branch:octo/repo@@{1}',
    'mysql://host/db',
    'https://github.com/octo/repo',
  ])('%j is refused with the forms that are allowed', (text) => {
    expect(parseLedgerAddress(text)).toMatchObject({
      ok: false,
      failure: {
        kind: 'invalid',
        remedy: 'Write dir:PATH, branch:OWNER/NAME, branch:OWNER/NAME@REF, postgres://… or memory:',
      },
    });
  });

  test('an address of PostgreSQL is read by its own reader', () => {
    expect(parseLedgerAddress('postgres://db.example.com/checkrein')).toMatchObject({
      ok: true,
      value: { kind: 'postgres', host: 'db.example.com', protection: 'verified' },
    });
  });
});
