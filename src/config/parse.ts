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

/** A configuration that can be used. Rules of people that are wrong, and wrong settings of messages, are left out. */
export interface SoundConfig {
  readonly config: Config;
  readonly warnings: readonly ConfigProblem[];
  /** The rules of people, with everything that was left out. */
  readonly alerts: AlertReport;
  /** What names a channel that is not there, of these: a file of rules may bring some. */
  readonly channelProblems: (known: KnownChannels) => readonly AlertProblem[];
}

/**
 * The outcome of reading a configuration: what can be used, or all that stands in the way. Then `rest` is the configuration
 * without what is wrong, null where nothing can be read: for those who want to hear of everything else too, and never to be used.
 */
export type ParsedConfig =
  | ({ readonly ok: true } & SoundConfig)
  | { readonly ok: false; readonly errors: readonly ConfigProblem[]; readonly rest: SoundConfig | null };

/**
 * The sections about rules and messages: a typo in one of them must not keep everybody from hearing
 * anything. What says whom to stop, what may be spent and where the ledger is has to be right, for its default is another deed.
 */
const FORGIVEN: readonly PropertyKey[] = [...Object.keys(noticeSections), 'channels', 'vars', 'rules'];

/** What holds where a repository has no configuration file. */
export function defaultConfig(): Config {
  return configSchema.parse({});
}

/** Reads the text of a configuration file. `file` is what problems call it. */
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
  /** The file as it was written. */
  readonly file: unknown;
  /** `alerts:` as it was written. */
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

/** The schema for editors (`config/schema.json`), describing the file as it is written. */
export function editorSchema(): SchemaNode {
  return z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;
}
