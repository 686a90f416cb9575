import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { haltOf, heldWorkflow, NOON, receiptFor, remoteWorkflow } from '../../../test/kit/halts.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { HeldWorkflow, PullReceipt, Resumption } from '../../core/halt.ts';
import { after, MINUTE } from '../../core/time.ts';
import { declare, declaredEvent, type StopWish } from './declare.ts';
import { type HaltState, haltFold, isSameStop, isUnfinished, overtaking, stillHeld } from './log.ts';
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

  test('is the same as the one whose newcomers it took in, and another one where it was declared for itself', () => {
    const joining = (of: number): LedgerEvent => {
      const declaration = { held: HELD, earlier: null, pulls: [], unlogged: [], joins: of, news: true };
      return declaredEvent({ halt: haltOf(of + 1), ...declaration }, REPO, NOON);
    };
    const chain = after3(declared(1), declared(2), joining(2), joining(3));
    expect([1, 2, 3, 4, 5].map((meant) => isSameStop(chain, meant))).toEqual([false, true, true, true, false]);
    expect(isSameStop(after3(declared(1), joining(1), declared(3)), 2)).toBe(false);
    // Nobody was stopped any more, so nothing was joined.
    expect(isSameStop(after3(declared(1), resumed(1, PATHS), joining(1)), 1)).toBe(false);
  });

  test('goes before the resume of an older one as long as it is in force', () => {
    expect(overtaking(after3(declared(1), declared(2)), 1)).toMatchObject({ generation: 2 });
    expect(overtaking(after3(declared(1), declared(2)), 2)).toBeNull();
    expect(overtaking(after3(declared(1), declared(2), resumed(2, PATHS)), 1)).toBeNull();
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

describe('what a chain of stops holds back', () => {
  const pull = (number: number, status: PullReceipt['status'] = 'posted'): PullReceipt => {
    return { number, head: String(number).repeat(40), autoMerge: 'was_off', queue: 'was_out', status };
  };
  const holding = (generation: number, ...pulls: readonly PullReceipt[]): LedgerEvent =>
    receiptEvent(receiptFor(haltOf(generation), { pulls }), REPO, NOON, 'me');
  const heads = ({ pulls }: HaltState): readonly number[] => pulls.map(({ number }) => number);

  test('is kept from stop to stop, also what the slower process of an earlier one tells late', () => {
    expect(heads(after3(declared(1), holding(1, pull(1)), declared(2)))).toEqual([1]);
    expect(heads(after3(declared(1), declared(2), holding(2, pull(2)), holding(1, pull(1))))).toEqual([2, 1]);
  });

  test('is told once for each head, as it was told last', () => {
    const state = after3(declared(1), holding(1, pull(1, 'failed')), holding(1, pull(1)));
    expect(state.pulls).toEqual([pull(1)]);
  });

  test('is nothing when the stop is over, and the next one begins with nothing', () => {
    const over = after3(declared(1), holding(1, pull(1)), resumed(1, PATHS));
    expect(heads(over)).toEqual([]);
    expect(heads(haltFold.apply(over, [holding(1, pull(1)), declared(2)]))).toEqual([]);
  });

  test('holds what a stop held that is taken over from its issue, once', () => {
    const { scope, by, reason, at } = haltOf(1);
    const stop = { key: '0123456789abcdef', terms: { scope, by, reason, at }, held: HELD, pulls: [pull(3)] };
    const off = HELD.map((one) => remoteWorkflow(one, one.before === 'active' ? 'disabled_manually' : one.before));
    const wish = { scope, by, reason, at, paths: [], remote: off, unlogged: [stop] };
    const found = declare(haltFold.initial, wish);
    expect(found).toMatchObject({ held: HELD, pulls: [pull(3)], unlogged: [stop] });
    const state = after3(declaredEvent(found, REPO, NOON));
    expect([heads(state), state.unlogged]).toEqual([[3], [stop.key]]);
    expect(declare(state, { ...wish, paths: PATHS }).unlogged).toEqual([]);
    // By hand everything is back: then it holds nothing any more, and is only known.
    const back = HELD.map((one) => remoteWorkflow(one, one.before));
    const { held, unlogged } = declare(haltFold.initial, { ...wish, remote: back, unlogged: [{ ...stop, pulls: [] }] });
    expect([held, unlogged.length]).toEqual([[], 1]);
  });
});

describe('what a stop may still switch off', () => {
  test('is what the stop in force holds, be it this one or a later one; a ledger that does not know it says nothing', () => {
    const [FIXER = heldWorkflow('fixer')] = HELD;
    expect(stillHeld(after3(declared(1)), 1)).toEqual(new Set(PATHS));
    expect(stillHeld(after3(declared(1), resumed(1, [FIXER.path])), 1)).toEqual(new Set(PATHS.slice(1)));
    expect(stillHeld(after3(declared(1), resumed(1, PATHS)), 1)).toEqual(new Set());
    expect(stillHeld(after3(declared(1), declared(2, [FIXER])), 1)).toEqual(new Set([FIXER.path]));
    expect(stillHeld(haltFold.initial, 1)).toBeNull();
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
