import type { IncomingMessage } from 'node:http';
import { isDense } from './density.ts';
import { zlib } from './light-http.ts';

/** What was sent, or why it was not read, with the status to answer and our own words. */
export type Body =
  | { readonly kind: 'read'; readonly bytes: Buffer }
  | { readonly kind: 'refused'; readonly status: number; readonly why: string };

/** Larger bodies are refused. An export has some hundred kilobytes; a hook's question includes the file to be written. */
export const MOST_BYTES = 16_000_000;
/** The limit for all bodies received at the same time, so that many large ones do not fill the machine's memory. */
const MOST_AT_ONCE = 48_000_000;

const TOO_LARGE: Body = {
  ...{ kind: 'refused', status: 413 },
  why: `A request was larger than ${MOST_BYTES / 1e6} MB and was not read`,
};
const TOO_MANY: Body = {
  ...{ kind: 'refused', status: 503 },
  why: `More than ${MOST_AT_ONCE / 1e6} MB came at once: what was too much was not read`,
};

/** Reads request bodies, holding a limited amount at a time. */
export function bodyReader(): (request: IncomingMessage, done: (body: Body) => void) => void {
  let held = 0;
  return (request, done) => {
    const parts: Buffer[] = [];
    let size = 0;
    let isOver = false;
    const finish = (body: Body): void => {
      if (isOver) return;
      isOver = true;
      held -= size;
      parts.length = 0;
      done(body);
    };
    request.on('data', (part: Buffer) => {
      if (isOver) return;
      size += part.length;
      held += part.length;
      parts.push(part);
      if (size > MOST_BYTES) finish(TOO_LARGE);
      else if (held > MOST_AT_ONCE) finish(TOO_MANY);
    });
    request.on('end', () => {
      if (!isOver) finish({ kind: 'read', bytes: Buffer.concat(parts) });
    });
    // We do not wait for a sender that disconnects halfway.
    request.on('close', () => finish({ kind: 'refused', status: 400, why: 'A request broke off and was not read' }));
  };
}

/**
 * A body after decompression, for exporters that set `OTEL_EXPORTER_OTLP_COMPRESSION`. It is given up as soon as it exceeds
 * the limit for bodies.
 */
export async function unpacked(body: Buffer, encoding: string | undefined): Promise<Body> {
  const name = (encoding ?? '').trim().toLowerCase();
  if (name === '' || name === 'identity') return modest(body);
  const open = OPENERS[name];
  if (open === undefined)
    return {
      kind: 'refused',
      status: 415,
      why: 'Telemetry came in a compression that is not read: gzip and deflate are',
    };
  return await new Promise((resolve) => {
    open(zlib(), body, (error, bytes) => resolve(error === null ? modest(bytes) : faultOf(error)));
  });
}

/** Refuses what would take far more memory than its size in bytes. */
export function modest(bytes: Buffer): Body {
  return isDense(bytes)
    ? { kind: 'refused', status: 413, why: 'A request held too many values and was not read' }
    : { kind: 'read', bytes };
}

/** The encodings that senders may use, as listed in an answer. */
export const ENCODINGS = 'gzip, deflate';

type Opener = (
  zlib: typeof import('node:zlib'),
  body: Buffer,
  done: (error: Error | null, bytes: Buffer) => void,
) => void;

const BOUND = { maxOutputLength: MOST_BYTES } as const;
const gunzip: Opener = (zlib, body, done) => zlib.gunzip(body, BOUND, done);
const OPENERS: Readonly<Record<string, Opener>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  // The standard requires a header, but some senders leave it out.
  deflate: (zlib, body, done) => (hasHead(body) ? zlib.inflate : zlib.inflateRaw)(body, BOUND, done),
};

/** RFC 1950: method 8, and a checksum over the first two bytes. */
function hasHead(body: Buffer): boolean {
  return body.length >= 2 && (body.readUInt8(0) & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}

function faultOf(error: Error): Body {
  if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') return TOO_LARGE;
  return { kind: 'refused', status: 400, why: 'Telemetry came compressed and damaged: it was not read' };
}
