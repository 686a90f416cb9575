import { describe, expect, test } from 'vitest';
import type { Notice, ReceiverData } from '../../src/core/notice.ts';
import type { Means } from '../../src/responses/channels/channel.ts';
import { deliverer } from '../../src/responses/channels/deliverer.ts';
import type { ChannelSettings } from '../../src/responses/channels/settings.ts';
import { startGoogleChat, startTeams } from '../fakes/channels/cards.ts';
import { startPagerDuty } from '../fakes/channels/pagerduty.ts';
import { startAlertmanager, startProgram } from '../fakes/channels/program.ts';
import { type Receiver, startReceiver, type Trouble } from '../fakes/channels/receiver.ts';
import { startSlack } from '../fakes/channels/slack.ts';
import { makeAuthority } from '../kit/certificates.ts';
import { notice, noticeAlert, overNotice, testMeans } from '../kit/notices.ts';

/** A channel with the fake that it speaks to. */
interface Site extends AsyncDisposable {
  readonly settings: ChannelSettings;
  readonly env: Readonly<Record<string, string>>;
  readonly receiver: Receiver;
  /** How many messages people see there. */
  readonly shown: () => number;
  /** Words that must never be shown or logged. */
  readonly secrets: readonly string[];
  /** Whether the receiver knows a message again. */
  readonly idempotent: boolean;
}

const CLOCK_SECONDS = Date.parse('2026-11-21T09:05:30.000Z') / 1_000;
const ROUTING_KEY = `R0${'PLANTEDKEY'.repeat(3)}`;

const SITES: Readonly<Record<string, () => Promise<Site>>> = {
  slack: async () => {
    const fake = await startSlack();
    return {
      ...site(fake, { type: 'slack', webhook: { env: 'HOOK' } }, { HOOK: fake.webhook }),
      shown: () => fake.messages.length,
      secrets: ['planted-slack-path'],
      idempotent: false,
    };
  },
  'slack-bot': async () => {
    const fake = await startSlack();
    const settings = { type: 'slack-bot', token: { env: 'TOKEN' }, channel: fake.channel, api: fake.api } as const;
    return {
      ...site(fake, settings, { TOKEN: fake.token }),
      shown: () => fake.messages.length,
      secrets: ['planted-slack-token'],
      idempotent: false,
    };
  },
  pagerduty: async () => {
    const fake = await startPagerDuty();
    const settings: ChannelSettings = {
      type: 'pagerduty',
      routing_key: { env: 'PD_KEY' },
      urgency: 'by-severity',
      api: fake.url,
    };
    return {
      ...site(fake, settings, { PD_KEY: ROUTING_KEY }),
      shown: () => fake.incidents.length,
      secrets: [ROUTING_KEY],
      idempotent: true,
    };
  },
  'google-chat': async () => {
    const fake = await startGoogleChat();
    return {
      ...site(fake, { type: 'google-chat', webhook: { env: 'HOOK' } }, { HOOK: fake.webhook }),
      shown: () => fake.shown.length,
      secrets: ['planted-chat-token', 'planted-chat-key'],
      idempotent: false,
    };
  },
  teams: async () => {
    const fake = await startTeams();
    return {
      ...site(fake, { type: 'teams', webhook: { env: 'HOOK' } }, { HOOK: fake.webhook }),
      shown: () => fake.shown.length,
      secrets: ['planted-teams-path', 'planted-teams-signature'],
      idempotent: false,
    };
  },
  webhook: async () => {
    const fake = await startProgram(() => CLOCK_SECONDS);
    const settings = { type: 'webhook', url: { env: 'HOOK' }, secret: { env: 'KEY' }, format: 'checkrein' } as const;
    return {
      ...site(fake, settings, { HOOK: fake.webhook, KEY: fake.secret }),
      shown: () => fake.taken.size,
      secrets: ['planted-webhook-path', fake.secret],
      idempotent: true,
    };
  },
  alertmanager: async () => {
    const fake = await startAlertmanager();
    const settings = { type: 'alertmanager', url: { env: 'AM' }, token: { env: 'AM_TOKEN' }, hold: 3_600_000 } as const;
    return {
      ...site(fake, settings, { AM: fake.url, AM_TOKEN: 'planted-bearer-token' }),
      shown: () => fake.alerts.size,
      secrets: ['planted-bearer-token'],
      idempotent: true,
    };
  },
};

