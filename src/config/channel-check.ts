import { nearest } from '../core/nearest.ts';
import type { Contacts, DigestTerms, EscalationPolicies, NoticePolicy, Preference } from '../core/notice-terms.ts';
import { plainLine } from '../core/text.ts';
import type { WrittenRule } from './alert-rule.ts';
import type { Fault } from './explain.ts';

/** Where the configuration names channels, besides its rules. */
export interface NamesChannels {
  readonly escalation: EscalationPolicies;
  readonly policy: Pick<NoticePolicy, 'fallback'>;
  readonly contacts: Contacts;
  readonly digests: readonly DigestTerms[];
  readonly preferences: readonly Preference[];
}

/** A channel named by a part of the configuration. */
interface Named {
  readonly path: readonly PropertyKey[];
  readonly name: string;
}

/** The channels defined in a configuration. */
export interface KnownChannels {
  /** Those that can be used. */
  readonly names: readonly string[];
  /** Those whose own entry is wrong, so that they are left out. */
  readonly leftOut: readonly string[];
}

/** Names that no channel has, with their places. Messages to them go nowhere. */
export function unknownChannels(terms: NamesChannels, known: KnownChannels): readonly Fault[] {
  return namedIn(terms)
    .filter(({ name }) => !known.names.includes(name))
    .map(({ path, name }) => ({ path, message: noChannel(name, known) }));
}

/** The channels that a rule names and that do not exist. */
export function missingChannels({ channels }: Pick<WrittenRule, 'channels'>, known: KnownChannels): readonly Fault[] {
  return channels.flatMap((name, i) =>
    known.names.includes(name) ? [] : [{ path: ['channels', i], message: noChannel(name, known) }],
  );
}

/** The escalation policy that a rule names, if it does not exist. */
export function missingPolicy(
  { escalation: name }: Pick<WrittenRule, 'escalation'>,
  known: readonly string[],
): readonly Fault[] {
  if (name === undefined || known.includes(name)) return [];
  return [{ path: ['escalation'], message: noPolicy(name, known) }];
}

/** Says that no channel has this name, with the one that was probably meant. */
function noChannel(name: string, { names, leftOut }: KnownChannels): string {
  if (leftOut.includes(name))
    return `the channel '${plainLine(name)}' is left out, for its entry under 'channels' is wrong`;
  return `there is no channel '${plainLine(name)}' under 'channels'${meant(name, [...names, ...leftOut])}`;
}

/** Says that no policy of `escalation` has this name, with the one that was probably meant. */
function noPolicy(name: string, known: readonly string[]): string {
  return `there is no policy '${plainLine(name)}' under 'escalation'${meant(name, known)}`;
}

function meant(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === null ? '' : `; did you mean '${near}'?`;
}

function namedIn({ escalation, policy, contacts, digests, preferences }: NamesChannels): readonly Named[] {
  return [
    ...Object.entries(escalation).flatMap(([name, levels]) =>
      levels.flatMap(({ channels }, level) => listed(channels, ['escalation', name, level, 'channels'])),
    ),
    ...listed(policy.fallback, ['policy', 'fallback']),
    ...Object.entries(contacts).flatMap(([person, channels]) => listed(channels, ['contacts', person])),
    ...digests.flatMap(({ channels }, i) => listed(channels, ['digests', i, 'channels'])),
    ...preferences.flatMap(({ channel }, i) =>
      channel === null ? [] : [{ path: ['preferences', i, 'channel'], name: channel }],
    ),
  ];
}

function listed(channels: readonly string[], above: readonly PropertyKey[]): readonly Named[] {
  return channels.map((name, i) => ({ path: [...above, i], name }));
}

/** Somebody who wants a summary where no digest goes is sent only what is critical. */
export function unheardSummaries({ preferences, digests, contacts }: NamesChannels): readonly Fault[] {
  const served = new Set(digests.flatMap(({ channels }) => channels));
  return preferences.flatMap(({ send, channel, person }, i) => {
    if (send !== 'summary' || isServed({ channel, person }, served, contacts)) return [];
    const where =
      channel === null
        ? person === null
          ? 'any channel'
          : `a channel of ${plainLine(person)}`
        : `'${plainLine(channel)}'`;
    const message = `no entry of 'digests' goes to ${where}, so that a summary never comes`;
    return [{ path: ['preferences', i, 'send'], message }];
  });
}

function isServed(
  { channel, person }: Pick<Preference, 'channel' | 'person'>,
  served: ReadonlySet<string>,
  contacts: Contacts,
): boolean {
  if (channel !== null) return served.has(channel);
  if (person === null) return served.size > 0;
  return (Object.hasOwn(contacts, person) ? (contacts[person] ?? []) : []).some((name) => served.has(name));
}
