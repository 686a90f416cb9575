import { z } from 'zod';
import { type AlertProblem, type AlertReport, alertsIn, channelProblems } from './alerts-file.ts';
import { crossCheck } from './cross-check.ts';
import { readYaml } from './document.ts';
import { explain, type SchemaNode } from './explain.ts';
import type { ConfigProblem } from './problem.ts';
import { type Config, configSchema } from './schema.ts';

/**
 * The outcome of reading a configuration: all that is wrong with it at once, or the configuration. Rules of people that are wrong
 * stand in `alerts.faults` and are left out; the rest holds all the same.
 */
export type ParsedConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly warnings: readonly ConfigProblem[];
      readonly alerts: AlertReport;
      /** What names a channel that is not there, of these: a file of rules may bring some. */
      readonly channelProblems: (known: readonly string[]) => readonly AlertProblem[];
    }
  | { readonly ok: false; readonly errors: readonly ConfigProblem[] };

/** What holds where a repository has no configuration file. */
export function defaultConfig(): Config {
  return configSchema.parse({});
}

/** Reads the text of a configuration file. `file` is what problems call it. */
export function parseConfig(text: string, file: string): ParsedConfig {
  const yaml = readYaml(text, file);
  if (!yaml.ok) return { ok: false, errors: yaml.problems };
  const checked = crossCheck(yaml.value);
  const { alerts: written, ...rest } = Object(yaml.value) as Readonly<Record<string, unknown>>;
  const isGroup = typeof yaml.value === 'object' && !Array.isArray(yaml.value);
  const parsed = configSchema.safeParse(isGroup ? rest : yaml.value, { reportInput: true });
  const faults = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => explain(issue, editorSchema())),
    ...checked.errors,
  ];
  if (!parsed.success || faults.length > 0) {
    const errors = faults.map(({ path, message }) => yaml.problem(path, message));
    return { ok: false, errors: errors.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
  }
  const { alerts, ...report } = alertsIn(written, parsed.data, yaml.problem);
  return {
    ok: true,
    config: { ...parsed.data, alerts },
    warnings: checked.warnings.map(({ path, message }) => yaml.problem(path, message)),
    alerts: report,
    channelProblems: (known) => channelProblems(parsed.data, known, yaml.problem),
  };
}

/** The schema for editors (`config/schema.json`), describing the file as it is written. */
export function editorSchema(): SchemaNode {
  return z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;
}
