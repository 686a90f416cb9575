import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REPO } from '../../../test/kit/happenings.ts';
import { answer, type Duty, duty, minute, refusal, routesTo } from '../../../test/kit/pager.ts';
import { fingerprint } from '../../alerts/identity.ts';
import { explainNotices } from '../../alerts/notices.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import { type Finding, NO_EVIDENCE } from '../../core/finding.ts';
import type { Deliverer } from '../../core/notice.ts';
import type { DigestTerms, NoticePolicy } from '../../core/notice-terms.ts';
import { repositorySubject } from '../../core/subject.ts';
import { HOUR, type Instant, MINUTE } from '../../core/time.ts';
import { noticeInput } from './notice-input.ts';

const BAD = [answer('violated')];
const GOOD = [answer('ok')];
const CRITICAL = [answer('violated', 'disk_full', { severity: 'critical' })];
const ID = fingerprint(REPO, answer('ok'));

function said(id: string, at: Instant): Pick<LedgerEvent, 'v' | 'id' | 'at' | 'seen' | 'repo' | 'subject'> {
  return { v: 1, id, at, seen: at, repo: REPO, subject: repositorySubject(REPO) };
}

function silenced(from: Instant, until: Instant, print = ID): LedgerEvent {
  const silence = { fingerprint: print, by: 'octocat', at: from, until, reason: 'moving' };
  return { ...said(`silence:${print}:${from}`, from), kind: 'silence.set', data: { silence } };
}

function acknowledged(at: Instant, until: Instant | null, note: string | null = null): LedgerEvent {
  const acknowledgement = { by: 'octocat', at, until, note };
  const data = { fingerprint: ID, episode: 1, acknowledgement };
  return { ...said(`ack:${at}`, at), kind: 'alert.acknowledged', data };
}

function withPolicy(site: Duty, policy: Partial<NoticePolicy>): void {
  site.config = { ...site.config, policy: { ...site.config.policy, ...policy } };
}

/** What each channel would be told of the alert of `disk_full`, and when. */
async function explained(site: Duty, now: Instant): Promise<readonly string[]> {
  const { alerts, notices, responses } = await site.state();
  const alert = alerts.alerts[ID];
  if (alert === undefined) return [];
  const input = noticeInput(site.job(now), alerts, notices, responses);
  return explainNotices(alert, input).map(({ channel, reason, nextAt }) => `${channel} ${reason} ${nextAt}`);
}

