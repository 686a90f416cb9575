import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floorFindings, riskOf, unreadOf } from '../floor.ts';
import { LONGEST_LINE, withCutLines } from '../lines.ts';
import type { Matter, ReadFile } from '../matter.ts';
import { titleLikeness } from './base.ts';
import { breaksControlPlane } from './control-plane.ts';

const TERMS = { control_plane: [], generated: [], max_files: 50, max_lines: 1_500, max_behind: 50 };
const named = (path: string, paths?: readonly string[]) =>
  breaksControlPlane(
    { path, from: null },
    { terms: TERMS, agentTerms: paths === undefined ? {} : { scope: { paths } } },
  );

describe('what steers agents', () => {
  it.each([
    ['.github/workflows/ci.yml', true],
    ['.GitHub/Workflows/ci.yml', true],
    ['packages/web/CLAUDE.md', true],
    ['src/index.ts', false],
    ['.env.example', false],
  ])('%s: %s', (path, expected) => {
    expect(named(path)).toBe(expected);
  });

  it('may be touched by whom the configuration gives it by name, and by nobody for a folder of code', () => {
    expect(named('CLAUDE.md', ['CLAUDE.md'])).toBe(false);
    expect(named('src/CLAUDE.md', ['src/**'])).toBe(true);
    expect(named('.github/workflows/ci.yml', ['**'])).toBe(true);
  });
});

describe('two titles', () => {
  it('are alike by the words that they share', () => {
    expect(titleLikeness('Fix the sum', 'fix the SUM!')).toBe(1);
    // {fix, the, sum} and {fix, the, list} share two of four words.
    expect(titleLikeness('Fix the sum', 'Fix the list')).toBe(0.5);
    expect(titleLikeness('', 'Fix')).toBe(0);
  });
});

describe('the floor', () => {
  it('never fails, whatever lines and paths hold', () => {
    const line = fc.record({
      kind: fc.constantFrom('added' as const, 'removed' as const, 'kept' as const),
      text: fc.string({ unit: 'binary' }),
      line: fc.nat(),
    });
    const path = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('test/a.test.ts', 'package.json', 'CLAUDE.md'));
    fc.assert(
      fc.property(fc.array(line), path, (lines, name) => {
        const file: ReadFile = {
          ...{ path: name, from: null, status: 'modified', additions: 1, deletions: 0, blob: null, mode: null },
          ...{ patch: null, modeBefore: null, twin: null, lines, reading: 'text' },
        };
        expect(Array.isArray(floorFindings(matterOf([file])))).toBe(true);
      }),
    );
  });
});

const added = (path: string, text: string): ReadFile => ({
  ...{
    path,
    from: null,
    status: 'modified',
    additions: 1,
    deletions: 0,
    blob: null,
    mode: null,
    modeBefore: null,
    twin: null,
  },
  ...{ patch: null, lines: [{ kind: 'added', text, line: 7 }], reading: 'text' },
});

describe('a line of a stranger', () => {
  it('is seen by no check beyond its first thousand characters, and what is longer counts as unread', () => {
    const file = added('src/a.json', 'x'.repeat(1_000_000));
    expect(withCutLines([file])[0]?.lines[0]?.text).toHaveLength(LONGEST_LINE + 1);
    const unread = unreadOf({ files: [file] }, true, []);
    expect(unread).toEqual(['line 7 of src/a.json is longer than 1000 characters']);
    expect(riskOf([], unread)).toBe('high');
    expect(unreadOf({ files: [added('src/a.json', 'x'.repeat(LONGEST_LINE))] }, true, [])).toEqual([]);
  });

  it('of a megabyte that is made to be slow is looked at all the same', () => {
    const starts = ['assert 1', '"https://a"', 'it', '--force', 'base64 -d', 'on =', 'a', 'assert '];
    const hostile = starts.flatMap((start) => [`${start}${' '.repeat(1_000_000)}x`, start.repeat(100_000)]);
    for (const path of ['test/a.test.ts', 'package.json', 'tox.ini']) {
      const files = hostile.map((text) => added(path, text));
      expect(floorFindings(matterOf(files)).length).toBeGreaterThan(0);
    }
  });

  it('meets no expression that tries the same characters in more ways than one', () => {
    const folder = new URL('.', import.meta.url);
    const texts = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    expect(texts.length).toBeGreaterThan(5);
    for (const name of texts) {
      const text = readFileSync(new URL(name, folder), 'utf8');
      // Blanks around what may be missing are taken apart in every way there is; all but one letter runs to the end from every start.
      expect([name, text.match(/\\s[*+](?:\\.|\[[^\]]*\]|[^\\([|])\?\\s[*+]/g)]).toEqual([name, null]);
      expect([name, text.match(/\[\^[^\]]*\][*+]/g)]).toEqual([name, null]);
    }
  });

  it('that lowers a threshold or switches a check off is held against all lines that went', () => {
    const lines = [
      { kind: 'removed' as const, text: 'lines: 90', line: 1 },
      { kind: 'removed' as const, text: 'strict = true', line: 2 },
      { kind: 'added' as const, text: 'Lines: 80', line: 1 },
      { kind: 'added' as const, text: 'strict = [ off', line: 2 },
      { kind: 'added' as const, text: 'branches: 10', line: 3 },
    ];
    const found = floorFindings(matterOf([{ ...added('tox.ini', ''), lines }]));
    expect(found.filter(({ check }) => check === 'gates-loosened').map(({ line, reason }) => [line, reason])).toEqual([
      [1, 'A threshold is lowered.'],
      [2, 'A check is switched off or only warns.'],
    ]);
  });
});

function matterOf(files: readonly ReadFile[]): Matter {
  return {
    ...{
      number: 1,
      title: 'x',
      head: 'a'.repeat(40),
      baseRef: 'main',
      fromFork: false,
      mergeBase: null,
      files,
      agentTerms: {},
      terms: TERMS,
      behind: 0,
      gained: [],
    },
    authorship: { verdict: 'agent', score: 70, agent: 'fixer', run: 1, reasons: [] },
    work: { sessions: [], awaited: true, usualUsd: null },
    ...{ others: [], reviews: [] },
  };
}
