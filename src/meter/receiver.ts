import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { parse } from '../sources/sessions/json/document.ts';
import { asObject, type JsonObject } from '../sources/sessions/json/fields.ts';
import { decodeOtlp, type OtlpSignal } from '../sources/sessions/opentelemetry/protobuf.ts';
import { type Body, bodyReader, ENCODINGS, modest, unpacked } from './body.ts';
import { engineAsking, type HookedEngine, MARK_HEADER } from './hooks/engines.ts';
import { http } from './light-http.ts';

/** Handles what comes in. */
export interface ReceiverPort {
  /**
   * The question of an engine's hook; the answer goes back as JSON. `mark` is what it says about its job. Null for a question
   * that is too large to read.
   */
  readonly hook: (question: JsonObject | null, engine: HookedEngine, mark: string | null) => object;
  /** False when it says nothing about an agent: other programs of the job may heed the same settings. */
  readonly telemetry: (record: JsonObject) => boolean;
  /** Called with the proof that was sent. Returns the last report when the meter ends because of it, else null. */
  readonly end: (proof: string) => string | null;
  /** An agent has connected. Called after the first answer to it, so that nobody waits for it. */
  readonly peer: (remotePort: number) => void;
  /** Something unexpected came in, described in our words. */
  readonly odd: (what: string) => void;
}

const MOST_CONNECTIONS = 64;
const PATIENCE = 5_000;

export const END_PATH = 'end';

/** Listens on this machine only, for programs that know the key. */
export async function openReceiver(
  key: string,
  port: ReceiverPort,
): Promise<{ readonly server: Server; readonly port: number }> {
  const known = new WeakSet<Socket>();
  const read = bodyReader();
  const server = http.createServer({ requestTimeout: PATIENCE, headersTimeout: PATIENCE }, (request, response) => {
    const path = /^\/([^/?]+)\/([^?]*)/.exec(request.url ?? '');
    if (path?.[1] !== key || request.method !== 'POST') {
      port.odd('Something spoke to the meter that does not know its address');
      refuse(request, response, 404);
      return;
    }
    read(request, (body) => {
      void answer(path[2] ?? '', request, response, body, port).then((isAgent) => {
        if (isAgent) notePeer(request.socket, known, port);
      });
    });
  });
  keepFew(server);
  server.on('clientError', (error, socket) => {
    if (isGrpc(error)) port.odd(GRPC);
    // Half-open and broken requests end here without an answer.
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

/**
 * With too many connections, the oldest is closed. A program that keeps many open must not block hooks, whose connections are
 * short.
 */
function keepFew(server: Server): void {
  const open = new Set<Socket>();
  server.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const [oldest] = open;
    if (open.size > MOST_CONNECTIONS) oldest?.destroy();
  });
}

function notePeer(socket: Socket, known: WeakSet<Socket>, port: ReceiverPort): void {
  const { remotePort } = socket;
  if (known.has(socket) || remotePort === undefined) return;
  known.add(socket);
  setImmediate(() => port.peer(remotePort));
}

const GRPC =
  'An engine tried to report over gRPC, which is not read: its OTEL_EXPORTER_OTLP_PROTOCOL should be http/json or http/protobuf';

/** gRPC starts with the HTTP/2 preface (RFC 9113, 3.4), which an HTTP/1 parser rejects. */
function isGrpc(error: Error): boolean {
  const packet = 'rawPacket' in error ? error.rawPacket : null;
  return packet instanceof Buffer && packet.subarray(0, 16).toString('latin1') === 'PRI * HTTP/2.0\r\n';
}

/** Answers, and returns whether an agent was speaking. */
async function answer(
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
  body: Body,
  port: ReceiverPort,
): Promise<boolean> {
  const engine = engineAsking(path);
  if (engine !== null) {
    answerHook(engine, request, response, body.kind === 'read' ? modest(body.bytes) : body, port);
    return true;
  }
  if (path === END_PATH && body.kind === 'read') {
    sendReport(response, port.end(body.bytes.toString('utf8')));
    return false;
  }
  const whole = body.kind === 'refused' ? body : await unpacked(body.bytes, request.headers['content-encoding']);
  if (whole.kind === 'refused') {
    refuseBody(request, response, whole, port);
    return false;
  }
  const isProtobuf = isOf(request, 'protobuf');
  const { status, isAgent } = isProtobuf
    ? takeProtobuf(path, whole.bytes, port)
    : takeTelemetry(whole.bytes.toString('utf8'), request, port);
  if (isProtobuf) sendNothing(response, status);
  else send(response, status, {});
  return isAgent;
}

/** What became of telemetry: the status to answer, and whether it is an agent's. */
interface Taken {
  readonly status: number;
  readonly isAgent: boolean;
}

function refuseBody(
  request: IncomingMessage,
  response: ServerResponse,
  { status, why }: Body & { kind: 'refused' },
  { odd }: ReceiverPort,
): void {
  odd(why);
  if (status === 415) response.setHeader('accept-encoding', ENCODINGS);
  refuse(request, response, status);
}

/**
 * An invalid question is answered as one about a call without a name, which only the stop refuses. An unread one gets an
 * answer too, because some engines continue without one.
 */
function answerHook(
  engine: HookedEngine,
  { headers }: IncomingMessage,
  response: ServerResponse,
  body: Body,
  { hook, odd }: ReceiverPort,
): void {
  const mark = headers[MARK_HEADER];
  if (body.kind === 'refused') odd(body.why);
  const question = body.kind === 'refused' ? null : (asObject(parse(body.bytes.toString('utf8'))) ?? {});
  send(response, 200, hook(question, engine, typeof mark === 'string' ? mark : null));
}

function takeTelemetry(text: string, request: IncomingMessage, { odd, telemetry }: ReceiverPort): Taken {
  const record = asObject(parse(text));
  if (record === null) {
    odd('Telemetry came that is no JSON: it was not read');
    return unread(isOf(request, 'json') ? 400 : 415);
  }
  return { status: 200, isAgent: telemetry(record) };
}

/** An engine's own settings may select this format. The address says which of the three signals it is. */
function takeProtobuf(path: string, body: Buffer, { odd, telemetry }: ReceiverPort): Taken {
  const signal = SIGNALS.find((one) => path.endsWith(`/v1/${one}`));
  if (signal === undefined) {
    odd('Telemetry came as protobuf to an address that does not say what it is: it was not read');
    return unread(415);
  }
  const record = decodeOtlp(signal, body);
  if (record === null) {
    odd('Telemetry came that is no protobuf: it was not read');
    return unread(400);
  }
  return { status: 200, isAgent: telemetry(record) };
}

function unread(status: number): Taken {
  return { status, isAgent: false };
}

const SIGNALS: readonly OtlpSignal[] = ['logs', 'metrics', 'traces'];

function isOf({ headers }: IncomingMessage, form: 'json' | 'protobuf'): boolean {
  return headers['content-type']?.includes(form) === true;
}

function send(response: ServerResponse, status: number, value: object): void {
  const text = JSON.stringify(value);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

/** An empty answer, which is a complete one in protobuf. */
function sendNothing(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/x-protobuf', 'content-length': 0 }).end();
}

function sendReport(response: ServerResponse, report: string | null): void {
  const text = report ?? '';
  const length = Buffer.byteLength(text);
  response.writeHead(report === null ? 403 : 200, { 'content-type': 'text/plain', 'content-length': length }).end(text);
}

/** Stops reading from a refused sender. */
function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  response.writeHead(status, { connection: 'close', 'content-length': 0 }).end();
  response.once('finish', () => request.socket.destroy());
}