describe('silence, inhibition and acknowledgement', () => {
  test('prometheus/alertmanager#3664, #226: a silence set while firing keeps back reminders, never the end', async () => {
    const site = duty();
    await site.run(minute(0), BAD);
    await site.say([silenced(minute(5), minute(24 * 60))]);
    await site.run(minute(120), BAD);
    expect(await explained(site, minute(120))).toEqual([`ops none:silenced ${minute(24 * 60)}`]);
    for (const at of [130, 150]) await site.run(minute(at), GOOD);
    expect(site.lines()).toEqual(['ops trigger first', 'ops resolve all_resolved']);
  });

  test('what was silenced from the beginning is told when the silence ends, with the reason', async () => {
    const site = duty();
    await site.say([silenced(minute(-5), minute(30))]);
    await site.run(minute(0), BAD);
    expect(site.lines()).toEqual([]);
    await site.run(minute(31), BAD);
    expect(site.lines()).toEqual(['ops trigger silence_ended']);
    expect(site.pager.heard[0]?.lines[0]).toMatch(/^A silence of this alert ended on /);
  });

  test('what was over before the silence ended is never told', async () => {
    const site = duty();
    await site.say([silenced(minute(-5), minute(90))]);
    await site.run(minute(0), BAD);
    for (const at of [15, 31, 120]) await site.run(minute(at), GOOD);
    expect(site.lines()).toEqual([]);
  });

  test('a silence of the configuration holds for all that it fits, between its moments', async () => {
    const match = { name: 'disk_*', agent: '!writer' };
    const site = duty({
      silences: [{ match, from: minute(0), until: minute(60), author: 'octocat', reason: 'moving' }],
    });
    await site.run(minute(0), [...BAD, answer('violated', 'disk_slow', { agent: 'writer' })]);
    expect(site.pager.heard.map(({ alerts }) => alerts[0]?.name)).toEqual(['disk_slow']);
    await site.run(minute(60), [...BAD, answer('violated', 'disk_slow', { agent: 'writer' })]);
    expect(site.lines()).toContain('ops trigger silence_ended');
  });

  test('prometheus/alertmanager#5459, #730: a silence by labels ends with its time or by a person, and leaves nothing behind', async () => {
    const site = duty();
    const match = { name: 'disk_*', agent: '!writer' };
    const silence = { match, by: 'octocat', at: minute(-5), until: minute(60), reason: null };
    await site.say([{ ...said('silence:1', minute(-5)), kind: 'silence.matched', data: { silence } }]);
    const writer = answer('violated', 'disk_slow', { agent: 'writer' });
    await site.run(minute(0), [...CRITICAL, writer]);
    expect(site.pager.heard.map(({ alerts }) => alerts[0]?.name)).toEqual(['disk_slow']);
    expect(await explained(site, minute(0))).toEqual([`ops none:silenced ${minute(60)}`]);
    const data = { match, setAt: minute(-5), by: 'octocat' };
    await site.say([{ ...said('unsilence:2', minute(20)), kind: 'silence.unmatched', data }]);
    await site.run(minute(21), [...CRITICAL, writer]);
    expect(site.lines()).toEqual(['ops trigger first', 'ops trigger silence_ended']);
    // A month later nothing is kept of it once somebody sets another one.
    const later = { ...silence, match: { name: 'x' }, at: minute(31 * 1440), until: minute(31 * 1440 + 60) };
    await site.say([{ ...said('silence:3', later.at), kind: 'silence.matched', data: { silence: later } }]);
    expect(Object.keys((await site.state()).alerts.matched ?? {})).toEqual(['{"name":"x"}']);
  });

  test('a silence by labels ends by itself, and the first message says so', async () => {
    const site = duty();
    const silence = { match: { name: '*' }, by: 'octocat', at: minute(-5), until: minute(60), reason: null };
    await site.say([{ ...said('silence:1', minute(-5)), kind: 'silence.matched', data: { silence } }]);
    await site.run(minute(0), CRITICAL);
    await site.run(minute(59), CRITICAL);
    expect(site.lines()).toEqual([]);
    await site.run(minute(60), CRITICAL);
    expect(site.lines()).toEqual(['ops trigger silence_ended']);
  });

  test('grafana/oncall#1919: a maintenance window comes back every week, in local time, over midnight', async () => {
    // Saturday 21 November 2026, 13:00 in Berlin at the start.
    const window = { name: 'backups', match: {}, days: ['sat'], from: '22:00', until: '02:00', zone: 'Europe/Berlin' };
    const site = duty({ maintenance: [window as never] });
    await site.run('2026-11-21T21:30:00.000Z', BAD);
    expect(await explained(site, '2026-11-21T21:30:00.000Z')).toEqual([
      'ops none:maintenance 2026-11-22T01:00:00.000Z',
    ]);
    await site.run('2026-11-22T00:59:00.000Z', BAD);
    expect(site.lines()).toEqual([]);
    await site.run('2026-11-22T01:00:00.000Z', BAD);
    expect(site.lines()).toEqual(['ops trigger silence_ended']);
  });

  test('an alert that another one stands before is told as soon as that one is over', async () => {
    const inhibit = [{ source: { name: 'disk_full' }, target: { name: 'disk_slow' }, equal: ['host'] }];
    const site = duty({ inhibit });
    const host = { labels: { host: 'a' } };
    const slow = answer('violated', 'disk_slow', host);
    const other = answer('violated', 'disk_slow', { labels: { host: 'b' } });
    await site.run(minute(0), [answer('violated', 'disk_full', host), slow, other]);
    expect(site.pager.heard.map(({ alerts }) => `${alerts[0]?.name} ${alerts[0]?.labels['host']}`).sort()).toEqual([
      'disk_full a',
      'disk_slow b',
    ]);
    for (const at of [15, 31]) await site.run(minute(at), [answer('ok', 'disk_full', host), slow, other]);
    const pages = site.pager.heard.filter(({ kind }) => kind === 'trigger');
    expect(pages.at(-1)?.alerts[0]).toMatchObject({ name: 'disk_slow', labels: { host: 'a' } });
  });

  test('an alert that fits both sides mutes neither itself nor another of its kind', async () => {
    const site = duty({ inhibit: [{ source: { name: 'disk_*' }, target: { name: 'disk_*' }, equal: [] }] });
    await site.run(minute(0), [...BAD, answer('violated', 'disk_slow')]);
    expect(site.lines()).toHaveLength(2);
  });

  test('prometheus/alertmanager#1860, #1057: an acknowledgement is told once, stops all but the end, and ends with the episode', async () => {
    const site = duty();
    await site.run(minute(0), BAD);
    await site.say([acknowledged(minute(10), null, 'on it')]);
    for (const at of [15, 75, 60 * 30]) await site.run(minute(at), BAD);
    expect(site.lines()).toEqual(['ops trigger first', 'ops acknowledge acknowledged']);
    for (const at of [60 * 31, 60 * 32]) await site.run(minute(at), GOOD);
    expect(site.lines().at(-1)).toBe('ops resolve all_resolved');
    expect((await site.state()).alerts.alerts[ID]?.acknowledged).toBeNull();
  });
});

