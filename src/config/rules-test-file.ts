import { z } from 'zod';
import type { Labels } from '../core/label.ts';
import { type Duration, type Instant, MINUTE, parseInstant } from '../core/time.ts';
import type { Vars } from '../rules/conditions/scope.ts';
import { readOffset, readPath, readSamples, type Sample } from '../rules/conditions/series.ts';
import { readYaml } from './document.ts';
import { explain, type SchemaNode } from './explain.ts';
import type { ConfigProblem } from './problem.ts';
import { varsSchema } from './vars.ts';

/** An alert that a test expects. */
export interface ExpectedAlert {
  readonly name: string;
  readonly state: 'pending' | 'active';
  /** Labels that it has at least. */
  readonly labels: Labels;
}

/** One timeline of a test file. Times count from its start. */
export interface RulesTest {
  readonly name: string;
  readonly start: Instant;
  readonly interval: Duration;
  /** When `watch` runs. */
  readonly runs_at: readonly Duration[];
  readonly input_series: readonly { readonly series: readonly string[]; readonly values: readonly Sample[] }[];
  readonly events: readonly { readonly at: Duration; readonly type: string; readonly labels: Labels }[];
  readonly expect: readonly { readonly at: Duration; readonly alerts: readonly ExpectedAlert[] }[];
}

/** A file for `rules test`. */
export interface RulesTestFile {
  /** Files with the rules, in addition to the configuration. */
  readonly rule_files: readonly string[];
  readonly vars: Vars;
  readonly tests: readonly RulesTest[];
}

/** Parses one kind of text, and says what was expected if that fails. */
function readAs<Value>(read: (value: unknown) => Value | null, expected: string): z.ZodType<Value, unknown> {
  return z.unknown().transform((value, context): Value => {
    const found = read(value);
    if (found !== null) return found;
    context.addIssue({ code: 'custom', message: `expected ${expected}`, input: value });
    return z.NEVER;
  });
}

const offset = readAs(readOffset, 'a time since the start such as 0, 15m or 1h30m');
const path = readAs(
  (value) => (typeof value === 'string' ? readPath(value) : null),
  'a path such as metrics.sessions.total',
);
const samples = readAs(
  (value) => (typeof value === 'number' ? [value] : typeof value === 'string' ? readSamples(value) : null),
  'samples such as 0 0.5 _ 1x3',
);
const labels = z.record(z.string(), z.string()).default({});

const expected = z.strictObject({
  name: z.string().min(1),
  state: z.enum(['pending', 'active']).default('active'),
  labels,
});

const test = z
  .strictObject({
    name: z.string().min(1).max(200),
    start: readAs(parseInstant, 'a moment such as 2026-11-21T00:00:00Z').default('2026-01-01T00:00:00.000Z'),
    interval: offset.default(MINUTE),
    runs_at: z.array(offset).min(1).max(10_000),
    input_series: z
      .array(z.strictObject({ series: path, values: samples }))
      .max(500)
      .default([]),
    events: z
      .array(z.strictObject({ at: offset, type: z.string().min(1), labels }))
      .max(500)
      .default([]),
    expect: z
      .array(z.strictObject({ at: offset, alerts: z.array(expected).max(500) }))
      .min(1)
      .max(1_000),
  })
  .refine(({ interval }) => interval > 0, { error: 'expected more than nothing', path: ['interval'] })
  .transform((read) => ({ ...read, runs_at: [...new Set(read.runs_at)].sort((a, b) => a - b) }));

const file: z.ZodType<RulesTestFile, unknown> = z.strictObject({
  rule_files: z.array(z.string().min(1)).max(50).default([]),
  vars: varsSchema,
  tests: z.array(test).min(1).max(500),
});

/** Reads a file for `rules test`, or reports everything that is wrong with it. */
export function readRulesTest(
  text: string,
  name: string,
):
  | { readonly ok: true; readonly file: RulesTestFile }
  | { readonly ok: false; readonly errors: readonly ConfigProblem[] } {
  const yaml = readYaml(text, name);
  if (!yaml.ok) return { ok: false, errors: yaml.problems };
  const parsed = file.safeParse(yaml.value, { reportInput: true });
  if (parsed.success) return { ok: true, file: parsed.data };
  const schema = z.toJSONSchema(file, { io: 'input', unrepresentable: 'any' }) as SchemaNode;
  const faults = parsed.error.issues.flatMap((issue) => explain(issue, schema));
  return { ok: false, errors: faults.map((fault) => yaml.problem(fault.path, fault.message)) };
}
