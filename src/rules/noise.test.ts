import { describe, expect, test } from 'vitest';
import { sourceStatus, watchRan } from '../../test/kit/happenings.ts';
import {
  eventsOf,
  learn,
  liveThrough,
  NOTHING_YET,
  seeded,
  type Watch,
  type Work,
  watchOnce,
  wouldOpenIssues,
} from '../../test/kit/long-run.ts';
import { DAY, type Duration, HOUR, type Instant, MINUTE, SECOND, after as shifted } from '../core/time.ts';

/** A Sunday, so that weeks begin with a weekend. */
const START: Instant = '2026-09-06T00:00:00.000Z';
const DAYS = 65;

type Chance = () => number;

interface Life {
  readonly works: readonly Work[];
  readonly watches: readonly Watch[];
}

/** What an agent is like. */
interface Nature {
  readonly agent: string;
  readonly fails?: number;
  readonly usd?: number | null;
  readonly absent?: Work['absent'];
  readonly lasts?: Duration;
}

let lastId = 0;

function work(
  chance: Chance,
  { agent, fails = 0.1, usd = 0.2, absent, lasts = 4 * MINUTE }: Nature,
  at: Instant,
  trigger: string,
): Work {
  const failed = chance() < fails;
  // Half of the failures die before they can leave a record.
  const reason = absent ?? (failed && chance() < 0.5 ? ('no_artifact' as const) : undefined);
  return {
    id: ++lastId,
    agent,
    at,
    trigger,
    failed,
    lasts: lasts * (0.5 + chance()),
    usd: usd === null ? null : usd * (0.5 + chance()),
    ...(reason === undefined ? {} : { absent: reason }),
  };
}

/** A schedule as GitHub keeps it: each start late by up to `jitter`, some dropped. */
function scheduled(
  chance: Chance,
  nature: Nature,
  every: Duration,
  jitter: Duration,
  dropped: number,
  days = DAYS,
): readonly Work[] {
  const slots = Math.floor((days * DAY) / every);
  return [...Array(slots).keys()].flatMap((slot) =>
    chance() < dropped
      ? []
      : [work(chance, nature, shifted(START, slot * every + 17 * MINUTE + Math.floor(chance() * jitter)), 'schedule')],
  );
}

/** People: on working days, some bouts of `least` to `most` events that follow each other at random. */
function bouts(
  chance: Chance,
  nature: Nature,
  trigger: string,
  [least, most]: readonly [number, number],
  meanGap: Duration,
  perDay: number,
): readonly Work[] {
  return [...Array(DAYS).keys()].flatMap((day) => {
    if (day % 7 === 0 || day % 7 === 6) return [];
    return [...Array(perDay).keys()].flatMap(() => {
      let at = day * DAY + 8 * HOUR + chance() * 9 * HOUR;
      return [...Array(least + Math.floor(chance() * (most - least + 1))).keys()].map(() => {
        at += -Math.log(1 - chance()) * meanGap;
        return work(chance, nature, shifted(START, Math.floor(at)), trigger);
      });
    });
  });
}

/** Checkrein's own schedule, with the sources away now and then. */
function watched(
  chance: Chance,
  agents: readonly string[],
  every: Duration,
  dropped: number,
  days = DAYS,
): readonly Watch[] {
  const slots = Math.floor((days * DAY) / every);
  return [...Array(slots).keys()].flatMap((slot) => {
    if (chance() < dropped) return [];
    const late = Math.floor(chance() * Math.min(every / 2, HOUR));
    const now = shifted(START, slot * every + 23 * MINUTE + late);
    const away = chance() < 0.02 ? { sources: [sourceStatus('actions-runs', now, { since: now })] } : {};
    return [{ now, agents, late, ...away }];
  });
}

