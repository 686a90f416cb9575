import { describe, expect, test } from 'vitest';
import { DAY } from '../../core/time.ts';
import { promiseIn } from './promise.ts';

const block = (lines: string): string => `Text.\n\n\`\`\`checkrein\n${lines}\n\`\`\`\n`;
const WHOLE = {
  metric: 'sessions.tokenUsage.cost',
  direction: 'down',
  by: 0.2,
  within: 10 * DAY,
  guardrails: ['sessions.failureRate', 'build.seconds'],
  agent: 'fixer',
};
const LINES = `metric: sessions.tokenUsage.cost
direction: down
by: "20%"
within: 10d
guard: [sessions.failureRate, build.seconds]
agent: fixer`;

describe('the promise in the text of a pull request', () => {
  test('is read from a marked block, and from a comment', () => {
    expect(promiseIn(block(LINES))).toEqual({ hypothesis: WHOLE, problem: null });
    expect(promiseIn(`<!-- checkrein\n${LINES}\n-->`)).toEqual({ hypothesis: WHOLE, problem: null });
  });

  test.each([
    ['no block', 'metric: a.b'],
    ['a marker of our own', '<!-- checkrein:v1 kind=answer key=7 gen=0 h=0123456789abcdef -->\n'],
    ['a block of another language', '```yaml\nmetric: a.b\n```'],
  ])('is none where there is %s', (_what, body) => {
    expect(promiseIn(body)).toBeNull();
  });

  test.each([
    ['an unknown line', 'metric: a.b\ndirection: up\nrun: rm -rf /', 'a line that is not one of'],
    ['a name that comes twice', 'metric: a.b\nmetric: c.d\ndirection: up', 'twice'],
    ['no direction', 'metric: a.b', "'down' or 'up'"],
    ['a metric with markup', 'metric: <img src=x>\ndirection: up', 'name of a metric'],
    ['more than all', 'metric: a.b\ndirection: down\nby: 120%', 'at most 100%'],
    ['a window without end', 'metric: a.b\ndirection: up\nwithin: 900d', 'from 2 d to 28 d'],
    ['an alias bomb', 'metric: &a [*a,*a]\ndirection: up', 'name of a metric'],
    ['a flood', Array.from({ length: 50 }, () => 'metric: a.b').join('\n'), 'too long'],
  ])('with %s is told as a problem in our own words, and promises nothing', (_what, lines, problem) => {
    const promise = promiseIn(block(lines));
    expect(promise?.hypothesis).toBeNull();
    expect(promise?.problem).toContain(problem);
    expect(promise?.problem).not.toMatch(/rm -rf|<img/);
  });
});
