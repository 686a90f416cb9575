import { describe, expect, test } from 'vitest';
import { REPO } from '../../../test/kit/happenings.ts';
import { mortalStore } from '../../../test/kit/mortal.ts';
import { answer, duty, minute, refusal } from '../../../test/kit/pager.ts';
import { fingerprint } from '../../alerts/identity.ts';
import type { Deliverer, Notice } from '../../core/notice.ts';

const BAD = [answer('violated')];
const GOOD = [answer('ok')];
const ID = fingerprint(REPO, answer('ok'));

describe('one page and one end', () => {
  test('an alert is told once, however often it is seen, and its end once', async () => {
    const site = duty();
    for (const at of [0, 15, 30]) await site.run(minute(at), BAD);
    for (const at of [45, 60, 75, 90]) await site.run(minute(at), GOOD);
    expect(site.lines()).toEqual(['ops trigger first', 'ops resolve all_resolved']);
    const [page, end] = site.pager.heard;
    expect(end?.thread).toBe(page?.thread);
    expect(end?.alerts[0]).toMatchObject({ fingerprint: ID, episode: 1, state: 'resolved', endedAt: minute(60) });
  });

  test('the same moment twice sends nothing twice, and a clock that runs backwards sends nothing', async () => {
    const site = duty();
    await site.run(minute(60), BAD);
    await site.run(minute(60), BAD);
    await site.run(minute(30), GOOD);
    await site.run(minute(31), GOOD);
    expect(site.lines()).toEqual(['ops trigger first']);
  });

  test.each([2, 3, 5])('of %i runs at once on one store one pages', async (count) => {
    const site = duty();
    await Promise.all(Array.from({ length: count }, () => site.run(minute(0), BAD)));
    expect(site.lines()).toEqual(['ops trigger first']);
    await Promise.all(Array.from({ length: count }, () => site.run(minute(20), GOOD)));
    await Promise.all(Array.from({ length: count }, () => site.run(minute(40), GOOD)));
    expect(site.lines()).toEqual(['ops trigger first', 'ops resolve all_resolved']);
  });

  test('a run that is 12 hours late, after half of the others were dropped, pages once and ends once', async () => {
    const site = duty();
    await site.run(minute(0), BAD);
    await site.run(minute(12 * 60), BAD);
    await site.run(minute(12 * 60 + 1), GOOD);
    await site.run(minute(30 * 60), GOOD);
    // Nobody looked for an hour and more: one step of the escalation, not all that would have been due.
    expect(site.lines()).toEqual(['ops trigger first', 'ops remind escalated', 'ops resolve all_resolved']);
  });
});

