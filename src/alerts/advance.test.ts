import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { watchRan } from '../../test/kit/happenings.ts';
import type { Alert, AlertChange } from '../core/alert.ts';
import { canonicalJson } from '../core/canonical.ts';
import type { LedgerEvent } from '../core/event.ts';
import { type Finding, findingKey, NO_EVIDENCE } from '../core/finding.ts';
import type { Outcome, Severity } from '../core/outcome.ts';
import { DAY, HOUR, type Instant, MINUTE, after as shifted } from '../core/time.ts';
import { advanceAlerts, comesTooLate } from './advance.ts';
import { type AlertBook, alertsFold } from './book.ts';
import { fingerprint } from './identity.ts';
import { type AlertPolicy, POLICIES } from './policy.ts';

const REPO = 'octo/repo';
const START: Instant = '2026-11-21T12:00:00.000Z';

interface Wish {
  readonly rule?: string;
  readonly agent?: string;
  readonly severity?: Severity;
  readonly value?: number;
  readonly explainedBy?: string | null;
}

function finding(outcome: Outcome, wish: Wish = {}): Finding {
  const { rule = 'runaway', agent = 'fixer', severity = 'warning', value = 1, explainedBy = null } = wish;
  const base = { rule, subject: { kind: 'agent', name: agent }, labels: {}, value, limit: 5, unit: 'count' } as const;
  const reason = `It is ${outcome}.`;
  return outcome === 'violated'
    ? { ...base, outcome, severity, reason, evidence: NO_EVIDENCE, explainedBy }
    : { ...base, outcome, reason };
}

const ID = fingerprint(REPO, finding('ok'));

function toEvent(change: AlertChange, at: Instant): LedgerEvent {
  return {
    v: 1,
    id: `alert:${change.fingerprint}:${change.episode}:${change.kind}:${at}`,
    kind: 'alert.changed',
    at,
    seen: at,
    repo: REPO,
    subject: { kind: 'repository', name: REPO },
    data: { change },
  };
}

interface Life {
  readonly book: AlertBook;
  readonly changes: readonly AlertChange[];
}

/** One run of Checkrein: the answers become changes, the changes are folded. */
function look(book: AlertBook, findings: readonly Finding[], now: Instant, policies = POLICIES): Life {
  const before = alertsFold.apply(book, [watchRan(now)]);
  const changes = advanceAlerts(before, findings, { now, repo: REPO, policies });
  return {
    book: alertsFold.apply(
      before,
      changes.map((change) => toEvent(change, now)),
    ),
    changes,
  };
}

type Step = readonly [minute: number, answer: Outcome | 'missing', expected: string, changes: readonly string[]];

/** Plays answers minute by minute; after each, the state of the alert and the kinds of its changes are held to what is expected. */
function play(policy: Partial<AlertPolicy>, steps: readonly Step[]): AlertBook {
  let { book }: { book: AlertBook } = { book: alertsFold.initial };
  for (const [minute, answer, expected, kinds] of steps) {
    const findings = answer === 'missing' ? [] : [finding(answer)];
    const life = look(book, findings, shifted(START, minute * MINUTE), { runaway: policy });
    book = life.book;
    const state = book.alerts[ID]?.state ?? 'none';
    expect([minute, state, life.changes.map(({ kind }) => kind)]).toEqual([minute, expected, kinds]);
  }
  return book;
}

