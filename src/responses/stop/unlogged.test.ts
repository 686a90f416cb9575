import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { haltOf, heldWorkflow, NOON, receiptFor } from '../../../test/kit/halts.ts';
import type { HeldWorkflow, PullReceipt, StopReceipt, UnloggedStop } from '../../core/halt.ts';
import { readRecord, recordLine, unloggedOf } from './unlogged.ts';

const PULL: PullReceipt = {
  number: 7,
  head: 'a'.repeat(40),
  autoMerge: 'switched_off',
  queue: 'was_out',
  status: 'posted',
};

function receipt(held: readonly HeldWorkflow[], more: Partial<StopReceipt> = {}): StopReceipt {
  const workflows = held.map((one) => ({ ...one, after: 'disabled_manually' as const, at: NOON }));
  return { ...receiptFor(haltOf(1), { workflows, pulls: [PULL] }), ...more };
}

const HELD = [heldWorkflow('fixer'), heldWorkflow('a--b -->'), heldWorkflow('idle', { before: 'disabled_inactivity' })];
const STOP: UnloggedStop = unloggedOf(receipt(HELD), 'process-1');

/** What an issue would carry if somebody wrote that into it. */
function written(record: unknown): string {
  const text = deflateRawSync(Buffer.from(JSON.stringify(record))).toString('base64url');
  return `<!-- checkrein:stop ${text} -->`;
}

describe('a stop in an issue', () => {
  test('is read again as it was, whatever is in a name, a path or a reason', () => {
    const { terms } = STOP;
    const stops: readonly UnloggedStop[] = [
      STOP,
      { ...STOP, terms: { ...terms, scope: { kind: 'agents', names: ['-->', 'fixer'] }, reason: '--> <!-- x' } },
      { ...STOP, terms: { ...terms, by: { kind: 'rule', rule: 'runaway', fingerprint: 'a:b' } } },
      { ...STOP, terms: { ...terms, by: { kind: 'operator', login: null } }, pulls: [] },
      { ...STOP, terms: { ...terms, by: { kind: 'person', actor: { id: 1, login: 'octocat', type: 'User' } } } },
    ];
    for (const stop of stops) {
      const line = recordLine(stop);
      expect(line.slice(0, -3)).not.toMatch(/--.*--|>/);
      expect(readRecord(`marker\n${line}\n## Stop\n`)).toEqual(stop);
    }
  });

  test('says what was found before, and has a key of its own', () => {
    expect(STOP.held.map(({ path, before }) => [path, before])).toContainEqual([
      '.github/workflows/idle.yml',
      'disabled_inactivity',
    ]);
    expect(STOP.key).toMatch(/^[0-9a-f]{16}$/);
    expect(unloggedOf(receipt(HELD), 'process-1').key).toBe(STOP.key);
    expect(unloggedOf(receipt(HELD), 'process-2').key).not.toBe(STOP.key);
  });

  test('leaves room for what people read, also with 500 workflows', () => {
    const many = Array.from({ length: 500 }, (_, i) => heldWorkflow(`agent-number-${i}`, { id: 100_000_000 + i * 7 }));
    const stop = unloggedOf(receipt(many), 'process-1');
    expect(recordLine(stop).length).toBeGreaterThan(100);
    expect(recordLine(stop).length).toBeLessThan(24_100);
    expect(readRecord(recordLine(stop))).toEqual(stop);
  });

  test('is left out when it would not fit', () => {
    const noise = (i: number): string =>
      Math.sin(i + 1)
        .toString(36)
        .slice(2)
        .repeat(20);
    const many = Array.from({ length: 2_000 }, (_, i) => heldWorkflow(noise(i)));
    expect(recordLine(unloggedOf(receipt(many), 'process-1'))).toBe('');
  });

  test.each<readonly [string, string]>([
    ['nothing', ''],
    ['something that is not packed', '<!-- checkrein:stop abcdef -->'],
    ['a list', written([STOP])],
    ['another key', written({ ...STOP, key: '../../x' })],
    ['a path that is no text', written({ ...STOP, held: [{ path: 1, id: 1, before: 'active' }] })],
    ['a path without end', written({ ...STOP, held: [{ path: 'x'.repeat(2_000), id: 1, before: 'active' }] })],
    ['an id that is none', written({ ...STOP, held: [{ path: 'x', id: -1, before: 'active' }] })],
    ['one entry of two that is none', written({ ...STOP, held: [...HELD, null] })],
    ['a head that is no commit', written({ ...STOP, pulls: [{ ...PULL, head: '../../x' }] })],
    ['a word that a receipt does not have', written({ ...STOP, pulls: [{ ...PULL, status: 'green' }] })],
    ['a moment that is none', written({ ...STOP, terms: { ...STOP.terms, at: 'soon' } })],
    ['nobody who wanted it', written({ ...STOP, terms: { ...STOP.terms, by: { kind: 'god' } } })],
    ['a scope that is none', written({ ...STOP, terms: { ...STOP.terms, scope: { kind: 'agents', names: [1] } } })],
    ['more than anybody packs', written({ ...STOP, padding: 'x'.repeat(2_000_000) })],
  ])('with %s in it is nothing', (_, body) => {
    expect(readRecord(body)).toBeNull();
  });

  test('with a state that nobody knows says that it is unknown, which nobody switches on', () => {
    const found = readRecord(written({ ...STOP, held: [{ path: 'x', id: 1, before: 'asleep' }] }));
    expect(found?.held).toEqual([{ path: 'x', id: 1, before: 'unknown' }]);
  });
});
