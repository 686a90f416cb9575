import { fstatSync, statSync, writeSync } from 'node:fs';
import type { Output } from './screen.ts';

/** Node's own stream for an output, and what to do when it cannot be written. */
export interface Fallback {
  readonly stream: () => Output;
  readonly failed: (error: NodeJS.ErrnoException) => void;
}

/**
 * An output that is certainly no terminal, written to directly: making Node's stream for it takes a tenth of the time in which an
 * empty program runs. Null for one that may be a terminal. Where others have set a pipe not to wait, the stream does the waiting.
 */
export function plainOutput(descriptor: number, { stream, failed }: Fallback): Output | null {
  if (mayBeTerminal(descriptor)) return null;
  let go = (bytes: Uint8Array): void => {
    try {
      const rest = writtenTo(descriptor, bytes);
      if (rest.length === 0) return;
      const waiting = stream();
      go = (more) => waiting.write(more);
      go(rest);
    } catch (error) {
      if (!isOfSystem(error)) throw error;
      go = () => undefined;
      // The command may be about to say how it ends.
      setImmediate(failed, error);
    }
  };
  return { write: (text) => go(Buffer.from(text)) };
}

const NULL_DEVICE = '/dev/null';

function mayBeTerminal(descriptor: number): boolean {
  try {
    const found = fstatSync(descriptor);
    return found.isCharacterDevice() && found.rdev !== statSync(NULL_DEVICE, { throwIfNoEntry: false })?.rdev;
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return true;
  }
}

/** Writes bytes, and returns those that would have to wait. */
function writtenTo(descriptor: number, bytes: Uint8Array): Uint8Array {
  let at = 0;
  try {
    while (at < bytes.length) at += writeSync(descriptor, bytes, at);
  } catch (error) {
    if (!(isOfSystem(error) && error.code === 'EAGAIN')) throw error;
  }
  return bytes.subarray(at);
}

function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
