import { describe, expect, test } from 'vitest';
import { haltOf, heldWorkflow, NOON, receiptFor, remoteWorkflow } from '../../../test/kit/halts.ts';
import type { RunMark, SessionMark } from '../../core/facts.ts';
import type { Resumption } from '../../core/halt.ts';
import { UNKNOWN_MONEY } from '../../core/money.ts';
import type { SessionOutcome } from '../../core/session.ts';
import { DAY, HOUR, after as later, MINUTE } from '../../core/time.ts';
import type { RemoteWorkflow } from '../../github/port.ts';
import type { HaltState } from './log.ts';
import { dueResumption, planResume, type RecentMarks, type ResumePlan, type ResumeWish } from './resume.ts';

const FIXER = heldWorkflow('fixer');
const IDLE = heldWorkflow('idle', { before: 'disabled_inactivity' });
const WRITER = heldWorkflow('writer');
const STATE: HaltState = {
  ...{ generation: 1, halt: haltOf(1), held: [FIXER, IDLE, WRITER], receipt: receiptFor(haltOf(1)), resumptions: [] },
  ...{ pulls: [], unlogged: [], origin: 1 },
};
const OFF: readonly RemoteWorkflow[] = [
  remoteWorkflow(FIXER, 'disabled_manually'),
  remoteWorkflow(IDLE, 'disabled_inactivity'),
  remoteWorkflow(WRITER, 'disabled_manually'),
];

function plan(wish: Partial<ResumeWish> = {}, remote = OFF): ResumePlan {
  return planResume(STATE, remote, {
    ...{ paths: null, stage: 'all', causeHolds: false, anyway: false, reason: 'r' },
    ...wish,
  });
}

describe('what a resume switches on', () => {
  test('is exactly what the stop switched off', () => {
    expect(plan()).toMatchObject({ kind: 'ready', enable: [FIXER, WRITER], notOurs: [IDLE.path], stage: 'complete' });
  });

  test.each(['disabled_inactivity', 'disabled_fork', 'deleted', 'a word of next year'])(
    'is nothing that is %s by now',
    (state) => {
      const found = plan({}, [remoteWorkflow(FIXER, state), ...OFF.slice(1)]);
      expect(found).toMatchObject({ enable: [WRITER], notOurs: [FIXER.path, IDLE.path] });
    },
  );

  test('with a canary leaves the rest held that a stop which goes on has not come to yet', () => {
    const on = OFF.map((one) => (one.state === 'disabled_manually' ? { ...one, state: 'active' } : one));
    const wish: ResumeWish = { paths: null, stage: 'canary', causeHolds: false, anyway: false, reason: 'r' };
    const goingOn = { ...STATE, receipt: null };
    expect(planResume(goingOn, on, { ...wish, canary: WRITER.path })).toMatchObject({
      ...{ enable: [], already: [WRITER.path], later: [FIXER], stage: 'canary' },
    });
    expect(planResume(goingOn, on, wish)).toMatchObject({ already: [FIXER.path], later: [WRITER], stage: 'canary' });
    // After its end somebody has enabled them.
    expect(planResume(STATE, on, wish)).toMatchObject({ already: [FIXER.path, WRITER.path], stage: 'complete' });
  });

  test('with a canary is one workflow first: the one that was named', () => {
    expect(plan({ stage: 'canary' })).toMatchObject({ enable: [FIXER], later: [WRITER], stage: 'canary' });
    const named = plan({ stage: 'canary', canary: WRITER.path });
    expect(named).toMatchObject({ enable: [WRITER], later: [FIXER], stage: 'canary' });
  });

  test('with a canary that a process which died has enabled is nothing more, and the rest waits', () => {
    const remote = [remoteWorkflow(WRITER, 'active'), ...OFF.slice(0, 2)];
    const found = plan({ stage: 'canary', canary: WRITER.path }, remote);
    expect(found).toMatchObject({ enable: [], already: [WRITER.path], later: [FIXER], stage: 'canary' });
  });

  test.each([
    ['that the stop does not hold', { canary: '.github/workflows/other.yml' }, 'does not hold'],
    ['that was off before', { canary: IDLE.path }, 'not among what comes back'],
    ['that is none of those named', { canary: WRITER.path, paths: [FIXER.path] }, 'not among what comes back'],
  ] as const)('is refused with a canary %s', (_what, wish, why) => {
    expect(plan({ stage: 'canary', ...wish })).toMatchObject({ kind: 'refused', why: expect.stringContaining(why) });
  });

  test.each([
    [{ anyway: false, reason: 'r' }, 'refused'],
    [{ anyway: true, reason: '  ' }, 'refused'],
    [{ anyway: true, reason: 'r' }, 'ready'],
  ])('while the cause holds, with %j', (wish, kind) => {
    expect(plan({ causeHolds: true, ...wish }).kind).toBe(kind);
  });
});

