import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { type Authority, makeAuthority } from '../../kit/certificates.ts';

/** A mail server that keeps what it gets. */
export interface FakeMail extends AsyncDisposable {
  readonly port: number;
  /** The certificate by which it is trusted, as PEM. */
  readonly ca: string;
  readonly user: string;
  readonly password: string;
  readonly received: { readonly mail: Email; readonly to: readonly string[]; readonly secure: boolean }[];
  /** What it says to the next mails, after the whole message was read. */
  readonly answers: { readonly code: number; readonly at: 'RCPT' | 'DATA' }[];
  /** Makes it hang up when it has read the next mail, before it says whether it took it. */
  hangUp(): void;
  /** Once: when the next mail is taken in, this happens instead of an answer. */
  meanwhile(happens: () => void): void;
}

interface MailOptions {
  readonly starttls?: boolean;
  readonly implicit?: boolean;
  /** Whom its certificate is for. */
  readonly host?: string;
}

const USER = 'checkrein';
const PASSWORD = 'planted smtp password';

/** SMTP with TLS, by a certificate of an authority that is made for it. */
export async function startMail({
  starttls = true,
  implicit = false,
  host = 'localhost',
}: MailOptions = {}): Promise<FakeMail> {
  const authority: Authority = makeAuthority('Checkrein test mail');
  const { key, certificate } = authority.issue(host, { from: -1, to: 1 });
  const received: FakeMail['received'] = [];
  const answers: FakeMail['answers'] = [];
  const state: { hangsUp: boolean; meanwhile: (() => void) | null } = { hangsUp: false, meanwhile: null };
  const take = (at: 'RCPT' | 'DATA'): Error | null => {
    if (answers[0]?.at !== at) return null;
    const { code } = answers.shift() ?? { code: 0 };
    return Object.assign(new Error('5.7.1 planted words of the server'), { responseCode: code });
  };
  const server = new SMTPServer({
    secure: implicit,
    key,
    cert: certificate,
    disabledCommands: starttls ? [] : ['STARTTLS'],
    logger: false,
    onAuth: ({ username, password }, _session, done) => {
      if (username === USER && password === PASSWORD) return done(null, { user: USER });
      return done(new Error('535 planted'));
    },
    onRcptTo: (_address, _session, done) => done(take('RCPT')),
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        if (state.hangsUp) {
          for (const connection of server.connections) connection.close();
          return;
        }
        const refusal = take('DATA');
        if (refusal !== null) return done(refusal);
        const to = session.envelope.rcptTo.map(({ address }) => address);
        void PostalMime.parse(Buffer.concat(parts)).then((mail) => {
          received.push({ mail, to, secure: session.secure });
          const { meanwhile } = state;
          state.meanwhile = null;
          if (meanwhile === null) done(null);
          else meanwhile();
        });
      });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    ...{ port, ca: authority.certificate, user: USER, password: PASSWORD, received, answers },
    hangUp: () => {
      state.hangsUp = true;
    },
    meanwhile: (happens) => {
      state.meanwhile = happens;
    },
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