const HEALTHY: Readonly<Record<string, (chance: Chance) => Life>> = {
  'nightly agents that fail one time in ten to one in four': (chance) => ({
    works: [
      ...scheduled(chance, { agent: 'nightly-fixer', fails: 0.25, usd: 2 }, DAY, 2 * HOUR, 0.05),
      ...scheduled(chance, { agent: 'docs', fails: 0.1, usd: 1 }, DAY, 2 * HOUR, 0.05),
      ...scheduled(chance, { agent: 'weekly', fails: 0.25, usd: 3 }, 7 * DAY, 2 * HOUR, 0),
    ],
    watches: watched(chance, ['nightly-fixer', 'docs', 'weekly'], 4 * HOUR, 0),
  }),
  'pollers every five and fifteen minutes, late and bunched up, with starts that GitHub drops': (chance) => ({
    works: [
      ...scheduled(chance, { agent: 'poller', fails: 0.1, usd: 0.01, lasts: MINUTE }, 5 * MINUTE, 8 * MINUTE, 0.15),
      ...scheduled(chance, { agent: 'quarter', fails: 0.2, usd: 0.02 }, 15 * MINUTE, 15 * MINUTE, 0.1),
    ],
    watches: watched(chance, ['poller', 'quarter'], 13 * HOUR, 0),
  }),
  'people who label, comment, push and merge in bouts': (chance) => ({
    works: [
      ...bouts(
        chance,
        { agent: 'triage', fails: 0.1, usd: 0.02, lasts: 2 * MINUTE },
        'issues',
        [3, 40],
        30 * SECOND,
        2,
      ),
      ...bouts(
        chance,
        { agent: 'labels', fails: 0.1, usd: 0.02, lasts: 2 * MINUTE },
        'issues',
        [5, 30],
        75 * SECOND,
        1,
      ),
      ...bouts(chance, { agent: 'helper', fails: 0.15, usd: 0.1 }, 'issue_comment', [2, 9], 3 * MINUTE, 3),
      ...bouts(chance, { agent: 'reviewer', fails: 0.25, usd: 0.1 }, 'push', [1, 12], 4 * MINUTE, 3),
      ...bouts(chance, { agent: 'checker', fails: 0.2, usd: 0.1 }, 'workflow_run', [2, 14], 3 * MINUTE, 2),
      ...bouts(chance, { agent: 'queue', fails: 0.15, usd: 0.1 }, 'merge_group', [2, 12], 2 * MINUTE, 1),
    ],
    watches: watched(chance, ['triage', 'labels', 'helper', 'reviewer', 'checker', 'queue'], 3 * HOUR, 0.1),
  }),
  'agents of unknown cost, and of engines that are not read yet': (chance) => ({
    works: [
      ...scheduled(chance, { agent: 'flat', fails: 0.15, usd: null }, 2 * HOUR, HOUR, 0.1),
      ...scheduled(chance, { agent: 'priced', fails: 0.15, usd: 0.5 }, 2 * HOUR, HOUR, 0.1),
      ...scheduled(chance, { agent: 'other-engine', fails: 0.2, absent: 'unsupported' }, 3 * HOUR, HOUR, 0.1),
      ...scheduled(chance, { agent: 'other-too', fails: 0.2, absent: 'unsupported' }, 6 * HOUR, HOUR, 0.1),
    ],
    watches: watched(chance, ['flat', 'priced', 'other-engine', 'other-too'], 7 * HOUR, 0),
  }),
  'a repository that is watched once a day': (chance) => ({
    works: [
      ...scheduled(chance, { agent: 'hourly', fails: 0.2, usd: 0.1 }, HOUR, 40 * MINUTE, 0.1),
      ...scheduled(chance, { agent: 'nightly', fails: 0.25, usd: 1 }, DAY, 2 * HOUR, 0.05),
    ],
    watches: watched(chance, ['hourly', 'nightly'], DAY, 0.1),
  }),
};

describe(`${DAYS} healthy days open no issue`, () => {
  test.each(Object.keys(HEALTHY))('%s', (name) => {
    const life = HEALTHY[name]?.(seeded(7));
    if (life === undefined) throw new Error(`no life is called ${name}`);
    expect(liveThrough(life.works, life.watches)).toEqual([]);
  });
});

const AGENTS = ['fixer', 'nightly'];
const CALM_DAYS = 16;
/** A Tuesday morning after two calm weeks. */
const TROUBLE: Instant = shifted(START, CALM_DAYS * DAY + 9 * HOUR);

/** Two calm weeks of an agent that works every other hour and one that works at night. */
function calm() {
  const chance = seeded(3);
  const works = [
    // Up to the trouble: an agent that fell silent nine hours before would be one of its own.
    ...scheduled(chance, { agent: 'fixer', fails: 0.1, usd: 0.5 }, 2 * HOUR, MINUTE, 0, CALM_DAYS + 9 / 24),
    ...scheduled(chance, { agent: 'nightly', fails: 0.1, usd: 1 }, DAY, MINUTE, 0, CALM_DAYS),
  ];
  const ticks = [...Array(24).keys()].map((hours) => watchRan(shifted(TROUBLE, (hours - 24) * HOUR)));
  const memory = learn(NOTHING_YET, [...works.flatMap((one) => eventsOf(one).map(([, event]) => event)), ...ticks]);
  return watchOnce(memory, { now: shifted(TROUBLE, -10 * MINUTE), agents: AGENTS });
}

type Trouble = Pick<Work, 'agent' | 'trigger' | 'failed' | 'usd' | 'absent'> & { readonly gap: Duration };

