import { expect, test } from 'vitest';
import { formatUsd } from './money.ts';

// The form is that of the docstring: cents from ten cents on, below that two digits that count, at most six places.
test.each([
  [null, 'unknown'],
  [0, '$0.00'],
  [12.3, '$12.30'],
  [0.1, '$0.10'],
  [0.0999, '$0.100'],
  [0.042, '$0.042'],
  [0.0042, '$0.0042'],
  [-0.5, '-$0.50'],
  [999.994, '$999.99'],
  [999.996, '$1,000.00'],
  [1_234_567.891, '$1,234,567.89'],
])('%j is written %s', (usd, text) => {
  expect(formatUsd(usd)).toBe(text);
});
