/*
 * A process that appends to a ledger in a folder, and to which something happens at one of its operations on files.
 * It prints a line for each append that was acknowledged, and at the end the operations that it made.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { TreeStore } from '../../src/ledger/tree-store.ts';

/** What happens, and at which operation, from 1. */
export interface Fault {
  readonly at: number;
  readonly kind: 'none' | 'killed after' | 'killed amid' | 'full' | 'asleep after';
}

export interface Task {
  readonly folder: string;
  /** Each append adds the events `<name>-<n>` and `<name>-<n>'` of two days. */
  readonly name: string;
  readonly appends: number;
  readonly fault: Fault;
  /** How many commits others make while this process is asleep. */
  readonly others: number;
}

type Operation = (...args: unknown[]) => Promise<unknown>;

const task: Task = JSON.parse(process.argv[2] ?? '');
const operations: string[] = [];
let armed = false;

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

async function othersCommit(): Promise<void> {
  armed = false;
  const { directoryStore } = await import('../../src/ledger/directory-store.ts');
  const { happened, patientLedgerOn } = await import('./ledger-sites.ts');
  const other = patientLedgerOn(directoryStore(task.folder));
  for (let n = 0; n < task.others; n++) await other.append(() => [happened(`other-${n}`)]);
  armed = true;
}

/** Half of what should be written. */
async function writeHalf(self: unknown, operation: Operation, args: unknown[]): Promise<void> {
  const bytes = args.find((argument) => argument instanceof Uint8Array);
  if (bytes === undefined) return;
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  const position = args[3];
  const rest = typeof position === 'number' ? [0, half.length, position] : [];
  await operation.apply(self, [half, ...rest]);
}

async function faulty(name: string, self: unknown, operation: Operation, args: unknown[]): Promise<unknown> {
  if (!armed || operations.push(name) !== task.fault.at) return await operation.apply(self, args);
  switch (task.fault.kind) {
    case 'none':
      break;
    case 'killed after':
      try {
        await operation.apply(self, args);
      } finally {
        await die();
      }
      break;
    case 'killed amid':
      await writeHalf(self, operation, args);
      return await die();
    case 'full':
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write' });
    case 'asleep after':
      try {
        return await operation.apply(self, args);
      } finally {
        await othersCommit();
      }
    default:
      task.fault.kind satisfies never;
  }
  return await operation.apply(self, args);
}

function wrap(target: Record<string, unknown>, name: string): void {
  const operation = target[name] as Operation;
  target[name] = function (this: unknown, ...args: unknown[]): Promise<unknown> {
    return faulty(name, this, operation, args);
  };
}

async function arm(): Promise<void> {
  const handle = await fs.promises.open(process.execPath, 'r');
  const prototype = Object.getPrototypeOf(handle) as Record<string, unknown>;
  await handle.close();
  for (const name of ['write', 'writeFile', 'sync']) wrap(prototype, name);
  const promises = fs.promises as unknown as Record<string, unknown>;
  for (const name of ['open', 'mkdir', 'link', 'unlink', 'rename', 'readdir', 'writeFile']) wrap(promises, name);
  syncBuiltinESMExports();
}

async function work(store: TreeStore): Promise<void> {
  const { happened, patientLedgerOn } = await import('./ledger-sites.ts');
  const ledger = patientLedgerOn(store);
  for (let n = 1; n <= task.appends; n++) {
    await ledger.append(() => [
      happened(`${task.name}-${n}`),
      happened(`${task.name}-${n}'`, '2026-11-20T00:00:00.000Z'),
    ]);
    fs.writeSync(1, `acknowledged ${n}\n`);
  }
}

await arm();
const { directoryStore } = await import('../../src/ledger/directory-store.ts');
armed = true;
try {
  await work(directoryStore(task.folder));
} catch (error) {
  fs.writeSync(1, `failed ${String(error)}\n`);
}
fs.writeSync(1, `operations ${operations.join(' ')}\n`);
