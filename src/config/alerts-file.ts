import { z } from 'zod';
import type { Budget } from '../budgets/budget.ts';
import { BUDGET_RULES } from '../budgets/registry.ts';
import type { NoticeTerms } from '../core/notice-terms.ts';
import type { Severity } from '../core/outcome.ts';
import { OWN_VOICES } from '../core/own-voice.ts';
import { plainLine } from '../core/text.ts';
import type { Vars } from '../rules/conditions/scope.ts';
import { RULES } from '../rules/registry.ts';
import { type ConfiguredAlerts, NO_ALERTS, type RuleFault, readAlerts } from './alerts.ts';
import { type KnownChannels, type NamesChannels, unheardSummaries, unknownChannels } from './channel-check.ts';
import { type ConfiguredChannels, channelsLeftOut, channelsSchema } from './channels.ts';
import { readYaml } from './document.ts';
import type { Fault, SchemaNode } from './explain.ts';
import { escalationSchema, inhibitSchema, policySchema, silencesSchema } from './notices.ts';
import type { ConfigProblem } from './problem.ts';
import { countsInstead, readSound } from './sound.ts';
import { varsOf, varsSchema } from './vars.ts';

/** What is wrong with a user-defined rule or a section about messages, and where. */
export interface AlertProblem extends ConfigProblem, Pick<RuleFault, 'rule' | 'severity'> {
  /** `section`: it is left out, and `instead` says what applies. The others are those of rules. */
  readonly weight: RuleFault['weight'] | 'section';
  readonly instead?: string;
}

/** The result of reading `alerts:`. */
export interface AlertReport {
  /** The file that contains the rules, if the configuration only names it. It still has to be read. */
  readonly file: string | null;
  readonly problems: readonly AlertProblem[];
  /** All rules that were written, valid or not. */
  readonly written: readonly { readonly name: string; readonly severity: Severity }[];
  /** The channels that were written but left out because their entries are wrong. */
  readonly channelsLeftOut: readonly string[];
}

/** The parts of the configuration that rules are checked against and that their file may add to. */
type Ground = Pick<NoticeTerms, 'policy' | 'inhibit' | 'silences' | 'escalation'> & {
  readonly vars: Vars;
  readonly budgets: readonly Budget[];
  readonly channels: ConfiguredChannels;
};

/** What rules are checked against, with the channels that were left out of it. */
type KnownGround = Ground & Pick<AlertReport, 'channelsLeftOut'>;

type Locate = (path: readonly PropertyKey[], message: string) => ConfigProblem;

const TAKEN: readonly string[] = [...BUDGET_RULES, ...RULES, ...OWN_VOICES].map(({ name }) => name);

/** Reads `alerts:` of the configuration itself. If it is the path of a file, there are no rules yet. */
export function alertsIn(
  written: unknown,
  ground: KnownGround,
  locate: Locate,
): AlertReport & { readonly alerts: ConfiguredAlerts } {
  const { channelsLeftOut } = ground;
  if (typeof written === 'string') {
    return { alerts: NO_ALERTS, file: written, problems: [], written: [], channelsLeftOut };
  }
  return { file: null, channelsLeftOut, ...rulesIn(written, ground, ['alerts'], locate) };
}

function rulesIn(
  value: unknown,
  ground: KnownGround,
  above: readonly PropertyKey[],
  locate: Locate,
): Pick<AlertReport, 'problems' | 'written'> & { readonly alerts: ConfiguredAlerts } {
  const context = {
    vars: varsOf(ground),
    channels: knownChannels(ground),
    policies: Object.keys(ground.escalation),
    taken: TAKEN,
    interval: ground.policy.interval,
  };
  const { alerts, faults, written } = readAlerts(value, context, above);
  const problems = faults.map(({ path, message, rule, severity, weight }) => ({
    ...locate(path, message),
    rule,
    severity,
    weight,
  }));
  return { alerts, problems, written };
}

function knownChannels({ channels, channelsLeftOut: leftOut }: KnownGround): KnownChannels {
  return { names: Object.keys(channels), leftOut };
}

const fileSchema = z.strictObject({
  alerts: z.unknown(),
  vars: varsSchema,
  policy: policySchema,
  inhibit: inhibitSchema,
  silences: silencesSchema,
  escalation: escalationSchema,
  channels: channelsSchema.prefault({}),
});

