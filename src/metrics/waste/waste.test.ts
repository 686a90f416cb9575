import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runCompleted, runStarted, sessionAbsent, sessionRecorded, worked } from '../../../test/kit/happenings.ts';
import { CLAUDE, factsWithPulls, issueSeen, type PullWish, pullSeen } from '../../../test/kit/pulls.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { type FilesChanged, UNKNOWN_DETAIL } from '../../core/session.ts';
import { DAY, HOUR, type Instant, MINUTE, after as plus } from '../../core/time.ts';
import { WORK_CLASSES, type WorkClass } from '../../core/waste.ts';
import { newSavings, outcomeOf, savings } from './advice.ts';
import { classify } from './classify.ts';
import { savingsFold } from './fold.ts';
import { WASTE_STRETCH, wasteReport } from './report.ts';

const NOW: Instant = '2026-11-21T12:00:00.000Z';
const AT = plus(NOW, -5 * DAY);
/** While the run was going on, which takes four minutes. */
const DURING = plus(AT, 2 * MINUTE);

const changed = (count: number) => {
  const filesChanged: FilesChanged = { count, outside: 0, paths: [] };
  return { detail: { ...UNKNOWN_DETAIL, filesChanged } };
};

/** A run of the fixer that changed so many files, at $2. */
const run = (id: number, files: number | null = 0, at: Instant = AT, more: object = {}): readonly LedgerEvent[] =>
  worked({ id, at, usd: 2, ...(files === null ? {} : { more: changed(files) }), ...more });

const pull = (wish: Partial<PullWish> = {}): LedgerEvent => pullSeen({ number: 9, createdAt: DURING, run: 1, ...wish });

/** The pull requests were watched long before: this one landed, in another run. */
const LONG_AGO = [
  ...run(900, 3, plus(NOW, -30 * DAY)),
  pullSeen({ number: 1, createdAt: plus(NOW, -30 * DAY), run: 900, mergedAt: plus(NOW, -30 * DAY + HOUR) }),
];

function classOf(
  ...events: readonly LedgerEvent[]
): { readonly class: WorkClass; readonly because: string } | undefined {
  const facts = factsWithPulls([...LONG_AGO, ...events], NOW);
  return classify(facts, facts.work()).find(({ piece }) => piece.run === 1 || piece.run === null);
}

