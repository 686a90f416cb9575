import { closeSync, constants, createReadStream, openSync, readSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND } from '../../core/time.ts';

/** How long a named pipe may have no writer. Whoever was started along with us has opened it long before. */
const PATIENCE = 10 * SECOND;
/** How often to look for a writer. */
const LOOK = SECOND / 20;

/** Nobody wrote to a named pipe, so that a plain reader would wait for ever. */
export class NoWriter extends Error {
  override readonly name = 'NoWriter';
  readonly code = 'ENOWRITER';

  constructor() {
    super(`it is a pipe, and nobody has written to it for ${PATIENCE / SECOND} seconds`);
  }
}

/**
 * The text of a file or a pipe that somebody named.
 * @throws Error with the system's code when it cannot be read; NoWriter.
 */
export async function localText(path: string): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of localBytes(path)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/**
 * The bytes of a file or a pipe that somebody named, as they come.
 * @throws Error with the system's code when it cannot be read; NoWriter.
 */
export async function* localBytes(path: string): AsyncGenerator<Buffer> {
  yield* (await isNamedPipe(path)) ? pipedBytes(path) : createReadStream(path);
}

/** What a shell holds open for us, `<(…)` and `/dev/stdin`, has its writer, or has had one. */
const HELD_OPEN = /^\/(?:dev|proc)\//;

async function isNamedPipe(path: string): Promise<boolean> {
  if (HELD_OPEN.test(path)) return false;
  const found = await stat(path).catch(() => null);
  return found?.isFIFO() ?? false;
}

/** Waits for a writer without being blocked, which nothing could end, and then reads until the last writer has closed the pipe. */
async function* pipedBytes(path: string): AsyncGenerator<Buffer> {
  const { Socket } = await import('node:net');
  const pipe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let first: Buffer | null;
  try {
    first = await firstBytes(pipe);
  } catch (error) {
    closeSync(pipe);
    throw error;
  }
  const rest = new Socket({ fd: pipe, readable: true, writable: false });
  if (first !== null) yield first;
  yield* rest;
}

/** What is in a pipe as soon as it has a writer; null when the writer has not written anything yet. */
async function firstBytes(pipe: number): Promise<Buffer | null> {
  const bytes = Buffer.alloc(65_536);
  for (const until = performance.now() + PATIENCE; performance.now() < until; await sleep(LOOK)) {
    try {
      const came = readSync(pipe, bytes);
      if (came > 0) return bytes.subarray(0, came);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return null;
      throw error;
    }
  }
  throw new NoWriter();
}
