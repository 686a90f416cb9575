import { describe, expect, test } from 'vitest';
import type { LedgerEvent } from '../../src/core/event.ts';
import { after, DAY, HOUR } from '../../src/core/time.ts';
import { runAgain } from '../fakes/github/runs.ts';
import { endRun, type Orders, plantOrders } from './orders.ts';
import { sideBySide } from './side-by-side.ts';

/** What the ledger holds of remedies: `decided planned`, `rerun 17.1 asked`, `answered approved`. */
function story(events: readonly LedgerEvent[]): readonly string[] {
  return events.flatMap((event) => {
    switch (event.kind) {
      case 'remedy.decided':
        return [`decided ${event.data.remedy.do} ${event.data.remedy.verdict}`];
      case 'remedy.answered':
        return [`answered ${event.data.answer.verdict}`];
      case 'remedy.rerun':
        return [`rerun ${event.data.rerun.run}.${event.data.rerun.attempt} ${event.data.rerun.state}`];
      default:
        return [];
    }
  });
}

/** The writes of a run that asks for another attempt, from the first one after what was gathered is in the ledger. */
async function callsOfRerun(): Promise<readonly { method: string; path: RegExp; nth: number }[]> {
  await using orders = await plantOrders('{ do: rerun-failed, max_per_day: 1 }');
  await orders.watch();
  const seen = new Map<string, number>();
  return orders.plot.github.log.flatMap(({ method, path }) => {
    const isWrite = method !== 'GET' && /refs|issues|rerun/.test(path);
    const pattern = `^${path.replace(/[0-9a-f]{40}/g, '[0-9a-f]{40}').replace(/\d{4,}/g, '\\d+')}$`;
    const nth = (seen.get(`${method} ${pattern}`) ?? 0) + 1;
    seen.set(`${method} ${pattern}`, nth);
    return isWrite ? [{ method, path: new RegExp(pattern), nth }] : [];
  });
}

const ids = ({ failed }: Orders): readonly number[] => failed.map(({ id }) => id).reverse();

