import { z } from 'zod';
import type { Budget } from '../budgets/allowance.ts';
import { BUDGET_RULES } from '../budgets/registry.ts';
import type { NoticeTerms } from '../core/notice-terms.ts';
import type { Severity } from '../core/outcome.ts';
import { plainLine } from '../core/text.ts';
import type { Vars } from '../rules/conditions/scope.ts';
import { RULES } from '../rules/registry.ts';
import { type ConfiguredAlerts, NO_ALERTS, type RuleFault, readAlerts } from './alerts.ts';
import { missingChannels } from './channel-references.ts';
import { type ConfiguredChannels, channelsSchema } from './channels.ts';
import { readYaml } from './document.ts';
import { explain, type SchemaNode } from './explain.ts';
import { escalationSchema, inhibitSchema, policySchema, silencesSchema } from './notices.ts';
import type { ConfigProblem } from './problem.ts';
import { varsOf, varsSchema } from './vars.ts';

/** What is wrong with a rule of people, and where. */
export interface AlertProblem extends ConfigProblem, Pick<RuleFault, 'rule' | 'severity' | 'weight'> {
  /** The channel that is not defined, where something other than a rule names one. */
  readonly channel?: string;
}

/** What came of reading `alerts:`. */
export interface AlertReport {
  /** The file that holds the rules, where the configuration only names it; it is still to be read. */
  readonly file: string | null;
  readonly problems: readonly AlertProblem[];
  /** All rules that were written, sound or not. */
  readonly written: readonly { readonly name: string; readonly severity: Severity }[];
}

/** What the configuration says that rules are held against and that their file may add to. */
type Ground = Pick<NoticeTerms, 'policy' | 'inhibit' | 'silences' | 'escalation'> & {
  readonly vars: Vars;
  readonly budgets: readonly Budget[];
  readonly channels: ConfiguredChannels;
};

type NamingChannels = Pick<NoticeTerms, 'policy' | 'escalation' | 'contacts' | 'preferences' | 'digests'>;

type Locate = (path: readonly PropertyKey[], message: string) => ConfigProblem;

const TAKEN: readonly string[] = [...BUDGET_RULES, ...RULES].map(({ name }) => name);

/** Reads `alerts:` of the configuration itself; where it is the path of a file, there are no rules yet. */
export function alertsIn(
  written: unknown,
  ground: Ground & NamingChannels,
  locate: Locate,
): AlertReport & { readonly alerts: ConfiguredAlerts } {
  const lost = lostMessages(ground, ground.channels, locate);
  if (typeof written === 'string') return { alerts: NO_ALERTS, file: written, problems: lost, written: [] };
  const rules = rulesIn(written, ground, ['alerts'], locate);
  return { file: null, ...rules, problems: [...rules.problems, ...lost] };
}

/** What escalations, digests and the like would send nowhere. */
function lostMessages(
  terms: Partial<NamingChannels>,
  channels: ConfiguredChannels,
  locate: Locate,
): readonly AlertProblem[] {
  return missingChannels(terms, Object.keys(channels)).map(({ path, message, channel }) => ({
    ...{ ...locate(path, message), rule: null, severity: null, weight: 'channel' as const },
    channel,
  }));
}

function rulesIn(
  value: unknown,
  ground: Ground,
  above: readonly PropertyKey[],
  locate: Locate,
): Omit<AlertReport, 'file'> & { readonly alerts: ConfiguredAlerts } {
  const channels = Object.keys(ground.channels);
  const context = { vars: varsOf(ground), channels, taken: TAKEN, interval: ground.policy.interval };
  const { alerts, faults, written } = readAlerts(value, context, above);
  const problems = faults.map(({ path, message, rule, severity, weight }) => ({
    ...locate(path, message),
    rule,
    severity,
    weight,
  }));
  return { alerts, problems, written };
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

/** Reads a file of rules: `alerts:`, and beside it whatever a configuration has about alerts. What it sets is added to `ground`. */
export function readAlertsFile(
  text: string,
  path: string,
  ground: Ground,
): Omit<AlertReport, 'file'> & Ground & { readonly alerts: ConfiguredAlerts } {
  const yaml = readYaml(text, path);
  if (!yaml.ok) return { ...ground, ...nothing(yaml.problems) };
  const parsed = fileSchema.safeParse(yaml.value, { reportInput: true });
  if (!parsed.success) {
    const schema = z.toJSONSchema(fileSchema, { io: 'input' }) as SchemaNode;
    const faults = parsed.error.issues.flatMap((issue) => explain(issue, schema));
    return { ...ground, ...nothing(faults.map((fault) => yaml.problem(fault.path, fault.message))) };
  }
  const { merged, doubled } = mergeTerms(ground, parsed.data, yaml.value);
  const rules = rulesIn(parsed.data.alerts, merged, ['alerts'], yaml.problem);
  const problems = doubled.map((name) => {
    const message = `'${plainLine(name)}' is set in the configuration already`;
    return { ...yaml.problem(['vars', name], message), rule: null, severity: null, weight: 'error' as const };
  });
  const { policy, escalation } = parsed.data;
  const lost = lostMessages({ policy, escalation }, merged.channels, yaml.problem);
  return { ...merged, ...rules, problems: [...problems, ...rules.problems, ...lost] };
}

/** The problem of a file that is not there, or cannot be read. */
export function withoutAlertsFile(path: string, reason: string): Pick<AlertReport, 'problems' | 'written'> {
  const { problems, written } = nothing([{ file: path, line: null, column: null, path: 'alerts', message: reason }]);
  return { problems, written };
}

function nothing(
  problems: readonly ConfigProblem[],
): Omit<AlertReport, 'file'> & { readonly alerts: ConfiguredAlerts } {
  const weighed = problems.map((problem) => ({ ...problem, rule: null, severity: null, weight: 'error' as const }));
  return { alerts: NO_ALERTS, problems: weighed, written: [] };
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
