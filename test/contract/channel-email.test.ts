import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Deliverer } from '../../src/core/notice.ts';
import { deliverer } from '../../src/responses/channels/deliverer.ts';
import type { EmailSettings } from '../../src/responses/channels/email/settings.ts';
import { type FakeMail, startMail } from '../fakes/channels/mail.ts';
import { notice, noticeAlert, overNotice, testMeans } from '../kit/notices.ts';

function settingsOf(mail: FakeMail, changes: Partial<EmailSettings> = {}): EmailSettings {
  return {
    type: 'email',
    host: 'localhost',
    port: mail.port,
    tls: 'starttls',
    user: { env: 'MAIL_USER' },
    password: { env: 'MAIL_PASSWORD' },
    ca: { env: 'MAIL_CA' },
    from: 'checkrein@example.test',
    to: ['ops@example.test', 'leads@example.test'],
    ...changes,
  };
}

function sender(
  mail: FakeMail,
  changes: Partial<EmailSettings> = {},
  env: Readonly<Record<string, string>> = {},
): Deliverer {
  const secrets = { MAIL_USER: mail.user, MAIL_PASSWORD: mail.password, MAIL_CA: mail.ca, ...env };
  return deliverer({ ops: settingsOf(mail, changes) }, { ...testMeans(secrets), timeout: 3_000 });
}

