import { formatUsd } from '../../core/money.ts';
import { ofAll } from '../lines.ts';
import type { Found, Matter, ReviewCheck } from '../matter.ts';

/** It is unknown which work it came from, or that work did not end well. */
export const SESSION: ReviewCheck = {
  name: 'session',
  title: 'Where it comes from',
  question: 'Is the run of an agent known that made it, in this repository, with a session that ended well?',
  remedy: 'Look at the run; where there is none, find out who opened it.',
  find: ({ authorship, work, fromFork }) => {
    if (authorship.verdict === 'person') return [];
    // In another repository, anybody can write what names a run.
    if (fromFork) return [ofAll('medium', 'It comes from another repository, where no run of this one can write.')];
    if (authorship.run === null) return [ofAll('medium', 'Nobody knows which run made it.')];
    if (work.sessions.length === 0) {
      return [
        work.awaited
          ? ofAll('low', `What run ${authorship.run} did is not on record yet.`)
          : ofAll('medium', `Run ${authorship.run} left no record of a session.`),
      ];
    }
    return work.sessions.flatMap(unsound).slice(0, 1);
  },
};

function unsound({ outcome, cutOff }: Matter['work']['sessions'][number]): readonly Found[] {
  switch (outcome) {
    case 'completed':
      return cutOff ? [ofAll('medium', 'The record of its session stops before its end.')] : [];
    case 'failed':
    case 'cancelled':
    case 'timed_out':
    case 'stopped_by_limit':
      return [ofAll('medium', `The session that made it ended ${outcome.replaceAll('_', ' ')}.`)];
    case 'unknown':
      return [ofAll('low', 'How the session that made it ended is not known.')];
    default:
      return outcome satisfies never;
  }
}

/** It cost more than such work usually does. */
export const DEAR: ReviewCheck = {
  name: 'dear',
  title: 'Cost more than usual',
  question: 'Did its sessions cost more than the agent may spend, or than 95 of 100 sessions of it do?',
  remedy: 'Ask what took so long: much work for a small change is a sign of a loop.',
  find: ({ work, agentTerms }) => {
    const known = work.sessions.flatMap(({ cost }) => (cost.usd === null ? [] : [cost.usd]));
    const usd = known.reduce((sum, one) => sum + one, 0);
    const limit = agentTerms.limits?.usd;
    if (limit !== undefined && usd > limit) {
      return [ofAll('high', `It cost ${formatUsd(usd)}; a session of its agent may cost ${formatUsd(limit)}.`)];
    }
    return work.usualUsd !== null && usd > work.usualUsd
      ? [
          ofAll(
            'medium',
            `It cost ${formatUsd(usd)}; 95 of 100 sessions of its agent cost ${formatUsd(work.usualUsd)} or less.`,
          ),
        ]
      : [];
  },
};

/** What was approved is not what would be merged. */
export const MOVED_HEAD: ReviewCheck = {
  name: 'moved-head',
  title: 'Changed after it was approved',
  question: 'Was another head approved than the one that is there now?',
  remedy: 'Look at what came since, and approve again.',
  find: ({ reviews, head }) => {
    const last = new Map(
      (reviews ?? []).filter(({ verdict }) => verdict !== 'commented').map((one) => [one.by.id, one]),
    );
    const stale = [...last.values()].filter(
      (one) => one.verdict === 'approved' && one.head !== null && one.head !== head,
    );
    const fresh = [...last.values()].some((one) => one.verdict === 'approved' && one.head === head);
    return stale.length > 0 && !fresh
      ? [ofAll('high', `What was approved is ${stale[0]?.head?.slice(0, 7) ?? ''}; commits came since.`)]
      : [];
  },
};