function describeFile(): SchemaNode {
  return z.toJSONSchema(fileSchema, { io: 'input' }) as SchemaNode;
}

/**
 * Reads a file of rules: `alerts:`, and with it everything a configuration can say about alerts. What it sets is added to `ground`.
 * `leftOut` are the channels that the configuration itself has left out.
 */
export function readAlertsFile(
  text: string,
  path: string,
  ground: Ground,
  leftOut: readonly string[] = [],
): Omit<AlertReport, 'file'> & Ground & { readonly alerts: ConfiguredAlerts } {
  const yaml = readYaml(text, path);
  if (!yaml.ok) return { ...ground, ...nothing(yaml.problems, leftOut) };
  const { value, faults } = readSound(fileSchema, yaml.value, describeFile);
  const wrong = sectionProblems(faults, describeFile, yaml.problem);
  if (value === null) return { ...ground, ...nothing(wrong, leftOut) };
  const { merged: sound, doubled } = mergeTerms(ground, value, yaml.value);
  const ownLeftOut = channelsLeftOut(yaml.value, value.channels).filter((name) => !Object.hasOwn(sound.channels, name));
  const merged = { ...sound, channelsLeftOut: [...leftOut, ...ownLeftOut] };
  const rules = rulesIn(value.alerts, merged, ['alerts'], yaml.problem);
  const problems = doubled.map((name) => {
    const message = `'${plainLine(name)}' is set in the configuration already`;
    return { ...yaml.problem(['vars', name], message), rule: null, severity: null, weight: 'error' as const };
  });
  const { escalation, policy } = value;
  const named = { escalation, policy, contacts: {}, digests: [], preferences: [] };
  const untold = channelProblems(named, knownChannels(merged), yaml.problem);
  return { ...merged, ...rules, problems: [...wrong, ...problems, ...untold, ...rules.problems] };
}

/** What is wrong in sections, with what applies instead. */
export function sectionProblems(
  faults: readonly Fault[],
  describe: () => SchemaNode,
  locate: Locate,
): readonly AlertProblem[] {
  if (faults.length === 0) return [];
  const described = describe();
  return faults.map(({ path, message }) => ({
    ...locate(path, message),
    ...{ rule: null, severity: null, weight: 'section', instead: countsInstead(path, described) },
  }));
}

/** References to channels that do not exist, and people who wait for a summary that never comes. */
export function channelProblems(terms: NamesChannels, known: KnownChannels, locate: Locate): readonly AlertProblem[] {
  const problem = ({ path, message }: Fault, weight: AlertProblem['weight']): AlertProblem => ({
    ...locate(path, message),
    ...{ rule: null, severity: null, weight },
  });
  return [
    ...unknownChannels(terms, known).map((fault) => problem(fault, 'channel')),
    ...unheardSummaries(terms).map((fault) => problem(fault, 'warning')),
  ];
}

/** The problem of a file that does not exist or cannot be read. */
export function withoutAlertsFile(path: string, reason: string): Pick<AlertReport, 'problems' | 'written'> {
  const missing = { file: path, line: null, column: null, path: 'alerts', message: reason };
  const { problems, written } = nothing([missing], []);
  return { problems, written };
}

function nothing(
  problems: readonly ConfigProblem[],
  leftOut: readonly string[],
): Omit<AlertReport, 'file'> & { readonly alerts: ConfiguredAlerts } {
  const weighed = problems.map((problem) => ({ ...problem, rule: null, severity: null, weight: 'error' as const }));
  return { alerts: NO_ALERTS, problems: weighed, written: [], channelsLeftOut: leftOut };
}

function mergeTerms(
  ground: Ground,
  own: Omit<Ground, 'budgets'>,
  written: unknown,
): { readonly merged: Ground; readonly doubled: readonly string[] } {
  const setsPolicy = typeof written === 'object' && written !== null && Object.hasOwn(written, 'policy');
  const merged: Ground = {
    budgets: ground.budgets,
    vars: { ...own.vars, ...ground.vars },
    policy: setsPolicy ? own.policy : ground.policy,
    inhibit: [...ground.inhibit, ...own.inhibit],
    silences: [...ground.silences, ...own.silences],
    escalation: { ...own.escalation, ...ground.escalation },
    channels: { ...own.channels, ...ground.channels },
  };
  return { merged, doubled: Object.keys(own.vars).filter((name) => Object.hasOwn(ground.vars, name)) };
}
