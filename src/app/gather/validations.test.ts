import { describe, expect, test } from 'vitest';
import { pullSeen, reviewGiven } from '../../../test/kit/pulls.ts';
import { OutsideFailure } from '../../core/failure.ts';
import { fromMs } from '../../core/time.ts';
import type { Checks } from '../../github/rollback-port.ts';
import { stateFold } from '../state.ts';
import { validationSource } from './validations.ts';

const AT = fromMs(Date.UTC(2026, 10, 21, 12));
const HEAD = 'a'.repeat(40);

/** Looks at one pull request of which somebody said so much, or nothing; answers the numbers asked about, too. */
async function gathered(verdict: 'approved' | 'commented' | null, checks: Checks | OutsideFailure) {
  const said = verdict === null ? [] : [reviewGiven({ pull: 4, at: AT, verdict })];
  const state = stateFold.apply(stateFold.initial, [pullSeen({ number: 4, createdAt: AT, head: HEAD }), ...said]);
  const asked: number[] = [];
  const answer = (number: number): Promise<Checks> => {
    asked.push(number);
    return checks instanceof OutsideFailure ? Promise.reject(checks) : Promise.resolve(checks);
  };
  const source = validationSource({ checks: answer }, { repo: 'octo/repo', now: fromMs(Date.UTC(2026, 10, 21, 13)) });
  return { ...(await source.gather(state)), asked };
}

describe('a change that a person approved', () => {
  test('is validated once its checks have passed', async () => {
    const { events } = await gathered('approved', 'passed');
    expect(events).toMatchObject([{ kind: 'improvement.validated', data: { pull: 4, head: HEAD } }]);
  });

  test.each<Checks>(['pending', 'failed', 'none'])('is not while its checks are %s', async (checks) => {
    expect((await gathered('approved', checks)).events).toEqual([]);
  });

  test('is not where a token may not see checks, which is said with the permission', async () => {
    const refused = new OutsideFailure({
      ...{ kind: 'forbidden', retry: false },
      ...{ message: 'Could not read the checks', remedy: 'Give the job `checks: read`' },
    });
    expect(await gathered('approved', refused)).toMatchObject({
      events: [],
      complaints: ['Could not read the checks. Give the job `checks: read`'],
    });
  });
});

test.each([null, 'commented'] as const)('nothing is asked about a change of which people said %j', async (verdict) => {
  expect((await gathered(verdict, 'passed')).asked).toEqual([]);
});
