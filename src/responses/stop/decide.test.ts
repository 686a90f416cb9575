import { describe, expect, test } from 'vitest';
import { haltOf, heldWorkflow, lookOf, NOON, receiptFor, remoteRun } from '../../../test/kit/halts.ts';
import type { Failure } from '../../core/failure.ts';
import type { HeldWorkflow } from '../../core/halt.ts';
import { type Duration, type Instant, after as later, MINUTE, SECOND } from '../../core/time.ts';
import type { RemoteRun } from '../../github/remote.ts';
import { type Decision, decide } from './decide.ts';
import { askedToDisable, askedToEnd, beginning, isGone, isQuiet, lookedAt, type Standing, see } from './standing.ts';

const FIXER = heldWorkflow('fixer');
const PATIENCE = { grace: MINUTE, until: later(NOON, 15 * MINUTE) };
const REFUSED: Failure = { kind: 'forbidden', message: 'No', remedy: 'Add `actions: write`', retry: false };

function at(duration: Duration): Instant {
  return later(NOON, duration);
}

function seen(standing: Standing, when: Duration, state: string, runs: readonly RemoteRun[] = []): Standing {
  return see(standing, lookOf(at(when), [[FIXER, state, runs]]));
}

function next(standing: Standing, when: Duration): Decision {
  return decide(standing, at(when), PATIENCE, 0);
}

/** The acts of a decision in words; the kind of one without acts. */
function words(decision: Decision): readonly string[] {
  if (decision.kind !== 'act') return [decision.kind];
  return decision.acts.map((act) => (act.kind === 'disable' ? `disable ${act.path}` : `${act.kind} ${act.run}`));
}

const DISABLE = [`disable ${FIXER.path}`];
const start = (held: HeldWorkflow = FIXER): Standing => beginning([held], null);
const disabled = (standing: Standing, when: Duration): Standing => askedToDisable(standing, FIXER.path, at(when), null);

