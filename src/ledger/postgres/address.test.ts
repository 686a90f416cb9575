import { describe, expect, test } from 'vitest';
import { type PostgresAddress, parsePostgresAddress, postgresPlace } from './address.ts';

function read(text: string): PostgresAddress {
  const result = parsePostgresAddress(text);
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

describe('the address of a ledger in PostgreSQL', () => {
  test('all of it is understood, with the signs that a password must escape', () => {
    expect(
      read(
        'postgres://me:p%40ss%2Fw%3Ard%25@db.example.com:6432/fleet?sslmode=verify-ca&sslrootcert=/etc/ca.pem&repo=octo/garden',
      ),
    ).toEqual({
      kind: 'postgres',
      host: 'db.example.com',
      port: 6432,
      database: 'fleet',
      user: 'me',
      password: 'p@ss/w:rd%',
      protection: 'verified_chain',
      rootCertificates: '/etc/ca.pem',
      repo: 'octo/garden',
    });
  });

  test('what is left out is left to PGUSER, PGPASSWORD and the usual port', () => {
    expect(read('postgresql://db/fleet')).toMatchObject({ port: 5432, user: null, password: null, repo: null });
  });

  test.each([
    ['postgres://db.example.com/fleet', 'verified'],
    ['postgres://10.0.0.7/fleet', 'verified'],
    ['postgres://localhost.example.com/fleet', 'verified'],
    ['postgres://db/fleet?sslmode=verify-full', 'verified'],
    ['postgres://db/fleet?sslmode=require', 'verified'],
    ['postgres://db/fleet?sslmode=verify-ca', 'verified_chain'],
    ['postgres://db/fleet?sslmode=no-verify', 'unverified'],
    ['postgres://db/fleet?sslmode=disable', 'plain'],
    ['postgres://localhost/fleet', 'plain'],
    ['postgres://127.0.0.1/fleet', 'plain'],
    ['postgres://[::1]/fleet', 'plain'],
    ['postgres://localhost/fleet?sslmode=verify-full', 'verified'],
  ])('%s is %s', (text, protection) => {
    expect(read(text).protection).toBe(protection);
  });

  test.each([
    'postgres:',
    'postgres://',
    'postgres:///fleet',
    'postgres://me:secret@db',
    'postgres://me:secret@db/',
    'postgres://me:secret@db/a/b',
    'postgres://me:secret@db:port/fleet',
    'postgres://me:sec%ret@db/fleet',
    'postgres://me:secret@db/fleet?sslmode=prefer',
    'postgres://me:secret@db/fleet?sslmode=allow',
    'postgres://me:secret@db/fleet?sslmode=on',
    'postgres://me:secret@db/fleet?ssl=true',
    'postgres://me:secret@db/fleet?password=secret',
    'postgres://me:secret@db/fleet?repo=a/b/c',
    'postgres://me:secret@db/fleet?repo=',
  ])('%s is refused without a word of it', (text) => {
    const result = parsePostgresAddress(text);
    expect(result).toMatchObject({ ok: false, failure: { kind: 'invalid', retry: false } });
    expect(JSON.stringify(result)).not.toMatch(/secret|sec%ret/);
  });

  test('the place that people see holds neither user nor password nor options', () => {
    expect(postgresPlace(read('postgres://me:secret@db.example.com:6432/fleet?repo=octo/garden'))).toBe(
      'postgres://db.example.com:6432/fleet',
    );
    expect(postgresPlace(read('postgres://me:secret@[::1]/fleet'))).toBe('postgres://[::1]/fleet');
  });
});
