import { describe, expect, test } from 'vitest';
import { leaseRequest } from '../../../test/kit/leases.ts';
import type { LeaseMark } from '../../core/budget.ts';
import type { CommentMark, SetOff } from '../../core/causal.ts';
import type { Actor } from '../../core/run.ts';
import { HOUR, type Instant, after as later, MINUTE } from '../../core/time.ts';
import { workFold } from '../work.ts';
import { type KnownWork, parentageOf } from './parentage.ts';

const START: Instant = '2026-11-21T12:00:00.000Z';
const CLAUDE: Actor = { id: 209_825_114, login: 'claude[bot]', type: 'Bot' };

function at(minutes: number): Instant {
  return later(START, minutes * MINUTE);
}

/** A guard has let a run start, and has told its end where one is given. */
function leased(run: number, minutes: number, end: number | null = null, more: Partial<LeaseMark> = {}): LeaseMark {
  const { lives: _, limits: __, ...errand } = leaseRequest(run);
  const spent = { usd: null, tokens: null, minutes: null };
  return {
    ...{ ...errand, id: `lease:${run}`, at: at(minutes), until: later(at(minutes), HOUR), reserved: spent },
    closed: end === null ? null : { how: 'settled', at: at(end), spent },
    ...more,
  };
}

function comment(id: number, minutes: number, more: Partial<CommentMark> = {}): CommentMark {
  return { id, item: 5, bot: CLAUDE, app: null, at: at(minutes), claims: null, ...more };
}

/** A comment of Claude ten minutes after the start. */
const SAID: SetOff = {
  ...{ trigger: 'issue_comment', at: at(10), bot: CLAUDE, app: null, item: 5, comment: 99, claims: null },
};

function parentage(leases: readonly LeaseMark[], more: Partial<KnownWork> = {}, setOff: SetOff = SAID) {
  const known = { work: workFold.initial, leases, comments: [], items: [], now: at(11), ...more };
  return parentageOf(50, 'helper', setOff, known);
}

const ONLY = { kind: 'likely', run: 1, by: 'claude[bot]', because: 'no other run of an agent was going on' };
const NOBODY = { kind: 'none' };

describe('the run out of which a bot set off the one that asks', () => {
  test.each<[string, readonly LeaseMark[], object]>([
    ['is the only one at work', [leased(1, 5)], ONLY],
    ['is the only one at work, beside one that has ended', [leased(1, 5), leased(2, 1, 4)], ONLY],
    ['is none where none was at work', [], NOBODY],
    ['is none where all had ended', [leased(1, 1, 9)], NOBODY],
    ['is none that began later', [leased(1, 10.5)], NOBODY],
    ['is none that nobody knew of then', [leased(1, 12)], NOBODY],
    ['is not itself', [leased(50, 5)], NOBODY],
    [
      'is one of several, and nobody can tell which',
      [leased(1, 5), leased(2, 6)],
      { kind: 'unknown', candidates: [2, 1] },
    ],
    [
      'is still at work where one of its two jobs is',
      [leased(1, 5, 8), leased(1, 5, null, { id: 'lease:1:b', job: 'b' })],
      ONLY,
    ],
  ])('%s', (_name, leases, expected) => {
    expect(parentage(leases)).toMatchObject(expected);
  });

  test('is of several the one at work that the comment links to', () => {
    const two = [leased(1, 5), leased(2, 6)];
    expect(parentage(two, {}, { ...SAID, claims: 2 })).toMatchObject({ kind: 'likely', run: 2 });
    // What it links to must have been at work.
    expect(parentage([...two, leased(3, 1, 4)], {}, { ...SAID, claims: 3 })).toMatchObject({ kind: 'unknown' });
  });

  test('is of several the one whose agent alone has ever spoken as this bot', () => {
    const two = [leased(1, 5), leased(2, 6, null, { agent: 'other' })];
    const before = [leased(3, -120, -110)];
    const known = { comments: [comment(1, -115)] };
    expect(parentage([...two, ...before], known)).toMatchObject({ kind: 'likely', run: 1 });
  });

  test('is none of a bot that is as busy while no agent works', () => {
    const comments = [-300, -200, -100, -50, -30].map((minutes, i) => comment(i, minutes));
    expect(parentage([leased(1, 5)], { comments })).toEqual(NOBODY);
    expect(parentage([leased(1, 5), leased(2, 6)], { comments })).toEqual(NOBODY);
  });

  test.each([
    ['the clock', { ...SAID, trigger: 'schedule' }],
    ['Dependabot', { ...SAID, bot: { id: 49_699_333, login: 'dependabot[bot]', type: 'Bot' as const } }],
  ])('is none where %s started it', (_name, setOff) => {
    expect(parentage([leased(1, 5)], {}, setOff)).toEqual(NOBODY);
  });

  test('is found for a dispatch too, by who was at work', () => {
    const dispatched: SetOff = { ...SAID, trigger: 'workflow_dispatch', item: null, comment: null };
    expect(parentage([leased(1, 5)], {}, dispatched)).toMatchObject(ONLY);
  });
});