function site(
  receiver: Receiver,
  settings: ChannelSettings,
  env: Readonly<Record<string, string>>,
): Pick<Site, 'receiver' | 'settings' | 'env'> & AsyncDisposable {
  return { receiver, settings, env, [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose]() };
}

function delivererOf(
  { settings, env }: Pick<Site, 'settings' | 'env'>,
  waited: number[] = [],
  means: Partial<Means> = {},
): ReturnType<typeof deliverer> {
  return deliverer({ ops: settings }, { ...testMeans(env, { waited }), ...means });
}

const say = (status: number, headers: Readonly<Record<string, string>> = {}): Trouble => ({
  kind: 'say',
  said: { status, headers, body: 'words of the receiver' },
});

describe.each(Object.entries(SITES))('the channel %s', (_type, start) => {
  test('shows one message, and again nothing for the same one where the receiver knows it', async () => {
    await using there = await start();
    const send = delivererOf(there);
    const first = await send(notice(), null);
    expect(first).toMatchObject({ ok: true });
    expect(there.shown()).toBe(1);
    await send(notice(), first.ok ? first.receiver : null);
    if (there.idempotent) expect(there.shown()).toBe(1);
  });

  test('waits as long as it is asked to, and then shows the message once', async () => {
    await using there = await start();
    const waited: number[] = [];
    there.receiver.troubles.push(say(429, { 'retry-after': '7' }));
    expect(await delivererOf(there, waited)(notice(), null)).toMatchObject({ ok: true });
    expect(waited).toEqual([7_000]);
    expect(there.shown()).toBe(1);
  });

  test('leaves a longer wait to the next run', async () => {
    await using there = await start();
    const waited: number[] = [];
    there.receiver.troubles.push(say(429, { 'retry-after': 'Sat, 21 Nov 2026 10:05:30 GMT' }));
    const answer = await delivererOf(there, waited)(notice(), null);
    expect(answer).toMatchObject({ ok: false, retry: true, unsure: false, waitFor: 3_600_000 });
    expect(waited).toEqual([]);
    expect(there.shown()).toBe(0);
  });

  test('gives up after three tries, with an answer that may be tried later', async () => {
    await using there = await start();
    there.receiver.troubles.push(say(503), say(503), say(503), say(503));
    expect(await delivererOf(there)(notice(), null)).toMatchObject({ ok: false, retry: true, unsure: false });
    expect(there.receiver.heard.length).toBe(3);
  });

  test.each([400, 401, 403, 404, 410])('takes a %i for final', async (status) => {
    await using there = await start();
    there.receiver.troubles.push(say(status));
    const answer = await delivererOf(there)(notice(), null);
    expect(answer).toMatchObject({ ok: false, retry: false, unsure: false });
    expect(there.receiver.heard.length).toBe(1);
    expect(JSON.stringify(answer)).not.toContain('words of the receiver');
  });

  test.each<[string, Trouble]>([
    ['breaks the connection', { kind: 'reset', after: true }],
    ['does not answer', { kind: 'silence', after: true }],
    ['answers 500', say(500)],
  ])('a receiver that %s is called again at once only when it knows a message again', async (_what, trouble) => {
    await using there = await start();
    there.receiver.troubles.push(trouble);
    // What is silent is waited for so long; nothing else may take as long on a busy machine.
    const answer = await delivererOf(there, [], { timeout: 1_500 })(notice(), null);
    if (there.idempotent) expect(answer).toMatchObject({ ok: true });
    else expect(answer).toMatchObject({ ok: false, retry: true, unsure: true });
    expect(there.shown()).toBeLessThanOrEqual(1);
    expect(there.receiver.heard.length).toBe(there.idempotent ? 2 : 1);
  });

  test('follows no redirect to another host, not even with the same port', async () => {
    await using there = await start();
    await using elsewhere = await startReceiver(() => ({ status: 200, body: '{"ok":true,"ts":"1.1"}' }));
    for (const status of [301, 302, 307, 308]) {
      there.receiver.troubles.push(say(status, { location: `${elsewhere.url}/taken` }));
      expect(await delivererOf(there)(notice(), null)).toMatchObject({ ok: false, retry: false });
    }
    expect(elsewhere.heard).toEqual([]);
  });

  test('follows a redirect on the same host that keeps the method', async () => {
    await using there = await start();
    const { receiver } = there;
    await delivererOf(there)(notice(), null);
    const [first] = receiver.heard;
    const before = there.shown();
    receiver.troubles.push(say(308, { location: `${first?.path}?${first?.query}` }));
    const again = notice({ key: 'd'.repeat(64), alerts: [noticeAlert({ episode: 2, labels: { budget: 'other' } })] });
    expect(await delivererOf(there)(again, null)).toMatchObject({ ok: true });
    expect(there.shown()).toBe(before + 1);
  });

  test('does not go round in circles', async () => {
    await using there = await start();
    there.receiver.troubles.push(...Array.from({ length: 20 }, () => say(307, { location: '/again' })));
    expect(await delivererOf(there)(notice(), null)).toMatchObject({ ok: false, retry: false });
    expect(there.receiver.heard.length).toBeLessThanOrEqual(4);
  });

  test('reads no more of an endless answer than it needs', async () => {
    await using there = await start();
    there.receiver.troubles.push({ kind: 'flood' });
    const before = process.memoryUsage().rss;
    const answer = await delivererOf(there)(notice(), null);
    // Slack says in its answer whether it took a message of a bot.
    expect(answer).toMatchObject(there.settings.type === 'slack-bot' ? { ok: false, unsure: true } : { ok: true });
    expect(there.shown()).toBe(1);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });

  test('says which secret is missing, and calls nobody', async () => {
    await using there = await start();
    for (const name of Object.keys(there.env)) {
      const env = Object.fromEntries(Object.entries(there.env).filter(([other]) => other !== name));
      const answer = await delivererOf({ ...there, env })(notice(), null);
      expect(answer).toMatchObject({ ok: false, retry: false, unsure: false });
      expect(answer.ok ? '' : answer.error).toContain(`the environment has no ${name}`);
    }
    expect(there.receiver.heard).toEqual([]);
  });

  test('takes no notice of the blanks that a file leaves around a secret', async () => {
    await using there = await start();
    const env = Object.fromEntries(Object.entries(there.env).map(([name, value]) => [name, ` ${value}\r\n`]));
    expect(await delivererOf({ ...there, env })(notice(), null)).toMatchObject({ ok: true });
    expect(there.shown()).toBe(1);
  });

  test('tells no secret, whatever goes wrong', async () => {
    await using there = await start();
    const troubles: readonly Trouble[] = [
      ...[400, 403, 404, 429, 500].map((status): Trouble => {
        const body = JSON.stringify({ errors: there.secrets, error: there.secrets.join(' ') });
        return { kind: 'say', said: { status, body } };
      }),
      { kind: 'reset', after: false },
      { kind: 'silence', after: false },
    ];
    const told: string[] = [];
    for (const trouble of troubles) {
      there.receiver.troubles.splice(0, Number.POSITIVE_INFINITY, trouble, trouble, trouble);
      // However it ends, nothing may be told.
      told.push(JSON.stringify(await delivererOf(there, [], { timeout: 300 })(notice(), null)));
    }
    there.receiver.troubles.splice(0);
    told.push(JSON.stringify(await delivererOf(there)(notice(), null)));
    for (const secret of there.secrets) expect(told.join('\n')).not.toContain(secret);
    expect(told.join('\n')).not.toContain(there.receiver.url.replace('http://', ''));
  });

  test('an odd secret is refused without being told', async () => {
    await using there = await start();
    for (const name of Object.keys(there.env)) {
      const env = { ...there.env, [name]: 'planted odd\u0000 one' };
      const answer = await delivererOf({ ...there, env })(notice(), null);
      expect(answer).toMatchObject({ ok: false, retry: false });
      expect(JSON.stringify(answer)).not.toContain('planted odd');
    }
  });

  test('a receiver that is not there is tried again later', async () => {
    const there = await start();
    await there[Symbol.asyncDispose]();
    const answer = await delivererOf(there)(notice(), null);
    expect(answer).toMatchObject({ ok: false, retry: true, unsure: false });
    expect(answer.ok ? '' : answer.error).toContain('could not be reached (ECONNREFUSED)');
  });

  test('a test message arrives, and a digest is no alarm', async () => {
    await using there = await start();
    const send = delivererOf(there);
    const test = notice({ key: 'e'.repeat(64), kind: 'test', because: 'asked_for', alerts: [] });
    expect(await send(test, null)).toMatchObject({ ok: true });
    expect(there.shown()).toBe(1);
    const digest = notice({
      key: 'f'.repeat(64),
      kind: 'digest',
      because: 'digest_due',
      alerts: [],
      lines: ['Two alerts ended.'],
    });
    expect(await send(digest, null)).toMatchObject({ ok: true });
    const wakesPeople = there.settings.type === 'pagerduty' || there.settings.type === 'alertmanager';
    expect(there.shown()).toBe(wakesPeople ? 1 : 2);
  });
});

