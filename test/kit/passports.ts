import type { Change, ChangedFile, Passport, ReviewFinding } from '../../src/core/passport.ts';

/** What fixed checks found, in words of theirs. */
export function floorFinding(more: Partial<ReviewFinding> = {}): ReviewFinding {
  return {
    check: 'scope-path',
    risk: 'medium',
    path: 'src/b.ts',
    line: 1,
    reason: 'src/b.ts lies outside of what the agent may change.',
    by: 'floor',
    ...more,
  };
}

/** A passport as fixed checks make it: of medium risk by one finding where nothing else is said. */
export function floorPassport(more: Partial<Passport> = {}): Passport {
  return {
    pull: 12,
    head: 'a'.repeat(40),
    baseRef: 'main',
    mergeBase: 'b'.repeat(40),
    baseSince: '2026-11-21T08:00:00.000Z',
    at: '2026-11-21T09:00:00.000Z',
    authorship: {
      verdict: 'agent',
      score: 95,
      agent: 'nightly-fixer',
      run: 8_123,
      reasons: ['opened by the app claude'],
    },
    risk: 'medium',
    findings: [floorFinding()],
    unread: [],
    cost: { usd: 1.5, basis: 'billed' },
    models: ['claude-sonnet-4-5'],
    record: null,
    lookFirst: ['src/b.ts'],
    ...more,
  };
}

/** A text file that was changed by these hunks. */
export function changedFile(path: string, patch: string | null, more: Partial<ChangedFile> = {}): ChangedFile {
  return {
    path,
    from: null,
    status: 'modified',
    additions: 1,
    deletions: 1,
    blob: null,
    mode: '100644',
    patch,
    ...more,
  };
}

/** Lines 10 to 12 after the change, of which the 11th is new; the 11th before was taken away. */
export const SMALL_PATCH = '@@ -10,3 +10,3 @@ function f() {\n before\n-old\n+new\n after';

/** Two files with a hunk each. */
export function smallChange(more: readonly ChangedFile[] = []): Change {
  return { files: [changedFile('src/a.ts', SMALL_PATCH), changedFile('src/b.ts', SMALL_PATCH), ...more], whole: true };
}
