import { describe, expect, test } from 'vitest';
import {
  factsAfter,
  noFacts,
  OUTAGE,
  runCompleted,
  sessionAbsent,
  sourceStatus,
  worked,
} from '../../test/kit/happenings.ts';
import type { AbsenceReason, LedgerEvent } from '../core/event.ts';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { RunConclusion } from '../core/run.ts';
import { HOUR, after as shifted } from '../core/time.ts';
import { type BlindOptions, blind } from './blind.ts';

const NOW = '2026-11-21T12:30:00.000Z';
const DEFAULTS = blind.options.parse({}) as unknown as BlindOptions;

function judge(facts: Facts, kind: 'source' | 'agent' | 'repository', now = NOW): readonly Finding[] {
  return blind.judge(facts, DEFAULTS, now).filter(({ subject }) => subject.kind === kind);
}

const at = (ago: number) => shifted(NOW, -ago * HOUR);

/** A run that left no record, so many hours ago. */
function silent(
  id: number,
  agent = 'fixer',
  reason: AbsenceReason = 'no_artifact',
  conclusion: RunConclusion = 'success',
) {
  return [
    runCompleted({ id, agent, at: at(id % 100), conclusion }),
    sessionAbsent({ run: id, agent, at: at(id % 100), reason }),
  ];
}

const loud = (id: number, agent = 'fixer') => worked({ id, agent, at: at(id % 100) });

describe('sources', () => {
  const failing = (since: string, failure = OUTAGE) =>
    factsAfter([], { now: NOW, sources: [sourceStatus('artifacts', null, { since, failure })] });

  test('a failure that may heal is for information at first and a warning after an hour', () => {
    expect(judge(failing(NOW), 'source')).toMatchObject([{ outcome: 'violated', severity: 'info' }]);
    expect(judge(failing(shifted(at(1), 1)), 'source')).toMatchObject([{ severity: 'info' }]);
    expect(judge(failing(at(1)), 'source')).toMatchObject([{ severity: 'warning' }]);
  });

  test('a failure that waiting will not heal is a warning at once, with what to do', () => {
    const denied = {
      kind: 'forbidden',
      message: 'GitHub answered 403 to the list of artifacts',
      remedy: 'Add `actions: read` under `permissions:`',
      retry: false,
    } as const;
    expect(judge(failing(NOW, denied), 'source')).toMatchObject([
      {
        severity: 'warning',
        reason:
          'The source artifacts cannot be read since 2026-11-21 12:30 UTC: GitHub answered 403 to the list of artifacts. Add `actions: read` under `permissions:`',
      },
    ]);
  });

  test('a failure that goes on says the same every time, so that it is told once', () => {
    const facts = failing(at(5));
    expect(judge(facts, 'source', shifted(NOW, HOUR))).toEqual(judge(facts, 'source'));
  });

  test('a source that reads well is ok, one that was never read is unknown', () => {
    const sources = [sourceStatus('actions-runs', NOW), sourceStatus('artifacts', null)];
    expect(judge(factsAfter([], { now: NOW, sources }), 'source').map(({ outcome }) => outcome)).toEqual([
      'ok',
      'unknown',
    ]);
  });
});

describe('agents', () => {
  test.each<[string, readonly LedgerEvent[], Finding['outcome']]>([
    ['three runs without a record', [1, 2, 3].flatMap((id) => silent(id)), 'violated'],
    ['two of four without', [...silent(1), ...loud(2), ...silent(3), ...loud(4)], 'violated'],
    ['one of four without', [...loud(1), ...loud(2), ...silent(3), ...loud(4)], 'ok'],
    [
      'the last five with, older ones without',
      [...[1, 2, 3, 4, 5].flatMap((id) => loud(id)), ...[6, 7, 8, 9].flatMap((id) => silent(id))],
      'ok',
    ],
    ['two runs without a record are too few to say', [1, 2].flatMap((id) => silent(id)), 'unknown'],
    ['one run with a record', loud(1), 'ok'],
    [
      'runs that were skipped owe none',
      [1, 2, 3].flatMap((id) => silent(id, 'fixer', 'skipped', 'skipped')),
      'unknown',
    ],
    [
      'runs that people cancelled owe none',
      [1, 2, 3].flatMap((id) => silent(id, 'fixer', 'no_artifact', 'cancelled')),
      'unknown',
    ],
    ['runs whose record is awaited', [1, 2, 3].map((id) => runCompleted({ id, at: at(id) })), 'unknown'],
  ])('%s', (_name, events, outcome) => {
    expect(judge(factsAfter(events, { now: NOW }), 'agent').map((finding) => finding.outcome)).toEqual([outcome]);
  });

  test.each<[AbsenceReason, RegExp]>([
    ['no_artifact', /add a step that uploads the session file/],
    ['not_found_inside', /add its path to the step that uploads/],
    ['expired', /raise its `retention-days`/],
    ['too_large', /artifact of its own/],
    ['unreadable', /cut off while it wrote/],
  ])('when the reason is %s, it says what to change', (reason, advice) => {
    const [finding] = judge(
      factsAfter(
        [1, 2, 3].flatMap((id) => silent(id, 'fixer', reason)),
        { now: NOW },
      ),
      'agent',
    );
    expect(finding).toMatchObject({ outcome: 'violated', severity: 'warning', value: 1, limit: 0.5 });
    expect(finding?.reason).toMatch(/^3 of the last 3 runs of fixer left no record/);
    expect(finding?.reason).toMatch(advice);
  });

  test('while a source fails, records that were found prove nothing about those that were not looked for', () => {
    const sources = [sourceStatus('artifacts', NOW, { since: NOW })];
    expect(judge(factsAfter(loud(1), { now: NOW, sources }), 'agent')).toMatchObject([{ outcome: 'unknown' }]);
  });

  test('several silent agents are one story of the repository', () => {
    const events = ['a', 'b', 'c'].flatMap((agent, n) => [1, 2, 3].flatMap((id) => silent(100 * (n + 1) + id, agent)));
    const facts = factsAfter([...events, ...loud(401, 'd')], { now: NOW });
    expect(judge(facts, 'repository')).toMatchObject([
      {
        outcome: 'violated',
        severity: 'warning',
        value: 3,
        reason: '3 of 4 agents leave no record of what they do and cost: a, b, c.',
        explainedBy: null,
      },
    ]);
    expect(
      judge(facts, 'agent').map((finding) => (finding.outcome === 'violated' ? finding.explainedBy : null)),
    ).toEqual(['blind/repository:octo/repo', 'blind/repository:octo/repo', 'blind/repository:octo/repo', null]);
  });

  test('a single silent agent tells its own story', () => {
    const facts = factsAfter([...[1, 2, 3].flatMap((id) => silent(id)), ...loud(101, 'triage')], { now: NOW });
    expect(judge(facts, 'repository')).toMatchObject([{ outcome: 'ok' }]);
    expect(judge(facts, 'agent')).toMatchObject([{ outcome: 'violated', explainedBy: null }, { outcome: 'ok' }]);
  });

  test('a silent agent beside one that nothing is known of leaves the story open', () => {
    const facts = factsAfter(
      [1, 2, 3].flatMap((id) => silent(id)),
      { now: NOW, agents: ['fixer', 'quiet'] },
    );
    expect(judge(facts, 'repository')).toMatchObject([{ outcome: 'unknown' }]);
  });
});

test('nothing known gives no agents, and no false calm', () => {
  expect(blind.judge(noFacts(NOW), DEFAULTS, NOW).filter(({ outcome }) => outcome === 'violated')).toEqual([]);
});
