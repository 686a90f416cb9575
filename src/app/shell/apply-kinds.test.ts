import { describe, expect, test } from 'vitest';
import { readKinds } from './apply-kinds.ts';
import { UsageError } from './world.ts';

describe('which kinds of responses a job applies', () => {
  test.each([
    [null, ['issue', 'stop', 'rollback', 'rerun']],
    ['', ['issue', 'stop', 'rollback', 'rerun']],
    ['none', []],
    ['issue', ['issue']],
    ['stop', ['stop']],
    ['rollback', ['rollback']],
    ['rerun', ['rerun']],
    ['stop, issue', ['issue', 'stop']],
    ['issue issue', ['issue']],
  ])('%j', (text, expected) => {
    expect(readKinds(text, '--apply')).toEqual(expected);
  });

  test.each([
    ['issues', "Did you mean 'issue'?"],
    ['stop,none', "not 'none'"],
    ['everything', '--apply takes issue, stop, rollback, rerun, or none alone'],
  ])('%j is refused', (text, sentence) => {
    expect(() => readKinds(text, '--apply')).toThrow(UsageError);
    expect(() => readKinds(text, '--apply')).toThrow(sentence);
  });
});