describe('the state table', () => {
  test.each<[string, Partial<AlertPolicy>, readonly Step[]]>([
    [
      'none stays none on ok, unknown and silence',
      { for: 0, keepFiringFor: 0 },
      [
        [0, 'ok', 'none', []],
        [1, 'unknown', 'none', []],
        [2, 'missing', 'none', []],
      ],
    ],
    [
      'without a wait, violated is active at once, and ok ends it at once',
      { for: 0, keepFiringFor: 0 },
      [
        [0, 'violated', 'active', ['activated']],
        [1, 'ok', 'resolved', ['resolved']],
      ],
    ],
    [
      'the wait counts from the first time it was seen, and equality fires',
      { for: 10 * MINUTE, keepFiringFor: 0 },
      [
        [0, 'violated', 'pending', ['pending']],
        [9, 'violated', 'pending', ['pending']],
        [10, 'violated', 'active', ['activated']],
      ],
    ],
    [
      'a wait shorter than the interval fires at the next look',
      { for: MINUTE, keepFiringFor: 0 },
      [
        [0, 'violated', 'pending', ['pending']],
        [60, 'violated', 'active', ['activated']],
      ],
    ],
    [
      'pending drops without a word when it is ok',
      { for: 10 * MINUTE, keepFiringFor: 0 },
      [
        [0, 'violated', 'pending', ['pending']],
        [5, 'ok', 'none', ['dropped']],
        [12, 'violated', 'pending', ['pending']],
      ],
    ],
    [
      'pending drops when nobody judges it any more',
      { for: 10 * MINUTE, keepFiringFor: 0 },
      [
        [0, 'violated', 'pending', ['pending']],
        [5, 'missing', 'none', ['dropped']],
      ],
    ],
    [
      'unknown holds the wait and does not reset it',
      { for: 10 * MINUTE, keepFiringFor: 0 },
      [
        [0, 'violated', 'pending', ['pending']],
        [5, 'unknown', 'pending', []],
        [10, 'violated', 'active', ['activated']],
      ],
    ],
    [
      'unknown alone never fires, however long',
      { for: 10 * MINUTE, keepFiringFor: 0 },
      [
        [0, 'violated', 'pending', ['pending']],
        [90, 'unknown', 'pending', []],
      ],
    ],
    [
      'unknown never ends',
      { for: 0, keepFiringFor: 0 },
      [
        [0, 'violated', 'active', ['activated']],
        [1, 'unknown', 'active', []],
        [9_000, 'unknown', 'active', []],
      ],
    ],
    [
      'it ends once it was seen gone for long enough, counted from the first look that saw it',
      { for: 0, keepFiringFor: 15 * MINUTE },
      [
        [0, 'violated', 'active', ['activated']],
        [60, 'ok', 'active', ['clearing']],
        [74, 'ok', 'active', []],
        [75, 'ok', 'resolved', ['resolved']],
      ],
    ],
    [
      'true again while clearing is the same episode',
      { for: 0, keepFiringFor: 15 * MINUTE },
      [
        [0, 'violated', 'active', ['activated']],
        [5, 'ok', 'active', ['clearing']],
        [10, 'violated', 'active', ['holding']],
        [15, 'ok', 'active', ['clearing']],
        [25, 'ok', 'active', []],
      ],
    ],
    [
      'unknown while clearing neither ends it nor starts it over',
      { for: 0, keepFiringFor: 15 * MINUTE },
      [
        [0, 'violated', 'active', ['activated']],
        [5, 'ok', 'active', ['clearing']],
        [30, 'unknown', 'active', []],
        [31, 'ok', 'resolved', ['resolved']],
      ],
    ],
    [
      'an alert that nobody judges any more ends',
      { for: 0, keepFiringFor: 15 * MINUTE },
      [
        [0, 'violated', 'active', ['activated']],
        [1, 'missing', 'resolved', ['resolved']],
      ],
    ],
    [
      'resolved stays resolved on ok, unknown and silence',
      { for: 0, keepFiringFor: 0 },
      [
        [0, 'violated', 'active', ['activated']],
        [1, 'ok', 'resolved', ['resolved']],
        [2, 'ok', 'resolved', []],
        [3, 'unknown', 'resolved', []],
        [4, 'missing', 'resolved', []],
      ],
    ],
    [
      'resolved that comes back waits again, and is resolved again when the wait comes to nothing',
      { for: 10 * MINUTE, keepFiringFor: 0 },
      [
        [0, 'violated', 'pending', ['pending']],
        [10, 'violated', 'active', ['activated']],
        [11, 'ok', 'resolved', ['resolved']],
        [12, 'violated', 'pending', ['pending']],
        [13, 'ok', 'resolved', ['dropped']],
      ],
    ],
  ])('%s', (_name, policy, steps) => {
    play(policy, steps);
  });

  test('each new life is a new episode, and the wait keeps its own start', () => {
    const policy = { for: 10 * MINUTE, keepFiringFor: 0 };
    const book = play(policy, [
      [0, 'violated', 'pending', ['pending']],
      [10, 'violated', 'active', ['activated']],
      [20, 'ok', 'resolved', ['resolved']],
      [30, 'violated', 'pending', ['pending']],
      [45, 'violated', 'active', ['activated']],
    ]);
    expect(book.alerts[ID]).toMatchObject({
      episode: 2,
      since: shifted(START, 30 * MINUTE),
      activeAt: shifted(START, 45 * MINUTE),
      resolvedAt: null,
    });
  });

  test('an end says why, in the words of the finding or that it is no longer judged', () => {
    const active = look(alertsFold.initial, [finding('violated', { rule: 'budget' })], START).book;
    const next = shifted(START, HOUR);
    expect(look(active, [finding('ok', { rule: 'budget' })], next).changes).toMatchObject([
      { kind: 'resolved', episode: 1, because: 'condition_cleared', reason: 'It is ok.' },
    ]);
    expect(look(active, [], next).changes).toMatchObject([
      { kind: 'resolved', episode: 1, because: 'rule_removed', reason: expect.stringContaining('no longer judged') },
    ]);
  });

  test('budgets end at once, other rules when they were seen well twice', () => {
    const both = (outcome: Outcome) => [finding(outcome, { rule: 'budget' }), finding(outcome)];
    const active = look(alertsFold.initial, both('violated'), START).book;
    expect(look(active, both('ok'), shifted(START, HOUR)).changes.map(({ kind }) => kind)).toEqual([
      'resolved',
      'clearing',
    ]);
  });
});

