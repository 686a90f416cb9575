import { spawnSync } from 'node:child_process';
import type { ProcessInfo } from './process-info.ts';

/** Long enough for a busy machine; one that does not answer lists nothing. */
const PATIENCE = 2_000;

/** All processes of a system without `/proc`, such as macOS; empty when its `ps` fails. */
export function psProcesses(): readonly ProcessInfo[] {
  const asked = spawnSync('ps', ['-axo', 'pid=,ppid=,state=,command='], {
    ...{ encoding: 'utf8', timeout: PATIENCE, maxBuffer: 16_000_000 },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return asked.status === 0 ? readPs(asked.stdout).filter(({ pid, state }) => pid !== asked.pid && state !== 'Z') : [];
}

/**
 * Reads the output of `ps -axo pid=,ppid=,state=,command=`. States have extra characters after the letter. Words are split at
 * spaces, so a path with spaces becomes several. Start times are missing, so only the number identifies a process.
 */
export function readPs(text: string): readonly ProcessInfo[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, parent, state = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S)\S*\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined) return [];
    const words = command.split(/\s+/).filter((word) => word !== '');
    return [{ pid: Number(pid), parent: Number(parent), state, born: '', words }];
  });
}
