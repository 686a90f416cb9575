import { describe, expect, test } from 'vitest';
import { followedEnds } from './follows.ts';

describe('at the end of whose runs a workflow starts', () => {
  test.each<readonly [string, unknown, readonly string[] | null]>([
    ['names them', { on: { workflow_run: { workflows: ['CI', 'Fixer'], types: ['completed'] } } }, ['CI', 'Fixer']],
    ['names one as a word', { on: { workflow_run: { workflows: 'CI', types: 'completed' } } }, ['CI']],
    [
      'starts at the begin as well',
      { on: { workflow_run: { workflows: ['CI'], types: ['requested', 'completed'] } } },
      null,
    ],
    ['leaves it to GitHub', { on: { workflow_run: { workflows: ['CI'] } } }, null],
    ['names none', { on: { workflow_run: { workflows: [], types: ['completed'] } } }, null],
    ['names something that is no text', { on: { workflow_run: { workflows: [7], types: ['completed'] } } }, null],
    ['starts by something else', { on: { push: {} } }, null],
    ['is a list of triggers', { on: ['push', 'workflow_run'] }, null],
    ['is no map at all', 'on: push', null],
    ['could not be read', undefined, null],
  ])('a file that %s', (_name, parsed, expected) => {
    expect(followedEnds(parsed)).toEqual(expected);
  });
});
