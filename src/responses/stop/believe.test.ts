import { expect, test } from 'vitest';
import { haltOf, heldWorkflow, NOON, remoteWorkflow } from '../../../test/kit/halts.ts';
import type { Agent } from '../../core/agent.ts';
import type { PullReceipt, UnloggedStop } from '../../core/halt.ts';
import { after, HOUR } from '../../core/time.ts';
import { believed, type Sight } from './believe.ts';

const NAMES = ['fixer', 'triage', 'ci', 'checkrein'] as const;
const HELD = NAMES.map((name) => heldWorkflow(name, { id: 999 }));
const LATER = after(NOON, HOUR);

function agent(name: string, more: Partial<Agent> = {}): Agent {
  const { path } = heldWorkflow(name);
  return { name, workflow: path, engine: 'claude', means: 'action', ...more } as Agent;
}

const SIGHT: Sight = {
  agents: [agent('fixer'), agent('triage'), agent('ci', { means: 'configured' }), agent('own')],
  spared: { ownWorkflow: '.github/workflows/own.yml', isProtective: ({ name }) => name === 'ci' },
  remote: [...NAMES, 'own'].map((name, i) => remoteWorkflow(heldWorkflow(name, { id: i + 1 }), 'disabled_manually')),
  red: new Set(),
  now: LATER,
};

const PULL: PullReceipt = { number: 7, head: 'a'.repeat(40), autoMerge: 'was_off', queue: 'was_out', status: 'posted' };

const { scope, by, reason, at } = haltOf(1, { by: { kind: 'rule', rule: 'runaway', fingerprint: 'x' } });
const RECORD: UnloggedStop = {
  key: '0123456789abcdef',
  terms: { scope, by, reason, at },
  held: [...HELD, heldWorkflow('own')],
  pulls: [PULL],
};

test('of a record count the agents that we know and may stop, by the ids that GitHub gives', () => {
  expect(believed(RECORD, false, SIGHT).held).toEqual([
    { path: '.github/workflows/fixer.yml', id: 1, before: 'active' },
    { path: '.github/workflows/triage.yml', id: 2, before: 'active' },
  ]);
  // A signature makes nobody an agent either.
  expect(believed(RECORD, true, SIGHT).held).toEqual(believed(RECORD, false, SIGHT).held);
});

test.each(['active', 'disabled_inactivity', 'deleted'])('a workflow that is %s now is left out', (state) => {
  const remote = SIGHT.remote.map((one) => (one.path.endsWith('fixer.yml') ? { ...one, state } : one));
  expect(believed(RECORD, true, { ...SIGHT, remote }).held.map(({ path }) => path)).toEqual([
    '.github/workflows/triage.yml',
  ]);
});

test('without a signature it is about the agents of those that were active, and nobody’s', () => {
  const held = [heldWorkflow('fixer'), heldWorkflow('triage', { before: 'disabled_manually' })];
  expect(believed({ ...RECORD, held }, false, SIGHT).terms).toEqual({
    scope: { kind: 'agents', names: ['fixer'] },
    by: { kind: 'operator', login: null },
    ...{ reason, at },
  });
  const early = { ...SIGHT, now: '2026-11-20T11:00:00.000Z' };
  expect(believed(RECORD, false, early).terms.at).toBe(early.now);
});

test('with one it says whom it was about, who wanted it and when', () => {
  expect(believed(RECORD, true, SIGHT).terms).toEqual(RECORD.terms);
});

test('of pull requests count those whose head is red', () => {
  expect(believed(RECORD, true, SIGHT).pulls).toEqual([]);
  const red = new Set([PULL.head]);
  expect(believed(RECORD, false, { ...SIGHT, red }).pulls).toEqual([PULL]);
  expect(believed({ ...RECORD, pulls: [{ ...PULL, status: 'failed' }] }, false, { ...SIGHT, red }).pulls).toEqual([]);
});
