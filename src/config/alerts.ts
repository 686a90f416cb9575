import { z } from 'zod';
import type { Severity } from '../core/outcome.ts';
import { plainLine } from '../core/text.ts';
import type { Duration } from '../core/time.ts';
import {
  type ConditionMode,
  type ConditionRule,
  isOfEvents,
  isSampled,
  unmeasuredIn,
} from '../rules/conditions/rule.ts';
import { conditionScope, type Vars } from '../rules/conditions/scope.ts';
import { compileCondition } from '../rules/language/condition.ts';
import { formatProblem, type LanguageProblem, suggestion } from '../rules/language/problem.ts';
import type { Scope, Type } from '../rules/language/types.ts';
import { type WrittenRule, writtenRule } from './alert-rule.ts';
import { type KnownChannels, missingChannels, missingPolicy } from './channel-check.ts';
import { explain, type Fault, type SchemaNode } from './explain.ts';

/** The user-defined rules in force. */
export interface ConfiguredAlerts {
  readonly rules: readonly ConditionRule[];
}

export const NO_ALERTS: ConfiguredAlerts = { rules: [] };

/** Something about a rule that a person should look at. */
export interface RuleFault extends Fault {
  /** Null if it is not about a single rule. */
  readonly rule: string | null;
  readonly severity: Severity | null;
  /**
   * `error`: the rule cannot be evaluated. `channel`: it is evaluated, but reported by an issue instead of a channel that does not
   * exist. `policy`: it is evaluated, but escalated like a rule that names no policy. `warning`: it may not do what its author
   * thinks.
   */
  readonly weight: 'error' | 'channel' | 'policy' | 'warning';
}

export interface ReadAlerts {
  readonly alerts: ConfiguredAlerts;
  readonly faults: readonly RuleFault[];
  /** The names and severities of all rules that were written, valid or not. */
  readonly written: readonly { readonly name: string; readonly severity: Severity }[];
}

/** What rules are checked against. */
export interface AlertContext {
  readonly vars: Vars;
  readonly channels: KnownChannels;
  /** Names of the escalation policies. */
  readonly policies: readonly string[];
  /** Rule names that are taken. */
  readonly taken: readonly string[];
  /** Roughly how often `watch` runs. */
  readonly interval: Duration;
}

const SEVERITIES: readonly Severity[] = ['critical', 'warning', 'info'];

/**
 * Reads `alerts:`, rules by severity. A rule that is wrong is reported and left out while the others stay, because a typo in one
 * must not disable them all. `above` is the path of the rules in their file.
 */
export function readAlerts(value: unknown, context: AlertContext, above: readonly PropertyKey[]): ReadAlerts {
  if (value === undefined || value === null) return { alerts: NO_ALERTS, faults: [], written: [] };
  if (typeof value !== 'object' || Array.isArray(value)) {
    const message = 'expected the path of a file, or rules below critical, warning and info';
    return { alerts: NO_ALERTS, faults: [general(above, message)], written: [] };
  }
  const strangers = Object.keys(value).filter((key) => !SEVERITIES.some((severity) => severity === key));
  const faults = strangers.map((key) => {
    const message = `there is no severity '${plainLine(key)}'${suggestion(key, SEVERITIES)}`;
    return general([...above, key], message);
  });
  const scope = conditionScope(context.vars);
  const readings = SEVERITIES.flatMap((severity) => readList(value, severity, { context, scope, above }));
  const unique = withoutRepeats(readings, context.taken);
  return {
    alerts: { rules: unique.flatMap(({ rule }) => rule ?? []) },
    faults: [...faults, ...unique.flatMap((reading) => reading.faults)],
    written: unique.flatMap(({ name, severity }) => (name === null ? [] : [{ name, severity }])),
  };
}

function general(path: readonly PropertyKey[], message: string): RuleFault {
  return { path, message, rule: null, severity: null, weight: 'error' };
}

interface Reading {
  readonly name: string | null;
  readonly severity: Severity;
  readonly path: readonly PropertyKey[];
  readonly rule: ConditionRule | null;
  readonly faults: readonly RuleFault[];
}

interface Desk {
  readonly context: AlertContext;
  readonly scope: Scope;
  readonly above: readonly PropertyKey[];
}