describe('addresses', () => {
  test.each([
    ['http elsewhere', 'http://hooks.example.com/x'],
    ['a name and a password', 'https://me:planted@hooks.example.com/x'],
    ['no address', 'hooks.example.com'],
    ['a file', 'file:///etc/passwd'],
  ])('%s is not called', async (_what, address) => {
    const send = deliverer(
      { ops: { type: 'slack', webhook: { env: 'HOOK' } } },
      {
        ...testMeans({ HOOK: address }),
        fetch: () => Promise.reject(new Error('somebody was called')),
      },
    );
    const answer = await send(notice(), null);
    expect(answer).toMatchObject({ ok: false, retry: false });
    expect(answer.ok ? '' : answer.error).toMatch(/^the Slack webhook in HOOK cannot be called: its address /);
  });

  test('a certificate that nobody vouches for is refused for good', async () => {
    const certified = makeAuthority('Nobody').issue('localhost', { from: -1, to: 1 });
    await using there = await startReceiver(() => ({ status: 200 }), certified);
    const send = deliverer({ ops: { type: 'teams', webhook: { env: 'HOOK' } } }, testMeans({ HOOK: there.url }));
    const answer = await send(notice(), null);
    expect(answer).toMatchObject({ ok: false, retry: false, unsure: false });
    expect(answer.ok ? '' : answer.error).toContain('has no certificate that can be trusted');
    expect(there.heard).toEqual([]);
  });

  test('a channel that is not defined is named, with the one that was meant', async () => {
    const send = deliverer({ 'slack-ops': { type: 'slack', webhook: { env: 'X' } } }, testMeans({}));
    expect(await send(notice({ channel: 'slack-op' }), null)).toMatchObject({
      ok: false,
      error: "no channel is called 'slack-op'. Did you mean 'slack-ops'?",
    });
    expect(await send(notice({ channel: '__proto__' }), null)).toMatchObject({ ok: false, retry: false });
  });

  test('all messages of a run share what may be waited', async () => {
    await using slack = await startSlack();
    const waited: number[] = [];
    const send = delivererOf(
      { settings: { type: 'slack', webhook: { env: 'HOOK' } }, env: { HOOK: slack.webhook } },
      waited,
    );
    slack.troubles.push(say(429, { 'retry-after': '40' }));
    expect(await send(notice(), null)).toMatchObject({ ok: true });
    slack.troubles.push(say(429, { 'retry-after': '40' }));
    expect(await send(notice(), null)).toMatchObject({ ok: false, retry: true, waitFor: 40_000 });
    expect(waited).toEqual([40_000]);
  });
});

