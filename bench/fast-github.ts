import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A GitHub that takes no time of its own: what another one has answered once comes from memory from then on. */
export interface FastGitHub extends AsyncDisposable {
  readonly url: string;
  /** The requests since `forget`, as they came. */
  readonly log: readonly Answered[];
  forget(): void;
}

export interface Answered {
  /** `PATCH /repos/…` */
  readonly request: string;
  /** On the clock of this process, in milliseconds: when it came, and when its answer was written. */
  readonly from: number;
  readonly to: number;
  /** Whether the answer was in memory. */
  readonly remembered: boolean;
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** Stands before a GitHub whose answers to the same requests stay the same, whatever their bodies hold. */
export async function fastGitHub(behind: string): Promise<FastGitHub> {
  const known = new Map<string, Answer>();
  const log: Answered[] = [];
  const server = createServer(async (request, response) => {
    const from = performance.now();
    const sent = Buffer.concat(await request.toArray());
    const name = `${request.method} ${request.url}`;
    const remembered = known.get(name);
    const answer = remembered ?? (await forward(behind, request, sent));
    if (answer.status < 300) known.set(name, answer);
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': answer.body.length };
    response.writeHead(answer.status, headers).end(answer.body, () => {
      log.push({ request: name, from, to: performance.now(), remembered: remembered !== undefined });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    forget: () => log.splice(0),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function forward(behind: string, request: IncomingMessage, sent: Buffer): Promise<Answer> {
  const { method = 'GET', url = '/', headers } = request;
  const kept = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' && !OF_THE_CONNECTION.has(name) ? [[name, value] as [string, string]] : [],
  );
  const body = sent.length === 0 ? {} : { body: Uint8Array.from(sent) };
  const answer = await fetch(new URL(url, behind), { method, headers: kept, ...body });
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
}

const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'host',
  'transfer-encoding',
]);
