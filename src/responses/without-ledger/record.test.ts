import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MOST_TOLD, readTold, type ToldAlone, toldLine } from './record.ts';

const TOLD: ToldAlone = {
  channel: 'pagerduty',
  at: '2026-11-20T23:30:00.000Z',
  arrived: true,
  rule: 'database_down',
  severity: 'critical',
  subject: { kind: 'repository', name: 'octo/town' },
  labels: { team: 'a' },
  value: null,
  limit: 3,
  unit: 'count',
  reason: 'It does not answer.',
  runbook: 'https://example.com/runbook',
};

function packed(value: unknown): string {
  return `<!-- checkrein:told ${deflateRawSync(Buffer.from(JSON.stringify(value))).toString('base64url')} -->`;
}

describe('what was told without a ledger', () => {
  test('reads back from the text of an issue', () => {
    expect(readTold(`a marker\n${toldLine([TOLD, { ...TOLD, arrived: false }])}\nwords`)).toEqual([
      TOLD,
      { ...TOLD, arrived: false },
    ]);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'told'],
    ['a rule that is no name', [{ ...TOLD, rule: '<!-- -->' }]],
    ['a channel that is no name', [{ ...TOLD, channel: 'a b' }]],
    ['a moment that is none', [{ ...TOLD, at: 'soon' }]],
    ['a subject of another kind', [{ ...TOLD, subject: { kind: 'person', name: 'ada' } }]],
    ['a severity that there is not', [{ ...TOLD, severity: 'fatal' }]],
    ['numbers for words', [{ ...TOLD, reason: 7 }]],
  ])('is nothing where somebody wrote %s', (_name, value) => {
    expect(readTold(packed(value ?? null))).toEqual([]);
  });

  test('is made safe where somebody wrote it', () => {
    const [read] = readTold(
      packed([
        {
          ...TOLD,
          value: 'many',
          runbook: 'javascript:alert(1)',
          labels: { 'a b': 'x', team: 7, ok: 'y'.repeat(9_000) },
          reason: `ghp_${'a'.repeat(36)} \u202e${'z'.repeat(9_000)}`,
        },
      ]),
    );
    expect(read).toMatchObject({ value: null, runbook: null });
    expect(Object.keys(read?.labels ?? {})).toEqual(['ok']);
    expect(read?.labels['ok']?.length).toBeLessThan(500);
    expect(read?.reason).not.toMatch(/ghp_a|\u202e/);
    expect(read?.reason.length).toBeLessThan(700);
  });

  test('stays within an issue, however much it is', () => {
    const many = Array.from({ length: 400 }, (_, i) => ({ ...TOLD, reason: `${i} ${'x'.repeat(500)}` }));
    expect(readTold(toldLine(many)).length).toBe(MOST_TOLD);
  });

  test('any text is read without a fault', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.jsonValue().map(packed)), (text) => {
        expect(Array.isArray(readTold(text))).toBe(true);
      }),
    );
  });
});
