import { after, type Instant } from '../../src/core/time.ts';

/** A clock on which time flies, for a fake and the processes that talk to it alike. */
export interface FastClock {
  readonly now: () => Instant;
  /** For the environment of a process: its clock is this one, and its pauses are as much shorter as time is faster. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts one: it goes on from `begin`, `speed` times as fast as the real one. Time limits of requests stay real. */
export function fastClock(begin: Instant, speed: number): FastClock {
  const base = Date.now();
  const source = `
    import timers from 'node:timers/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const Real = Date;
    const { now } = Real;
    const at = () => Math.round(${Date.parse(begin)} + (now.call(Real) - ${base}) * ${speed});
    globalThis.Date = class extends Real {
      constructor(...args) { args.length === 0 ? super(at()) : super(...args); }
      static now() { return at(); }
    };
    const { setTimeout: later } = globalThis;
    const { setTimeout: sleep } = timers;
    globalThis.setTimeout = (done, ms, ...rest) => later(done, ms / ${speed}, ...rest);
    timers.setTimeout = (ms, ...rest) => sleep(ms / ${speed}, ...rest);
    syncBuiltinESMExports();`;
  return {
    now: () => after(begin, (Date.now() - base) * speed),
    env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(source)}` },
  };
}
