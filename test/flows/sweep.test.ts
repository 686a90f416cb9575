import { describe, expect, test } from 'vitest';
import { DAY, HOUR, after as plus } from '../../src/core/time.ts';
import type { ActionResult } from '../drivers/run-action.ts';
import type { Fault } from '../fakes/github/faults.ts';
import type { LoggedRequest } from '../fakes/github/server.ts';
import { EVENING, hasWritten, type Plot, plantPlot, readLedger } from './plot.ts';
import { sideBySide } from './side-by-side.ts';
import { expectWhole } from './whole.ts';

const LANES = 3;
/** The first try and both that follow it. */
const ALL_TRIES = 3;

/** One call among those of a run: the n-th of its kind. */
interface Call {
  /** Method and path in words: `GET /artifacts/\\d+`. */
  readonly kind: string;
  readonly method: string;
  readonly path: RegExp;
  readonly nth: number;
}

/** The calls of a log, with all that differs from one plot to the next left open. */
function callsIn(log: readonly LoggedRequest[]): readonly Call[] {
  const seen = new Map<string, number>();
  return log.map(({ method, path }) => {
    const pattern = path.replace(/[0-9a-f]{40}/g, '[0-9a-f]{40}').replace(/\d{4,}/g, '\\d+');
    const kind = `${method} ${pattern}`;
    const nth = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, nth);
    return { kind, method, path: new RegExp(`^${pattern}$`), nth };
  });
}

let firstRun: Promise<readonly Call[]> | null = null;

function callsOfFirstRun(): Promise<readonly Call[]> {
  firstRun ??= recordFirstRun();
  return firstRun;
}

async function recordFirstRun(): Promise<readonly Call[]> {
  await using plot = await plantPlot();
  await plot.watch();
  return callsIn(plot.github.log);
}

function firstOfKind({ nth }: Call): boolean {
  return nth === 1;
}

/** The calls that people or other runs see something of: a tree or a commit to which nothing points is nothing yet. */
function isSeen({ kind }: Call): boolean {
  return /^(POST|PATCH) .*(refs|issues)/.test(kind);
}

/** Runs a plot into trouble, lets the next run heal it where the first could not do so itself, and looks at what came of it. */
async function survives(arm: (plot: Plot) => void): Promise<void> {
  await using plot = await plantPlot();
  arm(plot);
  const met = await plot.watch();
  expect(met.stderr).toBe('');
  // A run that wrote nothing left nothing to heal.
  if (met.exitCode !== 0 && !hasWritten(plot)) return;
  const last = met.exitCode === 0 && met.outputs['status'] === 'critical' ? met : await plot.heal();
  expect(last.exitCode, `${met.stdout}\n${last.stdout}`).toBe(0);
  await expectWhole(plot, last);
}

describe('a run in which calls fail', () => {
  test.concurrent.for<readonly [string, Fault]>([
    ['dropped before it is served', { kind: 'reset' }],
    ['served while its answer is lost', { kind: 'lost' }],
    ['answered with 500', { kind: 'status', status: 500 }],
    ['answered with half a body', { kind: 'truncated' }],
    ['broken off', { kind: 'torn' }],
  ])('the first call of every kind is %s: one issue, nothing doubled', async ([, fault]) => {
    const kinds = (await callsOfFirstRun()).filter(firstOfKind);
    expect(kinds.length).toBeGreaterThan(12);
    await survives(({ github }) => {
      for (const call of kinds) github.faults.add({ ...call, fault });
    });
  });

  test('any write that others see is served while its answer is lost: one issue, nothing doubled', async () => {
    const writes = (await callsOfFirstRun()).filter(isSeen);
    expect(writes).toHaveLength(4);
    await sideBySide(writes, LANES, (call) =>
      survives(({ github }) => void github.faults.add({ ...call, fault: { kind: 'lost' } })),
    );
  });

  test('any kind of call fails however often it is tried: the next run makes it good', async () => {
    const kinds = (await callsOfFirstRun()).filter(firstOfKind);
    // What troubles.test.ts does not let fail for good.
    const others = kinds.filter(({ kind }) => !/runs$|trees|^GET \/artifacts|2Fworkflows/.test(kind));
    expect(others.length).toBeGreaterThan(8);
    const fault: Fault = { kind: 'status', status: 502 };
    await sideBySide(others, LANES, (call) =>
      survives(({ github }) => void github.faults.add({ ...call, times: ALL_TRIES, fault })),
    );
  }, 120_000);
});

