/** What goes wrong with one call, or happens beside it. */
export type Fault =
  /** Something else happens just before the call is served: a rival's push, a new trigger, a person's click. */
  | { readonly kind: 'meanwhile'; readonly happens: () => void | Promise<void> }
  /** Answers so without doing anything. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Drops the connection before doing anything. */
  | { readonly kind: 'reset' }
  /** Does the work, then drops the connection: *write applied but answer lost*. */
  | { readonly kind: 'lost' }
  /** Does the work and answers 200 with half of the body, as a complete answer. */
  | { readonly kind: 'truncated' }
  /** Does the work, sends half of the announced bytes and drops the connection. */
  | { readonly kind: 'torn' };

interface FaultRule {
  /** Any method when absent. */
  readonly method?: string;
  /** The whole path without the query, or a pattern in it; any path when absent. */
  readonly path?: string | RegExp;
  /** Spares the matching calls before this one; counted from 1, which is the default. */
  readonly nth?: number;
  /** How many calls it hits from then on; 1 by default, `Infinity` for ever. */
  readonly times?: number;
  readonly fault: Fault;
}

/** A rule at work. */
interface ArmedFault {
  /** Calls that matched so far. */
  readonly seen: number;
  /** Calls that went wrong so far. */
  readonly hits: number;
  disarm(): void;
}

/** The faults of one fake. The first rule that wants a call has it. */
export interface Faults {
  add(rule: FaultRule): ArmedFault;
  clear(): void;
  /** The fault for this call, if any; called once for every request. */
  take(method: string, path: string): Fault | null;
  /**
   * For sweeps: lets the n-th call fail once, for n = 1, 2, 3 … as often as the loop body makes that many calls.
   * Each turn of the loop is one whole scenario; the last one ran without a fault.
   */
  everyCallOnce(fault: Fault): Generator<{ readonly nth: number; readonly armed: ArmedFault }>;
}

interface Working {
  readonly rule: FaultRule;
  seen: number;
  hits: number;
}

export function makeFaults(): Faults {
  const working: Working[] = [];
  const add = (rule: FaultRule): ArmedFault => {
    const entry: Working = { rule, seen: 0, hits: 0 };
    working.push(entry);
    return {
      get seen() {
        return entry.seen;
      },
      get hits() {
        return entry.hits;
      },
      disarm: () => void working.splice(working.indexOf(entry) >>> 0, 1),
    };
  };
  return {
    add,
    clear: () => void working.splice(0),
    take(method, path) {
      for (const entry of working) {
        if (!matches(entry.rule, method, path)) continue;
        entry.seen += 1;
        const { nth = 1, times = 1, fault } = entry.rule;
        if (entry.seen < nth || entry.seen >= nth + times) continue;
        entry.hits += 1;
        return fault;
      }
      return null;
    },
    *everyCallOnce(fault) {
      for (let nth = 1; ; nth += 1) {
        const armed = add({ nth, fault });
        try {
          yield { nth, armed };
        } finally {
          armed.disarm();
        }
        if (armed.hits === 0) return;
      }
    },
  };
}

function matches(rule: FaultRule, method: string, path: string): boolean {
  if (rule.method !== undefined && rule.method !== method) return false;
  if (rule.path === undefined) return true;
  return typeof rule.path === 'string' ? rule.path === path : rule.path.test(path);
}
