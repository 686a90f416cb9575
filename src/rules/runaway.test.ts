import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { factsAfter, runCompleted, runStarted, sourceStatus } from '../../test/kit/happenings.ts';
import type { LedgerEvent } from '../core/event.ts';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { DAY, type Duration, HOUR, MINUTE, SECOND, after as shifted } from '../core/time.ts';
import { type RunawayOptions, runaway } from './runaway.ts';

const NOW = '2026-11-21T12:30:00.000Z';
const DEFAULTS = runaway.options.parse({}) as unknown as RunawayOptions;

function judge(facts: Facts, options: Partial<RunawayOptions> = {}): Finding {
  const findings = runaway.judge(facts, { ...DEFAULTS, ...options }, NOW);
  expect(findings).toHaveLength(1);
  return findings[0] as Finding;
}

/** Starts at these times before now. */
function starts(ago: readonly Duration[], trigger = 'repository_dispatch', from = 1): readonly LedgerEvent[] {
  return ago.map((each, n) => runStarted({ id: from + n, at: shifted(NOW, -each), trigger }));
}

function every(interval: Duration, count: number): readonly Duration[] {
  return [...Array(count).keys()].map((n) => n * interval + SECOND);
}

/** Turns whose length wavers by a share of it, in a fixed pattern. */
function uneven(interval: Duration, share: number, count: number): readonly Duration[] {
  let ago = SECOND;
  return [...Array(count).keys()].map((n) => {
    ago += interval * (1 + share * (((n * 3) % 7) / 3 - 1));
    return ago;
  });
}

/** Moments that people choose: at random over a time, by a fixed seed. */
function atRandom(count: number, over: Duration): readonly Duration[] {
  return fc
    .sample(fc.array(fc.integer({ min: 0, max: over }), { minLength: count, maxLength: count }), {
      seed: 1,
      numRuns: 1,
    })
    .flat();
}

const facts = (events: readonly LedgerEvent[]) => factsAfter(events, { now: NOW });

describe('starts that follow each other too fast', () => {
  test.each<[string, readonly LedgerEvent[], Finding['outcome']]>([
    ['a loop every two minutes', starts(every(2 * MINUTE, 10)), 'violated'],
    ['a loop every ten seconds', starts(every(10 * SECOND, 60)), 'violated'],
    ['a loop every 90 s', starts(every(90 * SECOND, 5)), 'violated'],
    ['five turns of a loop after a quiet hour', starts([...every(2 * MINUTE, 5), 50 * MINUTE]), 'violated'],
    ['a loop whose turns take one to three minutes', starts(uneven(2 * MINUTE, 0.5, 12), 'issue_comment'), 'violated'],
    [
      'a loop of an agent that a schedule starts too',
      [...starts(every(2 * MINUTE, 12)), ...starts(every(5 * MINUTE, 12), 'schedule', 100)],
      'violated',
    ],
    ['a schedule that starts it every two minutes', starts(every(2 * MINUTE, 20), 'schedule'), 'violated'],
    ['ten starts of a schedule that were bunched up by a delay', starts(every(2 * MINUTE, 10), 'schedule'), 'ok'],
    [
      'a schedule every five minutes that comes up to four minutes late',
      starts(
        every(5 * MINUTE, 12).map((ago, n) => Math.max(0, ago - ((n * 7) % 5) * MINUTE)),
        'schedule',
      ),
      'ok',
    ],
    ['thirty labels at random within half an hour', starts(atRandom(30, 30 * MINUTE), 'issues'), 'ok'],
    ['a dozen pushes at random within half an hour', starts(atRandom(12, 30 * MINUTE), 'push'), 'ok'],
    ['a merge queue at random', starts(atRandom(14, 40 * MINUTE), 'merge_group'), 'ok'],
    ['the checks of five pull requests', starts(every(2 * MINUTE, 5), 'workflow_run'), 'ok'],
    ['checks that set each other off', starts(every(2 * MINUTE, 10), 'workflow_run'), 'violated'],
    [
      'an agent that answers its own comments every two minutes',
      starts(every(2 * MINUTE, 12), 'issue_comment'),
      'violated',
    ],
    ['a schedule every five minutes', starts(every(5 * MINUTE, 12), 'schedule'), 'ok'],
    [
      'a schedule every five minutes that comes 30 s early or late',
      starts(
        every(5 * MINUTE, 12).map((ago, n) => ago + (n % 2) * 30 * SECOND),
        'schedule',
      ),
      'ok',
    ],
    ['an hourly schedule', starts(every(HOUR, 5), 'schedule'), 'ok'],
    [
      'three comments of a person within a minute',
      starts(
        [10, 20, 30].map((s) => s * SECOND),
        'issue_comment',
      ),
      'ok',
    ],
    ['a talk with a person, an answer every three minutes', starts(every(3 * MINUTE, 8), 'issue_comment'), 'ok'],
    ['twelve issues filed within a minute', starts(every(4 * SECOND, 12), 'issues'), 'ok'],
    [
      'two bursts of people half an hour apart',
      starts([...every(9 * SECOND, 6), ...every(9 * SECOND, 6).map((ago) => ago + 30 * MINUTE)], 'issues'),
      'ok',
    ],
    ['four starts are too few', starts(every(MINUTE, 4)), 'ok'],
    ['a loop that ended two hours ago', starts(every(2 * MINUTE, 10).map((ago) => ago + 2 * HOUR)), 'ok'],
    [
      'runs that an `if:` skipped',
      every(2 * MINUTE, 20).map((ago, n) =>
        runCompleted({ id: n + 1, at: shifted(NOW, -ago), trigger: 'issue_comment', conclusion: 'skipped' }),
      ),
      'ok',
    ],
    [
      're-runs of one run',
      every(2 * MINUTE, 8).map((ago, n) =>
        runStarted({ id: 1, attempt: 8 - n, at: shifted(NOW, -ago), trigger: 'push' }),
      ),
      'violated',
    ],
  ])('%s', (_name, events, outcome) => {
    expect(judge(facts(events)).outcome).toBe(outcome);
  });

  test('the answer says how often and how fast, with the newest starts', () => {
    const finding = judge(facts(starts(every(2 * MINUTE, 10))));
    expect(finding).toMatchObject({ severity: 'warning', value: 2 * MINUTE, limit: 4 * MINUTE, unit: 'ms' });
    expect(finding.reason).toBe(
      'fixer started 10 times within an hour, typically every 2 min; anything faster than every 4 min is too fast.',
    );
    const { evidence } = finding as Extract<Finding, { outcome: 'violated' }>;
    expect(evidence.runs[0]).toMatchObject({ run: 1, note: 'set off by repository_dispatch' });
    expect(evidence.chart?.values.at(-1)).toBe(10);
  });

  test('twenty within an hour are critical', () => {
    expect(judge(facts(starts(every(2 * MINUTE, 20))))).toMatchObject({ severity: 'critical' });
  });

  test('an agent that people keep this busy on other days is no runaway, until it does half as much again', () => {
    const busyDays = [2, 3, 4].flatMap((day) =>
      starts(
        every(3 * MINUTE, 14).map((ago) => ago + day * DAY + MINUTE),
        'issue_comment',
        day * 100,
      ),
    );
    expect(judge(facts([...busyDays, ...starts(every(3 * MINUTE, 14), 'issue_comment')])).outcome).toBe('ok');
    expect(judge(facts([...busyDays, ...starts(every(2 * MINUTE, 30), 'issue_comment')])).outcome).toBe('violated');
  });

  test('a loop does not become a habit while it lasts', () => {
    const allDay = starts(every(2 * MINUTE, 12 * 30));
    expect(judge(facts(allDay)).outcome).toBe('violated');
  });
});

