import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certified } from '../../kit/certificates.ts';

/** A request as it came. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What a receiver says. */
export interface Said {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What goes wrong with one request, before or after the receiver took it in. */
export type Trouble =
  | { readonly kind: 'say'; readonly said: Said }
  /** The connection breaks; `after` when the message was taken in. */
  | { readonly kind: 'reset'; readonly after: boolean }
  /** No answer ever comes; `meanwhile` happens instead. */
  | { readonly kind: 'silence'; readonly after: boolean; readonly meanwhile?: () => void }
  /** Taken in, and answered without end. */
  | { readonly kind: 'flood' };

/** A receiver of messages on a port of its own. */
export interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly heard: Heard[];
  /** Taken from the front, one for each request. */
  readonly troubles: Trouble[];
}

/** Serves `take`, which models what the receiver does with a message. */
export async function startReceiver(take: (heard: Heard) => Said, tls: Certified | null = null): Promise<Receiver> {
  const heard: Heard[] = [];
  const troubles: Trouble[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://receiver');
      const body = Buffer.concat(parts).toString();
      const one: Heard = {
        ...{ method: request.method ?? '', path: url.pathname, query: url.searchParams },
        ...{ headers: request.headers, body },
      };
      heard.push(one);
      reply(one, troubles.shift(), take, response);
    });
  };
  const server = tls === null ? createPlain(answer) : createSecure({ key: tls.key, cert: tls.certificate }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: tls === null ? `http://127.0.0.1:${port}` : `https://localhost:${port}`,
    heard,
    troubles,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function reply(
  heard: Heard,
  trouble: Trouble | undefined,
  take: (heard: Heard) => Said,
  response: ServerResponse,
): void {
  if (trouble === undefined) say(take(heard), response);
  else if (trouble.kind === 'say') say(trouble.said, response);
  else if (trouble.kind === 'flood') {
    take(heard);
    flood(response);
  } else {
    if (trouble.after) take(heard);
    if (trouble.kind === 'reset') response.destroy();
    else trouble.meanwhile?.();
  }
}

/** Answers for as long as anybody listens. */
function flood(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/plain' });
  const more = (): void => {
    let room = true;
    while (room && !response.destroyed) room = response.write('x'.repeat(65_536));
  };
  response.on('drain', more);
  more();
}

function say({ status, headers = {}, body = '' }: Said, response: ServerResponse): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}

/** The members of a JSON object; empty for anything else. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
