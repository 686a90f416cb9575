import { describe, expect, test } from 'vitest';
import { cronValues } from './cron.ts';

describe('a cron line', () => {
  test('stands for numbers, also where it names months and days', () => {
    const read = cronValues('*/20 8-10 1,15 JAN-mar MON-FRI')?.map((values) => [...values]);
    expect(read).toEqual([
      [0, 20, 40],
      [8, 9, 10],
      [1, 15],
      [1, 2, 3],
      [1, 2, 3, 4, 5],
    ]);
  });

  test.each([
    ['99 * * * *'],
    ['* 24 * * *'],
    ['* * 0 * *'],
    ['* * * 13 *'],
    ['* * * * 7'],
    ['*/0 * * * *'],
    ['5-1 * * * *'],
    ['* * MON * *'],
    ['x * * * *'],
    ['* * * *'],
    ['@daily'],
    [''],
  ])('%s is none', (line) => {
    expect(cronValues(line)).toBeNull();
  });
});
