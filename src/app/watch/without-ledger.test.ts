import { describe, expect, test } from 'vitest';
import { startFakeGitHub } from '../../../test/fakes/github.ts';
import { connectToFake } from '../../../test/kit/connect-github.ts';
import { watchRan, worked } from '../../../test/kit/happenings.ts';
import { duty, minute } from '../../../test/kit/pager.ts';
import { parseConfig } from '../../config/parse.ts';
import { type Failure, OutsideFailure } from '../../core/failure.ts';
import type { Ledger } from '../../ledger/port.ts';
import type { Source } from '../job.ts';
import { askRules } from '../judge/ask-rules.ts';
import { readAhead } from '../judge/read-ahead.ts';
import { factsOf } from '../ledger/facts-of.ts';
import type { LedgerState } from '../state.ts';
import { notedWrites } from './noted-writes.ts';
import { keepTold } from './told-alone.ts';
import { tellWithoutLedger } from './without-ledger.ts';

const FAILURE = { kind: 'unreadable', message: 'The ledger is torn', remedy: 'Mend it', retry: false } as const;

describe('a ledger that cannot be read', () => {
  const away = { read: () => Promise.reject(new OutsideFailure(FAILURE)) };

  test('is told to those who are told of critical alerts, under one key a day, and nothing is written', async () => {
    const site = duty({ escalation: { critical: [{ after: 0, channels: ['pager'], contacts: [] }] } });
    for (const at of [0, 15, 24 * 60]) {
      const job = site.job(minute(at));
      await tellWithoutLedger({ ...job, ledger: { ...job.ledger, ...away } }, FAILURE);
    }
    const names = site.pager.heard.map(({ channel, alerts }) => `${channel} ${alerts[0]?.name}`);
    expect(names).toEqual(Array.from({ length: 3 }, () => 'pager state-unavailable'));
    const keys = site.pager.heard.map(({ key }) => key);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    expect(site.pager.heard[0]?.alerts[0]?.reason).toContain('The ledger is torn');
    expect(await site.events()).toEqual([]);
  });

  test('is not told where it can be read after all, or where nobody is to be told', async () => {
    const site = duty({ escalation: { critical: [{ after: 0, channels: ['pager'], contacts: [] }] } });
    await tellWithoutLedger(site.job(minute(0)), FAILURE);
    const other = duty();
    const job = other.job(minute(0));
    await tellWithoutLedger({ ...job, ledger: { ...job.ledger, ...away } }, FAILURE);
    expect([...site.lines(), ...other.lines()]).toEqual([]);
  });

  test('names the channels that could not be told either', async () => {
    const site = duty({ escalation: { critical: [{ after: 0, channels: ['pager'], contacts: [] }] } });
    site.pager.fails = { ok: false, error: 'it answered 503', retry: true, unsure: false, waitFor: null };
    const job = site.job(minute(0));
    const untold = await tellWithoutLedger({ ...job, ledger: { ...job.ledger, ...away } }, FAILURE);
    expect(untold.complaints).toEqual(['the channel pager was not told: it answered 503']);
  });

  test('is over for those who heard of it once a ledger can be read again, also twice a day', async () => {
    const site = duty({ escalation: { critical: [{ after: 0, channels: ['pager'], contacts: [] }] } });
    const outage = async (at: number): Promise<void> => {
      const job = site.job(minute(at));
      const { events } = await tellWithoutLedger({ ...job, ledger: { ...job.ledger, ...away } }, FAILURE);
      await site.say(events);
    };
    for (const at of [0, 15]) await outage(at);
    for (const at of [30, 45]) await site.run(minute(at), []);
    expect(site.lines()).toEqual(['pager trigger first', 'pager trigger first', 'pager resolve all_resolved']);
    const [began, , ended] = site.pager.heard;
    // What a receiver knows an incident by: the thread, and for PagerDuty fingerprint and episode.
    expect(ended).toMatchObject({ thread: began?.thread, alerts: [{ name: 'state-unavailable', state: 'resolved' }] });
    expect(ended?.alerts[0]?.episode).toBe(began?.alerts[0]?.episode);
    await outage(60);
    await site.run(minute(75), []);
    expect(site.lines().slice(3)).toEqual(['pager trigger first', 'pager resolve all_resolved']);
  });

  test('ends for whoever may have heard of it, and not for whoever surely did not', async () => {
    for (const [unsure, heard] of [
      [true, ['pager resolve all_resolved']],
      [false, []],
    ] as const) {
      const site = duty({ escalation: { critical: [{ after: 0, channels: ['pager'], contacts: [] }] } });
      site.pager.fails = { ok: false, error: 'it did not answer', retry: true, unsure, waitFor: null };
      const job = site.job(minute(0));
      const { events } = await tellWithoutLedger({ ...job, ledger: { ...job.ledger, ...away } }, FAILURE);
      await site.say(events);
      site.pager.fails = null;
      await site.run(minute(15), []);
      expect(site.lines()).toEqual(heard);
    }
  });
});

