import { describe, expect, test } from 'vitest';
import { labelsProblem, MAX_LABELS, nameProblem } from './label.ts';

describe('the name of a metric', () => {
  test.each(['build.duration', 'x', 'a1.b_2.c'])('may be %s', (name) => {
    expect(nameProblem(name, 'metric')).toBeNull();
  });

  test.each([
    ['Build Duration', "Did you mean 'build.duration'?"],
    ['buildDuration', "Did you mean 'build_duration'?"],
    ['build-duration', "Did you mean 'build_duration'?"],
    ['build..duration', "Did you mean 'build.duration'?"],
    ['7days', "Did you mean 'days'?"],
    ['…', "not '…'."],
    ['', "not ''."],
    ['a'.repeat(81), 'at most 80 characters, not 81'],
    ['tool.latency', "begin with 'tool.' are Checkrein's own"],
    ['spool.unreadable', "begin with 'spool.' are Checkrein's own"],
    ['__proto__', "Did you mean 'proto__'?"],
  ])('may not be %j', (name, sentence) => {
    expect(nameProblem(name, 'metric')).toContain(sentence);
  });

  test('is shown in the message without what a terminal obeys', () => {
    expect(nameProblem('a\u0007b\u202e', 'event')).toContain("not 'ab'");
  });
});

describe('labels', () => {
  test('may be none, and up to eight', () => {
    const labels = Object.fromEntries(Array.from({ length: MAX_LABELS }, (_, i) => [`k${i}`, 'v']));
    expect(labelsProblem({})).toBeNull();
    expect(labelsProblem(labels)).toBeNull();
    expect(labelsProblem({ ...labels, more: 'v' })).toBe('There may be at most 8 labels, not 9.');
  });

  test.each([
    [{ Target: 'linux' }, "begins with a letter, not 'Target'"],
    [{ ['k'.repeat(41)]: 'v' }, 'at most 40'],
    [JSON.parse('{"__proto__": "v"}') as Record<string, string>, "not '__proto__'"],
    [{ target: '' }, "The label 'target' has no value."],
    [{ target: '\u200b' }, "The label 'target' has no value."],
    [{ target: 'x'.repeat(81) }, 'at most 80 characters, not 81'],
  ])('may not be %j', (labels, sentence) => {
    expect(labelsProblem(labels)).toContain(sentence);
  });
});