describe('what people read', () => {
  test('a more severe finding is told in the same episode', () => {
    const first = look(alertsFold.initial, [finding('violated', { severity: 'info' })], START);
    const raised = look(first.book, [finding('violated', { severity: 'critical', value: 9 })], shifted(START, HOUR));
    expect(raised.changes).toMatchObject([
      { kind: 'updated', episode: 1, since: START, facts: { severity: 'critical', value: 9 } },
    ]);
    expect(raised.book.alerts[ID]).toMatchObject({
      state: 'active',
      episode: 1,
      activeAt: START,
      facts: { severity: 'critical' },
    });
  });

  test('the same finding later is no news', () => {
    const first = look(alertsFold.initial, [finding('violated')], START);
    expect(look(first.book, [finding('violated')], shifted(START, HOUR)).changes).toEqual([]);
  });

  test('the story that explains it is named by its fingerprint, and only while that one is violated', () => {
    const cause = finding('violated', { rule: 'budget' });
    const effect = finding('violated', { explainedBy: findingKey(cause) });
    const changes = advanceAlerts(alertsFold.initial, [effect, cause], { now: START, repo: REPO, policies: POLICIES });
    expect(changes).toMatchObject([
      { name: 'runaway', facts: { explainedBy: fingerprint(REPO, cause) } },
      { name: 'budget', facts: { explainedBy: null } },
    ]);
    const alone = advanceAlerts(alertsFold.initial, [effect, finding('ok', { rule: 'budget' })], {
      now: START,
      repo: REPO,
      policies: POLICIES,
    });
    expect(alone).toMatchObject([{ name: 'runaway', facts: { explainedBy: null } }]);
  });
});

