import { describe, expect, test } from 'vitest';
import { factsAfter, runCompleted, sessionAbsent, sourceStatus, worked } from '../../test/kit/happenings.ts';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { SessionOutcome } from '../core/session.ts';
import { DAY, HOUR, after as shifted } from '../core/time.ts';
import { type FailureSpikeOptions, failureSpike } from './failure-spike.ts';

const NOW = '2026-11-21T12:30:00.000Z';
const DEFAULTS = failureSpike.options.parse({}) as unknown as FailureSpikeOptions;

function judge(facts: Facts, options: Partial<FailureSpikeOptions> = {}): Finding {
  const findings = failureSpike.judge(facts, { ...DEFAULTS, ...options }, NOW);
  expect(findings).toHaveLength(1);
  return findings[0] as Finding;
}

/** One session an hour, the last one first. */
function hourly(outcomes: readonly SessionOutcome[], apart = HOUR) {
  return outcomes.flatMap((outcome, ago) => worked({ id: ago + 1, at: shifted(NOW, -(ago + 1) * apart), outcome }));
}

const F = 'failed';
const T = 'timed_out';
const C = 'completed';
const X = 'cancelled';
const L = 'stopped_by_limit';
const U = 'unknown';

function repeated(a: SessionOutcome, times: number, b: SessionOutcome, more: number): readonly SessionOutcome[] {
  return [...Array<SessionOutcome>(times).fill(a), ...Array<SessionOutcome>(more).fill(b)];
}

