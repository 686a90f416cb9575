import type { Severity } from '../../core/outcome.ts';
import type { Duration } from '../../core/time.ts';
import { UNMEASURED } from '../../metrics/catalogue-unmeasured.ts';
import { isRetold } from '../../metrics/past.ts';
import type { Condition } from '../language/condition.ts';

/** What `for` is measured on: times in records, looks at something sampled, or nothing for something that happens once. */
export type ConditionMode = 'data' | 'observations' | 'event';

/** A user-defined rule, parsed and checked. */
export interface ConditionRule {
  readonly name: string;
  readonly severity: Severity;
  readonly condition: Condition;
  readonly mode: ConditionMode;
  readonly for: Duration;
  /** Null: the default. */
  readonly keepFiringFor: Duration | null;
  readonly noData: 'keep' | 'alert' | 'ok';
  readonly minObservations: number;
  /** The path of a map whose entries each get an alert of their own; null if the rule has a single alert. */
  readonly forEach: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly channels: readonly string[];
  /** The name of an entry of `escalation`; null = by rule name, severity, or `default`. */
  readonly escalation: string | null;
  /** Address of the page that says what to do. */
  readonly runbook: string | null;
  /** Additional samples taken by the first run that sees it true. */
  readonly confirm: { readonly samples: number; readonly every: Duration } | null;
}

/** Whether a condition reads something that is sampled and has no past. */
export function isSampled({ reads }: Condition): boolean {
  return reads.some((path) => path.startsWith('health.') || path.endsWith('.status'));
}

/** Whether a condition is about events. */
export function isOfEvents({ reads }: Condition): boolean {
  return reads.some((path) => path === 'event' || path.startsWith('event.'));
}

/** Whether a condition reads MCP servers, whose calls are read only on request. */
export function asksForServers({ condition, forEach }: Pick<ConditionRule, 'condition' | 'forEach'>): boolean {
  return [...condition.reads, forEach ?? ''].some((path) => path.startsWith('metrics.mcpServers'));
}

/** Whether everything that a condition reads can be reconstructed for past moments. */
export function isRetoldWhole({ reads }: Condition): boolean {
  const metrics = reads.filter((path) => path.startsWith('metrics'));
  const others = reads.some((path) => path.startsWith('health') || path.startsWith('event'));
  return metrics.length > 0 && !others && metrics.every((path) => isRetold(path.replace('metrics.', '')));
}

/** The label that tells the alerts of a map's entries apart: `server` for `metrics.mcpServers`. */
export function keyLabel(forEach: string): string {
  const last = forEach.split('.').at(-1) ?? '';
  const known: Readonly<Record<string, string>> = { mcpServers: 'server', agents: 'agent', tools: 'tool' };
  return (Object.hasOwn(known, last) ? known[last] : undefined) ?? 'key';
}

const UNMEASURED_NAMES: ReadonlySet<string> = new Set(UNMEASURED.map(({ name }) => `metrics.${name}`));

/** The metrics a condition reads that already have a name but no source yet. */
export function unmeasuredIn({ reads }: Condition): readonly string[] {
  return reads.filter((read) => UNMEASURED_NAMES.has(read));
}