describe('a resume is about the stop that was meant', () => {
  const later2: HaltState = { ...STATE, generation: 3, origin: 2, halt: haltOf(3) };

  test.each([
    ['an older one', 1, 'refused'],
    ['the one that has taken in newcomers since', 2, 'ready'],
    ['the one in force', 3, 'ready'],
    ['one that nobody has declared', 4, 'refused'],
    ['whichever is in force', undefined, 'ready'],
  ] as const)('%s', (_what, generation, kind) => {
    const wish = { paths: null, stage: 'all', causeHolds: false, anyway: true, reason: 'r' } as const;
    expect(planResume(later2, OFF, { ...wish, ...(generation === undefined ? {} : { generation }) }).kind).toBe(kind);
  });

  test('and a refusal says which one holds, and that no reason would help', () => {
    const found = planResume(later2, OFF, {
      ...{ generation: 1, paths: null, stage: 'all', causeHolds: true, anyway: false, reason: 'r' },
    });
    expect(found).toEqual({
      kind: 'refused',
      why: 'Another stop has come into force: this was to resume stop 1, and stop 3 holds',
      remedy: 'Look at why stop 3 was declared, and resume that one if it is right',
    });
  });
});

describe('the rest of a resume in stages', () => {
  const CANARY: Resumption = {
    ...{ generation: 1, by: { kind: 'operator', login: 'lead' }, reason: 'r', at: NOON, stage: 'canary' },
    ...{ workflows: [WRITER.path], released: [WRITER.path] },
  };
  const state: HaltState = { ...STATE, held: [FIXER, IDLE], resumptions: [CANARY] };
  const NOW = later(NOON, HOUR);

  /** One run with a session each minute since noon. */
  function marks(outcomes: readonly SessionOutcome[], workflow = WRITER.path, from = NOON): RecentMarks {
    const at = (i: number): string => later(from, (i + 1) * MINUTE);
    const runs = outcomes.map((_, i): RunMark => {
      const moments = { createdAt: at(i), startedAt: at(i), updatedAt: at(i) };
      const state = { status: 'completed', conclusion: 'success', telemetry: 'recorded' } as const;
      return { run: i, attempt: 1, agent: 'a', workflow, trigger: 'push', url: '', ...moments, ...state };
    });
    const sessions = outcomes.map((outcome, i): SessionMark => {
      return {
        id: `s${i}`,
        agent: 'a',
        run: i,
        attempt: 1,
        at: at(i),
        outcome,
        cost: UNKNOWN_MONEY,
        tokens: null,
        duration: null,
      };
    });
    return {
      runs: Object.fromEntries(runs.map((run) => [run.run, run])),
      sessions: Object.fromEntries(sessions.map((session) => [session.id, session])),
    };
  }

  test.each<readonly [string, readonly SessionOutcome[], boolean]>([
    ['three good ones', ['completed', 'completed', 'completed'], true],
    ['two good ones', ['completed', 'completed'], false],
    ['a bad one among the last three', ['completed', 'completed', 'failed', 'completed'], false],
    ['a bad one before the last three', ['failed', 'completed', 'completed', 'completed'], true],
    ['some of which nothing is known', ['completed', 'unknown', 'completed', 'unknown', 'completed'], true],
    ['nothing but unknown ones', ['unknown', 'unknown', 'unknown'], false],
  ])('after sessions of the canary: %s', (_what, outcomes, expected) => {
    expect(dueResumption(state, marks(outcomes), NOW)).toEqual(expected ? CANARY : null);
  });

  const GOOD: readonly SessionOutcome[] = ['completed', 'completed', 'completed'];

  test('does not follow from other workflows, from runs before, nor after three days', () => {
    expect(dueResumption(state, marks(GOOD, FIXER.path), NOW)).toBeNull();
    expect(dueResumption(state, marks(GOOD, WRITER.path, later(NOON, -HOUR)), NOW)).toBeNull();
    expect(dueResumption(state, marks(GOOD), later(NOON, 3 * DAY + MINUTE))).toBeNull();
  });

  test('does not follow where no stop is in force, or no canary was resumed', () => {
    expect(dueResumption({ ...state, halt: null }, marks(GOOD), NOW)).toBeNull();
    expect(dueResumption({ ...state, resumptions: [] }, marks(GOOD), NOW)).toBeNull();
  });

  test('still follows when a first try brought back nothing', () => {
    const failed: Resumption = { ...CANARY, stage: 'complete', workflows: [], released: [] };
    expect(dueResumption({ ...state, resumptions: [CANARY, failed] }, marks(GOOD), NOW)).toEqual(CANARY);
  });
});