describe('escalation', () => {
  const levels = [
    { after: 0, channels: ['slack'], contacts: [] },
    { after: 15 * MINUTE, channels: ['slack', 'pager'], contacts: [] },
    { after: HOUR, channels: [], contacts: ['lead'] },
  ];
  const settings = { escalation: { default: levels }, contacts: { lead: ['phone'] } };
  const site = (): Duty => {
    const one = duty(settings);
    one.given = { policies: {}, routes: {} };
    return one;
  };

  test('goes level by level at its times', async () => {
    const one = site();
    for (const at of [0, 14, 15, 30, 59, 60, 75]) await one.run(minute(at), BAD);
    expect(one.lines()).toEqual(
      ['slack trigger first', 'pager trigger escalated', 'slack remind escalated', 'phone trigger escalated'].sort(
        (a, b) => one.lines().indexOf(a) - one.lines().indexOf(b),
      ),
    );
    expect(one.pager.heard.map(({ at }) => at)).toEqual([minute(0), minute(15), minute(15), minute(60)]);
    expect(one.pager.heard.at(-1)?.alerts[0]?.level).toBe(2);
  });

  test('grafana/oncall#1206: a gap of three hours gives one level, and the next one an interval later', async () => {
    const one = site();
    await one.run(minute(0), BAD);
    for (const at of [180, 181, 194, 195]) await one.run(minute(at), BAD);
    const levelsAt = one.pager.heard.map(({ at, alerts }) => `${at} ${alerts[0]?.level}`);
    expect([...new Set(levelsAt)]).toEqual([`${minute(0)} 0`, `${minute(180)} 1`, `${minute(195)} 2`]);
  });

  test('with catch_up: highest a critical alert goes to the level that is due, each channel once', async () => {
    const one = site();
    withPolicy(one, { catch_up: 'highest' });
    await one.run(minute(0), CRITICAL);
    await one.run(minute(180), CRITICAL);
    expect(
      one
        .lines()
        .filter((line) => line.includes('escalated'))
        .sort(),
    ).toEqual(['pager trigger escalated', 'phone trigger escalated', 'slack remind escalated']);
  });

  test('an acknowledgement stops it, and when that expires it goes on', async () => {
    const one = site();
    await one.run(minute(0), BAD);
    await one.say([acknowledged(minute(5), minute(100))]);
    for (const at of [15, 60, 99]) await one.run(minute(at), BAD);
    expect(one.lines()).toEqual(['slack trigger first', 'slack acknowledge acknowledged']);
    await one.run(minute(101), BAD);
    expect(one.lines().slice(2).sort()).toEqual(['pager trigger escalated', 'slack remind escalated']);
  });

  test('gitlab-org/gitlab#323139: a policy that is edited does not touch a running episode, but the next one', async () => {
    const one = site();
    await one.run(minute(0), BAD);
    one.config = { ...one.config, escalation: { default: [{ after: 0, channels: ['elsewhere'], contacts: [] }] } };
    await one.run(minute(15), BAD);
    expect(one.lines()).toContain('pager trigger escalated');
    expect(one.lines()).not.toContain('elsewhere trigger first');
    for (const at of [20, 40]) await one.run(minute(at), GOOD);
    await one.run(minute(200), BAD);
    expect(one.lines().at(-1)).toBe('elsewhere trigger first');
  });

  test('what was to be done by itself and failed goes to people at once', async () => {
    const one = site();
    await one.run(minute(0), CRITICAL);
    const receipt: EventOf<'response.applied'>['data']['receipt'] = {
      ...{ key: `stop:${ID}:1`, kind: 'stop', act: 'stop', fingerprint: ID, episode: 1, ok: false, issue: null },
      ...{ url: null, hash: null, severity: null, error: 'it could not', gone: false },
    };
    await one.say([{ ...said('receipt', minute(1)), kind: 'response.applied', data: { receipt } }]);
    await one.run(minute(5), CRITICAL);
    expect(one.lines()).toContain('pager trigger escalated');
  });

  test('without a policy the channels of the rule are told again after an hour', async () => {
    const one = duty();
    for (const at of [0, 45, 60, 75]) await one.run(minute(at), BAD);
    expect(one.lines()).toEqual(['ops trigger first', 'ops remind escalated']);
  });
});

