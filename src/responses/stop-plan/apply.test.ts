import { describe, expect, test } from 'vitest';
import { OutsideFailure } from '../../core/failure.ts';
import type { Residue, StopReceipt } from '../../core/halt.ts';
import type { StopResponse } from '../../core/response.ts';
import { applyStop } from './apply.ts';

const response: StopResponse = {
  kind: 'stop',
  act: 'stop',
  key: 'stop:a:1',
  because: 'b',
  fingerprint: 'a',
  episode: 1,
  agents: ['fixer'],
  rule: 'runaway',
};

const residue: Residue = { what: 'run', id: '7', why: 'it goes on', remedy: 'Cancel it by hand.' };

function receipt(more: Partial<StopReceipt>): StopReceipt {
  return {
    halt: {
      generation: 1,
      scope: { kind: 'all' },
      by: { kind: 'operator', login: null },
      reason: 'r',
      at: '2026-11-20T12:00:00.000Z',
    },
    workflows: [],
    runs: [],
    pulls: [],
    residue: [],
    timeToStop: 4_000,
    ...more,
  };
}

describe('a stop that a rule asks for', () => {
  test.each([
    ['a whole stop', receipt({}), null],
    ['runs that have not ended', receipt({ timeToStop: null }), 'have not ended yet'],
    ['something left', receipt({ residue: [residue] }), 'run 7: it goes on. Cancel it by hand.'],
    ['much left', receipt({ residue: [residue, residue, residue] }), '(and 2 more)'],
  ])('%s', async (_name, done, expected) => {
    const applied = await applyStop(response, { stop: async () => done });
    expect(applied.failure).toBeNull();
    expect(applied.receipt).toMatchObject({ key: 'stop:a:1', kind: 'stop', act: 'stop', ok: expected === null });
    if (expected === null) expect(applied.receipt.error).toBeNull();
    else expect(applied.receipt.error).toContain(expected);
  });

  test('a stop that fails is told with what to do', async () => {
    const failure = { kind: 'forbidden', message: 'No', remedy: 'Add `actions: write`', retry: false } as const;
    const applied = await applyStop(response, {
      stop: async () => {
        throw new OutsideFailure(failure);
      },
    });
    expect(applied.failure).toEqual(failure);
    expect(applied.receipt).toMatchObject({ ok: false, error: 'No. Add `actions: write`' });
  });

  test('a fault of ours is not swallowed', async () => {
    const stop = async (): Promise<StopReceipt> => {
      throw new TypeError('x');
    };
    await expect(applyStop(response, { stop })).rejects.toThrow(TypeError);
  });
});
