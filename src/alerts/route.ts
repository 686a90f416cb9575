import type { Alert } from '../core/alert.ts';
import { canonicalJson } from '../core/canonical.ts';
import { sha256 } from '../core/hash.ts';
import type { EscalationBegin } from '../core/notice-record.ts';
import type { EscalationLevel, NoticeTerms, Route } from '../core/notice-terms.ts';
import { after, HOUR, type Instant } from '../core/time.ts';
import type { Escalation } from './notice-log.ts';
import type { AlertPolicy } from './policy.ts';

/** If a rule says nothing, its alerts have no channels of their own. */
const NO_ROUTE: Route = { channels: [], escalation: null, runbook: null };

/** The settings for the rule of an alert. */
export function routeOf({ routes }: Pick<NoticeTerms, 'routes'>, name: string): Route {
  return (Object.hasOwn(routes, name) ? routes[name] : undefined) ?? NO_ROUTE;
}

/** If a rule names no policy and none is set, the channels of the rule get another message after an hour in which nobody looked. */
const DEFAULT_LEVELS: readonly EscalationLevel[] = [
  { after: 0, channels: [], contacts: [] },
  { after: HOUR, channels: [], contacts: [] },
];

/**
 * The levels of an alert, by their delays; the first one is due at once. A level without channels and people has those of the rule.
 * Empty if there is nobody to notify.
 */
export function levelsOf(
  { name, facts }: Pick<Alert, 'name' | 'facts'>,
  terms: NoticeTerms,
): readonly EscalationLevel[] {
  const route = routeOf(terms, name);
  const named = [route.escalation, name, facts.severity, 'default'].find(
    (key) => key !== null && Object.hasOwn(terms.escalation, key),
  );
  const own = named === undefined || named === null ? undefined : terms.escalation[named];
  const sorted = [...(own ?? DEFAULT_LEVELS)].sort((a, b) => a.after - b.after);
  const isEmpty = ({ channels, contacts }: EscalationLevel): boolean => channels.length + contacts.length === 0;
  const filled = sorted.map((level) => (isEmpty(level) ? { ...level, channels: route.channels } : level));
  const levels = withRoute(filled, route.channels);
  return levels.every(isEmpty) ? [] : levels;
}

/** The channels that the rule itself names get the message at once, whatever the policy says. */
function withRoute(levels: readonly EscalationLevel[], channels: readonly string[]): readonly EscalationLevel[] {
  const [first, ...rest] = levels;
  if (first === undefined || first.after > 0) return [{ after: 0, channels, contacts: [] }, ...levels];
  return [{ ...first, channels: [...new Set([...channels, ...first.channels])] }, ...rest];
}

/**
 * The beginning of the escalation of an episode; null if there is nobody to notify. What happened once has one level, because
 * nobody can end it.
 */
export function beginOf(alert: Alert, terms: NoticeTerms, mode: AlertPolicy['mode']): EscalationBegin | null {
  const all = levelsOf(alert, terms);
  const levels = mode === 'event' ? all.slice(0, 1) : all;
  if (levels.length === 0) return null;
  const { fingerprint, episode } = alert;
  const policy = sha256(canonicalJson(levels)).slice(0, 16);
  return { fingerprint, episode, level: 0, nextAt: dueAt(alert, levels, 1), levels, policy };
}

/** When a level is due; null if there is no such level. */
export function dueAt(
  { activeAt, since }: Pick<Alert, 'activeAt' | 'since'>,
  levels: readonly EscalationLevel[],
  level: number,
): Instant | null {
  const next = levels[level];
  return next === undefined ? null : after(activeAt ?? since, next.after);
}

/** A channel that a level names, and for whom. */
export interface Target {
  readonly channel: string;
  /** The people who are reached on it; empty if the level names the channel itself. */
  readonly people: readonly string[];
  /** The highest level up to the current one that names it. */
  readonly level: number;
}

/** All channels of the levels up to the current one, each once. */
export function targetsOf(escalation: Escalation, { contacts }: Pick<NoticeTerms, 'contacts'>): readonly Target[] {
  const targets = new Map<string, Target>();
  for (const [level, { channels, contacts: people }] of escalation.levels.slice(0, escalation.level + 1).entries()) {
    for (const channel of channels) targets.set(channel, { channel, people: [], level });
    for (const [channel, person] of people.flatMap((one) => addressesOf(one, contacts))) {
      targets.set(channel, { channel, people: withPerson(targets.get(channel), person), level });
    }
  }
  return [...targets.values()];
}

function addressesOf(person: string, contacts: NoticeTerms['contacts']): readonly (readonly [string, string])[] {
  const channels = Object.hasOwn(contacts, person) ? (contacts[person] ?? []) : [];
  return channels.map((channel) => [channel, person]);
}

/** A channel that is named directly is for everybody. */
function withPerson(before: Target | undefined, person: string): readonly string[] {
  if (before === undefined) return [person];
  return before.people.length === 0 ? [] : [...new Set([...before.people, person])];
}
