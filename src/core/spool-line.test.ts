import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeSpoolLine, encodeSpoolLine, SPOOL_FILE, type SpoolLine } from './spool-line.ts';

const AT = '2026-11-21T09:30:15.250Z';
const CALL = { v: 1, kind: 'call', at: AT, server: 'github', tool: 'get_issue', ms: 12.5, ok: true } as const;

function problemOf(value: unknown): string {
  const decoded = decodeSpoolLine(typeof value === 'string' ? value : JSON.stringify(value));
  return 'problem' in decoded ? decoded.problem : 'none';
}

describe('a line of a spool', () => {
  test.each<SpoolLine>([
    CALL,
    { ...CALL, ok: false, error: 'http_404', resource: 'docs/a.md' },
    { v: 1, kind: 'metric', at: AT, name: 'queue.depth', value: -3, labels: { queue: 'in' } },
    { v: 1, kind: 'dropped', at: AT, count: 17 },
  ])('is read as it was written: $kind', (line) => {
    expect(encodeSpoolLine(line)).toMatch(/^[^\n]*\n$/);
    expect(decodeSpoolLine(encodeSpoolLine(line))).toEqual({ line });
  });

  test('may leave out the labels of a metric, and may hold more than we know', () => {
    const line = { v: 1, kind: 'metric', at: AT, name: 'queue.depth', value: 3 };
    expect(decodeSpoolLine(JSON.stringify({ ...line, note: 'x' }))).toEqual({ line: { ...line, labels: {} } });
  });

  test.each([
    ['{"v":1,"kind":"ca', 'the line is no JSON'],
    ['[]', 'the line is no object'],
    ['null', 'the line is no object'],
    [{ ...CALL, v: 2 }, 'its version is not known'],
    [{ ...CALL, kind: 'prompt' }, 'its kind is not known'],
    [{ ...CALL, at: 'yesterday' }, 'it has no time'],
    [{ ...CALL, at: 1_000 }, 'it has no time'],
    [{ ...CALL, server: '' }, 'it names no server or no tool'],
    [{ ...CALL, tool: 7 }, 'it names no server or no tool'],
    [{ ...CALL, ms: -1 }, 'it has no duration in milliseconds'],
    [{ ...CALL, ms: '5' }, 'it has no duration in milliseconds'],
    [`${JSON.stringify(CALL).replace('12.5', '1e999')}`, 'it has no duration in milliseconds'],
    [{ ...CALL, ok: 'yes' }, 'it does not say whether the call went well'],
    [{ v: 1, kind: 'metric', at: AT, name: 'Tool', value: 1 }, 'its name is none of a metric'],
    [{ v: 1, kind: 'metric', at: AT, name: 'tool.latency', value: 1 }, 'its name is none of a metric'],
    [{ v: 1, kind: 'metric', at: AT, name: 'a', value: 1e16 }, 'its value is no number'],
    [{ v: 1, kind: 'metric', at: AT, name: 'a', value: 1, labels: ['x'] }, 'its labels cannot be kept'],
    [{ v: 1, kind: 'metric', at: AT, name: 'a', value: 1, labels: { a: 1 } }, 'its labels cannot be kept'],
    [{ v: 1, kind: 'dropped', at: AT, count: 0 }, 'it does not say how many'],
    [{ v: 1, kind: 'dropped', at: AT, count: 1.5 }, 'it does not say how many'],
    [{ ...CALL, resource: 'x'.repeat(9_000) }, 'the line is too long'],
  ])('is refused: %j', (value, problem) => {
    expect(problemOf(value)).toBe(problem);
  });

  test('is kept without secrets, messages and what a reader cannot see, whoever wrote it', () => {
    const decoded = decodeSpoolLine(
      JSON.stringify({
        ...CALL,
        server: 'git\u202ehub',
        tool: 'ghp_0123456789abcdefghijklmnopqrstuvwxyz',
        ok: false,
        error: 'the password is hunter2',
        resource: '/home/mona/notes.txt',
      }),
    );
    expect(decoded).toMatchObject({
      line: {
        server: 'github',
        tool: '[redacted:github-token]',
        error: 'other',
        resource: '[redacted:home]/notes.txt',
      },
    });
  });

  test('never breaks its reader', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.object().map((o) => JSON.stringify({ ...CALL, ...o })),
        ),
        (text) => {
          const decoded = decodeSpoolLine(text);
          expect('line' in decoded || decoded.problem !== '').toBe(true);
        },
      ),
    );
  });
});

test.each([
  ['checkrein-spool.ndjson', true],
  ['checkrein-spool-build_1.ndjson', true],
  ['checkrein-spool-../x.ndjson', false],
  ['my-checkrein-spool.ndjson', false],
  ['checkrein-spool-a.ndjson.gz', false],
])('a file named %s is one of a spool: %s', (name, expected) => {
  expect(SPOOL_FILE.test(name)).toBe(expected);
});