function readList(value: object, severity: Severity, desk: Desk): readonly Reading[] {
  const list: unknown = Object.hasOwn(value, severity) ? Reflect.get(value, severity) : undefined;
  const path = [...desk.above, severity];
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) {
    const faults = [{ ...general(path, 'expected a list of rules'), severity }];
    return [{ name: null, severity, path, rule: null, faults }];
  }
  return list.map((entry: unknown, i) => readRule(entry, severity, [...path, i], desk));
}

function readRule(entry: unknown, severity: Severity, path: readonly PropertyKey[], desk: Desk): Reading {
  const given: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'name') : null;
  const name = typeof given === 'string' ? given : null;
  const base = { name, severity, path };
  const fault = (fault: Fault, weight: RuleFault['weight'] = 'error'): RuleFault => ({
    path: [...path, ...fault.path],
    message: fault.message,
    rule: name,
    severity,
    weight,
  });
  const parsed = writtenRule.safeParse(entry, { reportInput: true });
  if (!parsed.success) {
    const schema = z.toJSONSchema(writtenRule, { io: 'input' }) as SchemaNode;
    const faults = parsed.error.issues.flatMap((issue) => explain(issue, schema)).map((each) => fault(each));
    return { ...base, rule: null, faults: [...faults, ...beyondShape(entry, parsed.error, desk, fault)] };
  }
  const { data } = parsed;
  const missing = missingNames(data, desk.context, fault);
  const compiled = compileCondition(data.condition, desk.scope);
  if (!compiled.ok) {
    const faults = conditionFaults(data.condition, compiled.problems).map((each) => fault(each));
    return { ...base, rule: null, faults: [...faults, ...missing] };
  }
  const rule = ruleOf(data, severity, compiled.condition, desk.context);
  const errors = rulesOut(rule, data, desk).map((each) => fault(each));
  const warnings = remarks(rule, data, desk.context).map((each) => fault(each, 'warning'));
  return { ...base, rule: errors.length > 0 ? null : rule, faults: [...errors, ...missing, ...warnings] };
}

type Blame = (fault: Fault, weight?: RuleFault['weight']) => RuleFault;

const namesOfRule = z
  .object({ condition: z.string(), channels: z.array(z.string()), escalation: z.string() })
  .partial();

/**
 * What else is wrong with a malformed rule, in the settings not already blamed for that, because somebody who fixes a rule wants to
 * see everything at once.
 */
function beyondShape(entry: unknown, { issues }: z.ZodError, desk: Desk, fault: Blame): readonly RuleFault[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const blamed = new Set(issues.map(({ path }) => path[0]));
  const sound = Object.fromEntries(Object.entries(entry).filter(([key]) => !blamed.has(key)));
  const { data } = namesOfRule.safeParse(sound);
  if (data === undefined) return [];
  const compiled = data.condition === undefined ? null : compileCondition(data.condition, desk.scope);
  const ofCondition =
    data.condition === undefined || compiled === null || compiled.ok
      ? []
      : conditionFaults(data.condition, compiled.problems);
  return [
    ...ofCondition.map((each) => fault(each)),
    ...missingNames({ channels: data.channels ?? [], escalation: data.escalation }, desk.context, fault),
  ];
}

function conditionFaults(condition: string, problems: readonly LanguageProblem[]): readonly Fault[] {
  return problems.map((problem) => ({ path: ['condition'], message: formatProblem(condition, problem) }));
}

/** Channels and policies that the rule names and that do not exist. */
function missingNames(
  written: Pick<WrittenRule, 'channels' | 'escalation'>,
  context: AlertContext,
  fault: Blame,
): readonly RuleFault[] {
  return [
    ...missingChannels(written, context.channels).map((each) => fault(each, 'channel')),
    ...missingPolicy(written, context.policies).map((each) => fault(each, 'policy')),
  ];
}

function ruleOf(
  written: WrittenRule,
  severity: Severity,
  condition: ConditionRule['condition'],
  { channels, policies }: AlertContext,
): ConditionRule {
  return {
    name: written.name,
    severity,
    condition,
    mode: modeOf(written, condition),
    for: written.for ?? written.duration ?? 0,
    keepFiringFor: written.keep_firing_for ?? null,
    noData: written.no_data,
    minObservations: written.min_observations,
    forEach: written.for_each ?? null,
    labels: written.group === undefined ? written.labels : { group: written.group, ...written.labels },
    channels: written.channels.filter((name) => channels.names.includes(name)),
    escalation: policies.find((name) => name === written.escalation) ?? null,
    runbook: written.runbook ?? null,
    confirm: written.confirm ?? null,
  };
}