describe('the next step of a stop', () => {
  test('disables before it cancels, for a trigger in between would start a new run', () => {
    const first = seen(start(), 0, 'active', [remoteRun(1, FIXER)]);
    expect(words(next(first, 0))).toEqual(DISABLE);
    expect(words(next(disabled(first, SECOND), SECOND))).toEqual(['cancel 1']);
  });

  test('cancels all the same when the workflow cannot be disabled', () => {
    let standing = seen(start(), 0, 'active', [remoteRun(1, FIXER)]);
    for (let i = 0; i < 3; i++) standing = askedToDisable(standing, FIXER.path, at(0), REFUSED);
    expect(words(next(standing, 0))).toEqual(['cancel 1']);
  });

  test.each([
    ['a state that nobody knows', 'unknown', 'disabled_by_somebody_new', DISABLE, ['cancel 1']],
    ['one that became one that nobody knows', 'active', 'paused', DISABLE, ['cancel 1']],
    // It was off: whoever disables it now could not bring that state back.
    ['one that was off before', 'disabled_inactivity', 'paused', ['cancel 1'], ['cancel 1']],
  ] as const)('ends the runs of a workflow in %s', (_name, before, state, first, then) => {
    const standing = seen(start(heldWorkflow('fixer', { before })), 0, state, [remoteRun(1, FIXER)]);
    expect(words(next(standing, 0))).toEqual(first);
    expect(words(next(disabled(standing, SECOND), SECOND))).toEqual(then);
  });

  test('does not wait for a workflow to leave a state that nobody knows, and does not call it stopped', () => {
    let standing = disabled(seen(start(), 0, 'paused'), 0);
    standing = seen(seen(standing, SECOND, 'paused'), 12 * SECOND, 'paused');
    expect(next(standing, 12 * SECOND)).toEqual({ kind: 'finished', because: 'nothing more can be done' });
  });

  test('begins with what was tried least, so that calls which hang keep nothing else waiting for ever', () => {
    const held = ['a', 'b', 'c'].map((name, i) => heldWorkflow(name, { id: i + 1 }));
    const [a, b, c] = held as [HeldWorkflow, HeldWorkflow, HeldWorkflow];
    let standing = beginning(held, null);
    const look = lookOf(NOON, [
      [a, 'active', []],
      [b, 'active', []],
      [c, 'disabled_manually', [remoteRun(1, c)]],
    ]);
    standing = askedToDisable(see(standing, look), a.path, NOON, { ...REFUSED, kind: 'unavailable', retry: true });
    expect(words(next(standing, 0))).toEqual([`disable ${b.path}`, 'cancel 1', `disable ${a.path}`]);
  });

  test('ends what waits before what runs', () => {
    const runs = [
      remoteRun(1, FIXER),
      remoteRun(2, FIXER, { status: 'queued' }),
      remoteRun(3, FIXER, { status: 'waiting' }),
      remoteRun(4, FIXER, { status: 'pending' }),
    ];
    expect(words(next(seen(start(), 0, 'disabled_manually', runs), 0))).toEqual([
      'cancel 4',
      'cancel 3',
      'cancel 2',
      'cancel 1',
    ]);
  });

  test.each([
    ['before the grace is over', 'accepted', MINUTE - SECOND, ['wait']],
    ['when the grace is over', 'accepted', MINUTE, ['force-cancel 1']],
    ['when the cancel failed', 'failed', SECOND, ['cancel 1']],
    ['when GitHub refused it just now', 'refused', SECOND, ['wait']],
    ['when GitHub refused it a while ago', 'refused', 30 * SECOND, ['cancel 1']],
    ['when GitHub refused it all the time', 'refused', MINUTE, ['force-cancel 1']],
  ] as const)('after a cancel %s', (_when, answer, passed, expected) => {
    const run = [remoteRun(1, FIXER)];
    const asked = askedToEnd(
      seen(start(), 0, 'disabled_manually', run),
      '1:1',
      { act: 'cancel', at: at(0), answer },
      answer === 'failed' ? { ...REFUSED, retry: true } : null,
    );
    expect(words(next(seen(asked, passed, 'disabled_manually', run), passed))).toEqual(expected);
  });

  test('gives no run more than five minutes of grace', () => {
    const run = [remoteRun(1, FIXER)];
    const request = { act: 'cancel', at: at(0), answer: 'accepted' } as const;
    const asked = askedToEnd(seen(start(), 0, 'disabled_manually', run), '1:1', request, null);
    const patience = { grace: 60 * MINUTE, until: at(60 * MINUTE) };
    expect(words(decide(asked, at(5 * MINUTE), patience, 0))).toEqual(['force-cancel 1']);
  });

  test('disables once more what somebody has switched on again, but not what a slow list still shows as active', () => {
    const asked = disabled(seen(start(), 0, 'active'), 0);
    expect(words(next(seen(asked, 2 * SECOND, 'active'), 2 * SECOND))).toEqual(['wait']);
    expect(words(next(seen(asked, 10 * SECOND, 'active'), 10 * SECOND))).toEqual(DISABLE);
    const off = seen(asked, 2 * SECOND, 'disabled_manually');
    expect(words(next(seen(off, 4 * SECOND, 'active'), 4 * SECOND))).toEqual(DISABLE);
  });

  test.each(['deleted', 'disabled_fork', 'disabled_inactivity', 'disabled_manually'])(
    'leaves one alone that is %s',
    (state) => {
      expect(words(next(seen(start(), 0, state), 0))).toEqual(['wait']);
    },
  );

  test('is over only when two lists that lie far enough apart showed nothing', () => {
    const once = seen(start(), 0, 'disabled_manually');
    expect(next(once, 0).kind).toBe('wait');
    expect(next(seen(once, 5 * SECOND, 'disabled_manually'), 5 * SECOND).kind).toBe('wait');
    expect(next(seen(once, 10 * SECOND, 'disabled_manually'), 10 * SECOND)).toEqual({
      kind: 'finished',
      because: 'all ended',
    });
  });

  test('looks for runs that have gone from the lists, at most twice', () => {
    let standing = seen(start(), 0, 'disabled_manually', [remoteRun(1, FIXER)]);
    standing = seen(seen(standing, 20 * SECOND, 'disabled_manually'), 40 * SECOND, 'disabled_manually');
    expect(next(standing, 40 * SECOND).kind).toBe('look');
    expect(next(lookedAt(standing, '1:1', { ended: true, conclusion: 'cancelled' }), 40 * SECOND).kind).toBe(
      'finished',
    );
    expect(next(lookedAt(lookedAt(standing, '1:1', null), '1:1', null), 40 * SECOND).kind).toBe('finished');
    expect(next(lookedAt(standing, '1:1', { ended: false, conclusion: null }), 40 * SECOND).kind).not.toBe('finished');
  });

  test('gives up when the time is up, and when all that is left is refused for good', () => {
    const alive = seen(start(), 0, 'disabled_manually', [remoteRun(1, FIXER)]);
    expect(next(alive, 15 * MINUTE)).toEqual({ kind: 'finished', because: 'out of time' });
    let standing = seen(start(), 0, 'active');
    for (let i = 0; i < 3; i++) standing = askedToDisable(standing, FIXER.path, at(0), REFUSED);
    standing = seen(seen(standing, 0, 'active'), 10 * SECOND, 'active');
    expect(next(standing, 10 * SECOND)).toEqual({ kind: 'finished', because: 'nothing more can be done' });
  });
});

