import { z } from 'zod';
import { parseDuration } from '../core/time.ts';
import { explain, type Fault, type SchemaNode } from './explain.ts';

/** A rule of a Prometheus rule file, and what is wrong with it. Its expression is not checked, because it is PromQL. */
export interface PrometheusRule {
  readonly name: string;
  /** Its label `severity`; null without one. */
  readonly severity: string | null;
  readonly faults: readonly Fault[];
}

/** The contents of a Prometheus rule file. */
export interface PrometheusRules {
  readonly rules: readonly PrometheusRule[];
  /** Faults that belong to no single rule. */
  readonly faults: readonly Fault[];
}

const duration = z
  .string()
  .refine(
    (text) =>
      text === '0' || parseDuration(text.replace(/(\d+)y/g, (_all, years) => `${Number(years) * 365}d`)) !== null,
    {
      error: 'expected a duration such as 5m or 1h30m',
    },
  );
const labelName = z.string().regex(/^[A-Za-z_]\w*$/, 'expected a label of letters, digits and underscores');
const labels = z.record(labelName, z.union([z.string(), z.number(), z.boolean()])).optional();

const alertRule = z.strictObject({
  alert: z.string().min(1),
  expr: z.union([z.string().min(1), z.number()]),
  for: duration.optional(),
  keep_firing_for: duration.optional(),
  labels,
  annotations: labels,
});
const recordRule = z.strictObject({
  record: z.string().regex(/^[A-Za-z_:][\w:]*$/, 'expected the name of a metric'),
  expr: z.union([z.string().min(1), z.number()]),
  labels,
});
const group = z.strictObject({
  name: z.string().min(1),
  interval: duration.optional(),
  limit: z.int().min(0).optional(),
  query_offset: duration.optional(),
  labels,
  rules: z.array(z.unknown()).optional(),
});

/** Whether a YAML value is a Prometheus rule file. */
export function isPrometheus(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).join() === 'groups';
}

/** Checks the names, labels and times of a Prometheus rule file. */
export function readPrometheus(value: unknown): PrometheusRules {
  const groups: unknown = Reflect.get(Object(value), 'groups');
  if (!Array.isArray(groups)) {
    return { rules: [], faults: [{ path: ['groups'], message: 'expected a list of groups' }] };
  }
  const readings = groups.map((each: unknown, i) => readGroup(each, ['groups', i]));
  return {
    rules: readings.flatMap(({ rules }) => rules),
    faults: [...readings.flatMap(({ faults }) => faults), ...repeatedGroups(groups)],
  };
}

function repeatedGroups(groups: readonly unknown[]): readonly Fault[] {
  const names = groups.map((each): unknown => Reflect.get(Object(each), 'name'));
  return names.flatMap((name, i) =>
    typeof name === 'string' && names.indexOf(name) < i
      ? [{ path: ['groups', i, 'name'], message: 'this is the name of another group already' }]
      : [],
  );
}

function readGroup(value: unknown, path: readonly PropertyKey[]): PrometheusRules {
  const faults = faultsOf(group, value, path);
  const rules: unknown = Reflect.get(Object(value), 'rules');
  const list: readonly unknown[] = Array.isArray(rules) ? rules : [];
  return { faults, rules: list.map((rule, i) => readRule(rule, [...path, 'rules', i])) };
}

function readRule(value: unknown, path: readonly PropertyKey[]): PrometheusRule {
  const members = Object(value) as Readonly<Record<string, unknown>>;
  const isRecord = Object.hasOwn(members, 'record') && !Object.hasOwn(members, 'alert');
  const name = isRecord ? members['record'] : members['alert'];
  const severity: unknown = Reflect.get(Object(members['labels']), 'severity');
  return {
    name: typeof name === 'string' && name !== '' ? name : 'unnamed',
    severity: typeof severity === 'string' ? severity : null,
    faults: faultsOf(isRecord ? recordRule : alertRule, value, path),
  };
}

function faultsOf(schema: z.ZodType, value: unknown, path: readonly PropertyKey[]): readonly Fault[] {
  const parsed = schema.safeParse(value, { reportInput: true });
  const node = z.toJSONSchema(schema, { io: 'input' }) as SchemaNode;
  const issues = parsed.success ? [] : parsed.error.issues;
  return issues.flatMap((issue) => explain(issue, node)).map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
}
