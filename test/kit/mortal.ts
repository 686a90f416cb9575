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
