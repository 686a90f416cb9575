import { createTransport } from 'nodemailer';
import { type Duration, SECOND } from '../../../core/time.ts';
import { doubtful, postponed, refused, type Undelivered } from '../delivery.ts';
import type { Mail } from './payload.ts';
import type { EmailSettings } from './settings.ts';

/** How a mail is sent. */
export interface Post {
  readonly settings: EmailSettings;
  readonly auth: { readonly user: string; readonly pass: string } | null;
  /** PEM; null to use the certificates that the machine trusts. */
  readonly ca: string | null;
  readonly timeout: Duration;
}

/** The server has accepted a mail. */
export interface Posted {
  readonly ok: true;
  /** How many of the recipients the server does not know. */
  readonly refused: number;
}

/** Sends a mail over TLS or not at all. */
export async function sendMail(mail: Mail, post: Post): Promise<Posted | Undelivered> {
  const { settings, auth, ca, timeout } = post;
  const { host, port, tls, from, to } = settings;
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: true,
    tls: { minVersion: 'TLSv1.2', ...(ca === null ? {} : { ca }) },
    ...(auth === null ? {} : { auth }),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout + SECOND,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { rejected } = await transport.sendMail({
      from,
      to: [...to],
      messageId: mail.messageId,
      subject: mail.subject,
      text: mail.text,
      ...(mail.root === null ? {} : { inReplyTo: mail.root, references: [mail.root] }),
      // Keeps out-of-office replies away.
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    });
    return { ok: true, refused: rejected.length };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return failureOf(error, `the mail server ${host}:${port}`);
  } finally {
    transport.close();
  }
}

/** What the library reports about a failure: its own code, the server's status, and the command in progress. */
interface SmtpFault {
  readonly code: string;
  readonly status: number | null;
  readonly command: string;
  /** No connection was made, so nothing has arrived. */
  readonly notReached: boolean;
}

function faultOf(error: Error): SmtpFault {
  const code: unknown = Reflect.get(error, 'code');
  const status: unknown = Reflect.get(error, 'responseCode');
  const command: unknown = Reflect.get(error, 'command');
  return {
    code: typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : '',
    status: typeof status === 'number' ? status : null,
    command: typeof command === 'string' ? command : '',
    notReached:
      code === 'EDNS' ||
      Reflect.get(error, 'syscall') === 'connect' ||
      /^(Connection timeout|Greeting never received)/.test(error.message),
  };
}

/** The server's own words may contain addresses and more, so they are left out. */
function failureOf(error: Error, name: string): Undelivered {
  const { code, status, command, notReached } = faultOf(error);
  if (code === 'EAUTH') return refused(`${name} does not take the login. Put user and password right`);
  if (code === 'ETLS') return refused(`${name} offers no TLS that can be trusted. See \`tls\`, \`port\` and \`ca\``);
  if (status !== null && status >= 500) {
    return refused(
      `${name} answered ${status} to ${commandWord(command)}. See whether it takes mail from \`from\` to \`to\``,
    );
  }
  // The server is shutting down and does not say whether it took the mail first.
  if (status === GOING_AWAY) return doubtful(`${name} answered ${status}`);
  if (status !== null) return postponed(`${name} answered ${status} to ${commandWord(command)}`);
  if (/certificate|self.signed|altname/i.test(error.message)) {
    return refused(`${name} has no certificate that can be trusted. See \`host\` and \`ca\``);
  }
  const known = code === '' ? '' : ` (${code})`;
  if (notReached) return postponed(`${name} could not be reached${known}`);
  return doubtful(`the connection to ${name} broke off${known}`);
}

/** "Service not available, closing transmission channel", RFC 5321, 4.2.3. It may come at any time. */
const GOING_AWAY = 421;

function commandWord(command: string): string {
  return /^[A-Z]{3,8}( [A-Z]{2,4})?$/.test(command) ? command : 'a command';
}
