import { CATALOGUE } from '../../metrics/catalogue.ts';
import { HEALTH } from '../../metrics/catalogue-health.ts';
import type { MetricDoc } from '../../metrics/metric-doc.ts';
import { BOOL, NUM, numOf, record, type Scope, STR, type Type } from '../language/types.ts';

/** Named values that people define for their conditions: `{ dailyBudget: 50 }`. */
export type Vars = Readonly<Record<string, number | string | boolean>>;

/** The names a condition may use besides the vars. */
export const ROOTS = ['metrics', 'health', 'event'] as const;

/** What a condition may read: the metrics of the catalogue, the event that happened, and the vars. */
export function conditionScope(vars: Vars): Scope {
  const named = Object.entries(vars).map(([name, value]) => [name, typeOfVar(value)] as const);
  return { ...Object.fromEntries(named), ...BUILT_IN };
}

function typeOfVar(value: Vars[string]): Type {
  if (typeof value === 'number') return NUM;
  return typeof value === 'string' ? { kind: 'str', values: [value] } : BOOL;
}

/** A branch of the catalogue under construction. */
interface Branch {
  readonly below: Map<string, Branch>;
  leaf: Type | null;
}

function branch(): Branch {
  return { below: new Map(), leaf: null };
}

function grow(docs: readonly MetricDoc[]): Readonly<Record<string, Type>> {
  const root = branch();
  for (const doc of docs) {
    let at = root;
    for (const part of doc.name.split('.')) {
      const next = at.below.get(part) ?? branch();
      at.below.set(part, next);
      at = next;
    }
    at.leaf = doc.values === undefined ? numOf(doc.unit) : { kind: 'str', values: doc.values };
  }
  return fieldsOf(root);
}

function fieldsOf({ below }: Branch): Readonly<Record<string, Type>> {
  return Object.fromEntries([...below].map(([name, next]) => [name, typeOfBranch(next)]));
}

function typeOfBranch(at: Branch): Type {
  const any = at.below.get('*');
  if (any !== undefined) return { kind: 'map', of: typeOfBranch(any) };
  return at.leaf ?? record(fieldsOf(at));
}

function having(...reductions: readonly MetricDoc['reduction'][]): readonly MetricDoc[] {
  return CATALOGUE.filter(({ reduction }) => reductions.includes(reduction));
}

const OVER_TIME = having('sum', 'mean', 'unknown cost', 'tool errors', 'tool calls');
const OF_ANYBODY = [...OVER_TIME, ...having('now', 'review queue', 'reviews')];

const BUILT_IN: Scope = {
  metrics: record({
    ...grow(CATALOGUE),
    month: record(grow(OF_ANYBODY)),
    last24h: record(grow(OVER_TIME)),
    period: record({ day: STR, month: STR }),
    agents: { kind: 'map', of: record({ ...grow(OF_ANYBODY), month: record(grow(OF_ANYBODY)) }) },
  }),
  health: record(grow(HEALTH)),
  event: record({ id: STR, type: STR, labels: { kind: 'map', of: STR } }),
};