describe('PagerDuty', () => {
  const settings = (api: string): ChannelSettings => ({
    type: 'pagerduty',
    routing_key: { env: 'PD_KEY' },
    urgency: 'by-severity',
    api,
  });
  const over = (receiver: ReceiverData | null, send: ReturnType<typeof deliverer>): ReturnType<typeof send> =>
    send(overNotice(), receiver);

  test('a trigger, a reminder, an acknowledgement and the end are one incident', async () => {
    await using there = await startPagerDuty();
    const send = delivererOf({ settings: settings(there.url), env: { PD_KEY: ROUTING_KEY } });
    const begun = await send(notice(), null);
    const receiver = begun.ok ? begun.receiver : null;
    await send(notice({ key: '1'.repeat(64), kind: 'remind', because: 'remind_due' }), receiver);
    expect(there.incidents).toMatchObject([{ state: 'triggered', severity: 'critical', repeats: 1 }]);
    const acknowledged = [noticeAlert({ state: 'acknowledged' })];
    await send(
      notice({ key: '2'.repeat(64), kind: 'acknowledge', because: 'acknowledged', alerts: acknowledged }),
      receiver,
    );
    expect(there.incidents).toMatchObject([{ state: 'acknowledged' }]);
    expect(await over(receiver, send)).toMatchObject({ ok: true });
    expect(there.incidents).toMatchObject([{ state: 'resolved' }]);
  });

  test('prometheus/alertmanager#1587, #2874, grafana/grafana#38845: each alert of a group has an incident of its own, which ends by itself', async () => {
    await using there = await startPagerDuty();
    const send = delivererOf({ settings: settings(there.url), env: { PD_KEY: ROUTING_KEY } });
    const other = noticeAlert({ fingerprint: 'budget:fedcba9876543210', severity: 'warning' });
    const begun = await send(notice({ group: 'budgets', alerts: [noticeAlert(), other] }), null);
    expect(there.incidents.map(({ severity }) => severity)).toEqual(['critical', 'warning']);
    await over(begun.ok ? begun.receiver : null, send);
    expect(there.incidents.map(({ state }) => state)).toEqual(['resolved', 'triggered']);
  });

  test('the next episode is another incident, and a late repeat of the first one opens none', async () => {
    await using there = await startPagerDuty();
    const send = delivererOf({ settings: settings(there.url), env: { PD_KEY: ROUTING_KEY } });
    await send(notice(), null);
    await send(notice({ alerts: [noticeAlert({ episode: 2 })] }), null);
    expect(new Set(there.incidents.map(({ dedupKey }) => dedupKey)).size).toBe(2);
  });

  test('the end goes to the key of the beginning, though the configuration names another one now', async () => {
    await using there = await startPagerDuty();
    const env = { PD_KEY: ROUTING_KEY, PD_KEY_NEW: 'a'.repeat(32) };
    const begun = await delivererOf({ settings: settings(there.url), env })(notice(), null);
    const renamed: ChannelSettings = { ...settings(there.url), routing_key: { env: 'PD_KEY_NEW' } } as ChannelSettings;
    expect(await over(begun.ok ? begun.receiver : null, delivererOf({ settings: renamed, env }))).toMatchObject({
      ok: true,
    });
    expect(there.incidents).toMatchObject([{ state: 'resolved' }]);
  });

  test('when that key is gone, it says so instead of a resolve that PagerDuty would drop', async () => {
    await using there = await startPagerDuty();
    const begun = await delivererOf({ settings: settings(there.url), env: { PD_KEY: ROUTING_KEY } })(notice(), null);
    const changed = delivererOf({ settings: settings(there.url), env: { PD_KEY: 'a'.repeat(32) } });
    const answer = await over(begun.ok ? begun.receiver : null, changed);
    expect(answer).toMatchObject({ ok: false, retry: false });
    expect(answer.ok ? '' : answer.error).toContain('Close it by hand in PagerDuty');
    expect(JSON.stringify([begun, answer])).not.toContain(ROUTING_KEY);
  });

  test('what it does not like of an event is told', async () => {
    await using there = await startPagerDuty();
    const answer = await delivererOf({ settings: settings(there.url), env: { PD_KEY: 'a'.repeat(20) } })(
      notice(),
      null,
    );
    expect(answer).toMatchObject({
      ok: false,
      retry: false,
      error: expect.stringContaining("'routing_key' is invalid"),
    });
  });

  test('high urgency calls everything critical, so that the phone rings', async () => {
    await using there = await startPagerDuty();
    const high = { ...settings(there.url), urgency: 'high' } as ChannelSettings;
    const alerts = [noticeAlert({ severity: 'warning' })];
    await delivererOf({ settings: high, env: { PD_KEY: ROUTING_KEY } })(notice({ alerts }), null);
    expect(there.incidents).toMatchObject([{ severity: 'critical' }]);
  });

  test('the test of a channel leaves no incident open', async () => {
    await using there = await startPagerDuty();
    const send = delivererOf({ settings: settings(there.url), env: { PD_KEY: ROUTING_KEY } });
    await send(notice({ kind: 'test', because: 'asked_for', alerts: [] }), null);
    expect(there.incidents).toMatchObject([{ state: 'resolved', severity: 'info' }]);
  });
});

