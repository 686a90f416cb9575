import fc from 'fast-check';
import type { LedgerEvent } from '../../src/core/event.ts';
import { after, HOUR, type Instant } from '../../src/core/time.ts';
import { runCompleted, runStarted, sessionAbsent, sessionRecorded, watchRan } from './happenings.ts';

const START: Instant = '2025-01-01T00:00:00.000Z';

const moment = fc
  .oneof(fc.integer({ min: 0, max: 24 * 10 }), fc.integer({ min: 0, max: 24 * 500 }))
  .map((hours) => after(START, hours * HOUR));

const outcome = fc.constantFrom('completed', 'failed', 'cancelled', 'timed_out', 'stopped_by_limit', 'unknown');
const agent = fc.constantFrom('fixer', 'triage', '__proto__');
const base = { at: moment, seen: moment, attempt: fc.integer({ min: 1, max: 2 }) };
const id = fc.integer({ min: 1, max: 4 });

const started = fc.record({ ...base, id, agent }).map(runStarted);
const completed = fc
  .record({ ...base, id, agent, conclusion: fc.constantFrom('success', 'failure', 'skipped', 'cancelled') })
  .map(runCompleted);
const recorded = fc
  .record({
    ...base,
    run: fc.option(id),
    nth: fc.integer({ min: 0, max: 1 }),
    agent: fc.option(agent),
    outcome,
    startedAt: fc.option(moment),
    usd: fc.option(fc.constantFrom(0, 0.1, 2.5, -1)),
  })
  .map(sessionRecorded);
const absent = fc
  .record({ ...base, run: id, agent, outcome, reason: fc.constantFrom('skipped', 'no_artifact', 'expired') })
  .map(sessionAbsent);
const ticked = moment.map((at) => watchRan(at));

/** Events of a few runs in any order, with clocks that disagree, over more time than anything is kept. */
export const arbitraryEvents: fc.Arbitrary<readonly LedgerEvent[]> = fc.array(
  fc.oneof<fc.Arbitrary<LedgerEvent>[]>(started, completed, recorded, absent, ticked),
  { maxLength: 40 },
);

/** Makes a value and all that it holds unchangeable, so that a test fails when it is written to. */
export function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}