describe('an alert of a day', () => {
  const budget = (outcome: Outcome, period: string) => ({ ...finding(outcome, { rule: 'budget' }), period }) as Finding;
  const active = look(alertsFold.initial, [budget('violated', '2026-11-21')], START).book;
  const tomorrow = shifted(START, DAY);

  test('carries its day', () => {
    expect(Object.values(active.alerts)).toMatchObject([{ state: 'active', facts: { period: '2026-11-21' } }]);
  });

  test('ends with its day, even when nothing is known of the next one', () => {
    expect(look(active, [budget('unknown', '2026-11-21')], tomorrow).changes).toEqual([]);
    expect(look(active, [budget('unknown', '2026-11-22')], tomorrow).changes).toMatchObject([
      { kind: 'resolved', because: 'period_over', reason: '2026-11-21 is over: what comes now is counted anew.' },
    ]);
    expect(look(active, [budget('ok', '2026-11-22')], tomorrow).changes).toMatchObject([
      { kind: 'resolved', because: 'period_over', reason: 'It is ok.' },
    ]);
  });

  test('is another episode when the next day is violated too', () => {
    const { changes, book } = look(active, [budget('violated', '2026-11-22')], tomorrow);
    expect(changes).toMatchObject([
      { kind: 'resolved', episode: 1, because: 'period_over' },
      { kind: 'activated', episode: 2, facts: { period: '2026-11-22' } },
    ]);
    expect(Object.values(book.alerts)).toMatchObject([{ state: 'active', episode: 2 }]);
    expect(look(book, [budget('violated', '2026-11-22')], tomorrow).changes).toEqual([]);
  });

  test('of the next month ends in the same way, and one that lies ahead does not', () => {
    const november = look(alertsFold.initial, [budget('violated', '2026-11')], START).book;
    expect(look(november, [budget('unknown', '2026-12')], tomorrow).changes).toMatchObject([
      { because: 'period_over' },
    ]);
    expect(look(november, [budget('unknown', '2026-10')], tomorrow).changes).toEqual([]);
  });
});

describe('what was over before anybody looked', () => {
  const past = { since: START, until: shifted(START, 20 * MINUTE), value: 9, limit: 5, reason: 'It held.' } as const;
  const missed: Finding = {
    ...finding('ok'),
    outcome: 'ok',
    missed: { ...past, severity: 'critical', evidence: NO_EVIDENCE },
  };
  const later = shifted(START, 30 * MINUTE);

  test('is an episode that is over at once, told by its length, and only once', () => {
    const life = look(alertsFold.initial, [missed], later);
    expect(life.changes).toMatchObject([
      { kind: 'activated', episode: 1, since: START, facts: { severity: 'critical', value: 9, limit: 5 } },
      {
        kind: 'resolved',
        because: 'missed',
        reason: 'It held for 20 min and was over at 2026-11-21 12:20 UTC, before anybody looked.',
      },
    ]);
    expect(life.book.alerts[ID]).toMatchObject({ state: 'resolved', episode: 1, resolvedAt: later });
    expect(look(life.book, [missed], later).changes).toEqual([]);
    expect(look(life.book, [missed], shifted(later, MINUTE)).changes).toEqual([]);
  });

  test('becomes active where somebody wants to be told, and ends like any other', () => {
    const wants = { now: later, repo: REPO, policies: POLICIES, pagePast: true };
    const changes = advanceAlerts(alertsFold.initial, [missed], wants);
    expect(changes.map(({ kind }) => kind)).toEqual(['activated', 'clearing']);
    const book = alertsFold.apply(
      alertsFold.initial,
      changes.map((change) => toEvent(change, later)),
    );
    expect(look(book, [finding('ok')], shifted(later, 15 * MINUTE)).changes).toMatchObject([
      { kind: 'resolved', because: 'condition_cleared' },
    ]);
  });

  test('is the story of the episode that was about it, and of no other', () => {
    const active = look(alertsFold.initial, [finding('violated')], shifted(START, 10 * MINUTE)).book;
    expect(look(active, [missed], later).changes.map(({ kind }) => kind)).toEqual(['clearing']);
    const gone = look(look(active, [missed], later).book, [finding('ok')], shifted(later, 15 * MINUTE)).book;
    expect(look(gone, [missed], shifted(later, 20 * MINUTE)).changes).toEqual([]);
    const waited = look(alertsFold.initial, [finding('violated')], START, { runaway: { for: HOUR } }).book;
    expect(look(waited, [missed], later).changes.map(({ kind }) => kind)).toEqual(['activated', 'resolved']);
  });
});

