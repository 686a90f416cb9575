import { type Score, type ScoreTerms, scoreFirings, type Verdict } from '../../alerts/score.ts';
import type { OptionChange } from '../../config/edit.ts';
import type { Config } from '../../config/schema.ts';
import type { Facts } from '../../core/facts.ts';
import { type Duration, parseDuration } from '../../core/time.ts';
import { RULES } from '../../rules/registry.ts';
import type { Judge, Replayed } from './replay.ts';

/** One option of one rule with another value, and how far that is from the current one. */
export interface Trial extends OptionChange {
  readonly from: string | number;
  /** The distance from the current value. Among two trials with the same effect, the smaller is taken. */
  readonly distance: number;
}

/** Options are tried at these multiples of their value. */
const TIMES = [0.67, 1.25, 1.5, 2] as const;

/** All values worth trying for the rules that raised a false alarm. */
export function trialsFor(score: Score, config: Config): readonly Trial[] {
  const rules = new Set(score.wrong.map(({ rule }) => rule));
  return RULES.filter(({ name }) => rules.has(name)).flatMap(({ name }) =>
    Object.entries(config.rules[name] ?? {}).flatMap(([option, value]) => valuesNear(name, option, value)),
  );
}

function valuesNear(rule: string, option: string, value: unknown): readonly Trial[] {
  if (option === 'enabled') return [];
  const tried = TIMES.flatMap((times) => {
    const to = timesOf(value, times);
    return to === null || to === value ? [] : [{ to, distance: Math.abs(Math.log(times)) }];
  });
  const words = WORDS.some((word) => word === value) ? WORDS.map((to) => ({ to, distance: 0.5 })) : [];
  return [...tried, ...words]
    .filter(({ to }) => to !== value && isAllowed(rule, option, to))
    .map((trial) => ({ rule, option, from: value as string | number, ...trial }));
}

/** The values of options that are words: how easily a method reports. */
const WORDS = ['low', 'medium', 'high'] as const;

function timesOf(value: unknown, times: number): string | number | null {
  if (typeof value === 'number') {
    const scaled = value * times;
    return Number.isInteger(value) && value >= 1 ? Math.max(1, Math.round(scaled)) : Number(scaled.toPrecision(2));
  }
  const duration = typeof value === 'string' ? parseDuration(value) : null;
  return duration === null ? null : durationText(duration * times);
}

/** As people write it in the configuration, rounded to the minute. */
function durationText(duration: Duration): string {
  const minutes = Math.max(1, Math.round(duration / 60_000));
  if (minutes % 1_440 === 0) return `${minutes / 1_440}d`;
  return minutes % 60 === 0 ? `${minutes / 60}h` : `${minutes}m`;
}

function isAllowed(rule: string, option: string, to: string | number): boolean {
  const options = RULES.find(({ name }) => name === rule)?.options;
  return options?.safeParse({ [option]: to }).success === true;
}

/** The configuration with some options changed; null when the result is not valid. */
export function configWith(config: Config, changes: readonly OptionChange[]): Config | null {
  const rules = { ...config.rules };
  for (const { rule, option, to } of changes) {
    const parsed = RULES.find(({ name }) => name === rule)?.options.safeParse({ ...rules[rule], [option]: to });
    if (parsed?.success !== true) return null;
    rules[rule] = parsed.data;
  }
  return { ...config, rules };
}

/** Judges for each rule on trial: one with the current settings, and one for every other value. */
export function trialJudges(trials: readonly Trial[], config: Config): readonly Judge[] {
  const asTheyAre = [...new Set(trials.map(({ rule }) => rule))].map((rule) => ruleJudge(rule, rule, config));
  const changed = trials.map((trial) => ruleJudge(trialName(trial), trial.rule, configWith(config, [trial])));
  return [...asTheyAre, ...changed].flatMap((judge) => judge ?? []);
}

function ruleJudge(name: string, ruleName: string, config: Config | null): Judge | null {
  const rule = RULES.find((candidate) => candidate.name === ruleName);
  const options = config?.rules[ruleName];
  if (rule === undefined || options === undefined) return null;
  return {
    name,
    needs: (labelSets) => rule.needs?.(options, labelSets) ?? [],
    ask: (facts: Facts, now) => rule.judge(facts, options, now),
  };
}

function trialName({ rule, option, to }: OptionChange): string {
  return `${rule}.${option}=${to}`;
}

/** What trials are compared with. */
export interface Evidence {
  readonly verdicts: readonly Verdict[];
  readonly terms: ScoreTerms;
}

/**
 * For each rule, the value that still finds everything the rule found and raises the fewest false alarms; none if no value raises
 * fewer. What a rule found counts even when another rule found it too, so that rules do not lean on each other.
 */
export function bestTrials(
  trials: readonly Trial[],
  replayed: readonly Replayed[],
  { verdicts, terms }: Evidence,
): readonly Trial[] {
  const firingsOf = new Map(replayed.map(({ name, firings }) => [name, firings]));
  const rules = new Set(trials.map(({ rule }) => rule));
  return [...rules].flatMap((rule) => {
    const before = scoreFirings(firingsOf.get(rule) ?? [], verdicts, terms);
    const found = new Set(foundBy(before));
    const better = trials
      .filter((trial) => trial.rule === rule)
      .map((trial) => ({ trial, after: scoreFirings(firingsOf.get(trialName(trial)) ?? [], verdicts, terms) }))
      .filter(({ after }) => after.wrong.length < before.wrong.length)
      .filter(({ after }) => [...found].every((incident) => foundBy(after).includes(incident)))
      .sort((a, b) => a.after.wrong.length - b.after.wrong.length || a.trial.distance - b.trial.distance);
    return better[0] === undefined ? [] : [better[0].trial];
  });
}

function foundBy({ incidents }: Score): readonly Verdict[] {
  return incidents.flatMap(({ verdict, firing }) => (firing === null ? [] : [verdict]));
}
