import { expect, test } from 'vitest';
import { compareSeverity, reaches, type Severity } from './outcome.ts';

const RISING: readonly Severity[] = ['info', 'warning', 'critical'];

test('severities rise from info over warning to critical', () => {
  expect([...RISING].reverse().sort(compareSeverity)).toEqual(RISING);
});

test('a severity reaches itself and everything below', () => {
  const reached = RISING.map((severity) => RISING.filter((floor) => reaches(severity, floor)));
  expect(reached).toEqual([['info'], ['info', 'warning'], RISING]);
});