describe('an ok that holds', () => {
  const near: Finding = { ...finding('ok'), holds: true } as Finding;

  test('opens nothing and lets an active alert stay', () => {
    expect(look(alertsFold.initial, [near], START).changes).toEqual([]);
    const active = look(alertsFold.initial, [finding('violated')], START).book;
    expect(look(active, [near], shifted(START, DAY)).changes).toEqual([]);
  });

  test('starts the wait for the end anew', () => {
    const active = look(alertsFold.initial, [finding('violated')], START).book;
    const clearing = look(active, [finding('ok')], shifted(START, HOUR)).book;
    const held = look(clearing, [near], shifted(START, 2 * HOUR));
    expect(held.changes).toMatchObject([{ kind: 'holding' }]);
    const again = look(held.book, [finding('ok')], shifted(START, 3 * HOUR));
    expect(again.changes).toMatchObject([{ kind: 'clearing' }]);
  });
});

describe('faults', () => {
  test('a rule that answers twice opens nothing and ends nothing', () => {
    expect(look(alertsFold.initial, [finding('violated'), finding('violated')], START).changes).toEqual([]);
    const active = look(alertsFold.initial, [finding('violated')], START).book;
    expect(look(active, [finding('ok'), finding('violated')], shifted(START, DAY)).changes).toEqual([]);
  });

  test('a look with a clock before the last look changes nothing, and can be told', () => {
    const { book } = look(alertsFold.initial, [finding('violated', { rule: 'budget' })], START);
    const earlier = shifted(START, -1);
    expect(comesTooLate(book, earlier)).toBe(true);
    expect(comesTooLate(book, START)).toBe(false);
    expect(
      advanceAlerts(book, [finding('ok', { rule: 'budget' })], { now: earlier, repo: REPO, policies: POLICIES }),
    ).toEqual([]);
  });

  test('a run whose clock is a year ahead silences the next run, and none after it', () => {
    const ahead = look(
      alertsFold.initial,
      [finding('violated'), finding('ok', { agent: 'other' })],
      shifted(START, 365 * DAY),
    );
    const first = look(ahead.book, [finding('violated', { agent: 'other' })], START);
    expect(first.changes).toEqual([]);
    const second = look(first.book, [finding('ok'), finding('violated', { agent: 'other' })], shifted(START, HOUR));
    expect(second.changes).toMatchObject([{ kind: 'clearing' }, { kind: 'activated' }]);
    const third = look(second.book, [finding('ok')], shifted(START, 2 * HOUR));
    expect(third.changes).toMatchObject([
      { kind: 'resolved', because: 'condition_cleared' },
      { because: 'rule_removed' },
    ]);
  });

  test('what was seen gone by a clock that ran ahead is waited for by the right clock', () => {
    const active = look(alertsFold.initial, [finding('violated')], START).book;
    const ahead = look(active, [finding('ok')], shifted(START, 365 * DAY));
    expect(ahead.changes).toMatchObject([{ kind: 'clearing' }]);
    const late = look(ahead.book, [finding('ok')], shifted(START, HOUR));
    const again = look(late.book, [finding('ok')], shifted(START, 2 * HOUR));
    expect(again.changes).toMatchObject([{ kind: 'clearing' }]);
    expect(look(again.book, [finding('ok')], shifted(START, 3 * HOUR)).changes).toMatchObject([{ kind: 'resolved' }]);
  });

  test('a rule that is called like a part of every object has the default policy', () => {
    expect(look(alertsFold.initial, [finding('violated', { rule: 'constructor' })], START).changes).toMatchObject([
      { kind: 'activated', name: 'constructor' },
    ]);
  });
});