describe('a message that may have arrived already', () => {
  test.each([
    ['slack', true],
    ['teams', true],
    ['google-chat', true],
    ['pagerduty', false],
    ['webhook', false],
  ])('says so to the readers of a receiver that would show it twice: %s %s', async (type, isSaid) => {
    const start = SITES[type];
    if (start === undefined) throw new Error(`there is no ${type}`);
    await using there = await start();
    const send = delivererOf(there);
    await send(notice(), null);
    expect(there.receiver.heard.at(-1)?.body).not.toContain('may have been told before');
    await send(notice(), null, true);
    expect(there.receiver.heard.at(-1)?.body.includes('may have been told before')).toBe(isSaid);
  });
});

describe('a bot of Slack', () => {
  test('keeps one message up to date and tells the news in its thread', async () => {
    await using there = await startSlack();
    const settings = { type: 'slack-bot', token: { env: 'TOKEN' }, channel: there.channel, api: there.api } as const;
    const send = delivererOf({ settings, env: { TOKEN: there.token } });
    const begun = await send(notice(), null);
    const receiver = begun.ok ? begun.receiver : {};
    expect(receiver).toEqual({ channel: there.channel, ts: there.messages[0]?.ts });
    await send(notice({ key: '1'.repeat(64), kind: 'remind', because: 'remind_due' }), receiver);
    expect(there.messages.map(({ thread, broadcast, edits }) => [thread !== null, broadcast, edits])).toEqual([
      [false, false, 0],
      [true, false, 0],
    ]);
    await send(notice({ key: '2'.repeat(64), kind: 'remind', because: 'escalated' }), receiver);
    expect(there.messages.at(-1)).toMatchObject({ thread: receiver['ts'], broadcast: true });
    const ended = await send(overNotice(), receiver);
    expect(ended).toEqual({ ok: true, receiver });
    expect(there.messages[0]?.edits).toBe(1);
    expect(JSON.stringify(there.messages[0]?.body)).toContain('Over: budget (nightly-fixer)');
    expect(there.messages.filter(({ thread }) => thread === null).length).toBe(1);
  });

  test('begins anew when its message was deleted', async () => {
    await using there = await startSlack();
    const settings = { type: 'slack-bot', token: { env: 'TOKEN' }, channel: there.channel, api: there.api } as const;
    const send = delivererOf({ settings, env: { TOKEN: there.token } });
    const answer = await send(overNotice(), { channel: there.channel, ts: '1700000000.000001' });
    expect(answer).toEqual({ ok: true, receiver: { channel: there.channel, ts: there.messages[0]?.ts } });
  });

  function bot(there: Awaited<ReturnType<typeof startSlack>>): ReturnType<typeof delivererOf> {
    const settings = { type: 'slack-bot', token: { env: 'TOKEN' }, channel: there.channel, api: there.api } as const;
    return delivererOf({ settings, env: { TOKEN: there.token } });
  }
  const remind = notice({ key: '1'.repeat(64), kind: 'remind', because: 'remind_due' });

  test('finds the message that a run sent before it died, behind two hundred others, and sends none again', async () => {
    await using there = await startSlack();
    const begun = await bot(there)(notice(), null);
    for (let i = 0; i < 200; i++) await bot(there)(notice({ key: String(i).padStart(64, '0') }), null);
    expect(await bot(there)(notice(), null, true)).toEqual(begun);
    expect(there.messages).toHaveLength(201);
  });

  test('finds its reply in the thread, and sends none again', async () => {
    await using there = await startSlack();
    const begun = await bot(there)(notice(), null);
    const receiver = begun.ok ? begun.receiver : {};
    await bot(there)(remind, receiver);
    expect(await bot(there)(remind, receiver, true)).toEqual(begun);
    expect(there.messages).toHaveLength(2);
  });

  test('sends what it does not find', async () => {
    await using there = await startSlack();
    expect(await bot(there)(notice(), null, true)).toMatchObject({ ok: true });
    expect(there.messages).toHaveLength(1);
    expect(JSON.stringify(there.messages[0]?.body)).not.toContain('may have been told before');
    // In an ordinary run nothing is looked for.
    there.heard.splice(0);
    await bot(there)(remind, null);
    expect(there.heard.map(({ path }) => path)).toEqual(['/api/chat.postMessage']);
  });

  test('does not take the message of another app for its own', async () => {
    await using there = await startSlack();
    await bot(there)(notice(), null);
    for (const message of there.messages) message.bot = 'B0ANOTHER';
    await bot(there)(notice(), null, true);
    expect(there.messages).toHaveLength(2);
  });

  test.each<[string, (there: Awaited<ReturnType<typeof startSlack>>) => void]>([
    ['may not read the channel', (there) => void there.scopes.delete('channels:history')],
    ['cannot ask who it is', (there) => void there.errors.push('internal_error')],
    [
      'gets an answer that is none',
      (there) => void there.troubles.push({ kind: 'say', said: { status: 200, body: '<html>' } }),
    ],
  ])('sends once more where it %s, and says that this may have been told', async (_name, goesWrong) => {
    await using there = await startSlack();
    await bot(there)(notice(), null);
    goesWrong(there);
    expect(await bot(there)(notice(), null, true)).toMatchObject({ ok: true });
    expect(there.messages).toHaveLength(2);
    expect(JSON.stringify(there.messages[1]?.body)).toContain('may have been told before');
  });

  test.each([
    ['not_in_channel', { retry: false, unsure: false }, 'Invite the app'],
    ['token_revoked', { retry: false, unsure: false }, 'Make a new bot token'],
    ['something_new', { retry: false, unsure: false }, 'answered something_new'],
    ['ratelimited', { retry: true, unsure: false }, 'answered ratelimited'],
    ['internal_error', { retry: true, unsure: true }, 'answered internal_error'],
    ['<b>hostile</b>', { retry: false, unsure: false }, 'answered no reason given'],
  ])('understands the answer %s', async (error, kind, words) => {
    await using there = await startSlack();
    there.errors.push(error);
    const settings = { type: 'slack-bot', token: { env: 'TOKEN' }, channel: there.channel, api: there.api } as const;
    const answer = await delivererOf({ settings, env: { TOKEN: there.token } })(notice(), null);
    expect(answer).toMatchObject({ ok: false, ...kind, error: expect.stringContaining(words) });
  });
});

