import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GuardRecord, MAX_GUARD_RECORD } from '../../core/guard-record.ts';
import { sha256 } from '../../core/hash.ts';
import { UNKNOWN_DETAIL } from '../../core/session.ts';
import { decodeRecord, encodeRecord } from './decode.ts';

const AT = '2026-11-20T12:00:00.000Z';
const TOKENS = { input: 10, output: 5, cacheRead: 100, cacheWrite5m: 0, cacheWrite1h: null, total: 115 };

const RECORD: GuardRecord = {
  ...{ v: 1, mode: 'enforce', decision: 'allow', lease: 'lease:7:1:fixer:fix', startedAt: AT, endedAt: AT },
  errand: {
    ...{ agent: 'fixer', workflow: '.github/workflows/fixer.yml', run: 7, attempt: 1, job: 'fix.0123abcd' },
    ...{ actor: 'octocat', trigger: 'schedule', parent: null },
  },
  sessions: [
    {
      ...{ engine: 'claude', format: 'claude-execution', engineSession: 'a-session', models: ['claude-sonnet-4-5'] },
      ...{ startedAt: AT, endedAt: AT, duration: 90_000, outcome: 'completed', turns: 4, tokens: TOKENS, denials: 1 },
      ...{ cost: { usd: 4, basis: 'billed' }, reportedCost: { usd: 4, basis: 'billed' } },
      tools: [{ server: null, tool: 'Edit', calls: 2, errors: 1, latency: null }],
      state: { tokens: 'exact', cost: 'exact', turns: 'exact', tools: 'exact', latency: 'unknown' },
      detail: {
        ...UNKNOWN_DETAIL,
        cutOff: false,
        unguarded: true,
        filesChanged: { count: 1, outside: 0, paths: ['src/a.ts'] },
      },
    },
  ],
  accounts: [
    {
      ...{
        place: 'output',
        file: 'claude-execution-output.json',
        sha256: 'a'.repeat(64),
        bytes: 1_200,
        engine: 'claude',
      },
      ...{ format: 'claude-execution', engineSession: 'a-session', startedAt: AT, endedAt: null, tokens: 115, usd: 4 },
      ...{ turns: 4, certainty: 'exact' },
    },
  ],
  unread: ['b.jsonl: no permission to read it'],
  meter: {
    kind: 'died',
    report: {
      ...{
        startedAt: AT,
        beatAt: AT,
        endedAt: null,
        heard: ['telemetry', 'files'],
        moreRefused: 2,
        problems: ['late'],
      },
      use: { usd: 4, tokens: 115, turns: 4, minutes: 2.5, calls: 2 },
      stop: {
        cause: { kind: 'limit', limit: 'usd', used: 4, allowed: 3 },
        ...{ at: AT, mode: 'enforce', hands: ['hook', 'process'], took: 800 },
      },
      refused: [{ at: AT, tool: 'Write', because: 'scope', path: 'README.md' }],
    },
  },
  ledger: 'unknown',
};

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** A file with a correct hash, whatever it holds. */
function sealed(record: unknown): Uint8Array {
  const text = JSON.stringify(record);
  return bytes(`${JSON.stringify({ v: 1, sha256: sha256(text) })}\n${text}\n`);
}

/** The record with another value at a path. */
function changed(path: readonly (string | number)[], value: unknown): Uint8Array {
  const copy = JSON.parse(encodeRecord(RECORD).split('\n')[1] ?? '');
  const parent = path.slice(0, -1).reduce((at, key) => at[key], copy);
  parent[path.at(-1) ?? ''] = value;
  return sealed(copy);
}

describe('a record in a file', () => {
  test('comes back as it went', () => {
    expect(decodeRecord(bytes(encodeRecord(RECORD)))).toEqual({ record: RECORD });
  });

  test('that was cut off or changed is told from a whole one', () => {
    const text = encodeRecord(RECORD);
    expect(decodeRecord(bytes(text.slice(0, -40)))).toEqual({ problem: 'it was changed or cut off' });
    expect(decodeRecord(bytes(text.replace('"usd":4', '"usd":1')))).toEqual({ problem: 'it was changed or cut off' });
  });

  test.for<readonly [string, readonly (string | number)[], unknown]>([
    ['the mode is none of the words that are known', ['mode'], 'off'],
    ['the run is no whole number', ['errand', 'run'], '7'],
    ['the sessions is no list', ['sessions'], {}],
    ['its turns is no whole number', ['sessions', 0, 'turns'], 1.5],
    ['its total tokens is no amount', ['sessions', 0, 'tokens', 'total'], -1],
    ['its cost and what it rests on do not fit', ['sessions', 0, 'cost'], { usd: null, basis: 'billed' }],
    ['its start is no time', ['sessions', 0, 'startedAt'], 'yesterday'],
    ['the hash of an account is none', ['accounts', 0, 'sha256'], '../../etc'],
    ['the refused calls is too long', ['meter', 'report', 'refused'], Array(101).fill(null)],
    ['what it saw is no object', ['meter', 'report', 'use'], null],
  ])('of which %s is refused', ([problem, path, value]) => {
    expect(decodeRecord(changed(path, value))).toEqual({ problem });
  });

  test('names what an agent wrote only in a form that may be kept', () => {
    const token = `ghp_${'a'.repeat(36)}`;
    const decoded = decodeRecord(changed(['sessions', 0, 'tools', 0, 'tool'], `\u202Eevil ${token}`));
    const tool = 'record' in decoded ? decoded.record.sessions[0]?.tools[0]?.tool : null;
    expect(tool).toBe('evil [redacted:github-token]');
  });

  test('that is too large or too deep is refused without an error', () => {
    expect(decodeRecord(new Uint8Array(MAX_GUARD_RECORD + 1))).toEqual({ problem: 'it is too large' });
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const head = JSON.stringify({ v: 1, sha256: sha256(deep) });
    expect(decodeRecord(bytes(`${head}\n${deep}\n`))).toEqual({ problem: 'the record is no object' });
  });

  test('never throws, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => void decodeRecord(sealed(JSON.parse(text)))),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (raw) => void decodeRecord(raw)),
      { numRuns: 300 },
    );
  });
});