describe('what became of a run', () => {
  test.each<[string, readonly LedgerEvent[], WorkClass | undefined]>([
    ['whose pull request was merged', [...run(1, 2), pull({ mergedAt: plus(AT, HOUR) })], 'landed'],
    ['whose pull request waits', [...run(1, 2), pull()], 'open'],
    ['whose pull request nobody took', [...run(1, 2), pull({ closedAt: plus(AT, HOUR) })], 'abandoned'],
    [
      'whose pull request was taken back',
      [
        ...run(1, 2),
        pull({ mergedAt: plus(AT, HOUR) }),
        pullSeen({
          number: 10,
          createdAt: NOW,
          agent: null,
          reverts: 9,
          mergedAt: NOW,
          standing: { verdict: 'person' },
        }),
      ],
      'reverted',
    ],
    [
      'whose pull request somebody only proposes to take back',
      [...run(1, 2), pull({ mergedAt: plus(AT, HOUR) }), pullSeen({ number: 10, createdAt: NOW, reverts: 9 })],
      'landed',
    ],
    [
      'whose pull request was taken back, which was taken back',
      [
        ...run(1, 2),
        pull({ mergedAt: plus(AT, HOUR) }),
        pullSeen({ number: 10, createdAt: NOW, agent: null, reverts: 9, mergedAt: NOW }),
        pullSeen({ number: 11, createdAt: NOW, agent: null, reverts: 10, mergedAt: NOW }),
      ],
      'landed',
    ],
    [
      'that opened what was open already',
      [
        ...run(1, 2),
        pullSeen({ number: 8, createdAt: plus(AT, -DAY), standing: { titleHash: 'same' } }),
        pull({ standing: { titleHash: 'same' } }),
      ],
      'duplicate',
    ],
    [
      'that opened again what had been closed',
      [
        ...run(1, 2),
        pullSeen({ number: 8, createdAt: plus(AT, -DAY), closedAt: plus(AT, -HOUR), standing: { titleHash: 'same' } }),
        pull({ standing: { titleHash: 'same' } }),
      ],
      'open',
    ],
    ['that opened an issue', [...run(1), issueSeen({ number: 9, createdAt: DURING })], 'useful'],
    [
      'that opened an issue again',
      [
        ...run(1),
        issueSeen({ number: 8, createdAt: plus(AT, -DAY), titleHash: 'same' }),
        issueSeen({ number: 9, createdAt: DURING, titleHash: 'same' }),
      ],
      'duplicate',
    ],
    ['whose pull request names no run, by its time', [...run(1, 2), pull({ run: null, closedAt: NOW })], 'abandoned'],
    ['beside a pull request of another agent', [...run(1), pull({ run: null, agent: 'docs' })], 'no-op'],
    ['that changed nothing and opened nothing', run(1), 'no-op'],
    ['that changed files and opened nothing', run(1, 2), 'unknown'],
    ['of which no record tells', run(1, null), 'unknown'],
    ['that failed and left nothing', [runCompleted({ id: 1, at: AT, conclusion: 'failure' })], 'no-op'],
    ['that somebody cancelled', [runCompleted({ id: 1, at: AT, conclusion: 'cancelled' })], 'no-op'],
    ['that goes on', [runStarted({ id: 1, at: AT })], 'open'],
    ['that was skipped', [runCompleted({ id: 1, at: AT, conclusion: 'skipped' })], undefined],
    [
      'in which every job was skipped',
      [runCompleted({ id: 1, at: AT }), sessionAbsent({ run: 1, at: AT, reason: 'skipped' })],
      undefined,
    ],
    ['of an agent that never changes a file', run(1, 0, AT, { agent: 'adviser' }), 'unknown'],
    ['that is none: a session of a file', [sessionRecorded({ run: null, at: AT, more: changed(0) })], 'unknown'],
    [
      'that succeeded when it was run again',
      [
        runCompleted({ id: 1, at: AT, conclusion: 'failure' }),
        ...run(1, 2, AT, { attempt: 2 }),
        pull({ mergedAt: NOW }),
      ],
      'landed',
    ],
    ['before pull requests were watched', run(1, 0, plus(NOW, -31 * DAY)), 'unknown'],
  ])('%s', (_what, events, expected) => {
    expect(classOf(...events)?.class).toBe(expected);
  });

  test('is not known where nobody could read what it opened', () => {
    const facts = { ...factsWithPulls([...LONG_AGO, ...run(1)], NOW), pullRequests: null };
    const found = classify(facts, facts.work()).find(({ piece }) => piece.run === 1);
    expect(found).toMatchObject({ class: 'unknown', because: 'what agents opened then could not be read' });
    expect(wasteReport(facts, facts.work(), NOW).total).toMatchObject({ landed: null, usdPerLanded: null });
  });
});

