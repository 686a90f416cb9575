import { expect, test } from 'vitest';
import { haltOf, heldWorkflow } from '../../../test/kit/halts.ts';
import { parseConfig } from '../../config/parse.ts';
import type { RunMark } from '../../core/facts.ts';
import { after, HOUR, MINUTE } from '../../core/time.ts';
import { NOTHING_READ } from '../../metrics/measured-series.ts';
import { type LedgerState, stateFold } from '../state.ts';
import { statusAnswer } from './status.ts';

const NOW = '2026-11-20T14:00:00.000Z';
const STOPPED = after(NOW, -HOUR);

function underStop(lookedAt: string, run: Partial<RunMark>): LedgerState {
  const { initial } = stateFold;
  const mark: RunMark = {
    ...{ run: 7, attempt: 2, agent: 'fixer', workflow: heldWorkflow('fixer').path, trigger: 'push' },
    ...{ createdAt: STOPPED, startedAt: STOPPED, updatedAt: STOPPED, status: 'in_progress', conclusion: null },
    ...{ url: '', telemetry: 'unknown' },
    ...run,
  } as RunMark;
  const tick = { at: lookedAt } as LedgerState['recent']['ticks'][number];
  return {
    ...initial,
    halt: { ...initial.halt, generation: 1, halt: { ...haltOf(1), at: STOPPED }, held: [heldWorkflow('fixer')] },
    recent: { ...initial.recent, runs: { '7:2': mark }, ticks: [tick] },
  };
}

test.each([
  ['a run of the stopped that was seen since', after(NOW, -MINUTE), {}, true],
  ['one that was seen before the stop', after(STOPPED, -MINUTE), {}, false],
  ['one that has ended', after(NOW, -MINUTE), { status: 'completed' }, false],
  ['one of an agent that works on', after(NOW, -MINUTE), { workflow: heldWorkflow('writer').path }, false],
] as const)('the answer to status, with %s', (_what, lookedAt, run, expected) => {
  const read = parseConfig('version: 1\n', 'the configuration');
  if (!read.ok) throw new Error('the configuration cannot be read');
  const desk = { github: { repo: 'o/r' }, config: read.config } as Parameters<typeof statusAnswer>[0];
  const { lines = [] } = statusAnswer(desk, underStop(lookedAt, run), NOTHING_READ, NOW);
  expect(lines.some((line) => line.includes('1 run of what is stopped had not ended'))).toBe(expected);
});
