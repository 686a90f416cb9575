import { canonicalJson } from '../core/canonical.ts';
import { sha256 } from '../core/hash.ts';
import type { Notice, NoticeAlert, NoticeKind, NoticeReason } from '../core/notice.ts';
import type { NoticeTerms } from '../core/notice-terms.ts';
import type { Instant } from '../core/time.ts';
import { groupOf } from './decide-notice.ts';
import { type NoticeLog, type Told, toldKey } from './notice-log.ts';

/** One alert for one channel. */
export interface Piece {
  readonly channel: string;
  readonly kind: NoticeKind;
  readonly because: NoticeReason;
  readonly step: string;
  readonly line: string | null;
  readonly alert: NoticeAlert;
  /** What the hourly limit counts it by. */
  readonly about: string;
}

/** What joining depends on. */
export interface JoinInput {
  readonly repo: string;
  readonly now: Instant;
  readonly log: NoticeLog;
  readonly terms: Pick<NoticeTerms, 'policy'>;
}

/** The messages for all pieces. Those of one group, channel and kind are combined, the others stay separate. */
export function joinPieces(pieces: readonly Piece[], input: JoinInput): readonly Notice[] {
  const { group_by } = input.terms.policy;
  const joined = new Map<string, Piece[]>();
  for (const piece of pieces) {
    const group = groupOf(piece.alert, group_by);
    const own = toldKey(piece.channel, piece.alert.fingerprint, piece.alert.episode);
    const key = `${piece.channel} ${piece.kind} ${group === null ? own : `group ${group}`}`;
    joined.set(key, [...(joined.get(key) ?? []), piece]);
  }
  return [...joined.values()].flatMap((members) => noticeOf(members, input) ?? []);
}

function noticeOf(members: readonly Piece[], input: JoinInput): Notice | null {
  const [first] = members;
  if (first === undefined) return null;
  const { repo, now, log, terms } = input;
  const { channel, kind } = first;
  const group = groupOf(first.alert, terms.policy.group_by);
  const alerts = members.map(({ alert }) => alert);
  const episodes = alerts.map(({ fingerprint, episode, level }) => [fingerprint, episode, level]);
  const hash = (parts: readonly unknown[]): string => sha256(canonicalJson(parts));
  return {
    key: hash([repo, channel, kind, members.map(({ step }) => step), episodes]),
    thread: group === null ? episodeThread(repo, channel, first.alert) : hash([repo, channel, group]),
    channel,
    kind,
    because: becauseOf(members, group, input),
    repo,
    at: now,
    group,
    alerts,
    more: kind === 'trigger' ? heldBack(log, channel, members) : 0,
    lines: [...new Set(members.flatMap(({ line }) => line ?? []))],
  };
}

/** The thread of one episode on a channel, so that its end is sent to the same thread. */
export function episodeThread(
  repo: string,
  channel: string,
  { fingerprint, episode }: Pick<NoticeAlert, 'fingerprint' | 'episode'>,
): string {
  return sha256(canonicalJson([repo, channel, [fingerprint, episode]]));
}

/** How many messages about the same subjects the hourly limit has held back. */
function heldBack({ told }: NoticeLog, channel: string, members: readonly Piece[]): number {
  const subjects = new Set(members.map(({ about }) => about));
  return Object.values(told).filter((one) => one.state === 'held' && one.channel === channel && subjects.has(one.about))
    .length;
}

function becauseOf(members: readonly Piece[], group: string | null, { log, terms }: JoinInput): NoticeReason {
  const because = members[0]?.because ?? 'first';
  if (group === null) return because;
  const own = new Set(members.map(({ alert }) => alert.fingerprint));
  const channel = members[0]?.channel;
  const isOther = (told: Told): boolean =>
    told.state === 'told' &&
    told.channel === channel &&
    !own.has(told.fingerprint) &&
    told.alert !== null &&
    groupOf(told.alert, terms.policy.group_by) === group;
  const hasOthers = Object.values(log.told).some(isOther);
  if (because === 'first' && hasOthers) return 'new_in_group';
  return because === 'all_resolved' && hasOthers ? 'some_resolved' : because;
}