describe('what the work came to', () => {
  test('puts all that was spent beside what landed', () => {
    const facts = factsWithPulls(
      [...LONG_AGO, ...run(1, 2), pull({ mergedAt: NOW }), ...run(2), ...run(3, 0, AT, { agent: 'docs' })],
      NOW,
    );
    const { total, agents } = wasteReport(facts, facts.work(), NOW);
    // Three runs at $2; that of a month ago lies before the 28 days.
    expect(total).toMatchObject({ pieces: 3, usd: 6, landed: 1, usdPerLanded: 6, unpriced: 0 });
    expect(agents.map(({ agent, usd, usdPerLanded }) => [agent, usd, usdPerLanded])).toEqual([
      ['fixer', 4, 4],
      ['docs', 2, null],
    ]);
  });

  test('a cost that is not known makes it a lower bound, and nothing known is not nothing', () => {
    const facts = factsWithPulls([runCompleted({ id: 1, at: AT }), sessionAbsent({ run: 1, at: AT })], NOW);
    expect(wasteReport(facts, facts.work(), NOW).total).toMatchObject({ usd: null, unpriced: 1, usdPerLanded: null });
    const some = factsWithPulls([...run(2, 2), runCompleted({ id: 1, at: AT })], NOW);
    expect(wasteReport(some, some.work(), NOW).total).toMatchObject({ usd: 2, unpriced: 1 });
  });

  const happening = fc.record({
    id: fc.integer({ min: 1, max: 12 }),
    attempt: fc.integer({ min: 1, max: 2 }),
    agent: fc.constantFrom('fixer', 'docs'),
    hours: fc.integer({ min: 1, max: 600 }),
    usd: fc.option(fc.integer({ min: 0, max: 50 })),
    files: fc.option(fc.integer({ min: 0, max: 2 })),
    conclusion: fc.constantFrom('success', 'failure', 'cancelled', 'skipped', 'neutral'),
    pull: fc.option(
      fc.record({ merged: fc.boolean(), closed: fc.boolean(), reverts: fc.option(fc.integer({ min: 100, max: 112 })) }),
    ),
  });

  test('every piece is in one class, and every dollar in one row', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 20 }), (wishes) => {
        const runs = new Map(
          wishes.map((wish) => [
            `${wish.id}:${wish.attempt}`,
            { ...wish, agent: wish.id % 2 === 0 ? 'docs' : 'fixer' },
          ]),
        );
        const events = [...runs.values()].flatMap(
          ({ id, attempt, agent, hours, usd, files, conclusion, pull: made }): LedgerEvent[] => {
            const at = plus(NOW, -hours * HOUR);
            const started = plus(at, MINUTE);
            const end = made?.closed ? { closedAt: plus(at, HOUR) } : {};
            const merged = made?.merged ? { mergedAt: plus(at, HOUR), closedAt: plus(at, HOUR) } : end;
            return [
              runCompleted({ id, attempt, agent, at, conclusion }),
              sessionRecorded({
                run: id,
                attempt,
                agent,
                at,
                usd,
                ...(files === null ? {} : { more: changed(files) }),
              }),
              ...(made === null
                ? []
                : [
                    pullSeen({
                      number: 100 + id,
                      agent,
                      run: id,
                      createdAt: started,
                      reverts: made.reverts,
                      ...merged,
                    }),
                  ]),
            ];
          },
        );
        const facts = factsWithPulls(events, NOW);
        const { total, agents, work } = wasteReport(facts, facts.work(), NOW);
        const count = WORK_CLASSES.reduce((sum, kind) => sum + total.byClass[kind].pieces, 0);
        expect(count).toBe(work.length);
        expect(count).toBe(new Set([...runs.values()].map(({ id }) => id)).size);
        expect(agents.reduce((sum, { pieces }) => sum + pieces, 0)).toBe(count);
        const spent = [...runs.values()].reduce((sum, { usd }) => sum + (usd ?? 0), 0);
        const dollars = (values: readonly (number | null)[]): number =>
          values.reduce<number>((sum, usd) => sum + (usd ?? 0), 0);
        expect(dollars(WORK_CLASSES.map((kind) => total.byClass[kind].usd))).toBe(spent);
        expect(dollars(agents.map(({ usd }) => usd))).toBe(spent);
      }),
      { numRuns: 150 },
    );
  });
});

/** A nightly agent at $2 a night that finds something to do on every seventh night. */
function nights(from: number, to: number): readonly LedgerEvent[] {
  const events: LedgerEvent[] = [];
  for (let back = from; back >= to; back -= 1) {
    const at = plus(NOW, -back * DAY - HOUR);
    const lands = back % 7 === 0;
    events.push(...run(back, lands ? 2 : 0, at));
    if (lands)
      events.push(
        pullSeen({ number: 100 + 40 - back, createdAt: plus(at, MINUTE), run: back, mergedAt: plus(at, HOUR) }),
      );
  }
  return events;
}

