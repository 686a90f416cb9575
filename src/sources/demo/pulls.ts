import type { Dice } from '../../core/dice.ts';
import type { PullMark, ReviewMark } from '../../core/pull.ts';
import type { Actor, WorkflowRun } from '../../core/run.ts';
import { after, DAY, dayOf, HOUR, type Instant, MINUTE, startOf, toMs } from '../../core/time.ts';

/** An event of a pull request, and when it was learned. */
export type DemoPullEvent =
  | { readonly kind: 'pull.seen'; readonly seen: Instant; readonly pull: PullMark }
  | { readonly kind: 'review.given'; readonly seen: Instant; readonly review: ReviewMark };

const CLAUDE: Actor = { id: 209_825_114, login: 'claude[bot]', type: 'Bot' };
const PEOPLE: readonly Actor[] = [
  { id: 583_231, login: 'octocat', type: 'User' },
  { id: 7_001_204, login: 'ada', type: 'User' },
];
/** The share of successful runs that open a pull request. */
const OPENS = 0.27;
/** About how many pull requests people review on a working day, one per hour. */
const LOOKED_AT = 3;

/**
 * The results of the scheduled agents. A quarter of their runs open a pull request, and two people review three of them on a
 * working day, in the order of arrival, so slightly more come in than are reviewed. The same dice give the same pull requests.
 */
export function demoPulls(runs: readonly WorkflowRun[], days: readonly Instant[], own: Dice): readonly DemoPullEvent[] {
  const opened = runs
    .filter(({ trigger, conclusion }) => trigger === 'schedule' && conclusion === 'success')
    .filter(() => own.chance(OPENS))
    .map((run, index) => openedBy(run, index + 1_201, own));
  const events: DemoPullEvent[] = opened.map((pull) => ({
    kind: 'pull.seen',
    seen: after(pull.createdAt, MINUTE),
    pull,
  }));
  const waiting = [...opened];
  for (const day of days.filter(isWorkday)) {
    const looks = LOOKED_AT + own.whole(-1, 1);
    for (let look = 0; look < looks; look += 1) {
      const at = after(startOf(dayOf(day)), 9 * HOUR + look * HOUR + own.whole(0, 50) * MINUTE);
      const next = waiting[0];
      if (next === undefined || next.createdAt > at) break;
      waiting.shift();
      events.push(...answered(next, at, own));
    }
  }
  return events;
}

function isWorkday(day: Instant): boolean {
  const weekday = (Math.floor(toMs(day) / DAY) + 4) % 7;
  return weekday !== 0 && weekday !== 6;
}

function openedBy(run: WorkflowRun, number: number, own: Dice): PullMark {
  const createdAt = after(run.updatedAt, -20_000);
  return {
    ...{ number, agent: run.agent, author: CLAUDE, run: run.id, createdAt, updatedAt: createdAt, draft: false },
    ...{ head: hex(own), base: 'main', closedAt: null, mergedAt: null, mergeCommit: null, mergedBy: null },
    reverts: null,
    standing: {
      verdict: 'agent',
      readyAt: createdAt,
      asked: own.chance(0.7) ? [{ id: PEOPLE[1]?.id ?? null, name: 'ada' }] : [],
      closedBy: null,
      titleHash: hex(own).slice(0, 16),
    },
  };
}

function hex(own: Dice): string {
  return Array.from({ length: 40 }, () => own.whole(0, 15).toString(16)).join('');
}

/** Most are merged, some are closed, and for one in ten people request changes first. */
function answered(pull: PullMark, at: Instant, own: Dice): readonly DemoPullEvent[] {
  const by = PEOPLE[own.whole(0, 1)] ?? CLAUDE;
  const throwOf = own.next();
  const verdict = throwOf < 0.7 ? 'approved' : 'changes_requested';
  const review: ReviewMark = { pull: pull.number, id: pull.number * 100, by, verdict, head: pull.head, at };
  const said: DemoPullEvent = { kind: 'review.given', seen: after(at, MINUTE), review };
  const end = after(at, 3 * MINUTE);
  // Someone who has given a review is no longer asked for one.
  const standing = pull.standing === undefined ? {} : { standing: { ...pull.standing, asked: [] } };
  const closed = { ...pull, ...standing, updatedAt: end, closedAt: end };
  const seen = after(end, MINUTE);
  if (throwOf < 0.7) {
    return [said, { kind: 'pull.seen', seen, pull: { ...closed, mergedAt: end, mergeCommit: hex(own), mergedBy: by } }];
  }
  if (throwOf < 0.8 || pull.standing === undefined) {
    return [said, { kind: 'pull.seen', seen, pull: { ...pull, ...standing, updatedAt: end } }];
  }
  return [
    said,
    { kind: 'pull.seen', seen, pull: { ...closed, standing: { ...pull.standing, asked: [], closedBy: by } } },
  ];
}
