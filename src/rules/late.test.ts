import { describe, expect, test } from 'vitest';
import { factsAfter, watchRan } from '../../test/kit/happenings.ts';
import type { Finding } from '../core/finding.ts';
import { type Duration, HOUR, MINUTE, after as shifted } from '../core/time.ts';
import { type LateOptions, late } from './late.ts';

const NOW = '2026-11-21T12:30:00.000Z';
const DEFAULTS = late.options.parse({}) as unknown as LateOptions;

interface Run {
  readonly ago: number;
  readonly trigger?: string;
  readonly late?: Duration;
}

/** The weightier one of the two answers. */
function judge(runs: readonly Run[]): Finding {
  const [silence, delay] = answers(runs);
  return (silence?.outcome === 'violated' ? silence : delay) as Finding;
}

function answers(runs: readonly Run[]): readonly Finding[] {
  const events = runs.map((run) =>
    watchRan(shifted(NOW, -run.ago * HOUR), run.trigger ?? 'schedule', run.late ?? null),
  );
  const findings = late.judge(factsAfter(events, { now: NOW }), DEFAULTS, NOW);
  expect(findings.map(({ labels }) => labels['kind'])).toEqual(['silence', 'delay']);
  return findings;
}

const hourly = (from: number, to: number): readonly Run[] =>
  [...Array(from - to + 1).keys()].map((n) => ({ ago: from - n }));

describe('the late rule', () => {
  test.each<[string, readonly Run[], Finding['outcome'], string | null]>([
    ['every hour, as meant', hourly(24, 0), 'ok', null],
    ['two hours between runs are within the tolerance', [{ ago: 4 }, { ago: 2 }, { ago: 0 }], 'ok', null],
    ['one gap of five hours', [...hourly(12, 8), ...hourly(3, 0)], 'violated', 'info'],
    ['nothing for three hours until now', hourly(12, 3), 'violated', 'info'],
    ['three gaps within a day', [20, 16, 12, 8].map((ago) => ({ ago })), 'violated', 'info'],
    ['twelve hours without a run', [...hourly(20, 13), ...hourly(1, 0)], 'violated', 'info'],
    ['thirteen hours without a run', [...hourly(20, 14), ...hourly(1, 0)], 'violated', 'warning'],
    [
      'nothing for thirteen hours until now',
      hourly(20, 13).map(({ ago }) => ({ ago: ago + 0.1 })),
      'violated',
      'warning',
    ],
    ['a run a day, where that is usual', [96, 72, 48, 24, 0].map((ago) => ({ ago })), 'violated', 'info'],
    [
      'three days without one, where a run a day is usual',
      [168, 144, 120, 96, 72, 0].map((ago) => ({ ago })),
      'violated',
      'info',
    ],
    [
      'four days without one, where a run a day is usual',
      [192, 168, 144, 120, 96, 0].map((ago) => ({ ago })),
      'violated',
      'warning',
    ],
    ['one run a week, where that is usual', [504, 336, 168, 0].map((ago) => ({ ago })), 'violated', 'info'],
    ['a gap more than a day ago', [{ ago: 60 }, ...hourly(30, 0)], 'ok', null],
    ['one run that came two hours late', [...hourly(5, 1), { ago: 0, late: 2 * HOUR }], 'violated', 'info'],
    ['a run that came half an hour late', [...hourly(5, 1), { ago: 0, late: 30 * MINUTE }], 'ok', null],
    [
      'three runs that came two hours late',
      hourly(5, 0).map((run) => ({ ...run, late: 2 * HOUR })),
      'violated',
      'info',
    ],
    [
      'no schedule at all: somebody runs it by hand',
      [
        { ago: 30, trigger: 'cli' },
        { ago: 0, trigger: 'cli' },
      ],
      'unknown',
      null,
    ],
    [
      'other events keep it awake between schedules',
      [{ ago: 5 }, { ago: 3, trigger: 'workflow_run' }, { ago: 1, trigger: 'workflow_run' }],
      'ok',
      null,
    ],
    ['it never ran', [], 'unknown', null],
  ])('%s', (_name, runs, outcome, severity) => {
    const finding = judge(runs);
    expect(finding.outcome).toBe(outcome);
    expect(finding.outcome === 'violated' ? finding.severity : null).toBe(severity);
  });

  test('says when it did not run, and how late it was', () => {
    const finding = judge([{ ago: 9 }, { ago: 4 }, { ago: 1, late: 90 * MINUTE }, { ago: 0 }]);
    expect(finding.reason).toBe(
      'Checkrein did not run between 2026-11-21 03:30 UTC and 2026-11-21 08:30 UTC (5 h), and missed its time 2 times lately, and was started up to 1 h 30 min after its scheduled minute, once.',
    );
    expect(finding).toMatchObject({ value: 5 * HOUR, limit: 2 * HOUR, unit: 'ms' });
  });

  test('a warning tells of its gap alone, so that it says the same while other runs come late', () => {
    const gap = [...hourly(20, 14), ...hourly(1, 0)];
    const more = [...hourly(20, 14), { ago: 1, late: 3 * HOUR }, { ago: 0, late: 2 * HOUR }];
    expect(judge(gap).reason).toMatch(/^Checkrein did not run between .* \(13 h\)\.$/);
    expect(judge(more)).toEqual(judge(gap));
  });

  test('the warning can end while schedules go on being dropped', () => {
    const gap = answers([...hourly(40, 34), ...hourly(19, 10), { ago: 5 }, { ago: 0 }]);
    expect(gap.map((finding) => (finding.outcome === 'violated' ? finding.severity : finding.outcome))).toEqual([
      'warning',
      'info',
    ]);
    const over = answers([...hourly(60, 44), ...hourly(30, 10), { ago: 5 }, { ago: 0 }]);
    expect(over.map((finding) => (finding.outcome === 'violated' ? finding.severity : finding.outcome))).toEqual([
      'ok',
      'info',
    ]);
  });

  test('a warning is held against the silence that is too long here', () => {
    expect(judge([...hourly(20, 14), ...hourly(1, 0)])).toMatchObject({ value: 13 * HOUR, limit: 12 * HOUR });
    const daily = [192, 168, 144, 120, 96, 0].map((ago) => ({ ago }));
    expect(judge(daily)).toMatchObject({ value: 96 * HOUR, limit: 72 * HOUR });
  });
});
