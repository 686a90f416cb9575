import { ISSUES_CHANNEL } from '../../config/channels.ts';
import type { Config } from '../../config/schema.ts';
import { sha256 } from '../../core/hash.ts';
import { nearest } from '../../core/nearest.ts';
import type { Deliverer, Notice } from '../../core/notice.ts';
import { plainLine } from '../../core/text.ts';
import { between, type Duration } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import { deliverer, secretsOf } from '../../responses/channels/deliverer.ts';
import type { ChannelSettings } from '../../responses/channels/settings.ts';
import { LOCAL_REPO } from '../ledger/open-ledger.ts';
import type { World } from '../shell/world.ts';
import { channelMeans } from '../tell/channel-means.ts';

/** The result of testing one channel. */
export interface TriedChannel {
  readonly name: string;
  readonly type: ChannelSettings['type'];
  readonly outcome: 'arrived' | 'failed' | 'not_tried';
  /** What is wrong and how to fix it, or why it was not tried; null when the message arrived. */
  readonly reason: string | null;
  readonly tookMs: Duration | null;
}

/** The output of `doctor --channels`. A stable contract: members may be added, none changes its meaning. */
export interface ChannelsReport {
  readonly ok: boolean;
  readonly repo: string | null;
  readonly channels: readonly TriedChannel[];
}

/** Where the tests run, and for which repository. */
interface Bench {
  readonly repo: string | null;
  readonly github: GitHub | null;
}

/** Sends a test message to each configured channel, one after the other. */
export async function tryChannels(config: Config, world: World, bench: Bench): Promise<ChannelsReport> {
  const send = deliverer(config.channels, channelMeans(world, config, bench.github));
  const channels: TriedChannel[] = [];
  for (const [name, settings] of Object.entries(config.channels)) {
    const result = await tryChannel(name, settings, { ...bench, world, send });
    channels.push({ name, type: settings.type, ...result });
  }
  return { ok: channels.every(({ outcome }) => outcome !== 'failed'), repo: bench.repo, channels };
}

async function tryChannel(
  name: string,
  settings: ChannelSettings,
  { repo, github, world, send }: Bench & { readonly world: World; readonly send: Deliverer },
): Promise<Pick<TriedChannel, 'outcome' | 'reason' | 'tookMs'>> {
  const why = whyNot(name, settings, github);
  if (why !== null) return { outcome: 'not_tried', reason: why, tookMs: null };
  const missing = missingSecrets(name, settings, world.env);
  if (missing !== null) return { outcome: 'failed', reason: missing, tookMs: null };
  const begin = world.now();
  const delivery = await send(testNotice(name, repo ?? LOCAL_REPO, begin), null);
  const tookMs = between(begin, world.now());
  if (delivery.ok) return { outcome: 'arrived', reason: null, tookMs };
  return { outcome: 'failed', reason: `${delivery.error}${delivery.retry ? LATER : ''}`, tookMs };
}

const LATER = '. This may pass: try again in a while';

function whyNot(name: string, settings: ChannelSettings, github: GitHub | null): string | null {
  const onGitHub = settings.type === 'github-issue' || settings.type === 'pr-comment';
  if (onGitHub && github === null) {
    const always = name === ISSUES_CHANNEL ? ' It is always there.' : '';
    return `it is on GitHub, and no repository was named: give --repo OWNER/NAME.${always}`;
  }
  if (settings.type === 'pr-comment' && settings.pull === null) {
    return 'it writes under the pull request that an alert belongs to, and a test belongs to none';
  }
  return null;
}

/** The secrets missing from the environment, each with its place in the configuration and the name that was likely meant. */
function missingSecrets(channel: string, settings: ChannelSettings, env: World['env']): string | null {
  const lines = secretsOf(settings)
    .filter(({ name }) => (env[name.env] ?? '').trim() === '')
    .map(({ key, name }) => {
      const near = nearestName(name.env, env);
      return `channels.${channel}.${key}: the environment has no ${name.env}.${near === null ? ' Hand it on from a secret, under env:' : ` Did you mean '${near}'?`}`;
    });
  return lines.length === 0 ? null : lines.join('; ');
}

/** Only the names of variables are looked at. */
function nearestName(name: string, env: World['env']): string | null {
  const names = Object.keys(env).filter((one) => (env[one] ?? '') !== '' && /^[A-Z][A-Z\d_]{2,99}$/.test(one));
  const near = nearest(name, names);
  // Short names are similar to anything.
  return near !== null && near.slice(0, 2) === name.slice(0, 2) ? near : null;
}

function testNotice(channel: string, repo: string, at: string): Notice {
  const key = sha256(JSON.stringify(['test', repo, channel, at]));
  return {
    ...{ key, thread: key, channel, kind: 'test', because: 'asked_for', repo, at },
    ...{ group: null, alerts: [], more: 0, lines: [] },
  };
}

/** The report for people. */
export function channelsText({ ok, channels }: ChannelsReport): string {
  const lines = channels.map(({ name, type, outcome, reason, tookMs }) => {
    const head = `${plainLine(name)} (${type})`;
    switch (outcome) {
      case 'arrived':
        return `${head}: the message went through${tookMs === null ? '' : ` in ${tookMs} ms`}. See whether it is there.`;
      case 'failed':
        return `${head}: FAILED. ${plainLine(reason ?? '', 1_000)}`;
      case 'not_tried':
        return `${head}: not tried: ${plainLine(reason ?? '', 400)}`;
      default:
        return outcome satisfies never;
    }
  });
  const failed = channels.filter(({ outcome }) => outcome === 'failed').length;
  const nothing = channels.every(({ outcome }) => outcome === 'not_tried');
  const verdict = ok
    ? nothing
      ? 'No channel was tried.'
      : 'Every channel that was tried took the message.'
    : `${failed} of ${channels.length} channels did not take the message.`;
  return `${[...lines, '', verdict].join('\n')}\n`;
}
