import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inertLine } from '../core/text.ts';
import { HOUR } from '../core/time.ts';
import { readComment } from './parse.ts';

describe('a command in a comment', () => {
  test.each([
    ['/checkrein help', { verb: 'help' }],
    ['Thanks!\n\n/checkrein status\n', { verb: 'status' }],
    ['/checkrein ack for 2h looking at it', { verb: 'ack', lasts: 2 * HOUR, why: 'looking at it' }],
    ['/checkrein stop', { verb: 'stop', agents: [], why: null }],
    ['/checkrein stop fixer triage because it loops', { verb: 'stop', agents: ['fixer', 'triage'], why: 'it loops' }],
    ['/checkrein stop!', { verb: 'stop', agents: [], why: null }],
    ['/checkrein STOP.', { verb: 'stop', agents: [], why: null }],
    ['/checkrein stop all!!', { verb: 'stop', agents: [], why: null }],
    ['/checkrein stop, fixer, because it spent $12', { verb: 'stop', agents: ['fixer'], why: 'it spent $12' }],
    ['/checkrein stop .github/workflows/fixer.yml', { verb: 'stop', agents: ['.github/workflows/fixer.yml'] }],
    ['/checkrein resume @3', { verb: 'resume', generation: 3, canary: null, anyway: false }],
    ['/checkrein rollback #12', { verb: 'rollback', pull: 12 }],
    ['/checkrein accept o3 good catch', { verb: 'accept', finding: 'O3', why: 'good catch' }],
    ['/checkrein dismiss O10', { verb: 'dismiss', finding: 'O10', why: null }],
    ['/checkrein override fixer for 2h', { verb: 'override', agent: 'fixer', lasts: 2 * HOUR, why: null }],
    [
      '/checkrein override all for 1h because the ledger is away',
      { verb: 'override', agent: null, lasts: HOUR, why: 'the ledger is away' },
    ],
  ])('%j is read', (body, command) => {
    expect(readComment(body)).toMatchObject({ kind: 'command', command });
  });

  test.each([
    ['in a code block', '```\n/checkrein stop\n```', 'in_code'],
    ['in a code block by indent', 'See:\n\n    /checkrein stop', 'in_code'],
    ['in backticks', '`/checkrein stop`', 'in_code'],
    ['in a quote', '> /checkrein stop', 'in_quote'],
    ['in the line below a quote', '> They wrote\n/checkrein stop', 'in_quote'],
    ['in a list', '- /checkrein stop', 'not_at_line_start'],
    ['beside an HTML comment', '<!-- x -->\n/checkrein stop', 'hidden_text'],
    ['in a collapsed section', '<details>\n\n/checkrein stop\n</details>', 'hidden_text'],
    ['in a formula that shows nothing', '$$\\phantom{\n/checkrein resume\n}$$', 'hidden_text'],
    ['in a formula in the colour of the page', '$$\n{\\color{white}\n/checkrein resume\n}\n$$', 'hidden_text'],
    ['in a formula within a line', 'Costs $\\phantom {\n/checkrein resume\n}$', 'hidden_text'],
    ['in a formula without braces', 'Costs $\\color white\n/checkrein resume\n$', 'hidden_text'],
    ['with invisible characters', '/checkrein\u200B stop', 'hidden_text'],
    ['beside another command', '/checkrein stop\n/checkrein resume', 'more_than_one'],
    ['without a verb', '/checkrein', 'no_verb'],
    ['with a stop that is asked', '/checkrein stop?', 'unknown_verb'],
    ['with a path that leads elsewhere', '/checkrein stop .github/workflows/../x.yml', 'bad_arguments'],
    ['with a finding that cannot be', '/checkrein dismiss F3', 'bad_arguments'],
    ['with no finding', '/checkrein accept', 'bad_arguments'],
    ['with an override without an end', '/checkrein override fixer', 'bad_arguments'],
    ['with an override of nobody', '/checkrein override for 2h', 'bad_arguments'],
    ['with an override and more', '/checkrein override fixer for 2h now', 'bad_arguments'],
    ['with a verb that is none', '/checkrein explode', 'unknown_verb'],
  ])('%s has no effect', (_where, body, reason) => {
    expect(readComment(body)).toMatchObject({ kind: 'misread', reason });
  });

  test.each(['/checkrein approve rollback:12@1', '/checkrein resume @3'])(
    '%s may be copied from one of our issues, where nothing calls anybody',
    (body) => {
      const copied = body.replace(/@\d/, (id) => inertLine(id));
      expect(copied).not.toBe(body);
      expect(readComment(copied)).toEqual(readComment(body));
      expect(readComment(body)).toMatchObject({ kind: 'command' });
      expect(readComment(body.replace('@', '@\u200D'))).toMatchObject({ kind: 'misread', reason: 'hidden_text' });
    },
  );

  test.each(['', 'Nice work', '/checkrein-foo stop', '/checkreins stop'])('%j does not speak to us', (body) => {
    expect(readComment(body)).toEqual({ kind: 'none' });
  });

  test('no text whatever makes the reader throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => void readComment(`/checkrein ${text}`)));
  });
});
