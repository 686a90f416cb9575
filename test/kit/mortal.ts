/** What a process that dies talks through; `dead` comes when it does. */
interface Mortal {
  readonly fetch: typeof globalThis.fetch;
  readonly dead: Promise<'dead'>;
}

/**
 * A connection that is dead after so many calls, of those whose address ends so: nobody ever gets the answer of the last one.
 */
export function mortal(most: number, ending = ''): Mortal {
  let calls = 0;
  let die: (word: 'dead') => void = () => undefined;
  const dead = new Promise<'dead'>((resolve) => {
    die = resolve;
  });
  return {
    dead,
    fetch: async (...call) => {
      const answer = await globalThis.fetch(...call);
      if (new URL(call[0] instanceof Request ? call[0].url : call[0]).pathname.endsWith(ending)) calls += 1;
      if (calls < most) return answer;
      die('dead');
      return await new Promise(() => undefined);
    },
  };
}