describe('limits', () => {
  test('prometheus/alertmanager#2320, #204, #1542: what flaps waits for the end of the window, once, with a count', async () => {
    const site = duty();
    site.given = { ...site.given, policies: { disk_full: { keepFiringFor: 0 } } };
    for (const at of [0, 10, 20, 30, 40]) await site.run(minute(at), at % 20 === 0 ? BAD : GOOD);
    expect(site.lines()).toEqual(['ops trigger first', 'ops resolve all_resolved']);
    expect(await explained(site, minute(40))).toEqual([`ops none:not_due ${minute(70)}`]);
    await site.run(minute(70), BAD);
    expect(site.lines().at(-1)).toBe('ops trigger first');
    expect(site.pager.heard.at(-1)?.lines).toEqual(['It came back soon after its end 2 times in a row.']);
  });

  test('a critical alert that flaps is told each time', async () => {
    const site = duty();
    site.given = { ...site.given, policies: { disk_full: { keepFiringFor: 0 } } };
    for (const at of [0, 10, 20]) await site.run(minute(at), at === 10 ? GOOD : CRITICAL);
    expect(site.lines().filter((line) => line.includes('trigger'))).toHaveLength(2);
  });

  const seven = Array.from({ length: 7 }, (_, i) =>
    answer('violated', 'disk_full', { labels: { server: 's', n: `${i}` } }),
  );

  test('five about one server in an hour, the rest counted in one message when the hour is over', async () => {
    const site = duty();
    await site.run(minute(0), seven);
    expect(site.lines()).toEqual(Array.from({ length: 5 }, () => 'ops trigger first'));
    await site.run(minute(30), seven);
    expect(site.lines()).toHaveLength(5);
    await site.run(minute(61), seven);
    const summary = site.pager.heard.find(({ kind }) => kind === 'digest');
    expect(summary?.lines).toEqual(['2 more were held back, too many in an hour: server:s.']);
    expect(summary?.alerts).toHaveLength(2);
    await site.run(minute(62), seven);
    expect(site.pager.heard.filter(({ kind }) => kind === 'digest')).toHaveLength(1);
  });

  test('other servers have their own hour, critical alerts none, and every end that was begun is told', async () => {
    const site = duty();
    const other = answer('violated', 'disk_slow', { labels: { server: 't' } });
    const critical = answer('violated', 'disk_slow', { severity: 'critical', labels: { server: 's' } });
    await site.run(minute(0), [...seven, other, critical]);
    // The critical one, four more about its server, and the one about the other.
    expect(site.pager.heard).toHaveLength(6);
    const over = [...seven, other, critical].map((one) => answer('ok', one.rule, { labels: one.labels }));
    for (const at of [15, 31]) await site.run(minute(at), over);
    const ends = site.pager.heard.filter(({ kind }) => kind === 'resolve').length;
    expect(ends).toBe(site.pager.heard.filter(({ kind }) => kind === 'trigger').length);
  });

  test('keephq/keep#6793, #5251, #4766: the window of `policy.dedup` is the one that holds, for each fingerprint', async () => {
    // It is over from the 31st minute on, and back in the 60th.
    const back = async (dedup: number): Promise<readonly string[]> => {
      const site = duty();
      withPolicy(site, { dedup });
      await site.run(minute(0), BAD);
      for (const at of [1, 31]) await site.run(minute(at), GOOD);
      const other = answer('violated', 'disk_full', { agent: 'writer' });
      await site.run(minute(60), [...BAD, other]);
      return site.pager.heard.slice(2).map(({ kind, alerts }) => `${kind} ${alerts[0]?.subject.name}`);
    };
    expect(await back(3 * HOUR)).toEqual(['trigger writer']);
    expect([...(await back(10 * MINUTE))].sort()).toEqual(['trigger fixer', 'trigger writer']);
  });

  test('grafana/oncall#5450: an end that a receiver did not take is sent by the next run', async () => {
    const site = duty();
    await site.run(minute(0), BAD);
    await site.run(minute(15), GOOD);
    site.pager.fails = refusal();
    await site.run(minute(60), GOOD);
    expect(site.lines()).toEqual(['ops trigger first']);
    site.pager.fails = null;
    for (const at of [120, 135]) await site.run(minute(at), GOOD);
    expect(site.lines()).toEqual(['ops trigger first', 'ops resolve all_resolved']);
  });

  test('alerts of one group are told in one message, and a later one as new in it', async () => {
    const site = duty();
    withPolicy(site, { group_by: ['server'] });
    await site.run(minute(0), seven.slice(0, 2));
    await site.run(minute(5), seven.slice(0, 3));
    expect(site.pager.heard.map(({ because, alerts, group }) => `${because} ${alerts.length} ${group}`)).toEqual([
      'first 2 server=s',
      'new_in_group 1 server=s',
    ]);
    const one = seven.slice(1, 3);
    const cleared = answer('ok', 'disk_full', { labels: seven[0]?.labels ?? {} });
    for (const at of [20, 36]) await site.run(minute(at), [cleared, ...one]);
    expect(site.pager.heard.at(-1)).toMatchObject({ kind: 'resolve', because: 'some_resolved' });
    const all = seven.slice(0, 3).map(({ labels }) => answer('ok', 'disk_full', { labels }));
    for (const at of [50, 66]) await site.run(minute(at), all);
    expect(site.pager.heard.at(-1)).toMatchObject({ kind: 'resolve', because: 'all_resolved' });
  });

  test('what becomes worse is told at once', async () => {
    const site = duty();
    await site.run(minute(0), BAD);
    await site.run(minute(5), CRITICAL);
    await site.run(minute(10), BAD);
    await site.run(minute(15), CRITICAL);
    expect(site.lines()).toEqual(['ops trigger first', 'ops trigger severity_raised']);
  });

  test('prometheus/alertmanager#642, #676, #1981, #3846: reminders come when they are due, and explain when that is', async () => {
    const site = duty();
    site.config = { ...site.config, escalation: { default: [{ after: 0, channels: [], contacts: [] }] } };
    withPolicy(site, { remind_every: 4 * HOUR });
    for (const at of [0, 60, 239]) await site.run(minute(at), BAD);
    expect(await explained(site, minute(239))).toEqual([`ops none:not_due ${minute(240)}`]);
    for (const at of [240, 300, 480]) await site.run(minute(at), BAD);
    expect(site.lines()).toEqual(['ops trigger first', 'ops remind remind_due', 'ops remind remind_due']);
  });
});

