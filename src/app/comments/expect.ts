import type { Hypothesis } from '../../core/improvement.ts';
import { repositorySubject } from '../../core/subject.ts';
import { formatDuration, type Instant } from '../../core/time.ts';
import type { Command } from '../../people/command.ts';
import { type Calmed, refused } from './calmed.ts';
import type { Order } from './desk.ts';

type ExpectCommand = Extract<Command, { verb: 'expect' }>;

/** Records what the pull request under which the comment was written is expected to do. Pure: the same comment gives the same event. */
export function expectOf({ state, comment, by, repo }: Order, { hypothesis }: ExpectCommand, now: Instant): Calmed {
  const mark = state.pulls.pulls.find(({ number }) => number === comment.issue);
  if (mark === undefined) {
    return refused('This is no pull request of an agent that is known.', 'The next run reads those that are new.');
  }
  const before = state.improvements.cases[comment.issue];
  if (before !== undefined && before.deployed !== null) {
    return refused('This change is in force: it is held to what was said before.', '');
  }
  const data = { pull: comment.issue, hypothesis, by: { kind: 'lead', actor: by }, head: null, problem: null } as const;
  return {
    ok: true,
    answer: {
      head: 'Done',
      what: `${by.login} holds pull request ${comment.issue} to this: ${inWords(hypothesis)}.`,
      lines: hypothesis.guardrails.map((metric) => `must not get worse: ${metric}`),
      next: 'It is looked at when half of that time has gone by after the merge, and at its end.',
    },
    events: [
      {
        ...{ v: 1, id: `expect:${comment.id}`, at: comment.createdAt, seen: now, repo },
        subject: repositorySubject(repo),
        kind: 'improvement.proposed',
        data,
      },
    ],
  };
}

function inWords({ metric, direction, by, within, agent }: Hypothesis): string {
  const share = by === null ? '' : ` by ${Math.round(by * 1e4) / 100} %`;
  return `${metric} ${direction}${share} within ${formatDuration(within)}${agent === null ? '' : ` (${agent})`}`;
}