const anyAnswer = fc.record({
  gap: fc.constantFrom(MINUTE, 20 * MINUTE, HOUR, 40 * DAY),
  answers: fc.uniqueArray(
    fc.record({
      agent: fc.constantFrom('a', 'b', 'c'),
      outcome: fc.constantFrom<Outcome>('ok', 'violated', 'unknown'),
      severity: fc.constantFrom<Severity>('info', 'warning', 'critical'),
      value: fc.integer({ min: 0, max: 3 }),
    }),
    { selector: ({ agent }) => agent },
  ),
});
const anyPolicy = fc.record({
  for: fc.constantFrom(0, 10 * MINUTE, HOUR),
  keepFiringFor: fc.constantFrom(0, 15 * MINUTE, HOUR),
});

describe('any history of answers', () => {
  test('keeps the promises of the engine', () => {
    fc.assert(
      fc.property(fc.array(anyAnswer, { maxLength: 15 }), anyPolicy, (history, policy) => {
        let book = alertsFold.initial;
        let now = START;
        for (const { gap, answers } of history) {
          now = shifted(now, gap);
          const findings = answers.map(({ outcome, ...wish }) => finding(outcome, wish));
          const before = book;
          const life = look(book, findings, now, { runaway: policy });
          book = life.book;
          // Twice is once.
          expect(advanceAlerts(book, findings, { now, repo: REPO, policies: { runaway: policy } })).toEqual([]);
          // Each change is of a step that the event's id can name.
          const names = life.changes.map((change) => `${change.fingerprint}:${change.episode}:${change.kind}`);
          expect(new Set(names).size).toBe(names.length);
          // Episodes only grow, by one.
          for (const [id, episode] of Object.entries(book.episodes)) {
            expect([0, 1]).toContain(episode - (before.episodes[id] ?? 0));
          }
          for (const answer of findings) holdTo(answer, before.alerts, book.alerts);
        }
      }),
      { numRuns: 300 },
    );
  });

  /** Unknown holds; violated is never resolved; ok is never pending and opens nothing. */
  function holdTo(
    answer: Finding,
    before: Readonly<Record<string, Alert>>,
    after: Readonly<Record<string, Alert>>,
  ): void {
    const id = fingerprint(REPO, answer);
    const was = before[id]?.state ?? 'none';
    const is = after[id]?.state ?? 'none';
    // An alert that ended 30 days ago is forgotten, whatever the answer.
    const forgotten = was === 'resolved' && is === 'none';
    switch (answer.outcome) {
      case 'unknown':
        expect(forgotten || canonicalJson(after[id] ?? null) === canonicalJson(before[id] ?? null)).toBe(true);
        return;
      case 'violated':
        expect(['pending', 'active']).toContain(is);
        expect(was === 'active' && is !== 'active').toBe(false);
        return;
      case 'ok':
        expect(is).not.toBe('pending');
        expect(was !== 'active' && is === 'active').toBe(false);
        return;
      default:
        answer satisfies never;
    }
  }
});

