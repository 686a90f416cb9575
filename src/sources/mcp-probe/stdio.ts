import { type ChildProcess, spawn } from 'node:child_process';
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

/** A server that writes more than this before it is done cannot be probed. */
const MOST_BYTES = 4 * 1_024 * 1_024;
/** How long a program may take to end when told to. */
const GRACE_MS = 500;

/**
 * Talks to a program over its standard streams. Unlike the SDK's own transport, it runs the program in its own process group, so
 * that its children end with it, and limits its output.
 */
export class ProgramTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];
  private readonly command: readonly string[];
  private readonly env: Readonly<Record<string, string>>;
  private readonly buffer = new ReadBuffer();
  private child: ChildProcess | null = null;
  private bytes = 0;

  constructor(command: readonly string[], env: Readonly<Record<string, string>>) {
    this.command = command;
    this.env = env;
  }

  async start(): Promise<void> {
    const [program = '', ...words] = this.command;
    const child = spawn(program, words, { env: { ...this.env }, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
    this.child = child;
    child.stdout?.on('data', (chunk: Buffer) => this.take(chunk));
    child.stdin?.on('error', (error) => this.onerror?.(error));
    child.on('close', () => this.onclose?.());
    await new Promise<void>((accept, refuse) => {
      child.once('spawn', accept);
      child.once('error', refuse);
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    this.child?.stdin?.write(serializeMessage(message));
  }

  async close(): Promise<void> {
    const { child } = this;
    if (child === null) return;
    this.child = null;
    const ended = new Promise<void>((accept) => {
      if (child.exitCode !== null || child.signalCode !== null) accept();
      else child.once('close', () => accept());
    });
    endGroup(child, 'SIGTERM');
    const timer = setTimeout(() => endGroup(child, 'SIGKILL'), GRACE_MS);
    await ended;
    clearTimeout(timer);
    // Its child processes may outlive it.
    endGroup(child, 'SIGKILL');
  }

  private take(chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > MOST_BYTES) {
      this.onerror?.(new Error('it said more than 4 MB'));
      void this.close().then(() => this.onclose?.());
      return;
    }
    this.buffer.append(chunk);
    for (;;) {
      const message = this.next();
      if (message === null) return;
      if (message !== 'no message') this.onmessage?.(message);
    }
  }

  /** The next complete message. Some programs write other lines, which are skipped. */
  private next(): JSONRPCMessage | 'no message' | null {
    try {
      return this.buffer.readMessage();
    } catch {
      return 'no message';
    }
  }
}

function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // The group is empty.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
