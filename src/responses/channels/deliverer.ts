import { nearest } from '../../core/nearest.ts';
import type { Deliverer, Delivery, Notice, ReceiverData } from '../../core/notice.ts';
import { plainLine } from '../../core/text.ts';
import type { Channel, Line, Means, NeededSecret, Sending } from './channel.ts';
import { refused } from './delivery.ts';
import { isForgetful, looksBack, perhapsAgain } from './forgetful.ts';
import { patienceOf } from './patience.ts';
import { channelFor } from './registry.ts';
import type { ChannelSettings } from './settings.ts';

/** The channels of a configuration, by name. */
export type NamedChannels = Readonly<Record<string, ChannelSettings>>;

/** Sends the messages of one run. Outside failures are in the delivery; it throws only for bugs. */
export function deliverer(channels: NamedChannels, means: Means): Deliverer {
  const line: Line = { means, patience: patienceOf(means.patience) };
  return async (notice, previous, isAgain = false) => {
    const settings = Object.hasOwn(channels, notice.channel) ? channels[notice.channel] : undefined;
    if (settings === undefined) return refused(unknownChannel(notice.channel, channels));
    return await send(settings, notice, previous, { ...line, isAgain });
  };
}

function unknownChannel(name: string, channels: NamedChannels): string {
  const near = nearest(name, Object.keys(channels));
  return `no channel is called '${plainLine(name)}'.${near === null ? ' Define it under channels:' : ` Did you mean '${near}'?`}`;
}

function send<Settings extends ChannelSettings>(
  settings: Settings,
  notice: Notice,
  previous: ReceiverData | null,
  sending: Sending,
): Promise<Delivery> {
  // The registry maps each type to the channel for that type's settings.
  const channel = channelFor(settings.type) as Channel<Settings>;
  const isTold = sending.isAgain && isForgetful(settings.type) && !looksBack(settings.type);
  return channel.send(isTold ? perhapsAgain(notice) : notice, previous, settings, sending);
}

/** The secrets that a channel requires. */
export function secretsOf<Settings extends ChannelSettings>(settings: Settings): readonly NeededSecret[] {
  return (channelFor(settings.type) as Channel<Settings>).secrets(settings);
}
