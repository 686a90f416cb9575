import { describe, expect, test } from 'vitest';
import { haltOf, NOON } from '../../../test/kit/halts.ts';
import { PATH, receiver, SECRET } from '../../../test/kit/webhook-receiver.ts';
import { attempt, type Failure, OutsideFailure } from '../../core/failure.ts';
import { between, type Duration, type Instant, after as later, MINUTE, SECOND } from '../../core/time.ts';
import { type Lever, type LeverOrder, moveLevers, type PulledLevers } from './levers.ts';
import { variableLever } from './variable.ts';
import { webhookLever } from './webhook.ts';

const ORDER: LeverOrder = {
  ...{ event: 'stop', repo: 'octo/garden', generation: 3, scope: { kind: 'all' } },
  ...{ agents: ['fixer'], reason: haltOf(3).reason, at: NOON },
};

interface Moved extends PulledLevers {
  readonly waited: Duration;
}

async function move(lever: Lever, more: Partial<Parameters<typeof moveLevers>[0]> = {}): Promise<Moved> {
  let now: Instant = NOON;
  const sleep = async (pause: Duration): Promise<void> => {
    now = later(now, pause);
  };
  const work = { levers: [lever], order: ORDER, known: [], until: later(NOON, 15 * MINUTE), sleep };
  const moved = await moveLevers({ ...work, now: () => now, ...more });
  return { ...moved, waited: between(NOON, now) };
}

function failing(failure: Partial<Failure>): Lever & { readonly asked: () => number } {
  let asked = 0;
  return {
    ...{ kind: 'webhook', looks: false, isFor: () => true, asked: () => asked },
    ask: async () => {
      asked += 1;
      throw new OutsideFailure({ kind: 'unavailable', message: 'No', remedy: 'Wait', retry: true, ...failure });
    },
  };
}

describe('moving levers', () => {
  test('tries what may pass five times in half a minute, then leaves it over', async () => {
    const lever = failing({});
    const moved = await move(lever);
    expect(lever.asked()).toBe(5);
    // 2 + 4 + 8 + 16 seconds.
    expect(moved.waited).toBe(30 * SECOND);
    expect(moved.levers).toEqual([{ kind: 'webhook', at: later(NOON, 30 * SECOND), answer: 'failed' }]);
    expect(moved.residue).toEqual([{ what: 'lever', id: 'webhook', why: 'No', remedy: 'Wait' }]);
  });

  test('does not begin a try behind the deadline', async () => {
    const lever = failing({});
    const until = later(NOON, 10 * SECOND);
    expect((await move(lever, { until })).waited).toBe(6 * SECOND);
    expect(lever.asked()).toBe(3);
    expect((await move(failing({ retryAfter: 20 * MINUTE }))).waited).toBe(0);
  });

  test('asks once for what does not pass', async () => {
    const lever = failing({ retry: false });
    expect((await move(lever)).levers).toMatchObject([{ answer: 'refused' }]);
    expect(lever.asked()).toBe(1);
  });

  test('does not ask again what was accepted and cannot be looked at, but asks what failed', async () => {
    const lever = failing({ retry: false });
    const accepted = { kind: 'webhook', at: NOON, answer: 'accepted' } as const;
    expect(await move(lever, { known: [accepted] })).toMatchObject({ levers: [accepted], residue: [] });
    expect(lever.asked()).toBe(0);
    await move(lever, { known: [{ ...accepted, answer: 'failed' }] });
    await move({ ...lever, looks: true }, { known: [accepted] });
    expect(lever.asked()).toBe(2);
  });

  test('leaves alone what is not for the order', async () => {
    const lever = failing({});
    expect(await move({ ...lever, isFor: () => false })).toMatchObject({ levers: [], residue: [] });
  });
});