describe('preferences and digests', () => {
  const daily: DigestTerms = { every: 'day', day: 'mon', at: '08:00', zone: 'Europe/Berlin', channels: ['mail'] };

  test('a summary is what the digest is for, critical alerts are always sent, and a mute has an end', async () => {
    const site = duty();
    const wish = { channel: 'ops', person: null, match: { agent: 'fixer' } };
    site.config = { ...site.config, preferences: [{ ...wish, send: 'summary', until: null }] };
    await site.run(minute(0), BAD);
    expect(await explained(site, minute(0))).toEqual(['ops none:preference null']);
    await site.run(minute(5), CRITICAL);
    expect(site.lines()).toEqual(['ops trigger first']);

    const other = duty();
    other.config = { ...other.config, preferences: [{ ...wish, send: 'mute', until: minute(50) }] };
    for (const at of [0, 49]) await other.run(minute(at), BAD);
    expect(other.lines()).toEqual([]);
    await other.run(minute(50), BAD);
    expect(other.lines()).toEqual(['ops trigger first']);
  });

  test('a digest tells once a day what changed, and nothing where nothing did', async () => {
    const site = duty({ digests: [daily] });
    // 08:00 in Berlin is 07:00 UTC in November.
    await site.run('2026-11-21T12:00:00.000Z', BAD);
    await site.run('2026-11-22T06:59:00.000Z', BAD);
    expect(site.pager.heard.filter(({ kind }) => kind === 'digest')).toEqual([]);
    await site.run('2026-11-22T09:00:00.000Z', BAD);
    await site.run('2026-11-22T10:00:00.000Z', BAD);
    await site.run('2026-11-23T09:00:00.000Z', BAD);
    const digests = site.pager.heard.filter(({ kind }) => kind === 'digest');
    expect(digests.map(({ lines }) => lines)).toEqual([
      ['Daily digest of 2026-11-22 (Europe/Berlin)', '1 new; 0 over; 0 as before.'],
    ]);
    await site.run('2026-11-23T10:00:00.000Z', GOOD);
    await site.run('2026-11-23T11:00:00.000Z', GOOD);
    // Two days were missed: one digest of all of it.
    await site.run('2026-11-26T11:00:00.000Z', GOOD);
    await site.run('2026-11-26T12:00:00.000Z', GOOD);
    const all = site.pager.heard.filter(({ kind }) => kind === 'digest');
    expect(all).toHaveLength(2);
    expect(all[1]?.lines).toEqual(['Daily digest of 2026-11-26 (Europe/Berlin)', '0 new; 1 over; 0 as before.']);
  });

  test('on the days on which the clock changes there is one digest too', async () => {
    const at = { ...daily, at: '02:30' };
    const spring = duty({ digests: [at] });
    await spring.run('2026-03-28T12:00:00.000Z', BAD);
    for (const now of ['2026-03-29T00:59:00.000Z', '2026-03-29T01:01:00.000Z', '2026-03-29T03:00:00.000Z']) {
      await spring.run(now, BAD);
    }
    expect(spring.pager.heard.filter(({ kind }) => kind === 'digest').map((one) => one.at)).toEqual([
      '2026-03-29T01:00:00.000Z',
    ]);
    const autumn = duty({ digests: [at] });
    await autumn.run('2026-10-24T12:00:00.000Z', BAD);
    for (const now of ['2026-10-25T00:31:00.000Z', '2026-10-25T01:31:00.000Z']) await autumn.run(now, BAD);
    expect(autumn.pager.heard.filter(({ kind }) => kind === 'digest').map((one) => one.at)).toEqual([
      '2026-10-25T00:30:00.000Z',
    ]);
  });

  test('what was over before anybody looked stands in the digest alone, and pages with page_past', async () => {
    const past = { since: minute(-40), until: minute(-20), severity: 'critical' as const };
    const missed = GOOD.map((finding) => ({
      ...finding,
      missed: { ...past, value: 9, limit: 5, reason: 'It held.', evidence: NO_EVIDENCE },
    })) as readonly Finding[];
    const site = duty({ digests: [daily] });
    await site.run('2026-11-21T12:00:00.000Z', missed);
    await site.run('2026-11-21T12:15:00.000Z', GOOD);
    expect(site.lines()).toEqual([]);
    await site.run('2026-11-22T09:00:00.000Z', GOOD);
    const [digest, ...more] = site.pager.heard;
    expect(more).toEqual([]);
    expect(digest?.lines[1]).toBe('1 new, of which 1 are over again; 0 over; 0 as before.');
    expect(digest?.alerts).toMatchObject([{ state: 'resolved', severity: 'critical' }]);
    expect(digest?.alerts[0]?.reason).toMatch(/^It held for 20 min and was over at 2026-11-21 11:40 UTC/);

    const other = duty();
    withPolicy(other, { page_past: true });
    await other.run(minute(0), missed);
    for (const at of [15, 30, 45]) await other.run(minute(at), GOOD);
    expect(other.lines()).toEqual(['ops trigger first', 'ops resolve all_resolved']);
    expect(other.pager.heard[0]?.alerts[0]?.reason).toContain('before anybody looked');
  });

  test('a weekly digest comes on its day', async () => {
    const site = duty({ digests: [{ ...daily, every: 'week', zone: 'UTC' }] });
    await site.run('2026-11-21T12:00:00.000Z', BAD);
    for (const day of ['22', '23', '24']) await site.run(`2026-11-${day}T09:00:00.000Z`, BAD);
    const [digest] = site.pager.heard.filter(({ kind }) => kind === 'digest');
    // 23 November 2026 is a Monday.
    expect(digest?.lines[0]).toBe('Weekly digest of 2026-11-23 (UTC)');
  });
});

