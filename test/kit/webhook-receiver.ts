import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Lever } from '../../src/responses/stop/levers.ts';
import { webhookLever } from '../../src/responses/stop/webhook.ts';

/** Planted, so that a leak is seen. */
export const SECRET = 'planted-webhook-secret-4d1f';
export const PATH = '/hook/planted-webhook-path-9b2e';

/** A request as it came. */
interface Heard {
  readonly path: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Somebody who is told of stops. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly heard: Heard[];
  readonly lever: Lever;
}

/** Answers with these statuses in turn, then with the last one for ever; null: never. */
export async function receiver(...statuses: readonly (number | null)[]): Promise<Receiver> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const status = statuses[Math.min(heard.length, statuses.length - 1)] ?? null;
      heard.push({ path: request.url, headers: request.headers, body: Buffer.concat(parts).toString() });
      if (status !== null) response.writeHead(status, { location: '/elsewhere' }).end('a body that nobody reads');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
  // Impatient: it waits a tenth of a second for an answer.
  const lever = webhookLever({ url, secret: SECRET, urlName: 'HOOK_URL', secretName: 'HOOK_SECRET' }, 100);
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, heard, lever, [Symbol.asyncDispose]: close };
}