describe('a run that dies', () => {
  /** What a receiver shows in the end: with keys it shows each message once, plain ones show each time they hear it. */
  function shown(heard: readonly Notice[], keyed: boolean): readonly string[] {
    const seen = new Set<string>();
    return heard.flatMap(({ key, kind }) => {
      if (keyed && seen.has(key)) return [];
      seen.add(key);
      return [kind];
    });
  }

  const STEPS = Array.from({ length: 12 }, (_, i) => i + 1);
  const cases = STEPS.flatMap((step) =>
    (['before', 'after'] as const).flatMap((when) => [true, false].map((clears) => ({ step, when, clears }))),
  );

  test.each(cases)('$when step $step of the store leaves no lost page and no orphan (clears: $clears)', async (one) => {
    const { step, when, clears } = one;
    const site = duty();
    let dead: Promise<'dead'> = new Promise(() => undefined);
    const store = (alive: Parameters<typeof mortalStore>[0]): ReturnType<typeof mortalStore>['store'] => {
      const mortal = mortalStore(alive, step, when);
      dead = mortal.dead;
      return mortal.store;
    };
    const run = site.run(minute(0), BAD, { store });
    await Promise.race([run, dead]);
    for (const at of clears ? [] : [15, 30]) await site.run(minute(at), BAD);
    for (const at of [45, 60, 75, 90]) await site.run(minute(at), GOOD);
    const kinds = shown(site.pager.heard, true);
    if (!clears) expect(kinds.filter((kind) => kind === 'trigger')).toEqual(['trigger']);
    const triggers = kinds.filter((kind) => kind === 'trigger').length;
    const ends = kinds.filter((kind) => kind === 'resolve').length;
    // Whoever heard the beginning hears the end; whoever did not hears neither.
    expect(ends).toBe(triggers);
    expect(kinds.at(-1) ?? 'resolve').toBe('resolve');
    // A plain receiver hears it a second time at most, where the run died between sending and the receipt.
    expect(shown(site.pager.heard, false).filter((kind) => kind === 'trigger').length).toBeLessThanOrEqual(2);
    expect(Object.keys((await site.state()).notices.open)).toEqual([]);
  });

  test.each(['before', 'after'] as const)(
    '%s the receiver heard it: the next run sends it again under the same key',
    async (when) => {
      const site = duty();
      let die: () => void = () => undefined;
      const dead = new Promise<void>((resolve) => {
        die = resolve;
      });
      const deliver: Deliverer = async (notice, previous) => {
        if (when === 'after') await site.pager.deliver(notice, previous);
        die();
        return await new Promise(() => undefined);
      };
      await Promise.race([site.run(minute(0), BAD, { deliver }), dead]);
      await site.run(minute(15), BAD);
      // Whoever sends it again knows that it may be there.
      expect(site.pager.again).toEqual(when === 'after' ? [false, true] : [true]);
      const keys = site.pager.heard.map(({ key }) => key);
      expect(keys).toHaveLength(when === 'after' ? 2 : 1);
      expect(new Set(keys).size).toBe(1);
      for (const at of [30, 60]) await site.run(minute(at), GOOD);
      expect(site.lines().at(-1)).toBe('ops resolve all_resolved');
    },
  );

  test.each([
    ['teams', 1, 3],
    ['teams', 3, 25],
    ['webhook', 3, 3],
  ] as const)(
    'among many to %s, of which it had sent all but one: at most %i come twice',
    async (type, most, count) => {
      const site = duty();
      const channel = type === 'teams' ? { type, webhook: { env: 'HOOK' } } : { type, url: { env: 'HOOK' } };
      site.config = { ...site.config, channels: { ...site.config.channels, ops: channel as never } };
      const many = Array.from({ length: count }, (_, i) => answer('violated', 'disk_full', { agent: `a${i}` }));
      let die: () => void = () => undefined;
      const dead = new Promise<void>((resolve) => {
        die = resolve;
      });
      const deliver: Deliverer = async (notice, previous) => {
        if (site.pager.heard.length < count - 1) return await site.pager.deliver(notice, previous);
        die();
        return await new Promise(() => undefined);
      };
      await Promise.race([site.run(minute(0), many, { deliver }), dead]);
      expect(site.pager.heard).toHaveLength(count - 1);
      await site.run(minute(15), many);
      const keys = site.pager.heard.map(({ key }) => key);
      expect(new Set(keys).size).toBe(count);
      // One that knows keys may hear all of them again: it shows each once.
      expect(keys.length - count).toBeLessThanOrEqual(type === 'webhook' ? count - 1 : most);
    },
  );

  test('between taking a message and sending it: an end that comes first is sent too, after the beginning', async () => {
    const site = duty();
    let die: () => void = () => undefined;
    const dead = new Promise<void>((resolve) => {
      die = resolve;
    });
    const deliver: Deliverer = async () => {
      die();
      return await new Promise(() => undefined);
    };
    await Promise.race([site.run(minute(0), BAD, { deliver }), dead]);
    await site.run(minute(15), GOOD, { deliver: null });
    await site.run(minute(31), GOOD);
    expect(site.pager.heard.map(({ kind }) => kind)).toEqual(['trigger', 'resolve']);
  });
});

