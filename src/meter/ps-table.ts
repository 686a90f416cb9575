import { spawnSync } from 'node:child_process';
import type { ProcessInfo } from './process-info.ts';

/** Long enough for a machine that is busy; one that does not answer tells of nobody. */
const PATIENCE = 2_000;

/** All processes of a system without `/proc`, as macOS is; none where its `ps` cannot be asked. */
export function psProcesses(): readonly ProcessInfo[] {
  const asked = spawnSync('ps', ['-axo', 'pid=,ppid=,state=,command='], {
    ...{ encoding: 'utf8', timeout: PATIENCE, maxBuffer: 16_000_000 },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return asked.status === 0 ? readPs(asked.stdout).filter(({ pid, state }) => pid !== asked.pid && state !== 'Z') : [];
}

/**
 * Reads what `ps -axo pid=,ppid=,state=,command=` prints. Its states have signs behind the letter; words are told apart by blanks, so
 * that a path with blanks becomes several. Births are not told: a number is all that a process is known by.
 */
export function readPs(text: string): readonly ProcessInfo[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, parent, state = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S)\S*\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined) return [];
    const words = command.split(/\s+/).filter((word) => word !== '');
    return [{ pid: Number(pid), parent: Number(parent), state, born: '', words }];
  });
}