describe('a ledger that can be read but not be written', () => {
  const protectedBranch = { kind: 'forbidden', message: 'A rule forbids it', remedy: 'Let it', retry: false } as const;
  const critical = { critical: [{ after: 0, channels: ['pager'], contacts: [] }] };

  test('is told as one that cannot be read, with what is wrong with it', async () => {
    const site = duty({ escalation: critical });
    const told = await tellWithoutLedger(site.job(minute(0)), FAILURE, protectedBranch);
    expect(told).toMatchObject({ isAway: true, alone: [{ rule: 'state-unavailable', arrived: true }] });
    expect(site.lines()).toEqual(['pager trigger first']);
    expect(site.pager.heard[0]?.alerts[0]?.reason).toContain('can be read but not be written');
    expect(site.pager.heard[0]?.alerts[0]?.reason).toContain('A rule forbids it');
  });

  test('is told once a day however many runs find it so, as long as an issue remembers it, and once more when the message was lost', async () => {
    await using fake = await startFakeGitHub();
    const { issues } = connectToFake(fake, { issues: 'write', contents: 'read' });
    const site = duty({ escalation: critical });
    const run = async (at: number): Promise<void> => {
      const job = { ...site.job(minute(at)), issues };
      await keepTold(job, (await tellWithoutLedger(job, FAILURE, protectedBranch)).alone);
    };
    site.pager.fails = { ok: false, error: 'it did not answer', retry: true, unsure: true, waitFor: null };
    await run(0);
    site.pager.fails = null;
    // Twelve hours later it is tomorrow.
    for (const at of [15, 30, 45, 13 * 60]) await run(at);
    expect(site.lines()).toEqual(['pager trigger first']);
    await run(24 * 60 + 15);
    expect(site.lines()).toHaveLength(2);
    expect(fake.world.issues).toHaveLength(1);
  });

  test('repeats nothing of the alerts that it knows, and tells of what begins', async () => {
    const read = parseConfig('version: 1\nbudgets: [{ name: today, period: day, usd: 10 }]\n', 'checkrein.yml');
    if (!read.ok) throw new Error('the configuration can be read');
    const site = duty({ ...read.config, escalation: critical });
    const events = worked({ id: 8, at: minute(0), usd: 30 });
    const source: Source = { name: 'planted', gather: async () => ({ events, complaints: [] }) };
    const names = async (): Promise<readonly (string | undefined)[]> => {
      site.pager.heard.splice(0);
      await tellWithoutLedger({ ...site.job(minute(30)), sources: [source] }, FAILURE, protectedBranch);
      return site.pager.heard.map(({ alerts }) => alerts[0]?.name);
    };
    expect(await names()).toEqual(['state-unavailable', 'budget']);
    // The same in a run that could still write.
    await site.say(events);
    const job = site.job(minute(15));
    const facts = factsOf(await site.state(), job.repo, job.now, await readAhead(job, await site.state()));
    await site.run(minute(15), askRules(facts, job.config, job.now));
    expect(await names()).toEqual(['state-unavailable']);
  });
});

describe('how writes went', () => {
  const failing = (kind: Failure['kind']): Ledger<LedgerState> => ({
    ...duty().job(minute(0)).ledger,
    append: () => Promise.reject(new OutsideFailure({ ...FAILURE, kind })),
  });

  test.each<[Failure['kind'], boolean]>([
    ['forbidden', true],
    ['unavailable', true],
    ['not_found', true],
    ['conflict', false],
    ['rate_limited', false],
    ['budget_spent', false],
  ])('after %s it is the ledger that cannot be written: %s', async (kind, isAway) => {
    const { ledger, unwritten, hasWritten } = notedWrites(failing(kind));
    await expect(ledger.append(() => [])).rejects.toThrow(OutsideFailure);
    expect([unwritten()?.kind ?? null, hasWritten()]).toEqual([isAway ? kind : null, false]);
  });

  test('is forgotten when one goes well', async () => {
    const good = duty().job(minute(0)).ledger;
    let fails = true;
    const { ledger, unwritten, hasWritten } = notedWrites<LedgerState>({
      ...good,
      append: (decide) => (fails ? Promise.reject(new OutsideFailure(FAILURE)) : good.append(decide)),
    });
    await expect(ledger.append(() => [])).rejects.toThrow('torn');
    fails = false;
    await ledger.append(() => []);
    expect([unwritten(), hasWritten()]).toEqual([null, false]);
    await ledger.append(() => [watchRan(minute(0))]);
    expect(hasWritten()).toBe(true);
  });
});