describe('failed runs that a rule asks to be run again', () => {
  test.each([
    ['rerun-failed', 'rerun-failed-jobs'],
    ['retry-run', 'rerun'],
  ])('%s: is done once for each run, and that it worked is seen', async (kind, act) => {
    await using orders = await plantOrders(`{ do: ${kind}, max_per_day: 2 }`);
    const first = await orders.watch();
    expect(first.exitCode, first.stdout).toBe(0);
    const [last = 0, before = 0] = ids(orders);
    expect(orders.asked()).toEqual([`${act} ${last} 201`, `${act} ${before} 201`]);
    expect(orders.failed.map(({ attempts }) => attempts.length)).toEqual([1, 1, 2, 2]);
    const again = await orders.watch();
    expect(again.exitCode, again.stdout).toBe(0);
    expect(orders.asked()).toHaveLength(2);
    expect(orders.body()).toContain(`Asked for on 2026-11-20 20:10 UTC: attempt 2 of run ${last}`);
    for (const run of orders.failed.slice(2)) endRun(run, 'success', orders.plot.clock.now);
    orders.plot.clock.now = after(orders.plot.clock.now, 2 * HOUR);
    await orders.watch();
    await orders.watch();
    expect(story(await orders.events())).toEqual([
      `decided ${kind} planned`,
      `rerun ${last}.1 asked`,
      `rerun ${before}.1 asked`,
      `rerun ${last}.1 worked`,
      `rerun ${before}.1 worked`,
    ]);
    expect(orders.body()).toContain(`**It worked:** attempt 2 of run ${last} ended well`);
  });

  test('that fail again are not run again in this episode, and people are told at once', async () => {
    const more =
      'budgets: []\nescalation: { default: [{ after: 0s, channels: [issues] }, { after: 3d, channels: [issues] }] }\n';
    await using orders = await plantOrders('{ do: rerun-failed, max_per_day: 1 }', more);
    await orders.watch();
    const [last = 0] = ids(orders);
    const run = orders.failed.at(-1);
    if (run === undefined) throw new Error('there is a failed run');
    endRun(run, 'failure', orders.plot.clock.now);
    await orders.watch();
    await orders.watch();
    expect(orders.asked()).toEqual([`rerun-failed-jobs ${last} 201`]);
    const events = await orders.events();
    expect(story(events)).toContain(`rerun ${last}.1 failed`);
    const steps = events.flatMap((event) => (event.kind === 'alert.escalated' ? [event.data] : []));
    expect(steps).toContainEqual(expect.objectContaining({ level: 1, because: 'remedy_failed' }));
    expect(orders.body()).toContain(`**It did not help:** attempt 2 of run ${last} failed as well`);
  });

  test('are only told in shadow mode', async () => {
    await using orders = await plantOrders('{ do: rerun-failed, mode: shadow }');
    await orders.watch();
    await orders.watch();
    expect(orders.asked()).toEqual([]);
    expect(story(await orders.events())).toEqual(['decided rerun-failed would_have']);
    expect(orders.body()).toContain('would have run again');
  });

  test('wait while a stop holds their agent', async () => {
    await using orders = await plantOrders('{ do: rerun-failed, max_per_day: 1, requires: approval }');
    await orders.watch();
    await orders.say(orders.writer, '/checkrein stop fixer');
    await orders.say(orders.lead, '/checkrein approve rerun-failed');
    await orders.watch();
    await orders.watch();
    expect(orders.asked()).toEqual([]);
    expect(orders.body()).toContain('**Not yet**, attempt 2 of run');
    expect(orders.body()).toContain('a stop holds the agent');
    await orders.say(orders.lead, '/checkrein resume anyway because it is mended');
    await orders.watch();
    expect(orders.asked()).toHaveLength(1);
  });

  test('wait while the wallet of their agent is empty', async () => {
    const more = 'budgets:\n  - { name: starts, agent: fixer, period: day, runs: 2 }\n';
    await using orders = await plantOrders('{ do: rerun-failed }', more);
    await orders.watch();
    expect(orders.asked()).toEqual([]);
    await orders.watch();
    expect(orders.body()).toContain('no budget has enough left for it');
  });

  test('are left to the job that may, and doctor and the error say which permission lacks', async () => {
    await using orders = await plantOrders('{ do: rerun-failed, max_per_day: 1 }');
    const [last = 0] = ids(orders);
    const env = { CHECKREIN_APPLY: 'issue' };
    await orders.watch({ env });
    expect(orders.asked()).toEqual([]);
    const { github } = orders.plot;
    const token = github.mintToken({ actions: 'read', contents: 'write', issues: 'write', 'pull-requests': 'read' });
    const lacking = await orders.watch({ token });
    expect(lacking.exitCode).toBe(1);
    expect(lacking.stdout).toContain('Add `actions: write`');
    expect(orders.asked()).toEqual([`rerun-failed-jobs ${last} 403`]);
    await orders.watch();
    expect(orders.asked()).toEqual([`rerun-failed-jobs ${last} 403`, `rerun-failed-jobs ${last} 201`]);
  });
});