function modeOf({ for_mode: mode }: WrittenRule, condition: ConditionRule['condition']): ConditionMode {
  if (isOfEvents(condition)) return 'event';
  if (mode !== 'auto') return mode;
  return isSampled(condition) ? 'observations' : 'data';
}

/** What makes no sense in combination, though each part of it does. */
function rulesOut(rule: ConditionRule, written: WrittenRule, { scope }: Desk): readonly Fault[] {
  if (rule.mode === 'event') {
    const waits = ['duration', 'for', 'keep_firing_for', 'for_each'] as const;
    return waits
      .filter((key) => written[key] !== undefined)
      .map((key) => ({
        path: [key],
        message: `a rule about an event fires once when it happens, so '${key}' has no meaning`,
      }));
  }
  const twice =
    written.for === undefined || written.duration === undefined
      ? []
      : [{ path: ['for'], message: "'for' and 'duration' are the same; write one of them" }];
  return [...twice, ...eachOfNothing(rule, scope)];
}

/** A `for_each` must name a map, and the condition must look below it. */
function eachOfNothing(rule: ConditionRule, scope: Scope): readonly Fault[] {
  if (rule.forEach === null) return [];
  const path = rule.forEach.split('.');
  const type = typeAt(scope, path);
  if (type?.kind !== 'map') {
    const message = `'${plainLine(rule.forEach)}' is no map; one is metrics.mcpServers or metrics.agents`;
    return [{ path: ['for_each'], message }];
  }
  if (rule.condition.reads.some((read) => read.startsWith(`${rule.forEach}.`))) return [];
  const message = `the condition asks for nothing below '${plainLine(rule.forEach)}', so that it would be the same for each of them`;
  return [{ path: ['for_each'], message }];
}

function typeAt(scope: Scope, path: readonly string[]): Type | null {
  return path.reduce<Type | null>(
    (at, name) => {
      if (at?.kind === 'map') return at.of;
      return at?.kind === 'record' && Object.hasOwn(at.fields, name) ? (at.fields[name] ?? null) : null;
    },
    { kind: 'record', fields: scope },
  );
}

function remarks(rule: ConditionRule, written: WrittenRule, { interval }: AlertContext): readonly Fault[] {
  const wait = written.for === undefined ? 'duration' : 'for';
  const unmeasured = unmeasuredIn(rule.condition).map((name) => ({
    path: ['condition'],
    message: `no source measures ${name} yet, so that there is no answer`,
  }));
  const short = rule.mode === 'observations' && rule.for > 0 && rule.for < interval && !isConfirmed(rule);
  if (!short) return unmeasured;
  const message =
    `${wait} is shorter than the time between two runs (about ${Math.round(interval / 60_000)}m), and what it asks for is sampled: ` +
    `it behaves as ${rule.minObservations} observations`;
  return [...unmeasured, { path: [wait], message }];
}

/** Whether the samples of one run are enough to be sure. */
function isConfirmed({ confirm, minObservations, for: wait }: ConditionRule): boolean {
  return confirm !== null && confirm.samples * confirm.every >= wait && confirm.samples + 1 >= minObservations;
}

/** Two rules with one name would be one alert, so the first one wins. */
function withoutRepeats(readings: readonly Reading[], taken: readonly string[]): readonly Reading[] {
  const seen = new Set(taken);
  return readings.map((reading) => {
    const { name, severity, path, faults } = reading;
    if (name === null) return reading;
    const known = seen.has(name);
    seen.add(name);
    if (!known) return reading;
    const whose = taken.includes(name) ? 'a rule of the program itself' : 'another rule';
    const message = `'${plainLine(name)}' is the name of ${whose} already; each must be unique`;
    const fault: RuleFault = { path: [...path, 'name'], message, rule: name, severity, weight: 'error' };
    return { ...reading, rule: null, faults: [...faults, fault] };
  });
}
