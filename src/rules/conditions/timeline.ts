import type { EventMark } from '../../core/facts.ts';
import { after, between, type Duration, type Instant } from '../../core/time.ts';
import type { Ground, Values } from './judge.ts';
import type { ConditionRule } from './rule.ts';
import type { Vars } from './scope.ts';
import type { Sample } from './series.ts';

/** What happens in a test of rules. */
export interface Timeline {
  readonly start: Instant;
  /** The time between two samples of a series. */
  readonly interval: Duration;
  readonly series: readonly { readonly path: readonly string[]; readonly samples: readonly Sample[] }[];
  readonly events: readonly EventMark[];
  readonly vars: Vars;
}

/**
 * The data rules are evaluated against at a moment of a timeline. A sample holds until the next one is due; after the last there
 * are none.
 */
export function groundAt(timeline: Timeline, now: Instant): Ground {
  const { start, interval, events } = timeline;
  const cell = Math.floor(between(start, now) / interval);
  return {
    repo: 'test/test',
    values: valuesAt(timeline, cell),
    events: events.filter(({ at }) => at <= now),
    since: (_rule: ConditionRule, answer) => {
      let since = cell;
      for (let at = cell - 1; at >= 0; at--) {
        const earlier = answer(valuesAt(timeline, at));
        if (earlier === false) break;
        if (earlier === true) since = at;
      }
      return after(start, Math.max(0, since) * interval);
    },
    // The samples of a test are what its runs see. What happens between two runs is known only from the records of a real
    // repository.
    missed: () => null,
  };
}

/** A tree under construction. */
interface Branch {
  [name: string]: Sample | Branch;
}

function valuesAt({ series, vars }: Timeline, cell: number): Values {
  const root: Branch = Object.create(null);
  Object.assign(root, vars);
  for (const { path, samples } of series) plant(root, path, samples[cell] ?? null);
  return root;
}

function plant(at: Branch, [name = '', ...rest]: readonly string[], sample: Sample): void {
  if (rest.length === 0) {
    at[name] = sample;
    return;
  }
  const below = at[name];
  const branch: Branch = typeof below === 'object' && below !== null ? below : Object.create(null);
  at[name] = branch;
  plant(branch, rest, sample);
}
