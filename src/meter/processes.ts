import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ProcessId, ProcessInfo } from './process-info.ts';
import { psProcesses } from './ps-table.ts';

/** The variable that distinguishes later steps of a job, and everything they start, from the rest of the machine. */
export const MARK = 'CHECKREIN_METER';

/** The process with a number; null when there is none or the system has no `/proc`. */
export function processOf(pid: number): ProcessInfo | null {
  const stat = readText(`/proc/${pid}/stat`);
  // The name is in brackets, and may contain brackets and spaces itself.
  const end = stat?.lastIndexOf(')') ?? -1;
  if (stat === null || end === -1) return null;
  const fields = stat.slice(end + 2).split(' ');
  const [state = '', parent = ''] = fields;
  return { pid, parent: Number(parent), state, born: fields[19] ?? '' };
}

/** Whether a process is still alive. If its start time is unknown, any process of that number counts. */
export function isAlive({ pid, born }: ProcessId): boolean {
  if (born === '') return hears(pid);
  const found = processOf(pid);
  return found !== null && found.born === born && found.state !== 'Z';
}

/** Checks without sending anything. A process of another user is alive although we may not signal it. */
function hears(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EPERM') return true;
    if (code !== 'ESRCH') throw error;
    return false;
  }
}

/** All living processes of the machine or container: one that is dead but not reaped does nothing more. */
export function processes(): readonly ProcessInfo[] {
  if (process.platform === 'darwin') return psProcesses();
  return pids()
    .map(processOf)
    .filter((found): found is ProcessInfo => found !== null && found.state !== 'Z');
}

/** Processes and everything they started, children after their parents. */
export function treesOf(roots: readonly ProcessId[], all: readonly ProcessInfo[]): readonly ProcessInfo[] {
  const children = new Map<number, ProcessInfo[]>();
  for (const one of all) {
    const list = children.get(one.parent);
    if (list === undefined) children.set(one.parent, [one]);
    else list.push(one);
  }
  const tree = new Map<number, ProcessInfo>();
  const pending = all.filter((one) => roots.some(({ pid, born }) => one.pid === pid && one.born === born));
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (tree.has(next.pid)) continue;
    tree.set(next.pid, next);
    pending.push(...(children.get(next.pid) ?? []));
  }
  return [...tree.values()];
}

/** A process and all its ancestors. */
export function lineOf(pid: number, all: readonly ProcessInfo[]): ReadonlySet<number> {
  const parents = new Map(all.map((one) => [one.pid, one.parent]));
  const line = new Set<number>();
  for (let next: number | undefined = pid; next !== undefined && next > 0 && !line.has(next); next = parents.get(next))
    line.add(next);
  return line;
}

/** The environment that a process was started with; null when we may not read it. */
export function environmentOf(pid: number): ReadonlyMap<string, string> | null {
  const text = readText(`/proc/${pid}/environ`);
  if (text === null) return null;
  const pairs = text.split('\0').filter((pair) => pair.includes('='));
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

/** The command line of a process; empty when it is unknown. */
export function wordsOf(pid: number): readonly string[] {
  return (readText(`/proc/${pid}/cmdline`) ?? '').split('\0').filter((word) => word !== '');
}

/** The processes at the other end of a connection to a port of this machine. */
export function peersAt(remotePort: number, localPort: number): readonly number[] {
  const inode = ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((table) => (readText(table) ?? '').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, remote]) => portIn(local) === remotePort && portIn(remote) === localPort)?.[9];
  if (inode === undefined || inode === '0') return [];
  return pids().filter((pid) => hasOpen(pid, `socket:[${inode}]`));
}

/** Whether a process has a file open, by the system's name for it. */
export function hasOpen(pid: number, target: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return (orNull(() => readdirSync(folder)) ?? []).some(
    (handle) => orNull(() => readlinkSync(`${folder}/${handle}`)) === target,
  );
}

function portIn(address: string | undefined): number {
  return Number.parseInt(address?.split(':')[1] ?? '', 16);
}

function pids(): readonly number[] {
  return (orNull(() => readdirSync('/proc')) ?? []).filter((name) => /^\d+$/.test(name)).map(Number);
}

function readText(path: string): string | null {
  return orNull(() => readFileSync(path, 'utf8'));
}

/** Processes come and go while they are looked at, and some are hidden from us. Other errors are bugs. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code))) return null;
    throw error;
  }
}