describe('what to change', () => {
  test('a schedule of which six of seven runs come to nothing need only come weekly, and what that saves', () => {
    const facts = factsWithPulls([...LONG_AGO, ...nights(27, 0)], NOW);
    const [saving, ...others] = savings(wasteReport(facts, facts.work(), NOW));
    expect(others).toEqual([]);
    // 28 nights at $2 are $14 a week; once a week it would be $2.
    expect(saving).toEqual({
      agent: 'fixer',
      workflow: '.github/workflows/fixer.yml',
      trigger: 'schedule',
      change: 'weekly',
      at: NOW,
      decided: 28,
      wasted: 24,
      runsPerWeek: 7,
      usdPerWeek: 14,
      savesPerWeek: 12,
    });
  });

  test('a trigger needs to be narrower, and saves what came to nothing', () => {
    const events = [...LONG_AGO, ...nights(27, 0)].map((event) =>
      event.kind === 'run.completed' ? { ...event, data: { run: { ...event.data.run, trigger: 'push' } } } : event,
    );
    const facts = factsWithPulls(events, NOW);
    expect(savings(wasteReport(facts, facts.work(), NOW))).toMatchObject([
      { trigger: 'push', change: 'narrow', savesPerWeek: 12 },
    ]);
  });

  test('nothing is advised by nine runs, nor where half of them are of use', () => {
    const few = factsWithPulls([...LONG_AGO, ...nights(9, 1).slice(0, 16)], NOW);
    expect(savings(wasteReport(few, few.work(), NOW))).toEqual([]);
    const half = factsWithPulls(
      [
        ...LONG_AGO,
        ...Array.from({ length: 20 }, (_, n) => {
          const at = plus(NOW, -(n + 1) * DAY);
          const issue = issueSeen({ number: 200 + n, createdAt: plus(at, MINUTE) });
          return [...run(n + 1, 0, at), ...(n % 2 === 0 ? [issue] : [])];
        }).flat(),
      ],
      NOW,
    );
    expect(savings(wasteReport(half, half.work(), NOW))).toEqual([]);
  });

  test('what it saves is not known where a cost is not', () => {
    const unpriced = nights(27, 0).filter(({ kind, id }) => kind !== 'session.recorded' || id !== 'session:3:1:0');
    const facts = factsWithPulls(
      [...LONG_AGO, ...unpriced, sessionRecorded({ run: 3, at: plus(NOW, -3 * DAY), usd: null, more: changed(0) })],
      NOW,
    );
    expect(savings(wasteReport(facts, facts.work(), NOW))).toMatchObject([{ usdPerWeek: null, savesPerWeek: null }]);
  });
});

describe('what came of it', () => {
  const told = plus(NOW, -WASTE_STRETCH);
  const before = factsWithPulls([...LONG_AGO, ...nights(27, 0)], NOW);
  const [advised] = savings(wasteReport(before, before.work(), NOW));
  if (advised === undefined) throw new Error('nothing was advised');
  const predicted: LedgerEvent = {
    ...{ v: 1, id: 'saving:fixer:schedule:x', kind: 'saving.predicted', at: told, seen: told, repo: 'octo/repo' },
    ...{ subject: { kind: 'agent', name: 'fixer' }, data: { saving: { ...advised, at: told } } },
  };
  const [mark] = savingsFold.apply(savingsFold.initial, [predicted, predicted]).savings;
  if (mark === undefined) throw new Error('nothing is remembered');

  test('is what was spent before less what is spent now', () => {
    const weekly = nights(27, 0).filter(({ id }) => /^(run|session):(7|14|21|0):/.test(id));
    const facts = factsWithPulls(weekly, NOW);
    expect(outcomeOf(mark, facts.work(), NOW)).toEqual({
      // Three runs in the 28 days, for the night before the telling is none of them.
      runsPerWeek: 1,
      usdPerWeek: 2,
      savedPerWeek: 12,
      heeded: true,
    });
  });

  test('is nothing where nothing was changed', () => {
    const facts = factsWithPulls(nights(27, 0), NOW);
    expect(outcomeOf(mark, facts.work(), NOW)).toMatchObject({ heeded: false, savedPerWeek: 0 });
  });

  test('is asked once the 28 days are over, and no more when the runs are forgotten', () => {
    expect(outcomeOf(mark, [], plus(NOW, -1))).toBeNull();
    expect(outcomeOf(mark, [], plus(NOW, 7 * DAY))).toBeNull();
    expect(
      outcomeOf({ ...mark, outcome: { runsPerWeek: 1, usdPerWeek: 1, savedPerWeek: 1, heeded: true } }, [], NOW),
    ).toBeNull();
  });

  test('one that was told is not told anew for 56 days', () => {
    expect(newSavings([advised], [mark], NOW)).toEqual([]);
    expect(newSavings([advised], [mark], plus(NOW, WASTE_STRETCH))).toEqual([advised]);
    expect(newSavings([{ ...advised, trigger: 'push' }], [mark], NOW)).toHaveLength(1);
  });
});

test('a maker is told by its number: another bot’s title repeats nothing', () => {
  const other = { ...CLAUDE, id: 1 };
  const events = [
    ...run(1, 2),
    pullSeen({ number: 8, createdAt: plus(AT, -DAY), author: other, standing: { titleHash: 'same' } }),
    pull({ standing: { titleHash: 'same' } }),
  ];
  expect(classOf(...events)?.class).toBe('open');
});
