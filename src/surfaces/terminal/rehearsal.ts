import type { HaltScope, WorkflowState } from '../../core/halt.ts';
import type { RunStatus } from '../../core/run.ts';
import { scopeWords } from '../receipt.ts';
import { clip } from './paint.ts';
import { part, remarks, sheet } from './receipt.ts';
import type { TerminalOptions } from './render.ts';
import { type Column, table } from './table.ts';

/** What a stop would do. */
export interface StopPreview {
  readonly repo: string;
  readonly scope: HaltScope;
  readonly workflows: readonly { readonly path: string; readonly before: WorkflowState }[];
  readonly runs: readonly { readonly id: number; readonly workflow: string; readonly before: RunStatus }[];
  readonly pulls: readonly number[];
  readonly ledger: string;
  readonly notes: readonly string[];
}

const WORKFLOWS: readonly Column[] = [
  { title: 'workflow', max: 80 },
  { title: 'now', max: 20 },
  { title: 'would be', max: 20 },
];
const RUNS: readonly Column[] = [
  { title: 'workflow', max: 80 },
  { title: 'run', max: 16 },
  { title: 'now', max: 12 },
  { title: 'would be', max: 20 },
];

/** What a stop would do, for a terminal. */
export function rehearsalTerminal(preview: StopPreview, options: TerminalOptions): string {
  const { repo, scope, workflows, runs, pulls, notes, ledger } = preview;
  const disabled = workflows.map(({ path, before }) => {
    return [{ text: path }, { text: before }, { text: before === 'active' ? 'disabled' : 'left as it is' }];
  });
  const cancelled = runs.map(({ id, workflow, before }) => {
    return [{ text: workflow }, { text: String(id) }, { text: before }, { text: 'cancelled' }];
  });
  return sheet(options, (paint, width) => [
    `${paint('checkrein', 'bold', 'cyan')}  ${paint(clip(repo, width - 11), 'bold')}`,
    clip(`A stop of ${scopeWords(scope)} would do this. Nothing was changed.`, width),
    ...part('Workflows', disabled.length === 0 ? [] : table(WORKFLOWS, disabled, paint, width), paint, width),
    ...part('Runs', cancelled.length === 0 ? [] : table(RUNS, cancelled, paint, width), paint, width),
    ...part('Pull requests', pulls.length === 0 ? [] : [clip(`held back: ${pulls.join(', ')}`, width)], paint, width),
    ...part('To know', remarks(notes, paint, width), paint, width),
    '',
    paint(clip(`ledger ${ledger}`, width), 'dim'),
  ]);
}
