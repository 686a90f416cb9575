import { type Detector, detector } from './detector.ts';
import { forget, learn, newRecent, type Recent, tooFew } from './look-back.ts';
import type { Opinion, Sensitivity } from './method.ts';

/** A method that compares each value with the look-back before it, using a limit that depends on the sensitivity. */
export interface LookBackMethod {
  readonly name: string;
  readonly summary: string;
  readonly limits: Readonly<Record<Sensitivity, number>>;
  /** How many points must have come before. */
  readonly leastPoints: (limit: number) => number;
  /** A text if nothing can be said, with the reason. */
  readonly opinionOf: (recent: Recent, limit: number, at: number, value: number) => Opinion | string;
}

interface State {
  readonly recent: Recent;
  readonly limit: number;
}

/** The detector of a method: a value is judged by what came before and then learned. */
export function lookBackDetector({ name, summary, limits, leastPoints, opinionOf }: LookBackMethod): Detector {
  return detector<State>({
    ...{ name, summary, heeds: ['sensitivity', 'lookBack'] },
    begin: ({ lookBack, sensitivity }) => ({ recent: newRecent(lookBack), limit: limits[sensitivity] }),
    judge({ recent, limit }, at, value) {
      forget(recent, at);
      const opinion = tooFew(recent, leastPoints(limit)) ?? opinionOf(recent, limit, at, value);
      learn(recent, at, value);
      return opinion;
    },
  });
}
