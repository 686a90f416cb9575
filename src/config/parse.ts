import { z } from 'zod';
import { type AlertProblem, type AlertReport, alertsIn, channelProblems, sectionProblems } from './alerts-file.ts';
import type { KnownChannels } from './channel-check.ts';
import { channelsLeftOut } from './channels.ts';
import { type CrossCheck, crossCheck } from './cross-check.ts';
import { readYaml } from './document.ts';
import type { Fault, SchemaNode } from './explain.ts';
import { noticeSections } from './notices.ts';
import type { ConfigProblem } from './problem.ts';
import { type Config, configSchema } from './schema.ts';
import { readSound } from './sound.ts';

/** A usable configuration. User-defined rules and settings of messages that are wrong are left out. */
export interface SoundConfig {
  readonly config: Config;
  readonly warnings: readonly ConfigProblem[];
  /** The user-defined rules, with everything that was left out. */
  readonly alerts: AlertReport;
  /** Which references name a channel that does not exist among these. A file of rules may add some. */
  readonly channelProblems: (known: KnownChannels) => readonly AlertProblem[];
}

/**
 * The result of reading a configuration: what can be used, or everything that stands in the way. In the latter case `rest` is the
 * configuration without what is wrong, null if nothing can be read. It is for those who want to report all other problems too, and
 * must never be used.
 */
export type ParsedConfig =
  | ({ readonly ok: true } & SoundConfig)
  | { readonly ok: false; readonly errors: readonly ConfigProblem[]; readonly rest: SoundConfig | null };

/**
 * The sections about rules and messages. A typo in one of them must not keep everybody from hearing anything. The settings for whom
 * to stop, what may be spent and where the ledger is must be right, because falling back to their defaults would do something else.
 */
const FORGIVEN: readonly PropertyKey[] = [...Object.keys(noticeSections), 'channels', 'vars', 'rules'];

/** The configuration of a repository without a configuration file. */
export function defaultConfig(): Config {
  return configSchema.parse({});
}

/** Reads the text of a configuration file. `file` is its name in problems. */
export function parseConfig(text: string, file: string): ParsedConfig {
  const yaml = readYaml(text, file);
  if (!yaml.ok) return { ok: false, errors: yaml.problems, rest: null };
  const checked = crossCheck(yaml.value);
  const { alerts: written, ...others } = Object(yaml.value) as Readonly<Record<string, unknown>>;
  const isGroup = typeof yaml.value === 'object' && !Array.isArray(yaml.value);
  const { value, faults } = readSound(configSchema, isGroup ? others : yaml.value, editorSchema);
  const all = [...faults, ...checked.errors];
  const isForgiven = ({ path: [section = ''] }: Fault): boolean => value !== null && FORGIVEN.includes(section);
  const leftOut = sectionProblems(all.filter(isForgiven), editorSchema, yaml.problem);
  const rest =
    value === null ? null : soundConfig(value, { file: yaml.value, written, checked, leftOut, locate: yaml.problem });
  const errors = all.filter((fault) => !isForgiven(fault)).map(({ path, message }) => yaml.problem(path, message));
  if (rest !== null && errors.length === 0) return { ok: true, ...rest };
  return { ok: false, errors: errors.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)), rest };
}

interface Reading {
  /** The file as written. */
  readonly file: unknown;
  /** `alerts:` as written. */
  readonly written: unknown;
  readonly checked: CrossCheck;
  readonly leftOut: readonly AlertProblem[];
  readonly locate: (path: readonly PropertyKey[], message: string) => ConfigProblem;
}

function soundConfig(value: Config, { file, written, checked, leftOut, locate }: Reading): SoundConfig {
  const ground = { ...value, channelsLeftOut: channelsLeftOut(file, value.channels) };
  const { alerts, ...report } = alertsIn(written, ground, locate);
  return {
    config: { ...value, alerts },
    warnings: checked.warnings.map(({ path, message }) => locate(path, message)),
    alerts: { ...report, problems: [...leftOut, ...report.problems] },
    channelProblems: (known) => channelProblems(value, known, locate),
  };
}

/** The schema for editors (`config/schema.json`), describing the file as written. */
export function editorSchema(): SchemaNode {
  return z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;
}