describe('every cell of the table', () => {
  /** Brings an alert into a state, each in a policy in which one look can change it. */
  const WAITS: Partial<AlertPolicy> = { for: 10 * MINUTE, keepFiringFor: 10 * MINUTE };
  const STATES = {
    none: [],
    pending: [[0, 'violated']],
    active: [
      [-20, 'violated'],
      [-10, 'violated'],
    ],
    acknowledged: [
      [-20, 'violated'],
      [-10, 'violated'],
    ],
    resolved: [
      [-40, 'violated'],
      [-30, 'violated'],
      [-20, 'ok'],
      [-10, 'ok'],
    ],
  } as const satisfies Readonly<Record<string, readonly (readonly [number, Outcome])[]>>;

  function into(state: keyof typeof STATES): AlertBook {
    let book = alertsFold.initial;
    for (const [minute, outcome] of STATES[state]) {
      const at = shifted(START, minute * MINUTE);
      book = look(book, [finding(outcome)], at, { runaway: WAITS }).book;
    }
    return state === 'acknowledged' ? alertsFold.apply(book, [acked('octocat', null)]) : book;
  }

  function acked(by: string, until: Instant | null): LedgerEvent {
    const acknowledgement = { by, at: START, until, note: null };
    return {
      ...{ v: 1, id: `ack:${by}`, at: START, seen: START, repo: REPO, subject: { kind: 'repository', name: REPO } },
      ...{ kind: 'alert.acknowledged', data: { fingerprint: ID, episode: 1, acknowledgement } },
    } as LedgerEvent;
  }

  function unacked(): LedgerEvent {
    return {
      ...{ v: 1, id: 'unack', at: START, seen: START, repo: REPO, subject: { kind: 'repository', name: REPO } },
      ...{ kind: 'alert.unacknowledged', data: { fingerprint: ID, episode: 1, because: 'time_is_up' } },
    } as LedgerEvent;
  }

  function shown(book: AlertBook): string {
    const alert = book.alerts[ID];
    if (alert === undefined) return 'none';
    return alert.acknowledged === null ? alert.state : 'acknowledged';
  }

  test.each<[keyof typeof STATES, Outcome | 'ack' | 'unack', string, readonly string[]]>([
    ['none', 'violated', 'pending', ['pending']],
    ['none', 'ok', 'none', []],
    ['none', 'unknown', 'none', []],
    ['none', 'ack', 'none', []],
    ['none', 'unack', 'none', []],
    ['pending', 'violated', 'active', ['activated']],
    ['pending', 'ok', 'none', ['dropped']],
    ['pending', 'unknown', 'pending', []],
    ['pending', 'ack', 'pending', []],
    ['pending', 'unack', 'pending', []],
    ['active', 'violated', 'active', []],
    ['active', 'ok', 'active', ['clearing']],
    ['active', 'unknown', 'active', []],
    ['active', 'ack', 'acknowledged', []],
    ['active', 'unack', 'active', []],
    ['acknowledged', 'violated', 'acknowledged', []],
    ['acknowledged', 'ok', 'acknowledged', ['clearing']],
    ['acknowledged', 'unknown', 'acknowledged', []],
    ['acknowledged', 'ack', 'acknowledged', []],
    ['acknowledged', 'unack', 'active', []],
    ['resolved', 'violated', 'pending', ['pending']],
    ['resolved', 'ok', 'resolved', []],
    ['resolved', 'unknown', 'resolved', []],
    ['resolved', 'ack', 'resolved', []],
    ['resolved', 'unack', 'resolved', []],
  ])('%s, %s: %s', (state, step, expected, kinds) => {
    const book = into(state);
    expect(shown(book)).toBe(state);
    if (step === 'ack' || step === 'unack') {
      const said = alertsFold.apply(book, [step === 'ack' ? acked('hubot', null) : unacked()]);
      expect(shown(said)).toBe(expected);
      // An acknowledgement that is said again is the last one that was said.
      if (expected === 'acknowledged') expect(said.alerts[ID]?.acknowledged?.by).toBe('hubot');
      return;
    }
    const life = look(book, [finding(step)], shifted(START, 10 * MINUTE), { runaway: WAITS });
    expect([shown(life.book), life.changes.map(({ kind }) => kind)]).toEqual([expected, kinds]);
  });

  test('none with nothing to wait for is active at once, and an acknowledged alert that was seen gone long enough is over', () => {
    expect(look(alertsFold.initial, [finding('violated')], START).changes.map(({ kind }) => kind)).toEqual([
      'activated',
    ]);
    const clearing = look(into('acknowledged'), [finding('ok')], shifted(START, 10 * MINUTE), { runaway: WAITS });
    const over = look(clearing.book, [finding('ok')], shifted(START, 20 * MINUTE), { runaway: WAITS });
    expect(over.book.alerts[ID]).toMatchObject({ state: 'resolved', acknowledged: null });
  });
});

