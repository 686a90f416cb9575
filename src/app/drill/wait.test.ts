import { describe, expect, test } from 'vitest';
import { type FailureKind, OutsideFailure } from '../../core/failure.ts';
import { after, between, type Duration, MINUTE, SECOND } from '../../core/time.ts';
import { patiently } from './wait.ts';

const START = '2026-11-21T09:00:00.000Z';

function failing(kind: FailureKind, retry: boolean): OutsideFailure {
  return new OutsideFailure({ kind, message: 'It failed', remedy: 'Wait', retry });
}

/** Waits with a clock of its own; the nth look answers the nth entry, the last one again and again. */
async function wait(looks: readonly (string | null | Error)[], patience: Duration = MINUTE) {
  const clock = { now: START };
  let looked = 0;
  const seen = await patiently(
    {
      now: () => clock.now,
      sleep: async (duration) => {
        clock.now = after(clock.now, duration);
      },
    },
    patience,
    async () => {
      const answer = looks[Math.min(looked, looks.length - 1)] ?? null;
      looked += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  );
  return { seen, looked, waited: between(START, clock.now) };
}

describe('waiting patiently', () => {
  test('what is there at once is not waited for', async () => {
    expect(await wait(['here'])).toEqual({ seen: 'here', looked: 1, waited: 0 });
  });

  test('looks every five seconds until it sees', async () => {
    expect(await wait([null, null, 'here'])).toEqual({ seen: 'here', looked: 3, waited: 10 * SECOND });
  });

  test('gives up after its patience, and looks once more at the very end', async () => {
    expect(await wait([null], 12 * SECOND)).toEqual({ seen: null, looked: 4, waited: 15 * SECOND });
  });

  test('an outage in between counts as seeing nothing', async () => {
    expect(await wait([failing('unavailable', true), 'here'])).toMatchObject({ seen: 'here', looked: 2 });
  });

  test('an outage that lasts is told', async () => {
    await expect(wait([failing('unavailable', true)])).rejects.toThrow('It failed. Wait');
  });

  test('a failure for good is told at once, and a bug is thrown on', async () => {
    await expect(wait([failing('forbidden', false), 'never'])).rejects.toThrow('It failed. Wait');
    await expect(wait([new RangeError('a bug'), 'never'])).rejects.toThrow(RangeError);
  });
});
