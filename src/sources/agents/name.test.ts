import { describe, expect, test } from 'vitest';
import type { JudgedWorkflow } from '../../core/judged-workflow.ts';
import { nameAgents } from './name.ts';

function file(path: string): JudgedWorkflow {
  const sign = { engine: 'claude', means: 'action', reason: 'uses an agent', jobs: [] } as const;
  return { path: `.github/workflows/${path}`, blob: 'b', sign, calls: [], onlyCalled: false };
}

function names(
  files: readonly JudgedWorkflow[],
  ...more: [Parameters<typeof nameAgents>[2]?, Parameters<typeof nameAgents>[3]?]
) {
  const [configured = [], known] = more;
  return Object.fromEntries(
    nameAgents(files, [], configured, known).map(({ workflow, name }) => [workflow.slice(18), name]),
  );
}

describe('names of agents', () => {
  test('a file that is added does not take the name of one that has it already', () => {
    const known = nameAgents([file('triage.yml')], [], []);
    expect(names([file('triage.lock.yml'), file('triage.yml')], [], known)).toEqual({
      'triage.lock.yml': 'triage.lock.yml',
      'triage.yml': 'triage',
    });
  });

  test('a name that the configuration gives to another workflow is given up', () => {
    const known = nameAgents([file('triage.yml')], [], []);
    const configured = [{ name: 'triage', workflow: '.github/workflows/other.yml' }];
    expect(names([file('other.yml'), file('triage.yml')], configured, known)).toEqual({
      'other.yml': 'triage',
      'triage.yml': 'triage.yml',
    });
  });

  test('the name of a workflow that is gone is free again', () => {
    const known = nameAgents([file('triage.yml')], [], []);
    expect(names([file('triage.lock.yml')], [], known)).toEqual({ 'triage.lock.yml': 'triage' });
  });
});
