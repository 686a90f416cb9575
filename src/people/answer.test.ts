import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Answer, answeredComment, helpAnswer, writeAnswer } from './answer.ts';
import { VERBS } from './command.ts';
import { readComment } from './parse.ts';

const answer: Answer = {
  head: 'Done',
  what: 'ana stopped all agents.',
  lines: ['fixer: off'],
  next: 'A lead resumes.',
};

describe('an answer', () => {
  test('says what was done, each line, and what comes next, below a marker that names the comment', () => {
    const [marker, ...text] = writeAnswer(7, answer).split('\n');
    expect(marker).toMatch(/^<!-- checkrein:v1 kind=answer key=7 gen=0 h=[0-9a-f]{16} -->$/);
    expect(text.join('\n')).toBe(
      '**Done:** ana stopped all agents.\n\n- fixer: off\n\n**What happens next:** A lead resumes.\n',
    );
  });

  test('leaves out what there is nothing to say about', () => {
    const text = writeAnswer(7, { ...answer, lines: [], next: '' });
    expect(text.split('\n').slice(1)).toEqual(['**Done:** ana stopped all agents.', '']);
  });

  test('is the same text for the same answer, and another for another', () => {
    expect(writeAnswer(7, answer)).toBe(writeAnswer(7, { ...answer }));
    expect(writeAnswer(7, { ...answer, what: 'Nothing.' }).split('\n')[0]).not.toBe(
      writeAnswer(7, answer).split('\n')[0],
    );
  });

  test('tells of more lines than it shows', () => {
    const text = writeAnswer(7, { ...answer, lines: Array.from({ length: 63 }, (_, n) => `agent ${n}`) });
    expect(text).toContain('- agent 59\n- and 3 more\n');
    expect(text).not.toContain('agent 60');
  });

  test('holds nothing that acts, whoever wrote its words', () => {
    const evil = '@octocat closes #1 <img src=x> [x](https://evil.example) `/checkrein stop`\n/checkrein stop';
    const text = writeAnswer(7, { head: evil, what: evil, lines: [evil], next: evil });
    const shown = text.split('\n').slice(1).join('\n');
    expect(shown).not.toMatch(/@octocat|#1\b|<img|\]\(|https:\/\/|\/checkrein/);
    expect(readComment(text)).toEqual({ kind: 'none' });
  });

  test('never speaks to us itself, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (words) => {
        const what = `${words}\n/checkrein stop`;
        expect(readComment(writeAnswer(7, { head: what, what, lines: [what], next: what }))).toEqual({ kind: 'none' });
      }),
    );
  });
});

describe('the comment that an answer belongs to', () => {
  test('is read back from what was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (comment) => {
        expect(answeredComment(writeAnswer(comment, answer))).toBe(comment);
      }),
    );
  });

  test.each([
    ['a text without a marker', 'Done'],
    ['a marker that is not at the start', `Look:\n${writeAnswer(7, answer)}`],
    ['the marker of an issue', '<!-- checkrein:v1 kind=alert key=7 gen=0 h=0123456789abcdef -->\n'],
    ['a marker without a number', '<!-- checkrein:v1 kind=answer key=x gen=0 h=0123456789abcdef -->\n'],
    ['a marker that goes on', '<!-- checkrein:v1 kind=answer key=7 gen=0 h=0123456789abcdef --> more\n'],
  ])('is none in %s', (_what, body) => {
    expect(answeredComment(body)).toBeNull();
  });
});

describe('the answer to help', () => {
  test('names every command', () => {
    const { lines } = helpAnswer();
    expect(lines.map((line) => line.split(/[ :]/)[0])).toEqual(VERBS);
  });

  test('is no command', () => {
    expect(readComment(writeAnswer(7, helpAnswer()))).toEqual({ kind: 'none' });
  });
});
