import { describe, expect, test } from 'vitest';
import { factsAfter, noFacts, runCompleted, sessionRecorded, sourceStatus } from '../../test/kit/happenings.ts';
import type { Finding } from '../core/finding.ts';
import { type Repeats, UNKNOWN_DETAIL } from '../core/session.ts';
import { HOUR, type Instant, MINUTE, after as shifted } from '../core/time.ts';
import { type ToolLoopOptions, toolLoop } from './tool-loop.ts';

const NOW: Instant = '2026-11-21T12:30:00.000Z';
const DEFAULTS = toolLoop.options.parse({}) as unknown as ToolLoopOptions;

/** The session of a run that began so many hours ago, with so many equal calls in a row and in all; null = its record does not tell. */
interface Wish {
  readonly row: number | null;
  readonly most?: number;
  readonly hours?: number;
  readonly length?: number;
  readonly tool?: string;
  readonly server?: string;
}

function repeatsOf({ row, most = row ?? 0, tool = 'Bash', server }: Wish): Repeats | null {
  const named = { server: server ?? null, tool };
  return row === null ? null : { inARow: { ...named, calls: row }, most: { ...named, calls: most } };
}

function judge(wishes: readonly Wish[], settings: Partial<ToolLoopOptions> = {}): Finding | undefined {
  const events = wishes.flatMap((wish, i) => {
    const at = shifted(NOW, -(wish.hours ?? 1) * HOUR);
    const more = { detail: { ...UNKNOWN_DETAIL, repeats: repeatsOf(wish) } };
    const duration = wish.length ?? 3 * MINUTE;
    return [runCompleted({ id: i + 1, at }), sessionRecorded({ run: i + 1, at, startedAt: at, duration, more })];
  });
  const facts = factsAfter(events, { now: NOW, agents: ['fixer'] });
  return toolLoop.judge(facts, { ...DEFAULTS, ...settings }, NOW)[0];
}

describe('a session that repeats the same call', () => {
  test.each<[string, readonly Wish[], Partial<Finding>]>([
    ['nine in a row are fine', [{ row: 9 }], { outcome: 'ok', value: 9, limit: 10 }],
    ['ten in a row are told', [{ row: 10 }], { outcome: 'violated', severity: 'warning', value: 10, limit: 10 }],
    ['forty are critical', [{ row: 40 }], { outcome: 'violated', severity: 'critical', value: 40, limit: 10 }],
    [
      'thirty in all are told',
      [{ row: 2, most: 30 }],
      { outcome: 'violated', severity: 'warning', value: 30, limit: 30 },
    ],
    ['however many in all, they are not critical', [{ row: 2, most: 900 }], { severity: 'warning', value: 900 }],
    [
      'one session among good ones is enough',
      [{ row: 1 }, { row: 12 }, { row: 2 }],
      { outcome: 'violated', value: 12 },
    ],
    ['the worst one is told', [{ row: 12 }, { row: 3, most: 90 }], { outcome: 'violated', value: 90, limit: 30 }],
    ['what is over for long is over', [{ row: 50, hours: 8 }, { row: 1 }], { outcome: 'ok', value: 1 }],
    ['a long session counts from its end', [{ row: 50, hours: 8, length: 3 * HOUR }], { outcome: 'violated' }],
  ])('%s', (_name, wishes, expected) => {
    expect(judge(wishes)).toMatchObject(expected);
  });

  test('says the tool, and shows the runs with what they repeated, the worst first', () => {
    const found = judge([{ row: 11 }, { row: 60, most: 70, tool: 'get_issue', server: 'github' }, { row: 2 }]);
    expect(found).toMatchObject({
      reason: 'A session of fixer called get_issue of github with the same input 60 times in a row.',
      evidence: {
        facts: [
          { label: 'Equal calls in a row', value: 60 },
          { label: 'Equal calls of a session', value: 70 },
          { label: 'Sessions that repeat calls', value: 2 },
        ],
        runs: [
          { run: 2, usd: 1, note: '60 equal calls in a row, 70 in all' },
          { run: 1, usd: 1, note: '11 equal calls in a row, 11 in all' },
        ],
        moreRuns: 0,
      },
    });
  });

  test('a name of a tool that wants to be markup stays on its line', () => {
    expect(judge([{ row: 20, tool: 'x\n# @everyone <b>' }])?.reason).not.toMatch(/\n/);
  });

  test('is unknown where no record tells, and fine where there was no session', () => {
    expect(judge([{ row: null }, { row: null }])).toMatchObject({ outcome: 'unknown', value: null });
    expect(judge([{ row: null }, { row: 1 }])).toMatchObject({ outcome: 'ok', value: 1 });
    expect(judge([])).toMatchObject({ outcome: 'ok', value: null });
    expect(toolLoop.judge(noFacts(NOW), DEFAULTS, NOW)).toEqual([]);
  });

  test('a ledger that did not keep it is unknown', () => {
    const facts = factsAfter([sessionRecorded({ run: 1, at: shifted(NOW, -HOUR) })], { now: NOW, agents: ['fixer'] });
    expect(toolLoop.judge(facts, DEFAULTS, NOW)[0]).toMatchObject({ outcome: 'unknown' });
  });

  test('follows its options', () => {
    expect(judge([{ row: 10 }], { in_a_row: 11, same_calls: 40 })?.outcome).toBe('ok');
    expect(judge([{ row: 12 }], { critical_in_a_row: 12 })).toMatchObject({ severity: 'critical' });
    expect(judge([{ row: 50, hours: 8 }], { window: '1d' })?.outcome).toBe('violated');
  });

  test('while a source cannot be read, what was seen counts and the rest is unknown', () => {
    const sources = [sourceStatus('artifacts', null)];
    const judged = (row: number): Finding | undefined => {
      const more = { detail: { ...UNKNOWN_DETAIL, repeats: repeatsOf({ row }) } };
      const events = [sessionRecorded({ run: 1, at: shifted(NOW, -HOUR), more })];
      return toolLoop.judge(factsAfter(events, { now: NOW, agents: ['fixer'], sources }), DEFAULTS, NOW)[0];
    };
    expect(judged(2)).toMatchObject({ outcome: 'unknown', value: 2 });
    expect(judged(2)?.reason).toContain('the source artifacts has not been read yet');
    expect(judged(20)).toMatchObject({ outcome: 'violated', value: 20 });
  });
});
