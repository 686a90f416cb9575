import { expect, test } from 'vitest';
import { attempt, type Failure, OutsideFailure } from './failure.ts';

const FAILURE: Failure = {
  kind: 'forbidden',
  message: 'GitHub refuses to list the runs',
  remedy: 'Add actions: read',
  retry: false,
};

test('what fails outside becomes a value, and says what happened and what to do', async () => {
  const failed = await attempt(() => Promise.reject(new OutsideFailure(FAILURE)));
  expect(failed).toEqual({ ok: false, failure: FAILURE });
  expect(new OutsideFailure(FAILURE).message).toBe('GitHub refuses to list the runs. Add actions: read');
});

test('also where it is thrown before anything is awaited', async () => {
  const failed = attempt((): Promise<never> => {
    throw new OutsideFailure(FAILURE);
  });
  await expect(failed).resolves.toEqual({ ok: false, failure: FAILURE });
});

test('what works is its value', async () => {
  expect(await attempt(async () => 0)).toEqual({ ok: true, value: 0 });
});

test.each([new TypeError('a bug'), 'text', null])('a bug is thrown on: %j', async (bug) => {
  await expect(attempt(() => Promise.reject(bug))).rejects.toBe(bug);
});
