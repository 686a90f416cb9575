import type { CountedReceipt, Halt, HeldWorkflow } from '../../src/core/halt.ts';
import type { Instant } from '../../src/core/time.ts';
import type { RemoteWorkflow } from '../../src/github/port.ts';
import type { RemoteRun } from '../../src/github/remote.ts';
import type { Observation } from '../../src/responses/stop/observe.ts';

/** When stops in unit tests begin. */
export const NOON: Instant = '2026-11-20T12:00:00.000Z';

export function heldWorkflow(name: string, more: Partial<HeldWorkflow> = {}): HeldWorkflow {
  return { path: `.github/workflows/${name}.yml`, id: name.length, before: 'active', ...more };
}

export function remoteWorkflow({ path, id }: HeldWorkflow, state: string): RemoteWorkflow {
  return { id, name: path, path, state };
}

export function haltOf(generation: number, more: Partial<Halt> = {}): Halt {
  const by = { kind: 'operator', login: 'lead' } as const;
  return { generation, scope: { kind: 'all' }, by, reason: 'It runs away', at: NOON, ...more };
}

/** A whole one, where nothing else is said. */
export function receiptFor(halt: Halt, more: Partial<CountedReceipt> = {}): CountedReceipt {
  return { halt, workflows: [], runs: [], pulls: [], residue: [], timeToStop: 60_000, ...more };
}

export function remoteRun(id: number, workflow: HeldWorkflow, more: Partial<RemoteRun> = {}): RemoteRun {
  return {
    ...{ id, attempt: 1, workflowId: workflow.id, path: workflow.path, trigger: 'push', actor: null },
    ...{ status: 'in_progress', conclusion: null, url: 'https://example.com' },
    ...{ createdAt: NOON, startedAt: NOON, updatedAt: NOON },
    ...more,
  };
}

/** What one look shows: the state of a workflow and its unfinished runs. */
export function lookOf(
  at: Instant,
  seen: readonly (readonly [HeldWorkflow, string, readonly RemoteRun[]])[],
): Observation {
  return {
    at,
    workflows: { ok: true, value: seen.map(([held, state]) => remoteWorkflow(held, state)) },
    runs: new Map(seen.map(([{ path }, , value]) => [path, { ok: true, value }])),
  };
}