describe('other receivers', () => {
  test('Google Chat puts all messages of an episode into one thread', async () => {
    await using there = await startGoogleChat();
    const send = delivererOf({ settings: { type: 'google-chat', webhook: { env: 'H' } }, env: { H: there.webhook } });
    await send(notice(), null);
    await send(overNotice(), {});
    const threads = there.shown.map((shown) => JSON.stringify(shown['thread']));
    expect(new Set(threads).size).toBe(1);
    expect(there.heard.map(({ query }) => query.get('messageReplyOption'))).toEqual([
      'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD',
      'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD',
    ]);
    expect(there.heard[0]?.query.get('requestId')).not.toBe(there.heard[1]?.query.get('requestId'));
  });

  test('a program can prove that we called, and knows a message again', async () => {
    await using there = await startProgram(() => CLOCK_SECONDS);
    const settings = { type: 'webhook', url: { env: 'H' }, secret: { env: 'K' }, format: 'checkrein' } as const;
    const send = delivererOf({ settings, env: { H: there.webhook, K: there.secret } });
    await send(notice(), null);
    await send(notice(), null);
    expect([...there.taken.keys()]).toEqual([notice().key]);
    expect([...there.taken.values()]).toMatchObject([
      {
        version: 1,
        kind: 'trigger',
        repo: 'octo/fleet',
        alerts: [{ name: 'budget', severity: 'critical', value: 12.5 }],
      },
    ]);
    const wrong = await delivererOf({ settings, env: { H: there.webhook, K: 'another' } })(notice(), null);
    expect(wrong).toMatchObject({ ok: false, retry: false });
  });

  test('a webhook in the shape of Alertmanager has its members', async () => {
    await using there = await startProgram(() => CLOCK_SECONDS);
    const settings = { type: 'webhook', url: { env: 'H' }, secret: { env: 'K' }, format: 'alertmanager' } as const;
    const send = delivererOf({ settings, env: { H: there.webhook, K: there.secret } });
    await send(
      notice({
        alerts: [noticeAlert(), noticeAlert({ fingerprint: 'x', subject: { kind: 'agent', name: 'b' } })],
        more: 3,
      }),
      null,
    );
    await send(overNotice(), null);
    // The members are those of the documents of Alertmanager, "webhook_config".
    expect([...there.taken.values()]).toMatchObject([
      {
        version: '4',
        status: 'firing',
        receiver: 'ops',
        truncatedAlerts: 3,
        commonLabels: { alertname: 'budget', severity: 'critical', repo: 'octo/fleet' },
        alerts: [{ status: 'firing', startsAt: '2026-11-21T09:00:00.000Z', endsAt: '0001-01-01T00:00:00Z' }, {}],
      },
      { status: 'resolved', alerts: [{ status: 'resolved', endsAt: '2026-11-21T10:00:00.000Z' }] },
    ]);
  });

  test('an Alertmanager hears the end, and the end of what has become more severe', async () => {
    await using there = await startAlertmanager();
    const settings = { type: 'alertmanager', url: { env: 'AM' }, token: null, hold: 3_600_000 } as const;
    const send = delivererOf({ settings, env: { AM: `${there.url}/` } });
    const begun = await send(notice({ alerts: [noticeAlert({ severity: 'warning' })] }), null);
    const raised: Notice = notice({ because: 'severity_raised', at: '2026-11-21T09:30:00.000Z' });
    const told = await send(raised, begun.ok ? begun.receiver : null);
    const ends = (): readonly unknown[] =>
      [...there.alerts.values()].map(({ labels, endsAt }) => [Reflect.get(labels ?? {}, 'severity'), endsAt]);
    expect(ends()).toEqual([
      ['warning', '2026-11-21T09:30:00.000Z'],
      ['critical', '2026-11-21T10:30:00.000Z'],
    ]);
    await send(overNotice(), told.ok ? told.receiver : null);
    expect(ends()[1]).toEqual(['critical', '2026-11-21T10:00:00.000Z']);
  });
});