describe('a receiver in trouble', () => {
  test('a message that was never tried is dropped with its end', async () => {
    const site = duty();
    site.given = { ...site.given, policies: { disk_full: { keepFiringFor: 0 } } };
    await site.run(minute(0), BAD, { deliver: null });
    for (const at of [15, 31, 46]) await site.run(minute(at), GOOD);
    expect(site.lines()).toEqual([]);
    const ends = (await site.events()).flatMap((event) => (event.kind === 'notice.dead' ? [event.data.because] : []));
    expect(ends).toEqual(['overtaken']);
  });

  test('a message that failed is tried again, and its end comes after it', async () => {
    const site = duty();
    site.pager.fails = refusal();
    await site.run(minute(0), BAD);
    await site.run(minute(15), GOOD);
    await site.run(minute(31), GOOD);
    site.pager.fails = null;
    await site.run(minute(45), GOOD);
    expect(site.lines()).toEqual(['ops trigger first', 'ops resolve all_resolved']);
  });

  test('what a receiver says is kept as one line without secrets', async () => {
    const site = duty();
    // The form of a token of GitHub's, which is none.
    site.pager.fails = refusal({ error: `no\n${'gh' + 'p_'}${'a1B2'.repeat(9)} <!-- ${'x'.repeat(1_000)}` });
    await site.run(minute(0), BAD);
    const [error = ''] = (await site.events()).flatMap((event) =>
      event.kind === 'notice.failed' ? [event.data.error] : [],
    );
    expect(error).not.toMatch(/ghp_|\n/);
    expect(error.length).toBeLessThanOrEqual(300);
  });

  test('what the receiver asks us to wait is waited', async () => {
    const site = duty();
    site.pager.fails = refusal({ waitFor: 20 * 60_000 });
    await site.run(minute(0), BAD);
    site.pager.fails = null;
    await site.run(minute(15), BAD);
    expect(site.lines()).toEqual([]);
    await site.run(minute(20), BAD);
    expect(site.lines()).toEqual(['ops trigger first']);
  });

  test('after ten runs it is given up, the fallback is told, and so is that the channel is lost', async () => {
    const site = duty();
    site.config = { ...site.config, policy: { ...site.config.policy, fallback: ['backup'] } };
    const deliver: Deliverer = async (notice, previous) =>
      notice.channel === 'ops' ? refusal() : await site.pager.deliver(notice, previous);
    for (let i = 0; i < 10; i++) await site.run(minute(5 * i), BAD, { deliver });
    expect(site.lines()).toEqual([]);
    await site.run(minute(50), BAD, { deliver });
    expect(site.lines()).toEqual(['backup trigger first']);
    expect((await site.state()).notices.channels['ops']?.failing).toMatchObject({ error: 'it answered 503' });
    // The end goes to those who were told.
    for (const at of [70, 90]) await site.run(minute(at), GOOD, { deliver });
    expect(site.lines()).toEqual(['backup trigger first', 'backup resolve all_resolved']);
  });

  test('after 24 hours it is given up too, however seldom it was tried', async () => {
    const site = duty();
    site.pager.fails = refusal();
    await site.run(minute(0), BAD);
    await site.run(minute(24 * 60), BAD);
    const ends = (await site.events()).flatMap((event) => (event.kind === 'notice.dead' ? [event.data.because] : []));
    expect(ends).toEqual(['given_up']);
  });

  test('a refusal is final at once, and nobody is told of an end whose beginning was refused', async () => {
    const site = duty();
    site.pager.fails = refusal({ retry: false, error: 'it answered 400' });
    await site.run(minute(0), BAD);
    site.pager.fails = null;
    for (const at of [15, 31, 46]) await site.run(minute(at), GOOD);
    expect(site.lines()).toEqual([]);
  });

  test('a refusal after a time-out may have arrived: its end is sent', async () => {
    const site = duty();
    site.pager.fails = refusal({ unsure: true });
    await site.run(minute(0), BAD);
    site.pager.fails = refusal({ retry: false });
    await site.run(minute(5), BAD);
    site.pager.fails = null;
    for (const at of [15, 31]) await site.run(minute(at), GOOD);
    expect(site.lines()).toEqual(['ops resolve all_resolved']);
  });
});