/** How many runs of a trouble it takes until its alert would open an issue, with a run of Checkrein after each; null if none. */
function runsUntil(rule: string, trouble: (n: number) => Trouble, most: number): number | null {
  let memory = calm();
  expect(wouldOpenIssues(memory)).toEqual([]);
  let at = TROUBLE;
  for (let n = 1; n <= most; n++) {
    const { gap, ...rest } = trouble(n);
    at = shifted(at, gap);
    const events = eventsOf({ id: 100_000 + n, at, lasts: 20 * SECOND, ...rest });
    memory = learn(
      memory,
      events.map(([, event]) => event),
    );
    memory = watchOnce(memory, { now: shifted(at, 25 * SECOND), agents: AGENTS });
    if (wouldOpenIssues(memory).some(({ name }) => name === rule)) return n;
  }
  return null;
}

const wavering = (gap: Duration, n: number): Duration => gap * (1 + 0.3 * (((n * 3) % 7) / 3 - 1));

describe('trouble opens an issue after so many of its runs', () => {
  test.each<[string, string, number, (n: number) => Trouble]>([
    [
      'a circle of dispatches every 90 s',
      'runaway',
      5,
      () => ({ agent: 'fixer', trigger: 'repository_dispatch', gap: 90 * SECOND }),
    ],
    [
      'a circle of dispatches about every 2 min',
      'runaway',
      5,
      (n) => ({ agent: 'fixer', trigger: 'repository_dispatch', gap: wavering(2 * MINUTE, n) }),
    ],
    [
      'an agent that answers itself every 90 s',
      'runaway',
      10,
      () => ({ agent: 'fixer', trigger: 'issue_comment', gap: 90 * SECOND }),
    ],
    [
      'an agent that answers itself about every 2 min',
      'runaway',
      10,
      (n) => ({ agent: 'fixer', trigger: 'issue_comment', gap: wavering(2 * MINUTE, n) }),
    ],
    [
      'checks that set each other off about every 2 min',
      'runaway',
      10,
      (n) => ({ agent: 'fixer', trigger: 'workflow_run', gap: wavering(2 * MINUTE, n) }),
    ],
    // 3, 6 and 12 starts in three hours: 12 are twice as many as 6.
    [
      'starts that double from hour to hour',
      'runaway',
      21,
      (n) => ({
        agent: 'fixer',
        trigger: 'repository_dispatch',
        gap: n <= 3 ? 19 * MINUTE : n <= 9 ? 10 * MINUTE : 4.5 * MINUTE,
      }),
    ],
    [
      'a nightly agent that fails nine times of ten',
      'failure-spike',
      10,
      (n) => ({ agent: 'nightly', failed: n !== 4, gap: DAY }),
    ],
    ['a nightly agent that always fails', 'failure-spike', 6, () => ({ agent: 'nightly', failed: true, gap: DAY })],
    // With twelve good sessions a day before: 9 failures of the 12 of the last day.
    [
      'a busy agent that fails nine times of ten',
      'failure-spike',
      12,
      (n) => ({ agent: 'fixer', failed: n % 10 !== 4, gap: 2 * HOUR }),
    ],
    ['a day at eight times the usual spend', 'budget', 9, () => ({ agent: 'fixer', usd: 5, gap: 20 * MINUTE })],
    ['one session that costs more than the day may', 'budget', 1, () => ({ agent: 'fixer', usd: 60, gap: MINUTE })],
    // 16 calm days at $6: far below the budget of $50 a day.
    ['sessions at six times the usual price', 'anomaly', 8, () => ({ agent: 'fixer', usd: 3, gap: HOUR })],
    [
      'five failures in a row after calm weeks',
      'failures-in-a-row',
      6,
      () => ({ agent: 'fixer', failed: true, gap: 2 * HOUR }),
    ],
    ['an agent whose records stop', 'blind', 3, () => ({ agent: 'fixer', absent: 'no_artifact', gap: 2 * HOUR })],
  ])('%s: %s, within %d', (_name, rule, most, trouble) => {
    expect(runsUntil(rule, trouble, most)).not.toBeNull();
  });

  test('a source that is broken: blind, an hour later', () => {
    const broken = [sourceStatus('actions-runs', TROUBLE), sourceStatus('artifacts', TROUBLE, { since: TROUBLE })];
    const watch = { agents: AGENTS, sources: broken };
    const first = watchOnce(calm(), { ...watch, now: TROUBLE });
    expect(wouldOpenIssues(first)).toEqual([]);
    const second = watchOnce(first, { ...watch, now: shifted(TROUBLE, HOUR) });
    expect(wouldOpenIssues(second)).toMatchObject([{ name: 'blind', subject: { kind: 'source', name: 'artifacts' } }]);
  });

  test('a Checkrein that did not run for two days: late, at its first run', () => {
    const back = watchOnce(calm(), { agents: AGENTS, now: shifted(TROUBLE, 2 * DAY) });
    expect(wouldOpenIssues(back).map(({ name }) => name)).toContain('late');
  });
});