describe('starts that double', () => {
  const byHour = (last: number, before: number, first: number, trigger = 'repository_dispatch') => [
    ...starts(every(HOUR / (last + 1), last), trigger),
    ...starts(
      every(HOUR / (before + 1), before).map((ago) => ago + HOUR),
      trigger,
      1_000,
    ),
    ...starts(
      every(HOUR / (first + 1), first).map((ago) => ago + 2 * HOUR),
      trigger,
      2_000,
    ),
  ];

  test.each<[number, number, number, Finding['outcome']]>([
    [12, 5, 2, 'violated'],
    [12, 7, 2, 'ok'],
    [12, 5, 3, 'ok'],
    [8, 4, 2, 'ok'],
    [12, 1, 0, 'ok'],
    [12, 2, 1, 'ok'],
  ])('%d after %d after %d starts an hour are %s', (last, before, first, outcome) => {
    expect(judge(facts(byHour(last, before, first))).outcome).toBe(outcome);
  });

  test('the answer names the three hours', () => {
    const finding = judge(facts(byHour(12, 5, 2)));
    expect(finding).toMatchObject({ value: 12, limit: 10, unit: 'runs' });
    expect(finding.reason).toContain('after 5 in the hour before and 2 in the hour before that');
  });

  test('a morning of people is no runaway; six times as many are', () => {
    expect(judge(facts(byHour(9, 4, 2, 'push'))).outcome).toBe('ok');
    expect(judge(facts(byHour(59, 20, 10, 'push')), { floor: '30s' }).outcome).toBe('ok');
    expect(judge(facts(byHour(60, 20, 10, 'push')), { floor: '30s' }).outcome).toBe('violated');
  });

  test('a morning that is like other mornings is no runaway', () => {
    const yesterday = starts(
      every(5 * MINUTE, 12).map((ago) => ago + 2 * DAY + 30 * MINUTE),
      'push',
      5_000,
    );
    expect(judge(facts([...yesterday, ...byHour(12, 5, 2)])).outcome).toBe('ok');
  });
});

describe('what ends an alert', () => {
  test('less than half of the starts that it takes', () => {
    expect(judge(facts(starts(every(2 * MINUTE, 4))))).toMatchObject({ outcome: 'ok', holds: true });
    expect(judge(facts(starts(every(2 * MINUTE, 2))))).not.toHaveProperty('holds');
    expect(judge(facts(starts(every(2 * MINUTE, 5), 'issue_comment')))).toMatchObject({ outcome: 'ok', holds: true });
    expect(judge(facts(starts(every(2 * MINUTE, 4), 'issue_comment')))).not.toHaveProperty('holds');
  });

  test('or slower ones', () => {
    expect(judge(facts(starts(every(4 * MINUTE, 10))))).not.toHaveProperty('holds');
  });
});

test('when a source fails, few starts prove nothing and many still count', () => {
  const sources = [sourceStatus('actions-runs', NOW, { since: NOW })];
  expect(judge(factsAfter(starts([MINUTE]), { now: NOW, sources })).outcome).toBe('unknown');
  expect(judge(factsAfter(starts(every(MINUTE, 12)), { now: NOW, sources })).outcome).toBe('violated');
});