describe('a re-run that was cut off', () => {
  test('by a lost answer is not asked for twice: the attempt is looked at first', async () => {
    await using orders = await plantOrders('{ do: rerun-failed, max_per_day: 1 }');
    const [last = 0] = ids(orders);
    orders.plot.github.faults.add({ method: 'POST', path: /\/rerun-failed-jobs$/, fault: { kind: 'lost' } });
    const cut = await orders.watch();
    expect(cut.exitCode).toBe(1);
    orders.plot.github.faults.clear();
    const healed = await orders.watch();
    expect(healed.exitCode, healed.stdout).toBe(0);
    expect(orders.failed.at(-1)?.attempts).toHaveLength(2);
    expect(orders.asked()).toHaveLength(1);
    expect(story(await orders.events())).toEqual(['decided rerun-failed planned', `rerun ${last}.1 asked`]);
  });

  test('by a refusal for good, is told apart from a missing permission', async () => {
    await using orders = await plantOrders('{ do: rerun-failed, max_per_day: 1 }');
    const [last = 0] = ids(orders);
    const body = { message: 'Unable to re-run this workflow run because the workflow is disabled' };
    const fault = { kind: 'status', status: 403, body } as const;
    orders.plot.github.faults.add({ method: 'POST', path: /\/rerun-failed-jobs$/, fault });
    await orders.watch();
    orders.plot.github.faults.clear();
    await orders.watch();
    expect(orders.asked()).toEqual([`rerun-failed-jobs ${last} 403`]);
    expect(story(await orders.events())).toContain(`rerun ${last}.1 refused`);
  });

  test.each([403, 409])(
    'by %i, because GitHub has not concluded the run yet, is asked for by the next run, and nobody is told that it failed',
    async (status) => {
      const more =
        'budgets: []\nescalation: { default: [{ after: 0s, channels: [issues] }, { after: 3d, channels: [issues] }] }\n';
      await using orders = await plantOrders('{ do: rerun-failed, max_per_day: 1 }', more);
      const [last = 0] = ids(orders);
      const fault = { kind: 'status', status, body: { message: 'This workflow is already running' } } as const;
      orders.plot.github.faults.add({ method: 'POST', path: /\/rerun-failed-jobs$/, fault });
      const put = await orders.watch();
      expect(put.stdout).toContain('GitHub has not concluded run');
      orders.plot.github.faults.clear();
      for (let run = 0; run < 2; run++) await orders.watch();
      expect(orders.asked()).toEqual([`rerun-failed-jobs ${last} ${status}`, `rerun-failed-jobs ${last} 201`]);
      expect(orders.failed.at(-1)?.attempts).toHaveLength(2);
      const events = await orders.events();
      expect(story(events)).toContain(`rerun ${last}.1 asked`);
      const steps = events.flatMap((event) => (event.kind === 'alert.escalated' ? [event.data] : []));
      expect(steps).not.toContainEqual(expect.objectContaining({ because: 'remedy_failed' }));
    },
  );

  test('by somebody who was quicker, is not asked for again', async () => {
    await using orders = await plantOrders('{ do: rerun-failed, max_per_day: 1 }');
    const run = orders.failed.at(-1);
    if (run === undefined) throw new Error('there is a failed run');
    // Between our look and our request.
    const happens = (): void => void runAgain(orders.plot.github.world, run, orders.writer, orders.plot.clock.now);
    orders.plot.github.faults.add({
      method: 'POST',
      path: /\/rerun-failed-jobs$/,
      fault: { kind: 'meanwhile', happens },
    });
    await orders.watch();
    await orders.watch();
    expect(run.attempts).toHaveLength(2);
    expect(orders.asked()).toEqual([`rerun-failed-jobs ${run.id} 403`]);
    expect(story(await orders.events())).toContain(`rerun ${run.id}.1 asked`);
  });

  test('at any call of its run, by a kill before or after GitHub has served it, is made good: one attempt more, asked for once', {
    timeout: 240_000,
  }, async () => {
    const calls = await callsOfRerun();
    // The claim, the request, what came of it, the issue.
    expect(calls.length).toBeGreaterThan(3);
    const cuts = calls.flatMap((call) =>
      (/rerun/.test(String(call.path)) ? [true, false] : [true]).map((served) => ({ ...call, served })),
    );
    await sideBySide(cuts, 3, async ({ method, path, nth, served }) => {
      await using orders = await plantOrders('{ do: rerun-failed, max_per_day: 1 }');
      const end = new AbortController();
      const happens = async (): Promise<void> => {
        end.abort();
        if (!served) await new Promise(() => undefined);
      };
      const armed = orders.plot.github.faults.add({ method, path, nth, fault: { kind: 'meanwhile', happens } });
      expect((await orders.watch({ killOn: end.signal })).exitCode).toBeNull();
      expect(armed.hits).toBe(1);
      armed.disarm();
      const healed = await orders.watch();
      expect(healed.exitCode, healed.stdout).toBe(0);
      expect(orders.failed.map(({ attempts }) => attempts.length)).toEqual([1, 1, 1, 2]);
      const events = await orders.events();
      expect(story(events)).toEqual(['decided rerun-failed planned', `rerun ${orders.failed.at(-1)?.id}.1 asked`]);
    });
  });
});

