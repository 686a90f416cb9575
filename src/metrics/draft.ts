/** A copy of a state that may be written to while it is being folded. */
export type Draft<State> = { -readonly [Member in keyof State]: Draft<State[Member]> };

/** A deep copy of a plain JSON state: the fold fills it and gives it away as the next state. */
export function draftOf<State>(state: State): Draft<State> {
  return structuredClone(state) as Draft<State>;
}
