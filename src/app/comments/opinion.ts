import type { FindingVerdict, Opinion } from '../../core/opinion.ts';
import { repositorySubject } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import type { Command } from '../../people/command.ts';
import { type Calmed, refused } from './calmed.ts';
import type { Order } from './desk.ts';

/** The commands that say whether a model's finding was useful. */
export type OpinionCommand = Extract<Command, { verb: 'accept' | 'dismiss' }>;

/**
 * Records what a person thinks of a model's finding. It changes no risk and no passport: it measures whether asking is worth the
 * money. Pure: the same comment gives the same event.
 */
export function judgeFinding(
  { state, comment, repo, by }: Order,
  { verb, finding, why }: OpinionCommand,
  now: Instant,
): Calmed {
  const opinions = state.opinions.opinions.filter(({ about }) => about.kind === 'pull' && about.pull === comment.issue);
  const meant = opinions.findLast(({ findings }) => findings.some(({ id }) => id === finding));
  if (meant?.about.kind !== 'pull') return refused(...notThere(finding, opinions));
  const { pull, head } = meant.about;
  const verdict: FindingVerdict['verdict'] = verb === 'accept' ? 'accepted' : 'dismissed';
  const judged: FindingVerdict = { pull, head, finding, verdict, by: by.login, at: comment.createdAt, why };
  return {
    ok: true,
    answer: {
      head: 'Done',
      what: `${by.login} ${verdict} the finding ${finding} of the model ${plainLine(meant.model)}.`,
      lines: [
        'the passport and its risk stay as they are: this is counted, so that you see whether asking a model is worth its money',
      ],
      next: '',
    },
    events: [
      {
        ...{ v: 1, id: `opinion-judged:${comment.id}`, kind: 'opinion.judged', at: comment.createdAt, seen: now, repo },
        subject: repositorySubject(repo),
        data: { judged },
      },
    ],
  };
}

function notThere(finding: string, opinions: readonly Opinion[]): [what: string, next: string] {
  const known = opinions.findLast(({ findings }) => findings.length > 0)?.findings.map(({ id }) => id) ?? [];
  const what = `No opinion about this pull request has a finding ${finding}.`;
  return [
    what,
    known.length === 0 ? 'No model has found anything here.' : `The findings of the last one are ${known.join(', ')}.`,
  ];
}