describe('what a lead must agree to', () => {
  test.each(['retry-run', 'rerun-failed', 'deny', 'stop', 'pause-agent'])(
    '%s: is offered in the issue, refused to who may only write, and carried out once at the word of a lead',
    { timeout: 120_000 },
    async (kind) => {
      await using orders = await plantOrders(`{ do: ${kind}, requires: approval, max_per_day: 1 }`);
      await orders.watch();
      expect(orders.body()).toContain(`/checkrein approve ${kind}`);
      await orders.say(orders.writer, `/checkrein approve ${kind}`);
      await orders.watch();
      expect(done(orders, await orders.events())).toBe(0);
      await orders.say(orders.lead, `/checkrein approve ${kind} it was the network`);
      await orders.say(orders.lead, `/checkrein approve ${kind}`);
      const [needsLead, agreed, twice] = orders.answers().slice(-3);
      expect(needsLead).toContain('needs a lead');
      expect(agreed).toContain(`lea approved ${kind} for this episode, good until 2026-11-21`);
      expect(twice).toContain('lea has approved it already');
      const carried = await orders.watch();
      expect(carried.exitCode, carried.stdout).toBe(0);
      expect(done(orders, await orders.events())).toBe(1);
      await orders.watch();
      expect(done(orders, await orders.events())).toBe(1);
    },
  );

  test.each(['rerun-failed', 'stop'])('%s: is not done after a no', async (kind) => {
    await using orders = await plantOrders(`{ do: ${kind}, requires: approval }`);
    await orders.watch();
    await orders.say(orders.lead, `/checkrein reject ${kind}`);
    await orders.say(orders.lead, `/checkrein approve ${kind}`);
    await orders.watch();
    await orders.watch();
    expect(orders.answers().at(-1)).toContain('lea has rejected it already');
    expect(done(orders, await orders.events())).toBe(0);
    expect(orders.body()).toContain('said no');
  });

  test('is not done when the approval has run out before anybody looked, and can be approved again', async () => {
    await using orders = await plantOrders('{ do: rerun-failed, requires: approval, approval_lasts: 1h }');
    await orders.watch();
    await orders.say(orders.lead, '/checkrein approve rerun-failed');
    orders.plot.clock.now = after(orders.plot.clock.now, HOUR);
    await orders.watch();
    expect(orders.asked()).toEqual([]);
    await orders.say(orders.lead, '/checkrein approve rerun-failed');
    await orders.watch();
    expect(orders.asked()).toHaveLength(3);
  });

  test('is nothing in shadow mode, where nothing waits, and for a kind that nobody asked for', async () => {
    await using orders = await plantOrders('{ do: stop, requires: approval, mode: shadow }');
    await orders.watch();
    await orders.say(orders.lead, '/checkrein approve stop');
    await orders.say(orders.lead, '/checkrein approve retry-run');
    await orders.watch();
    const [shadow, other] = orders.answers().slice(-2);
    expect(shadow).toContain('In shadow mode this is only recorded');
    expect(other).toContain('does not ask for retry-run here');
    expect(done(orders, await orders.events())).toBe(0);
  });
});

/** How often what the rule asks for was carried out; each of these scenes lets one run be run again. */
function done({ plot, asked }: Orders, events: readonly LedgerEvent[]): number {
  const denied = events.filter(({ kind }) => kind === 'agent.denied').length;
  const stopped = events.filter(({ kind }) => kind === 'halt.declared').length;
  expect(plot.fixer.state).toBe(stopped === 0 ? 'active' : 'disabled_manually');
  return denied + stopped + asked().length;
}

test('a denial that a lead agreed to ends by itself, and the lead is asked again', async () => {
  await using orders = await plantOrders('{ do: deny, requires: approval, lasts: 2h }');
  await orders.watch();
  await orders.say(orders.lead, '/checkrein approve deny');
  await orders.watch();
  orders.plot.clock.now = after(orders.plot.clock.now, DAY / 8);
  await orders.watch();
  expect(story(await orders.events())).toEqual([
    'decided deny awaits_approval',
    'answered approved',
    'decided deny done',
    'decided deny awaits_approval',
  ]);
});
