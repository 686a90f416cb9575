import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floorFindings } from '../floor.ts';
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
          ...{ patch: null, modeBefore: null, lines, reading: 'text' },
        };
        expect(Array.isArray(floorFindings(matterOf([file])))).toBe(true);
      }),
    );
  });
});

function matterOf(files: readonly ReadFile[]): Matter {
  return {
    ...{
      number: 1,
      title: 'x',
      head: 'a'.repeat(40),
      baseRef: 'main',
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
