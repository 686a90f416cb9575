import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inertLine, inertLink, inertMarkdown, plainLine } from './text.ts';

/** Reads numeric character references as a browser does. */
function decoded(markdown: string): string {
  return markdown.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom(
      ...'ab1 \t\n@#:/.-_`*<>[]()!|\\~$&w',
      '\u202E',
      '\u200B',
      '\uD800',
      'GH-',
      '://',
      '--',
      '-->',
    ),
    maxLength: 120,
  }),
);

describe('plainLine', () => {
  test.each([
    ['line breaks become spaces', 'a\r\n\tb', 'a b'],
    ['escape sequences lose their escape', '\u001b[31mred\u001b]0;x\u0007', '[31mred]0;x'],
    ['bidirectional overrides go', 'abc\u202Etxt.exe\u2066', 'abctxt.exe'],
    ['zero-width characters, tags and variation selectors go', 'a\u200Bb\u{E0041}c\u{E0101}d\uFE0F', 'abcd'],
    ['invisible fillers go', 'a\u3164b\u115Fc\u2800d', 'abcd'],
    ['halves of surrogate pairs go', 'a\uD800b\uDC00c', 'abc'],
    ['gaps left behind are closed', 'a \u200B b', 'a b'],
    ['towers of combining marks are cut to two', `e${'\u0301'.repeat(50)}x`, 'e\u0301\u0301x'],
    ['letters of every script stay', 'Grüße 日本語 עברית 🎉', 'Grüße 日本語 עברית 🎉'],
    ['nothing stays nothing', '', ''],
  ])('%s', (_name, text, expected) => {
    expect(plainLine(text)).toBe(expected);
  });

  test('a text that is too long ends in an ellipsis and is as long as allowed', () => {
    expect(plainLine('x'.repeat(100_000), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(plainLine('🎉'.repeat(20), 5)).toBe('🎉🎉🎉🎉…');
  });

  test('any text becomes one short line, and doing it again changes nothing', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 90 }), (text, max) => {
        const line = plainLine(text, max);
        expect([...line].length).toBeLessThanOrEqual(max);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        expect(plainLine(line, max)).toBe(line);
      }),
    );
  });
});

describe('inertLine', () => {
  test.each([
    ['a mention', 'hey @octocat', /@[a-z]/i],
    ['a team', '@github/security', /@[a-z]/i],
    ['an issue', 'fixes #12', /#\d/],
    ['an issue the other way', 'closes GH-12', /GH-\d/],
    ['an issue elsewhere', 'octo/repo#12', /#\d/],
    ['an address', 'see https://evil.example/x', /:\/\//],
    ['an address without a scheme', 'www.evil.example', /www\./],
    ['a mail address', 'me@evil.example', /@e/],
    ['a commit', 'reverts 1a2b3c4d5e6f', /1a2b3c4d/],
    ['a command of ours', 'please /checkrein stop', /\/checkrein/],
    ['a command of others', '/review now', /^\/review/],
    ['an emoji name', ':white_check_mark:', /:white/],
    ['the end of a comment', 'a ---> b', /--/],
    ['a tag', '<img src=x></b>', /<[a-z/]/],
    ['a markdown link', '[a](b)', /\]\(/],
  ])('%s does nothing and reads the same', (_name, text, live) => {
    expect(text).toMatch(live);
    expect(inertLine(text)).not.toMatch(live);
    expect(inertLine(text).replaceAll('\u200B', '')).toBe(text);
  });

  test('times, versions and model names stay as they are', () => {
    const text = 'claude-sonnet-4-5 at 12:30:00 with node 24.1.0, 1234567 tokens';
    expect(inertLine(text)).toBe(text);
  });
});

describe('inertMarkdown', () => {
  test('no character that markdown or HTML acts on is left, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const markdown = inertMarkdown(text);
        expect(markdown.replace(/&#\d+;/g, ' ')).not.toMatch(/[&<>\\`*{}[\]|~@#]|--|:\/\/|\n|\$(?!\d)|\b_|_\b|_ | _/);
        expect(markdown).not.toMatch(/^[-+=]|^\d+[.)]/);
        expect(decoded(markdown)).toBe(inertLine(text));
      }),
    );
  });

  test('names and prices stay readable where nobody renders them', () => {
    const text = 'nightly_fixer spent $96.20 (192 %) of $50.00!';
    expect(inertMarkdown(text)).toBe(text);
  });

  test('a mention stays broken after the browser has decoded the text', () => {
    expect(decoded(inertMarkdown('@octocat #1'))).not.toMatch(/@\w|#\w/);
  });

  test('the longest allowed name of the worst characters stays short', () => {
    expect(inertMarkdown('@'.repeat(100_000)).length).toBeLessThanOrEqual(80 * 13);
  });
});

describe('inertLink', () => {
  test('a web address is linked with inert text', () => {
    expect(inertLink('run @1', 'https://github.com/o/r/actions/runs/1')).toBe(
      '[run &#64;&#8203;1](https://github.com/o/r/actions/runs/1)',
    );
  });

  test.each(['javascript:alert(1)', 'data:text/html,x', 'https://user:secret@evil.example/', 'not an address', ''])(
    '"%s" is no address to link to',
    (url) => {
      expect(inertLink('run 1', url)).toBe('run 1');
    },
  );

  test('an address of absurd length is not linked', () => {
    expect(inertLink('run 1', `https://github.com/${'x'.repeat(3_000)}`)).toBe('run 1');
  });

  test('an address cannot end the link, the table cell or the line', () => {
    const link = inertLink('run', 'https://github.com/a) | <b> `x` [y](z)\nw "t" @me');
    expect(link).toMatch(/^\[run\]\(https:\/\/[^\s()[\]<>|`"@]+\)$/);
  });
});
