import type { Tree, TreeStore } from '../../src/ledger/tree-store.ts';

/** A connection that is dead after so many calls: nobody ever gets the answer of the last one. */
export function mortal(most: number): { readonly fetch: typeof globalThis.fetch; readonly dead: Promise<'dead'> } {
  let calls = 0;
  let die: (word: 'dead') => void = () => undefined;
  const dead = new Promise<'dead'>((resolve) => {
    die = resolve;
  });
  return {
    dead,
    fetch: async (...call) => {
      const answer = await globalThis.fetch(...call);
      calls += 1;
      if (calls < most) return answer;
      die('dead');
      return await new Promise(() => undefined);
    },
  };
}

/** A store that is dead before or after so many calls: whoever asked never gets an answer. */
export function mortalStore(
  store: TreeStore,
  most: number,
  when: 'before' | 'after',
): { readonly store: TreeStore; readonly dead: Promise<'dead'> } {
  let calls = 0;
  let die: (word: 'dead') => void = () => undefined;
  const dead = new Promise<'dead'>((resolve) => {
    die = resolve;
  });
  const end = (): Promise<never> => {
    die('dead');
    return new Promise(() => undefined);
  };
  const step = async <T>(call: () => Promise<T>): Promise<T> => {
    const ends = ++calls >= most;
    if (ends && when === 'before') return await end();
    const answer = await call();
    return ends ? await end() : answer;
  };
  const opened = new Map<Tree, Tree>();
  const afresh = store.commitAfresh;
  const commit: TreeStore['commit'] = (base, changes, message) =>
    step(() => store.commit(opened.get(base) ?? base, changes, message));
  return {
    dead,
    store: {
      ...store,
      open: () =>
        step(async () => {
          const tree = await store.open();
          const seen: Tree = { ...tree, read: (path) => step(() => tree.read(path)) };
          opened.set(seen, tree);
          return seen;
        }),
      commit,
      ...(afresh === undefined
        ? {}
        : {
            commitAfresh: (base, changes, message) => step(() => afresh(opened.get(base) ?? base, changes, message)),
          }),
    },
  };
}