describe('mail', () => {
  test('arrives over TLS, once, with the words of the alert', async () => {
    await using there = await startMail();
    expect(await sender(there)(notice(), null)).toMatchObject({ ok: true });
    expect(there.received.length).toBe(1);
    const [{ mail, to, secure } = { mail: null, to: [], secure: false }] = there.received;
    expect([to, secure]).toEqual([['ops@example.test', 'leads@example.test'], true]);
    expect(mail?.subject).toBe('Critical: budget (nightly-fixer)');
    expect(mail?.text).toContain('nightly-fixer used $12.50 of $10.00 on 2026-11-21.');
    expect(mail?.text).toContain('What to do: https://example.test/docs/runbooks/budget.md');
    expect(mail?.html).toBeUndefined();
    expect(mail?.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
  });

  test('has the same Message-ID however often it is sent, and answers the first of its thread', async () => {
    await using there = await startMail();
    const send = sender(there);
    const begun = await send(notice(), null);
    await send(notice(), null);
    const receiver = begun.ok ? begun.receiver : {};
    const ended = await send(overNotice(), receiver);
    const [first, again, last] = there.received.map(({ mail }) => mail);
    expect(again?.messageId).toBe(first?.messageId);
    expect(first?.messageId).toMatch(/^<checkrein\.[0-9a-f]{40}@example\.test>$/);
    expect(receiver).toEqual({ root: first?.messageId });
    expect(last?.messageId).not.toBe(first?.messageId);
    expect([last?.inReplyTo, last?.references]).toEqual([first?.messageId, first?.messageId]);
    expect(ended).toEqual({ ok: true, receiver });
  });

  test('an odd root in the ledger becomes no header', async () => {
    await using there = await startMail();
    await sender(there)(overNotice(), { root: '<x@y>\r\nBcc: stranger@example.test' });
    expect(there.received[0]?.mail.inReplyTo).toBeUndefined();
    expect(there.received[0]?.to).toEqual(['ops@example.test', 'leads@example.test']);
  });

  test('works with TLS from the first byte', async () => {
    await using there = await startMail({ implicit: true });
    expect(await sender(there, { tls: 'implicit' })(notice(), null)).toMatchObject({ ok: true });
    expect(there.received[0]?.secure).toBe(true);
  });

  test('is not sent where the server offers no TLS, and no password is told there', async () => {
    await using there = await startMail({ starttls: false });
    const answer = await sender(there)(notice(), null);
    expect(answer).toMatchObject({ ok: false, retry: false, unsure: false });
    expect(answer.ok ? '' : answer.error).toContain('offers no TLS');
    expect(there.received).toEqual([]);
  });

  test.each<[string, Parameters<typeof startMail>[0], Partial<EmailSettings>]>([
    ['nobody vouches for', {}, { ca: null }],
    ['is for somebody else', { host: 'elsewhere.test' }, {}],
  ])('is not sent to a server whose certificate %s', async (_what, options, changes) => {
    await using there = await startMail(options);
    const answer = await sender(there, changes)(notice(), null);
    expect(answer).toMatchObject({ ok: false, retry: false });
    expect(there.received).toEqual([]);
  });

  test.each([
    ['RCPT', 550, { retry: false, unsure: false }],
    ['RCPT', 451, { retry: true, unsure: false }],
    ['DATA', 554, { retry: false, unsure: false }],
    ['DATA', 452, { retry: true, unsure: false }],
  ] as const)('an answer to %s with %i is taken for what it is', async (at, code, kind) => {
    await using there = await startMail();
    there.answers.push({ at, code }, { at, code });
    const answer = await sender(there)(notice(), null);
    expect(answer).toMatchObject({ ok: false, ...kind });
    expect(answer.ok ? '' : answer.error).toContain(`answered ${code}`);
    expect(JSON.stringify(answer)).not.toContain('planted');
    expect(JSON.stringify(answer)).not.toContain('ops@example.test');
  });

  test('a server that hangs up after the mail may have taken it', async () => {
    await using there = await startMail();
    there.hangUp();
    expect(await sender(there)(notice(), null)).toMatchObject({ ok: false, retry: true, unsure: true });
  });

  test('a server that says nothing is tried later', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await using there = await startMail();
    const send = deliverer(
      { ops: settingsOf(there, { port, user: null, password: null, ca: null }) },
      { ...testMeans({}), timeout: 200 },
    );
    expect(await send(notice(), null)).toMatchObject({ ok: false, retry: true, unsure: false });
    silent.close();
  });

  test('one address that the server does not know keeps the mail from nobody, and a test says so', async () => {
    await using there = await startMail();
    there.answers.push({ at: 'RCPT', code: 550 });
    expect(await sender(there)(notice(), null)).toMatchObject({ ok: true });
    expect(there.received.map(({ to }) => to)).toEqual([['leads@example.test']]);
    there.answers.push({ at: 'RCPT', code: 550 });
    const tried = await sender(there)(notice({ kind: 'test', because: 'asked_for', alerts: [] }), null);
    expect(tried).toMatchObject({ ok: false, retry: false, error: expect.stringContaining('1 of the 2 addresses') });
  });

  test('a wrong password is final and not repeated', async () => {
    await using there = await startMail();
    const answer = await sender(there, {}, { MAIL_PASSWORD: 'another planted one' })(notice(), null);
    expect(answer).toMatchObject({ ok: false, retry: false });
    expect(answer.ok ? '' : answer.error).toContain('does not take the login');
    expect(JSON.stringify(answer)).not.toContain('planted');
  });

  test('a missing secret is named', async () => {
    await using there = await startMail();
    for (const name of ['MAIL_USER', 'MAIL_PASSWORD', 'MAIL_CA']) {
      const answer = await sender(there, {}, { [name]: ' ' })(notice(), null);
      expect(answer.ok ? '' : answer.error).toContain(`the environment has no ${name}`);
    }
  });

  test('a server that is not there is tried later', async () => {
    const there = await startMail();
    await there[Symbol.asyncDispose]();
    expect(await sender(there)(notice(), null)).toMatchObject({ ok: false, retry: true, unsure: false });
  });

  test('a line break in a name ends no header', async () => {
    await using there = await startMail();
    const name = 'fixer\r\nBcc: stranger@example.test\r\n\r\nbody';
    await sender(there)(notice({ alerts: [noticeAlert({ subject: { kind: 'agent', name } })] }), null);
    const [{ mail, to } = { mail: null, to: [] }] = there.received;
    expect(to).toEqual(['ops@example.test', 'leads@example.test']);
    expect(mail?.bcc ?? []).toEqual([]);
    expect(mail?.subject).toContain('fixer Bcc:');
  });
});