/** Kills the process while a call is under way; with `served`, GitHub does the work before it notices. */
async function killedAt(plot: Plot, call: Omit<Call, 'kind'>, served: boolean): Promise<ActionResult> {
  const end = new AbortController();
  const happens = async (): Promise<void> => {
    end.abort();
    if (!served) await new Promise(() => undefined);
  };
  const armed = plot.github.faults.add({ ...call, fault: { kind: 'meanwhile', happens } });
  const result = await plot.watch({ killOn: end.signal });
  expect(armed.hits).toBe(1);
  armed.disarm();
  return result;
}

describe('a run that is killed', () => {
  test('yegor256/0pdd#40: just after any write that others see: the next run makes it good', async () => {
    const writes = (await callsOfFirstRun()).filter(isSeen);
    await sideBySide(writes, LANES, async (call) => {
      await using plot = await plantPlot();
      await killedAt(plot, call, true);
      await expectWhole(plot, await plot.heal());
    });
  }, 120_000);

  test('while it reads or waits to write: the next run makes it good', async () => {
    const calls = (await callsOfFirstRun()).filter(firstOfKind);
    const waiting = calls.filter(({ kind }) => /^GET \/artifacts|trees|^GET .*issues/.test(kind));
    // Artifacts, a tree, the comments of people, our own issues.
    expect(waiting).toHaveLength(4);
    await sideBySide(waiting, LANES, async (call) => {
      await using plot = await plantPlot();
      expect((await killedAt(plot, call, false)).exitCode).toBeNull();
      await expectWhole(plot, await plot.heal());
    });
  }, 120_000);

  test('with an issue on its list: a run that comes at once waits for it, then takes over', async () => {
    await using plot = await plantPlot();
    await killedAt(plot, { method: 'POST', path: /\/issues$/, nth: 1 }, false);
    await expectWhole(plot, await plot.watch());
  });
});

describe('a run that closes an issue', () => {
  const CLOSE = { method: 'PATCH', path: /\/issues\/1$/, nth: 1 };
  const SAY_SO = { method: 'POST', path: /\/issues\/1\/comments$/, nth: 1 };
  const RECEIPT = { method: 'PATCH', path: /\/git\/refs\//, nth: 3 };

  async function spentYesterday(): Promise<Plot> {
    const plot = await plantPlot();
    await plot.watch();
    expect(plot.github.world.issues).toMatchObject([{ state: 'open' }]);
    plot.clock.now = plus(EVENING, DAY);
    plot.work(plus(plot.clock.now, -HOUR), 1);
    return plot;
  }

  async function expectClosed(plot: Plot): Promise<void> {
    const last = await plot.heal();
    expect(last.exitCode, last.stdout).toBe(0);
    expect(last.outputs['status']).toBe('healthy');
    expect(plot.github.world.issues).toMatchObject([{ state: 'closed' }]);
    expect(plot.github.world.issues[0]?.comments.length).toBeLessThanOrEqual(1);
    const { verification, events } = await readLedger(plot);
    expect(verification.ok).toBe(true);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    expect(events.filter(({ kind }) => kind === 'session.recorded')).toHaveLength(4);
  }

  test.concurrent.for([
    ['closing it', CLOSE],
    ['saying so', SAY_SO],
    ['writing down that it was closed', RECEIPT],
  ] as const)('is killed after %s: the issue is closed once and told at most once', async ([, call]) => {
    await using plot = await spentYesterday();
    await killedAt(plot, call, true);
    await expectClosed(plot);
  });

  test.concurrent.for([
    ['to close it is lost', CLOSE, { kind: 'lost' }],
    ['to say so is lost', SAY_SO, { kind: 'lost' }],
  ] as const)('the call %s: the issue is closed once and told at most once', async ([, call, fault]) => {
    await using plot = await spentYesterday();
    plot.github.faults.add({ ...call, fault });
    await plot.watch();
    await expectClosed(plot);
  });
});
