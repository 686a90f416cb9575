import { connect, createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Certified } from '../kit/certificates.ts';

/** Something that stands before a server and speaks TLS as PostgreSQL does, or refuses to. */
export interface TlsFront extends AsyncDisposable {
  readonly port: number;
  /** How many connections asked for TLS, and how many came without. */
  readonly seen: { asked: number; plain: number };
}

/** Eight bytes that ask for TLS: https://www.postgresql.org/docs/18/protocol-message-formats.html, SSLRequest. */
const SSL_REQUEST = '0000000804d2162f';

/** Answers on a port of its own with a certificate, or with "no TLS here" when there is none; hands on to `port`. */
export async function tlsFront(port: number, certified: Certified | null): Promise<TlsFront> {
  const seen = { asked: 0, plain: 0 };
  const open = new Set<Socket>();
  const join = (client: Socket | TLSSocket, first: Buffer): void => {
    const server = connect(port, '127.0.0.1');
    open.add(server);
    server.write(first);
    client.pipe(server).pipe(client);
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    client.on('error', end);
    server.on('error', end);
  };
  const front = createServer((client) => {
    open.add(client);
    client.on('error', () => client.destroy());
    client.once('data', (first) => {
      if (first.toString('hex') !== SSL_REQUEST) {
        seen.plain += 1;
        join(client, first);
        return;
      }
      seen.asked += 1;
      if (certified === null) {
        client.end('N');
        return;
      }
      client.write('S');
      const secureContext = createSecureContext({ key: certified.key, cert: certified.certificate });
      const secure = new TLSSocket(client, { isServer: true, secureContext });
      secure.on('error', () => secure.destroy());
      secure.once('data', (data: Buffer) => join(secure, data));
    });
  });
  await new Promise<void>((resolve) => {
    front.listen(0, '127.0.0.1', resolve);
  });
  const address = front.address();
  if (address === null || typeof address === 'string') throw new Error('the system gave no port');
  return {
    port: address.port,
    seen,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => {
        front.close(() => resolve());
      });
    },
  };
}