describe('what is remembered', () => {
  test('prometheus/prometheus#422, #15175, #13957: the waits outlast a restart', async () => {
    const site = duty();
    site.given = { ...site.given, policies: { disk_full: { for: 30 * MINUTE, keepFiringFor: 30 * MINUTE } } };
    // Each run is another process over the same ledger.
    for (const at of [0, 15, 29]) await site.run(minute(at), BAD);
    expect(site.lines()).toEqual([]);
    await site.run(minute(30), BAD);
    for (const at of [40, 69]) await site.run(minute(at), GOOD);
    expect(site.lines()).toEqual(['ops trigger first']);
    await site.run(minute(70), GOOD);
    expect(site.lines()).toEqual(['ops trigger first', 'ops resolve all_resolved']);
  });

  test('prometheus/prometheus#14085, #6816: an answer that is missing is no end and no new page', async () => {
    const site = duty();
    await site.run(minute(0), BAD);
    for (const at of [15, 30, 45]) await site.run(minute(at), [answer('unknown')]);
    await site.run(minute(60), BAD);
    expect(site.lines().filter((line) => !line.includes('escalated'))).toEqual(['ops trigger first']);
  });

  test('prometheus/alertmanager#844, #964, #2447: an end is told once in each episode and channel', async () => {
    const site = duty();
    site.given = { policies: {}, routes: routesTo(['ops', 'mail']) };
    await site.run(minute(0), BAD);
    for (const at of [15, 31, 46, 300, 600]) await site.run(minute(at), GOOD);
    expect(
      site
        .lines()
        .filter((line) => line.includes('resolve'))
        .sort(),
    ).toEqual(['mail resolve all_resolved', 'ops resolve all_resolved']);
  });

  test('prometheus/alertmanager#2492, #3410, #3097: other channels in the configuration tell nothing anew, but the new ones', async () => {
    const site = duty();
    await site.run(minute(0), BAD);
    site.given = { policies: {}, routes: routesTo(['mail']) };
    await site.run(minute(15), BAD);
    for (const at of [30, 46]) await site.run(minute(at), GOOD);
    expect(site.lines()).toEqual(['ops trigger first', 'ops resolve all_resolved']);
    await site.run(minute(300), BAD);
    expect(site.lines().at(-1)).toBe('mail trigger first');
  });

  test('a rule that is removed ends its episodes, and that is told', async () => {
    const site = duty();
    await site.run(minute(0), BAD);
    await site.run(minute(15), []);
    expect(site.lines()).toEqual(['ops trigger first', 'ops resolve all_resolved']);
  });

  test('an event is told once, and has no end', async () => {
    const site = duty();
    site.given = { ...site.given, policies: { disk_full: { mode: 'event' } } };
    const event = (id: string): ReturnType<typeof answer> => answer('violated', 'disk_full', { labels: { event: id } });
    await site.run(minute(0), [event('a')]);
    await site.run(minute(15), [event('a'), event('b')]);
    await site.run(minute(30), []);
    expect(site.lines()).toEqual(['ops trigger first', 'ops trigger first']);
  });

  test('an event is neither escalated nor reminded of, whatever the policy says', async () => {
    const site = duty({
      escalation: {
        default: [
          { after: 0, channels: [], contacts: [] },
          { after: HOUR, channels: ['phone'], contacts: [] },
        ],
      },
    });
    withPolicy(site, { remind_every: 15 * MINUTE });
    site.given = { ...site.given, policies: { disk_full: { mode: 'event' } } };
    for (const at of [0, 20, 61, 122]) await site.run(minute(at), BAD);
    expect(site.lines()).toEqual(['ops trigger first']);
    expect(await explained(site, minute(122))).toEqual(['ops none:not_due null']);
  });

  test('keephq/keep#958: two subjects of one rule are two alerts, of which neither swallows the other', async () => {
    const site = duty();
    const both = ['fixer', 'writer'].map((agent) => answer('violated', 'disk_full', { agent }));
    await site.run(minute(0), both);
    expect(new Set(site.pager.heard.map(({ thread }) => thread)).size).toBe(2);
    for (const at of [15, 31]) await site.run(minute(at), [answer('ok'), ...both.slice(1)]);
    const ends = site.pager.heard.filter(({ kind }) => kind === 'resolve');
    expect(ends.map(({ alerts }) => alerts[0]?.subject.name)).toEqual(['fixer']);
  });

  test('keephq/keep#1549: two runs two seconds apart make one page and one end', async () => {
    const site = duty();
    const soon = (at: number): Instant => minute(at + 2 / 60);
    await Promise.all([site.run(minute(0), BAD), site.run(soon(0), BAD)]);
    for (const at of [20, 40]) await Promise.all([site.run(minute(at), GOOD), site.run(soon(at), GOOD)]);
    expect(site.lines()).toEqual(['ops trigger first', 'ops resolve all_resolved']);
  });

  test('an alert whose story another one tells is told when that one is over', async () => {
    const site = duty();
    const cause = answer('violated', 'disk_slow');
    const effect = answer('violated', 'disk_full', { explainedBy: 'disk_slow/agent:fixer' });
    await site.run(minute(0), [cause, effect]);
    expect(site.pager.heard.map(({ alerts }) => alerts[0]?.name)).toEqual(['disk_slow']);
    for (const at of [15, 31]) await site.run(minute(at), [answer('ok', 'disk_slow'), ...BAD]);
    expect(site.pager.heard.filter(({ kind }) => kind === 'trigger').at(-1)?.alerts[0]?.name).toBe('disk_full');
  });

  test('without channels and policies nothing is planned and nothing is written', async () => {
    const site = duty();
    site.given = { policies: {}, routes: {} };
    for (const at of [0, 61]) await site.run(minute(at), BAD);
    const kinds = new Set((await site.events()).map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(['alert.changed', 'watch.ran']);
  });
});

describe("the Alertmanager's acceptance list, on a virtual clock", () => {
  test('merge: an alert that changes its text is the same alert', async () => {
    const site = duty();
    await site.run(minute(0), BAD);
    await site.run(
      minute(5),
      BAD.map((one) => ({ ...one, reason: 'It is worse.' })),
    );
    expect(site.lines()).toEqual(['ops trigger first']);
  });

  test('batching: alerts of one group wait for others, and what is critical does not', async () => {
    const site = duty();
    withPolicy(site, { group_by: ['server'], batch: 10 * MINUTE });
    const of = (n: string, severity: 'warning' | 'critical' = 'warning'): ReturnType<typeof answer> =>
      answer('violated', 'disk_full', { severity, labels: { server: 's', n } });
    await site.run(minute(0), [of('1'), of('2', 'critical')]);
    await site.run(minute(5), [of('1'), of('2', 'critical'), of('3')]);
    expect(site.pager.heard.map(({ alerts }) => alerts.map(({ labels }) => labels['n']))).toEqual([['2']]);
    await site.run(minute(15), [of('1'), of('2', 'critical'), of('3')]);
    expect(site.pager.heard.at(-1)?.alerts.map(({ labels }) => labels['n'])).toEqual(['1', '3']);
  });

  test('cold start: what was firing before the ledger was lost is told once, not again', async () => {
    const site = duty();
    for (const at of [0, 5, 10]) await site.run(minute(at), BAD);
    expect(site.lines()).toEqual(['ops trigger first']);
  });

  test('silence deleted: the alert is told at once', async () => {
    const site = duty();
    await site.say([silenced(minute(-5), minute(600))]);
    await site.run(minute(0), BAD);
    const data = { fingerprint: ID, setAt: minute(-5), because: 'by_a_person' } as const;
    await site.say([{ ...said('unsilence', minute(5)), kind: 'silence.ended', data }]);
    await site.run(minute(6), BAD);
    expect(site.lines()).toEqual(['ops trigger silence_ended']);
  });
});

describe('any history', () => {
  const step = fc.record({
    minutes: fc.integer({ min: 1, max: 180 }),
    outcome: fc.constantFrom('violated', 'ok', 'unknown'),
    severity: fc.constantFrom('warning', 'critical'),
    channel: fc.constantFrom('well', 'busy', 'refuses', 'unsure'),
    word: fc.constantFrom('nothing', 'nothing', 'ack', 'silence'),
  } as const);

  test('sends no key twice where nothing is unsure, and ends what it began, once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const site = duty();
        let now = 0;
        for (const { minutes, outcome, severity, channel, word } of steps) {
          now += minutes;
          if (word === 'ack') await site.say([acknowledged(minute(now), minute(now + 60))]);
          if (word === 'silence') await site.say([silenced(minute(now), minute(now + 90))]);
          const fails = { busy: refusal(), refuses: refusal({ retry: false }), unsure: refusal({ unsure: true }) };
          const deliver: Deliverer = async (notice, previous) => {
            // An end that is refused for good is all that can be done about it.
            const isTaken = channel === 'well' || (channel === 'refuses' && notice.kind === 'resolve');
            return isTaken ? await site.pager.deliver(notice, previous) : fails[channel];
          };
          await site.run(minute(now), [answer(outcome, 'disk_full', { severity })], { deliver });
        }
        for (let i = 0; i < 4; i++) await site.run(minute(now + 100 * (i + 1)), GOOD);
        const keys = site.pager.heard.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
        const begun = new Set(episodesOf(site, 'trigger'));
        const ended = episodesOf(site, 'resolve');
        expect(new Set(ended).size).toBe(ended.length);
        for (const episode of begun) expect(ended).toContain(episode);
        expect(Object.keys((await site.state()).notices.open)).toEqual([]);
      }),
      { numRuns: 60, seed: 20_261_121 },
    );
  }, 120_000);

  function episodesOf({ pager: { heard } }: Duty, kind: string): readonly number[] {
    return heard.filter((notice) => notice.kind === kind).flatMap(({ alerts }) => alerts.map(({ episode }) => episode));
  }
});