describe('the variable', () => {
  const asked = async (value: string | null, order: Partial<LeverOrder>): Promise<string | null> => {
    let now = value;
    const write = async (_name: string, to: string): Promise<void> => {
      now = to;
    };
    const remove = async (): Promise<void> => {
      now = null;
    };
    await variableLever({ get: async () => now, create: write, change: write, remove }, 'STOP').ask({
      ...ORDER,
      ...order,
    });
    return now;
  };

  test.each([
    [null, 'stopped:3'],
    ['', 'stopped:3:'],
    ['on', 'stopped:3:on'],
    ['stopped', 'stopped:3:stopped'],
    ['stopped:x', 'stopped:3:stopped:x'],
    ['stopped:2', 'stopped:3'],
    ['stopped:2:a:b\nc', 'stopped:3:a:b\nc'],
    ['stopped:3:on', 'stopped:3:on'],
    ['stopped:4:on', 'stopped:4:on'],
  ])('holds %j and is set to %j', async (before, expected) => {
    expect(await asked(before, { event: 'stop' })).toBe(expected);
  });

  test.each([
    [null, null],
    ['stopped:3', null],
    ['stopped:2', null],
    ['stopped:3:', ''],
    ['stopped:3:on', 'on'],
    ['stopped:3:a:b\nc', 'a:b\nc'],
    ['stopped', 'stopped'],
    ['mine', 'mine'],
    ['stopped:4:on', 'stopped:4:on'],
  ])('holds %j and is put back to %j', async (before, expected) => {
    expect(await asked(before, { event: 'resume' })).toBe(expected);
  });
});

describe('the webhook', () => {
  test.each([500, 503, 429, 408, null])(
    'that answers %j once is asked again, the same with the same key',
    async (status) => {
      await using hook = await receiver(status, 200);
      expect(await move(hook.lever)).toMatchObject({ levers: [{ answer: 'accepted' }], residue: [] });
      expect(hook.heard).toHaveLength(2);
      expect(new Set(hook.heard.map(({ headers, body }) => `${headers['idempotency-key']} ${body}`)).size).toBe(1);
    },
  );

  test.each([301, 302, 307, 308, 400, 401, 404, 410])(
    'that answers %d is asked once and followed nowhere',
    async (status) => {
      await using hook = await receiver(status);
      expect(await move(hook.lever)).toMatchObject({ levers: [{ answer: 'refused' }] });
      expect(hook.heard.map(({ path }) => path)).toEqual([PATH]);
    },
  );

  test.each([{ event: 'resume' }, { generation: 4 }, { repo: 'octo/other' }, { at: later(NOON, SECOND) }] as const)(
    'has another key for %j',
    async (change) => {
      await using hook = await receiver(200);
      await move(hook.lever);
      await move(hook.lever, { order: { ...ORDER, ...change } });
      expect(new Set(hook.heard.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
    },
  );

  test('that nobody listens at is tried again, and not shown', async () => {
    const hook = await receiver(200);
    await hook[Symbol.asyncDispose]();
    const moved = await move(hook.lever);
    expect(moved.levers).toMatchObject([{ answer: 'failed' }]);
    expect(JSON.stringify(moved)).not.toMatch(/planted|127\.0/);
  });

  test.each([
    [null, SECRET, 'no HOOK_URL'],
    ['', SECRET, 'no HOOK_URL'],
    [`https://example.com${PATH}`, null, 'no HOOK_SECRET'],
    [`https://example.com${PATH}`, '', 'no HOOK_SECRET'],
    [`http://example.com${PATH}`, SECRET, 'no https address'],
    [`http://127.0.0.1.example.com${PATH}`, SECRET, 'no https address'],
    [`http://localhost.example.com${PATH}`, SECRET, 'no https address'],
    [`https://me:${SECRET}@example.com`, SECRET, 'no https address'],
    [`file://${PATH}`, SECRET, 'no https address'],
    [PATH, SECRET, 'no https address'],
  ])('%#: is never called where the environment is wrong, and nothing of it is shown', async (url, secret, words) => {
    const lever = webhookLever({ url, secret, urlName: 'HOOK_URL', secretName: 'HOOK_SECRET' });
    const asked = await attempt(() => lever.ask(ORDER));
    const failure = asked.ok ? null : asked.failure;
    expect(failure).toMatchObject({ retry: false, message: expect.stringContaining(words) });
    expect(JSON.stringify(failure)).not.toMatch(/planted|example\.com/);
  });
});
