import { nearest } from '../core/nearest.ts';
import type { NoticeTerms } from '../core/notice-terms.ts';
import { plainLine } from '../core/text.ts';
import type { Fault } from './explain.ts';

/** The settings of messages that name channels, or some of them. */
type Naming = Partial<Pick<NoticeTerms, 'policy' | 'escalation' | 'contacts' | 'preferences' | 'digests'>>;

/** A channel that is named where none is called so. */
export interface MissingChannel extends Fault {
  readonly channel: string;
}

interface Named {
  readonly path: readonly PropertyKey[];
  readonly channel: string;
}

/** Channels that escalations, contacts, preferences, digests and fallbacks name and that are not defined; their messages would go nowhere. */
export function missingChannels(terms: Naming, known: readonly string[]): readonly MissingChannel[] {
  return named(terms)
    .filter(({ channel }) => !known.includes(channel))
    .map((each) => ({ ...each, message: noSuchChannel(each.channel, known) }));
}

/** That a channel is not defined, with the name that was likely meant. */
export function noSuchChannel(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const hint = near === null ? '' : `; did you mean '${near}'?`;
  return `there is no channel '${plainLine(name)}' under 'channels'${hint}`;
}

function named({ policy, escalation = {}, contacts = {}, preferences = [], digests = [] }: Naming): readonly Named[] {
  const levels = Object.entries(escalation).flatMap(([name, steps]) =>
    steps.flatMap(({ channels }, i) => listed(['escalation', name, i, 'channels'], channels)),
  );
  const people = Object.entries(contacts).flatMap(([person, channels]) => listed(['contacts', person], channels));
  const wishes = preferences.flatMap(({ channel }, i) =>
    channel === null ? [] : [{ path: ['preferences', i, 'channel'], channel }],
  );
  const reports = digests.flatMap(({ channels }, i) => listed(['digests', i, 'channels'], channels));
  return [...listed(['policy', 'fallback'], policy?.fallback ?? []), ...levels, ...people, ...wishes, ...reports];
}

function listed(path: readonly PropertyKey[], channels: readonly string[]): readonly Named[] {
  return channels.map((channel, i) => ({ path: [...path, i], channel }));
}
