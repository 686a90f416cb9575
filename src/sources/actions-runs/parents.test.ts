import { describe, expect, test } from 'vitest';
import { runCompleted, runStarted } from '../../../test/kit/happenings.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { JudgedWorkflow } from '../../core/judged-workflow.ts';
import { type Instant, after as later, MINUTE, SECOND } from '../../core/time.ts';
import { withParents } from './parents.ts';

const START: Instant = '2026-11-21T12:00:00.000Z';
/** The kit's runs last four minutes. */
const END = later(START, 4 * MINUTE);

function file(name: string, more: Partial<JudgedWorkflow> = {}): JudgedWorkflow {
  const sign = { engine: 'claude', means: 'action', reason: 'r', jobs: [] } as const;
  return { path: `.github/workflows/${name}.yml`, blob: 'b', sign, calls: [], onlyCalled: false, name, ...more };
}

const FILES: readonly JudgedWorkflow[] = [
  file('fixer'),
  file('other'),
  file('reviewer', { follows: ['fixer', 'other'] }),
];

function parentOf(events: readonly LedgerEvent[], files: readonly JudgedWorkflow[] = FILES): number | undefined {
  const last = withParents(events, [], files).at(-1);
  return last?.kind === 'run.started' || last?.kind === 'run.completed' ? last.data.run.parent : undefined;
}

function follower(at: Instant, more: { readonly trigger?: string; readonly attempt?: number } = {}): LedgerEvent {
  return runStarted({ id: 2, agent: 'reviewer', trigger: 'workflow_run', at, ...more });
}

describe('the run at whose end another one started', () => {
  const fixer = runCompleted({ id: 1, agent: 'fixer', at: START });

  test('is known where only one of those that the file follows had just ended', () => {
    expect(parentOf([fixer, follower(later(END, 5 * SECOND))])).toBe(1);
  });

  test.each<readonly [string, readonly LedgerEvent[], readonly JudgedWorkflow[]]>([
    ['two of them had', [fixer, runCompleted({ id: 3, agent: 'other', at: START }), follower(END)], FILES],
    ['it had ended long before', [fixer, follower(later(END, 2 * MINUTE))], FILES],
    ['it had not ended', [runStarted({ id: 1, agent: 'fixer', at: START }), follower(END)], FILES],
    ['the file names none', [fixer, follower(END)], [file('fixer'), file('reviewer')]],
    [
      'it follows a workflow that runs no agent, which nobody reads',
      [fixer, follower(END)],
      [file('fixer'), file('other', { sign: null }), file('reviewer', { follows: ['fixer', 'other'] })],
    ],
    ['two files bear the name', [fixer, follower(END)], [...FILES, file('twin', { name: 'fixer' })]],
    ['something else started it', [fixer, follower(END, { trigger: 'issue_comment' })], FILES],
    ['it is a further attempt', [fixer, follower(END, { attempt: 2 })], FILES],
  ])('is not known where %s', (_name, events, files) => {
    expect(parentOf(events, files)).toBeUndefined();
  });

  test('may be one that the ledger knew before', () => {
    const { id, ...run } = fixer.data.run;
    const mark = { ...run, run: id, telemetry: 'awaited' } as const;
    const [event] = withParents([follower(END)], [mark], FILES);
    expect(event).toMatchObject({ data: { run: { parent: 1 } } });
  });
});
