import { z } from 'zod';
import { type ChannelSettings, channelSettings } from '../responses/channels/settings.ts';
import { shortName } from './values.ts';

/** The channels that rules, escalations and digests may refer to, by name. */
export type ConfiguredChannels = Readonly<Record<string, ChannelSettings>>;

/** The channel that always exists: issues of the watched repository. */
export const ISSUES_CHANNEL = 'issues';

/** `channels:` in the configuration. */
export const channelsSchema: z.ZodType<ConfiguredChannels> = z
  .record(shortName, channelSettings)
  .refine((given) => given[ISSUES_CHANNEL] === undefined || given[ISSUES_CHANNEL].type === 'github-issue', {
    error: "the channel 'issues' is always that of type github-issue; give yours another name",
    path: [ISSUES_CHANNEL],
  })
  .transform((given): ConfiguredChannels => ({ [ISSUES_CHANNEL]: { type: 'github-issue' }, ...given }));

/** The channels that a file defines under `channels:` but that were not read from it, because their entries are wrong. */
export function channelsLeftOut(written: unknown, channels: ConfiguredChannels): readonly string[] {
  const section: unknown = Object(written)['channels'];
  const isGroup = typeof section === 'object' && section !== null && !Array.isArray(section);
  return isGroup ? Object.keys(section).filter((name) => !Object.hasOwn(channels, name)) : [];
}
