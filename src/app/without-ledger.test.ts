import { describe, expect, test } from 'vitest';
import { duty, minute } from '../../test/kit/pager.ts';
import { OutsideFailure } from '../core/failure.ts';
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