describe('what a wait counts', () => {
  const sampled: Partial<AlertPolicy> = { mode: 'observations', for: 5 * MINUTE, keepFiringFor: 0 };

  test('a sample must be seen twice in a row, however late the second one comes', () => {
    play(sampled, [
      [0, 'violated', 'pending', ['pending']],
      [0, 'violated', 'pending', []],
      [15, 'violated', 'active', ['activated']],
    ]);
    play({ ...sampled, minObservations: 3, for: 0 }, [
      [0, 'violated', 'pending', ['pending']],
      [5, 'violated', 'pending', ['pending']],
      [10, 'ok', 'none', ['dropped']],
      [15, 'violated', 'pending', ['pending']],
      [20, 'violated', 'pending', ['pending']],
      [25, 'violated', 'active', ['activated']],
    ]);
  });

  test('records that say since when it holds need no second look', () => {
    const since = shifted(START, -20 * MINUTE);
    const records = { ...finding('violated'), trueSince: since } as Finding;
    const policies = { runaway: { for: 20 * MINUTE } };
    expect(look(alertsFold.initial, [records], START, policies).changes).toMatchObject([{ kind: 'activated', since }]);
    const short = look(alertsFold.initial, [records], START, { runaway: { for: 21 * MINUTE } });
    expect(short.changes).toMatchObject([{ kind: 'pending', since }]);
  });

  test('a gap longer than max_gap is no waiting, a shorter one is', () => {
    const policy = { for: 90 * MINUTE, keepFiringFor: 0, maxGap: 60 * MINUTE };
    play(policy, [
      [0, 'violated', 'pending', ['pending']],
      [60, 'violated', 'pending', ['pending']],
      [90, 'violated', 'active', ['activated']],
    ]);
    play(policy, [
      [0, 'violated', 'pending', ['pending']],
      [30, 'violated', 'pending', ['pending']],
      // 61 minutes without an answer: they count for nothing, so that only 30 minutes have been waited.
      [60, 'unknown', 'pending', []],
      [91, 'violated', 'pending', ['pending']],
      [150, 'violated', 'pending', ['pending']],
      [151, 'violated', 'active', ['activated']],
    ]);
  });

  test('no answer is read as the rule wants it', () => {
    play({ noData: 'alert', keepFiringFor: 0 }, [
      [0, 'unknown', 'active', ['activated']],
      [5, 'ok', 'resolved', ['resolved']],
    ]);
    play({ noData: 'ok', keepFiringFor: 0 }, [
      [0, 'violated', 'active', ['activated']],
      [5, 'unknown', 'resolved', ['resolved']],
    ]);
  });

  test('an end waits no longer than a day, and never starts without an answer', () => {
    const book = play({ keepFiringFor: 30 * DAY }, [
      [0, 'violated', 'active', ['activated']],
      [60 * 48, 'unknown', 'active', []],
      [60 * 49, 'ok', 'active', ['clearing']],
      [60 * 73, 'ok', 'resolved', ['resolved']],
    ]);
    expect(book.alerts[ID]?.resolvedAt).toBe(shifted(START, 73 * HOUR));
  });

  test('what comes back within an hour flaps, and how often is counted', () => {
    const policy = { keepFiringFor: 0 };
    const steps: Step[] = [
      [0, 'violated', 'active', ['activated']],
      [10, 'ok', 'resolved', ['resolved']],
      [20, 'violated', 'active', ['activated']],
      [30, 'ok', 'resolved', ['resolved']],
      [40, 'violated', 'active', ['activated']],
    ];
    expect(play(policy, steps).alerts[ID]?.flaps).toBe(2);
    const later = play(policy, [
      ...steps,
      [50, 'ok', 'resolved', ['resolved']],
      [110, 'violated', 'active', ['activated']],
    ]);
    expect(later.alerts[ID]?.flaps).toBeUndefined();
  });
});