describe('the failure-spike rule', () => {
  test.each<[string, readonly SessionOutcome[], Finding['outcome']]>([
    ['all of six failed', [F, F, F, F, F, F], 'violated'],
    ['five of six failed, which may be chance', [F, F, F, F, F, C], 'ok'],
    ['half of six failed, which may be chance', [F, C, F, C, F, C], 'ok'],
    ['seven of eight failed, with one success between them', [F, F, F, C, F, F, F, F], 'violated'],
    ['nine of ten failed', [F, F, F, F, C, F, F, F, F, F], 'violated'],
    ['eight of ten failed, which may be chance', [F, F, F, F, C, F, C, F, F, F], 'ok'],
    // 14 of 20 begin at 48 % in Wilson's interval, 15 of 20 at 53 %.
    ['fourteen of twenty failed', repeated(F, 14, C, 6), 'ok'],
    ['fifteen of twenty failed', repeated(F, 15, C, 5), 'violated'],
    ['timing out counts as failing', [T, F, T, F, T, F], 'violated'],
    ['a third failed', [F, C, C, F, C, C], 'ok'],
    ['five failed, which is too few to judge', [F, F, F, F, F], 'unknown'],
    ['one went well, which is too few to judge', [C], 'unknown'],
    ['people cancelled most of them', [X, X, X, X, X, X, X, F], 'unknown'],
    ['people cancelled all of them: nothing failed', [X, X, X], 'ok'],
    ['cancelled ones neither count nor dilute', [F, X, F, X, F, X, F, X, F, F], 'violated'],
    ['a limit that stopped it is no failure', [L, L, L, L, L, L], 'ok'],
    ['some ends are unknown: they are left out', [F, U, F, U, F, F, F, F], 'violated'],
    ['most ends are unknown', [U, U, U, U, U, U, U, F, F, F, F, F, F], 'unknown'],
    ['as many ends are known as not', [U, U, U, U, U, U, F, F, F, F, F, F], 'violated'],
  ])('%s', (_name, outcomes, outcome) => {
    expect(judge(factsAfter(hourly(outcomes), { now: NOW })).outcome).toBe(outcome);
  });

  test('says how many of how many failed, and shows the newest failures with their links', () => {
    const finding = judge(factsAfter(hourly([F, F, F, F, C, T, F, F]), { now: NOW }));
    expect(finding).toMatchObject({ outcome: 'violated', severity: 'critical', limit: 0.5, unit: 'ratio' });
    expect(finding.reason).toBe('7 of the last 8 sessions of fixer failed (87 %), counted from 2026-11-21.');
    const { evidence } = finding as Extract<Finding, { outcome: 'violated' }>;
    expect(evidence.runs.map(({ run, note }) => [run, note])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'failed'],
      [4, 'failed'],
      [6, 'timed out'],
      [7, 'failed'],
      [8, 'failed'],
    ]);
    expect(evidence.chart?.values.at(-1)).toBeCloseTo(7 / 8);
  });

  test('a share of one is reached by failing every time', () => {
    expect(judge(factsAfter(hourly([F, F, F, F, F, F]), { now: NOW }), { share: 1 }).outcome).toBe('violated');
    expect(judge(factsAfter(hourly(repeated(F, 15, C, 1)), { now: NOW }), { share: 1 }).outcome).toBe('ok');
  });

  test('ends no alert until clearly fewer fail: less than two thirds of the share', () => {
    const holds = (outcomes: readonly SessionOutcome[]) => judge(factsAfter(hourly(outcomes), { now: NOW }));
    expect(holds(repeated(F, 10, C, 10))).toMatchObject({ outcome: 'ok', holds: true });
    expect(holds(repeated(F, 7, C, 13))).toMatchObject({ outcome: 'ok', holds: true });
    expect(holds(repeated(F, 6, C, 14))).not.toHaveProperty('holds');
  });

  test('from the critical share on it is critical, below it a warning', () => {
    expect(judge(factsAfter(hourly([F, F, F, F, F, F]), { now: NOW }))).toMatchObject({ severity: 'critical' });
    expect(judge(factsAfter(hourly(repeated(F, 15, C, 5)), { now: NOW }))).toMatchObject({ severity: 'warning' });
  });

  test('an agent that runs once a day and always fails is seen: rare agents are looked at further back', () => {
    const daily = factsAfter(hourly([F, F, F, F, F, F], DAY), { now: NOW });
    expect(judge(daily).outcome).toBe('violated');
    const weekly = factsAfter(hourly([F, F, F, F, F, F], 7 * DAY), { now: NOW, agents: ['fixer'] });
    expect(judge(weekly).outcome).toBe('unknown');
  });

  test('an agent that runs once a day and has a good day between is seen too', () => {
    const daily = judge(factsAfter(hourly([F, F, F, C, F, F, F, F, F, F], DAY), { now: NOW }));
    expect(daily).toMatchObject({ outcome: 'violated', value: 0.9 });
    const few = judge(factsAfter(hourly([F, F, F, C, F, F, F], DAY), { now: NOW }));
    expect(few).toMatchObject({ outcome: 'ok', holds: true });
  });

  test('failures of the day before do not count against an agent that works today', () => {
    const yesterday = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((n) =>
      worked({ id: 100 + n, at: shifted(NOW, -DAY - n * HOUR), outcome: F }),
    );
    expect(judge(factsAfter(yesterday, { now: NOW })).outcome).toBe('violated');
    expect(judge(factsAfter([...yesterday, ...hourly([C, C, C, C, C, C])], { now: NOW })).outcome).toBe('ok');
  });

  test('runs that failed and whose record is awaited count by their conclusion, skipped ones do not', () => {
    const at = (id: number) => shifted(NOW, -id * HOUR);
    const failed = [1, 2, 3, 4, 5, 6].map((id) => runCompleted({ id, at: at(id), conclusion: 'failure' }));
    expect(judge(factsAfter(failed, { now: NOW })).outcome).toBe('violated');
    const skipped = [1, 2, 3, 4, 5, 6].map((id) => runCompleted({ id, at: at(id), conclusion: 'skipped' }));
    expect(judge(factsAfter(skipped, { now: NOW })).outcome).toBe('ok');
  });

  test('a run without a record counts by how the run ended', () => {
    const events = [1, 2, 3, 4, 5, 6].flatMap((id) => {
      const at = shifted(NOW, -id * HOUR);
      return [runCompleted({ id, at, conclusion: 'failure' }), sessionAbsent({ run: id, at, outcome: 'failed' })];
    });
    const finding = judge(factsAfter(events, { now: NOW }));
    expect(finding.outcome).toBe('violated');
    expect((finding as Extract<Finding, { outcome: 'violated' }>).evidence.runs).toHaveLength(6);
  });

  test('when a source fails, failures that are known still count, and their absence proves nothing', () => {
    const sources = [sourceStatus('actions-runs', NOW, { since: NOW })];
    expect(judge(factsAfter(hourly([F, F, F, F, F, F]), { now: NOW, sources })).outcome).toBe('violated');
    expect(judge(factsAfter(hourly([C, C, C, C, C, C]), { now: NOW, sources })).outcome).toBe('unknown');
  });

  test('an agent that has not run is ok where nothing was missed', () => {
    expect(judge(factsAfter([], { now: NOW, agents: ['fixer'] }))).toMatchObject({ outcome: 'ok', value: null });
  });

  test('each agent has its own answer', () => {
    const other = hourly([C, C, C, C, C, C]).length;
    const events = [
      ...hourly([F, F, F, F, F, F]),
      ...[1, 2, 3, 4, 5, 6].flatMap((n) =>
        worked({ id: 100 + other + n, agent: 'triage', at: shifted(NOW, -n * HOUR) }),
      ),
    ];
    const findings = failureSpike.judge(factsAfter(events, { now: NOW }), DEFAULTS, NOW);
    expect(findings.map(({ subject, outcome }) => [subject.name, outcome])).toEqual([
      ['fixer', 'violated'],
      ['triage', 'ok'],
    ]);
  });

  test('a name made by strangers cannot carry invisible marks into the reason', () => {
    const events = worked({ id: 1, agent: 'fix\u202Eer', at: shifted(NOW, -HOUR) });
    expect(judge(factsAfter(events, { now: NOW })).reason).not.toMatch(/\u202E/);
  });
});