describe('a process that goes on where another died', () => {
  test('knows when runs were cancelled, and leaves alone those of what was resumed since', () => {
    const writer = heldWorkflow('writer');
    const run = { id: 1, attempt: 1, before: 'queued', after: 'in_progress', conclusion: null, at: null } as const;
    const requests = [{ act: 'cancel', at: NOON, answer: 'accepted' }] as const;
    const earlier = receiptFor(haltOf(1), {
      runs: [
        { ...run, workflow: FIXER.path, requests },
        { ...run, id: 2, workflow: writer.path, requests: [] },
      ],
    });
    const standing = seen(beginning([FIXER], earlier), MINUTE, 'disabled_manually', [remoteRun(1, FIXER)]);
    expect(Object.keys(standing.runs)).toEqual(['1:1']);
    expect(words(next(standing, MINUTE))).toEqual(['force-cancel 1']);
  });
});

describe('what a list shows', () => {
  test('of a run that is back after it had gone counts: it is alive', () => {
    const run = [remoteRun(1, FIXER)];
    let standing = seen(start(), 0, 'disabled_manually', run);
    standing = seen(standing, 10 * SECOND, 'disabled_manually');
    standing = seen(standing, 20 * SECOND, 'disabled_manually', run);
    expect(standing.workflows.map(isQuiet)).toEqual([false]);
    expect(Object.values(standing.runs).map(isGone)).toEqual([false]);
  });

  test('as a further attempt is a run of its own', () => {
    let standing = seen(start(), 0, 'disabled_manually', [remoteRun(1, FIXER)]);
    standing = seen(standing, SECOND, 'disabled_manually', [remoteRun(1, FIXER, { attempt: 2 })]);
    expect(Object.keys(standing.runs)).toEqual(['1:1', '1:2']);
  });

  test('when it cannot be read proves nothing', () => {
    const once = seen(start(), 0, 'disabled_manually');
    const failed = see(once, {
      at: at(20 * SECOND),
      workflows: { ok: false, failure: REFUSED },
      runs: new Map([[FIXER.path, { ok: false, failure: REFUSED }]]),
    });
    expect(failed.workflows.map(isQuiet)).toEqual([false]);
    expect(failed.states).toEqual({ times: 1, last: REFUSED });
  });

  test('tells what a workflow was of which nobody could be asked before, and then it is switched off', () => {
    const unread = heldWorkflow('fixer', { id: 0, before: 'unknown' });
    const blind = see(start(unread), {
      at: NOON,
      workflows: { ok: false, failure: { ...REFUSED, retry: true } },
      runs: new Map(),
    });
    expect(next(blind, 0).kind).toBe('wait');
    const known = seen(blind, SECOND, 'active', [remoteRun(1, FIXER)]);
    expect(known.workflows[0]?.held).toEqual(FIXER);
    expect(words(next(known, SECOND))).toEqual(DISABLE);
  });

  test('of a workflow that it lacks is that it was deleted', () => {
    const standing = see(start(), lookOf(NOON, []));
    expect(standing.workflows[0]?.state).toBe('deleted');
  });
});
