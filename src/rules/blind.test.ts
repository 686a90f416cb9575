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
import type { LedgerEvent } from '../core/event.ts';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { RunConclusion } from '../core/run.ts';
import { HOUR, after as shifted } from '../core/time.ts';
import type { AbsenceReason } from '../core/work-events.ts';
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
      'runs that failed before they could leave one',
      [1, 2, 3].flatMap((id) => silent(id, 'fixer', 'no_artifact', 'failure')),
      'unknown',
    ],
    [
      'failures without one beside good runs with one',
      [...loud(1), ...[2, 3, 4].flatMap((id) => silent(id, 'fixer', 'no_artifact', 'failure'))],
      'ok',
    ],
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
    ['no_artifact', /add a step that uploads the one of the agent/],
    ['not_found_inside', /or its path to the step that uploads/],
    ['expired', /raise their `retention-days`/],
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
    expect(finding).toMatchObject({ outcome: 'violated', severity: 'warning' });
    expect(finding?.reason).toMatch(
      /^All of the last runs of fixer \(\.github\/workflows\/fixer\.yml\) left no record of what they did and cost: /,
    );
    expect(finding?.reason).toMatch(advice);
  });

  test('while a source fails, records that were found prove nothing about those that were not looked for', () => {
    const sources = [sourceStatus('artifacts', NOW, { since: NOW })];
    expect(judge(factsAfter(loud(1), { now: NOW, sources }), 'agent')).toMatchObject([{ outcome: 'unknown' }]);
  });

  test('an engine that is not read yet is for information only', () => {
    const events = [1, 2, 3].flatMap((id) => silent(id, 'fixer', 'unsupported'));
    expect(judge(factsAfter(events, { now: NOW }), 'agent')).toMatchObject([
      { outcome: 'violated', severity: 'info', reason: expect.stringContaining('of this engine yet') },
    ]);
  });

  test('an answer that goes on says the same, however many runs there are by now', () => {
    const facts = (runs: number) =>
      factsAfter(
        ['a', 'b', 'c'].flatMap((agent, n) =>
          [...Array(runs).keys()].flatMap((id) =>
            silent(100 * (n + 1) + id, agent, id === 2 ? 'not_found_inside' : 'no_artifact'),
          ),
        ),
        { now: NOW },
      );
    expect(blind.judge(facts(8), DEFAULTS, NOW)).toEqual(blind.judge(facts(4), DEFAULTS, NOW));
    const half = (missing: number) =>
      factsAfter(
        [1, 2, 3, 4, 5].flatMap((id) => (id <= missing ? silent(id) : loud(id))),
        { now: NOW },
      );
    expect(judge(half(4), 'agent')).toEqual(judge(half(3), 'agent'));
    expect(judge(half(3), 'agent')[0]?.reason).toMatch(/^Half or more of the last runs/);
  });

  test('an alert ends once all of the last runs have left a record', () => {
    const [one] = judge(factsAfter([...silent(1), ...[2, 3, 4, 5].flatMap((id) => loud(id))], { now: NOW }), 'agent');
    expect(one).toMatchObject({ outcome: 'ok', holds: true });
    const [none] = judge(
      factsAfter(
        [1, 2, 3, 4, 5].flatMap((id) => loud(id)),
        { now: NOW },
      ),
      'agent',
    );
    expect(none).not.toHaveProperty('holds');
  });

  test('nothing is asked about agents that are meant to leave no record', () => {
    const events = ['a', 'b', 'c'].flatMap((agent, n) => [1, 2, 3].flatMap((id) => silent(100 * (n + 1) + id, agent)));
    const findings = blind.judge(factsAfter(events, { now: NOW }), { ...DEFAULTS, ignore_agents: ['a', 'b'] }, NOW);
    expect(findings.filter(({ subject }) => subject.kind === 'agent').map(({ subject }) => subject.name)).toEqual([
      'c',
    ]);
    expect(findings.filter(({ outcome }) => outcome === 'violated')).toMatchObject([{ explainedBy: null }]);
  });

  const together = (facts: Facts) =>
    judge(facts, 'repository').map(({ labels, outcome }) => [labels['cause'], outcome]);

  test('several agents that are silent for one cause are one story of the repository', () => {
    const events = ['a', 'b', 'c'].flatMap((agent, n) => [1, 2, 3].flatMap((id) => silent(100 * (n + 1) + id, agent)));
    const facts = factsAfter([...events, ...loud(401, 'd')], { now: NOW });
    expect(judge(facts, 'repository').filter(({ outcome }) => outcome === 'violated')).toMatchObject([
      {
        severity: 'warning',
        labels: { cause: 'not_uploaded' },
        reason: expect.stringMatching(
          /^Several agents leave no record of what they do and cost \(a, b, c\): no artifact/,
        ),
        explainedBy: null,
      },
    ]);
    const key = 'blind/repository:octo/repo/cause=not_uploaded';
    expect(
      judge(facts, 'agent').map((finding) => (finding.outcome === 'violated' ? finding.explainedBy : null)),
    ).toEqual([key, key, key, null]);
  });

  test('each cause is a story of its own', () => {
    const events = [
      ...['a', 'b'].flatMap((agent, n) => [1, 2, 3].flatMap((id) => silent(100 * (n + 1) + id, agent))),
      ...['c', 'd'].flatMap((agent, n) => [1, 2, 3].flatMap((id) => silent(100 * (n + 3) + id, agent, 'unsupported'))),
      ...[1, 2, 3].flatMap((id) => silent(500 + id, 'e', 'expired')),
    ];
    const facts = factsAfter(events, { now: NOW });
    expect(together(facts)).toEqual([
      ['not_uploaded', 'violated'],
      ['expired', 'ok'],
      ['too_large', 'ok'],
      ['unreadable', 'ok'],
      ['unsupported', 'violated'],
    ]);
    const speaking = blind
      .judge(facts, DEFAULTS, NOW)
      .filter((finding) => finding.outcome === 'violated' && finding.explainedBy === null);
    expect(
      speaking.map((finding) => [finding.subject.name, finding.outcome === 'violated' && finding.severity]),
    ).toEqual([
      ['e', 'warning'],
      ['octo/repo', 'warning'],
      ['octo/repo', 'info'],
    ]);
  });

  test('a single silent agent tells its own story', () => {
    const facts = factsAfter([...[1, 2, 3].flatMap((id) => silent(id)), ...loud(101, 'triage')], { now: NOW });
    expect(together(facts)[0]).toEqual(['not_uploaded', 'ok']);
    expect(judge(facts, 'agent')).toMatchObject([{ outcome: 'violated', explainedBy: null }, { outcome: 'ok' }]);
  });

  test('a silent agent beside one that nothing is known of leaves the story open', () => {
    const facts = factsAfter(
      [1, 2, 3].flatMap((id) => silent(id)),
      { now: NOW, agents: ['fixer', 'quiet'] },
    );
    expect(together(facts)[0]).toEqual(['not_uploaded', 'unknown']);
  });
});

test('nothing known gives no agents, and no false calm', () => {
  expect(blind.judge(noFacts(NOW), DEFAULTS, NOW).filter(({ outcome }) => outcome === 'violated')).toEqual([]);
});
