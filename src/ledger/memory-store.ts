import { OutsideFailure } from '../core/failure.ts';
import type { CommitResult, Tree, TreeChange, TreeStore } from './tree-store.ts';

/** The content of a memory store; several stores over one of these see the same files. */
export interface MemoryFiles {
  version: number;
  readonly files: Map<string, Uint8Array>;
}

/** Files that live as long as the process. */
export function memoryStore(memory: MemoryFiles = { version: 0, files: new Map() }): TreeStore {
  return {
    place: 'memory:',
    open: async () => treeOf(memory),
    commit: async (base, changes) => commit(memory, base, changes),
  };
}

function treeOf(memory: MemoryFiles): Tree {
  const files = new Map(memory.files);
  return {
    version: String(memory.version),
    files: new Map([...files].map(([path, bytes]) => [path, bytes.length])),
    read: async (path) => {
      const bytes = files.get(path);
      if (bytes !== undefined) return bytes;
      throw new OutsideFailure({
        kind: 'not_found',
        message: `There is no file ${path} in memory`,
        remedy: 'Start again with an empty ledger',
        retry: false,
      });
    },
  };
}

function commit(memory: MemoryFiles, base: Tree, changes: readonly TreeChange[]): CommitResult {
  if (base.version !== String(memory.version)) return { kind: 'conflict' };
  for (const { path, keep, bytes } of changes) {
    if (bytes === null) {
      memory.files.delete(path);
      continue;
    }
    const before = memory.files.get(path)?.subarray(0, keep) ?? new Uint8Array();
    memory.files.set(path, Buffer.concat([before, bytes]));
  }
  memory.version++;
  return { kind: 'committed', tree: treeOf(memory) };
}
