import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { haltOf, heldWorkflow, NOON, receiptFor, remoteWorkflow } from '../../../test/kit/halts.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { HeldWorkflow, Resumption } from '../../core/halt.ts';
import { after, MINUTE } from '../../core/time.ts';
import { declare, declaredEvent, type StopWish } from './declare.ts';
import { type HaltState, haltFold, isUnfinished } from './log.ts';
import { receiptEvent } from './receipt.ts';
import { resumedEvent } from './resume.ts';

const REPO = 'octo/fleet';
const HELD = [heldWorkflow('fixer'), heldWorkflow('idle', { before: 'disabled_inactivity' }), heldWorkflow('writer')];

function declared(generation: number, held: readonly HeldWorkflow[] = HELD): LedgerEvent {
  return declaredEvent(
    { halt: haltOf(generation), held, earlier: null, pulls: [], unlogged: [], news: true },
    REPO,
    NOON,
  );
}

function received(generation: number, timeToStop: number | null): LedgerEvent {
  return receiptEvent(receiptFor(haltOf(generation), { timeToStop, workflows: [] }), REPO, NOON, 'me');
}

function resumed(
  generation: number,
  released: readonly string[],
  stage: Resumption['stage'] = 'complete',
): LedgerEvent {
  const by = { kind: 'operator', login: null } as const;
  return resumedEvent({ generation, by, reason: 'r', at: NOON, stage, workflows: released, released }, REPO, 'me');
}

const PATHS = HELD.map(({ path }) => path);
const after3 = (...events: readonly LedgerEvent[]): HaltState => haltFold.apply(haltFold.initial, events);

describe('the stop as the ledger knows it', () => {
  test('does not depend on how its events came in batches', () => {
    const generation = fc.integer({ min: 1, max: 3 });
    const event = fc.oneof(
      fc.tuple(generation, fc.subarray(HELD)).map(([g, held]) => declared(g, held)),
      fc.tuple(generation, fc.option(fc.constant(5_000))).map(([g, time]) => received(g, time)),
      fc
        .tuple(generation, fc.subarray(PATHS), fc.constantFrom('canary', 'complete'))
        .map(([g, paths, stage]) => resumed(g, paths, stage as Resumption['stage'])),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), fc.nat(12), (events, cut) => {
        const whole = haltFold.apply(haltFold.initial, events);
        const first = haltFold.apply(haltFold.initial, events.slice(0, cut));
        expect(haltFold.apply(first, events.slice(cut))).toEqual(whole);
      }),
    );
  });

  test('is unfinished until a receipt is whole, and stays finished when a slower process says otherwise', () => {
    expect(isUnfinished(after3(declared(1)))).toBe(true);
    expect(isUnfinished(after3(declared(1), received(1, null)))).toBe(true);
    expect(isUnfinished(after3(declared(1), received(1, 5_000)))).toBe(false);
    expect(isUnfinished(after3(declared(1), received(1, 5_000), received(1, null)))).toBe(false);
  });

  test('is over when all that was active before is back, and not before', () => {
    const [fixer = '', , writer = ''] = PATHS;
    expect(after3(declared(1), resumed(1, [fixer]))).toMatchObject({ halt: { generation: 1 } });
    expect(after3(declared(1), resumed(1, [fixer]), resumed(1, [writer]))).toMatchObject({ halt: null, held: [] });
    expect(after3(declared(2), resumed(1, PATHS))).toMatchObject({ halt: { generation: 2 }, resumptions: [] });
  });

  test('keeps who was let go when it takes in newcomers, and when it is another stop it does not', () => {
    const [fixer = ''] = PATHS;
    const joining = (joins: number): LedgerEvent =>
      declaredEvent(
        { halt: haltOf(2), held: HELD, earlier: null, pulls: [], unlogged: [], joins, news: true },
        REPO,
        NOON,
      );
    const before = [declared(1), resumed(1, [fixer], 'canary')];
    expect(after3(...before, joining(1)).resumptions).toMatchObject([{ stage: 'canary', workflows: [fixer] }]);
    expect(after3(...before, declared(2)).resumptions).toEqual([]);
    expect(after3(...before, resumed(1, PATHS), joining(1)).resumptions).toEqual([]);
    expect(after3(...before, joining(7)).resumptions).toEqual([]);
  });

  test('is not undone by an older one that is told late', () => {
    expect(after3(declared(2), declared(1), received(1, 5_000))).toMatchObject({ generation: 2, receipt: null });
  });

  test('that could not be declared is known by its receipt', () => {
    const receipt = receiptFor(haltOf(1), {
      workflows: HELD.map((held) => ({ ...held, after: 'disabled_manually', at: NOON })),
    });
    expect(after3(receiptEvent(receipt, REPO, NOON, 'me'))).toMatchObject({ halt: { generation: 1 }, held: HELD });
  });
});

describe('the declaration of a stop', () => {
  const [FIXER = heldWorkflow('fixer'), IDLE = FIXER, WRITER = FIXER] = HELD;
  const REMOTE = [
    remoteWorkflow(FIXER, 'active'),
    remoteWorkflow(IDLE, 'disabled_inactivity'),
    remoteWorkflow(WRITER, 'active'),
  ];
  const wish = (more: Partial<StopWish> = {}): StopWish => ({
    ...{ scope: { kind: 'all' }, by: haltOf(1).by, reason: 'r', at: after(NOON, MINUTE), paths: PATHS, remote: REMOTE },
    unlogged: [],
    ...more,
  });

  test('holds what there is, with its state before', () => {
    const { halt, held, news } = declare(haltFold.initial, wish());
    expect([halt.generation, news]).toEqual([1, true]);
    expect(held).toEqual(HELD);
  });

  test('goes on with one that is unfinished, and tells nothing new', () => {
    const off = REMOTE.map((one) => ({ ...one, state: 'disabled_manually' }));
    const found = declare(after3(declared(1)), wish({ remote: off }));
    expect(found).toMatchObject({ halt: haltOf(1), held: HELD, news: false });
  });

  test('after one that is whole is a new one, which knows what was active before the first', () => {
    const off = REMOTE.map((one) => (one.state === 'active' ? { ...one, state: 'disabled_manually' } : one));
    const found = declare(after3(declared(1), received(1, 5_000)), wish({ remote: off }));
    expect(found).toMatchObject({ halt: { generation: 2 }, held: HELD, earlier: null });
  });

  test('of one agent more takes over what is held', () => {
    const state = after3(declared(1, [FIXER]), received(1, 5_000));
    const names = wish({ scope: { kind: 'agents', names: ['writer'] }, paths: [WRITER.path] });
    expect(declare(state, names).held.map(({ path }) => path)).toEqual([FIXER.path, WRITER.path]);
  });

  test('made while GitHub could not be asked is completed when it can', () => {
    const blind = declare(haltFold.initial, wish({ remote: null }));
    expect(blind.held.map(({ id, before }) => [id, before])).toEqual(PATHS.map(() => [0, 'unknown']));
    const state = after3(declaredEvent(blind, REPO, NOON));
    const known = declare(state, wish());
    expect([known.halt.generation, known.news]).toEqual([1, true]);
    expect(known.held).toEqual(HELD);
    expect(after3(declaredEvent(blind, REPO, NOON), declaredEvent(known, REPO, NOON)).held).toEqual(HELD);
  });

  test('leaves out a workflow that GitHub does not have', () => {
    expect(declare(haltFold.initial, wish({ remote: [] })).held).toEqual([]);
  });
});
