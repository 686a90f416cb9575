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
    expect(untold).toEqual(['the channel pager was not told: it answered 503']);
  });
});
