import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import { type Finding, findingKey } from '../core/finding.ts';
import { type ReviewTerms, USUAL_REVIEW_TERMS } from '../core/review-terms.ts';
import type { Rule } from '../core/rule.ts';
import { repositorySubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { between, DAY, type Duration, dayOf, formatDuration, type Instant, startOf } from '../core/time.ts';
import type { Queued } from '../metrics/reviews/queue.ts';
import { type ReviewOutlook, reviewOutlook } from '../metrics/reviews/reviews.ts';
import { outlookWords } from '../metrics/reviews/words.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';

export interface ReviewBacklogOptions {
  readonly enabled: boolean;
  readonly clear_within: string;
  readonly late: number;
  /** From `reviews:` in the configuration. */
  readonly reviews?: ReviewTerms;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  clear_within: durationOption(
    '7d',
    '60d',
    'Reported when what waits now would take longer than this at the pace at which people review.',
  ),
  late: z
    .int()
    .min(1)
    .max(1_000)
    .default(3)
    .describe('This many pull requests that wait for longer than `reviews.sla` are reported.'),
});

/** Agents propose faster than people can review. Reports the queue with the day on which it will be empty. */
export const reviewBacklog: Rule<ReviewBacklogOptions, z.ZodObject> = {
  name: 'review-backlog',
  title: 'Reviews pile up',
  question: 'Do more pull requests of agents wait for people than they can look at in time?',
  remedy: [
    'Start with what has waited longest: `checkrein queue` lists it, with who was asked.',
    'Start agents less often, or give them a budget of `open_pull_requests`, so that they wait for people.',
    'Close what nobody wants any more.',
  ],
  options,
  judge(facts: Facts, settings: ReviewBacklogOptions, now: Instant): readonly Finding[] {
    if (!settings.enabled) return [];
    const terms = settings.reviews ?? USUAL_REVIEW_TERMS;
    const outlook = facts.pullRequests === null ? null : reviewOutlook(facts.pullRequests, terms, now);
    const backlog = judgeBacklog(facts, outlook, settings, now);
    // If the queue is too long, late pull requests in it are the same story.
    const teller = backlog.outcome === 'violated' ? findingKey(backlog) : null;
    return [backlog, judgeLate(facts, outlook, settings, { sla: terms.sla, teller })];
  },
};

function head(facts: Facts, of: 'backlog' | 'late'): Pick<Said, 'rule' | 'subject' | 'labels'> {
  return { rule: 'review-backlog', subject: repositorySubject(facts.repo), labels: { of } };
}

const UNREAD = 'Nobody could look at the pull requests of agents lately.';

function judgeBacklog(
  facts: Facts,
  outlook: ReviewOutlook | null,
  { clear_within }: ReviewBacklogOptions,
  now: Instant,
): Finding {
  const limit = readDuration(clear_within);
  const said = { ...head(facts, 'backlog'), value: null, limit, unit: 'ms' as const };
  if (outlook === null) return unsure({ ...said, reason: UNREAD });
  const reason = outlookWords(outlook);
  const { clearance, waiting } = outlook;
  if (clearance === null) return waiting.length === 0 ? fine({ ...said, reason }) : unsure({ ...said, reason });
  const today = startOf(dayOf(now));
  const value = clearance.on === null ? null : between(today, clearance.on);
  if (value !== null && value <= limit) {
    // A forecast wavers by a day, so one that is only just in time does not end an alert.
    return fine({ ...said, value, reason }, value > limit - DAY && waiting.length > 0);
  }
  return wrong({ ...said, value, reason }, 'warning', { facts: evidence(outlook) });
}

function evidence({ waiting, capacity }: ReviewOutlook): { label: string; value: number; unit: 'count' | 'ms' }[] {
  return [
    { label: 'Wait for people', value: waiting.length, unit: 'count' },
    { label: 'Answered on a working day', value: capacity?.workday ?? 0, unit: 'count' },
    { label: 'Answered on a day of a weekend', value: capacity?.weekend ?? 0, unit: 'count' },
    { label: 'Come in on a day', value: capacity?.arrivals ?? 0, unit: 'count' },
    ...waiting.slice(0, MOST_SHOWN).map(waitingFact),
  ];
}

const MOST_SHOWN = 10;

function waitingFact({ number, agent, owners, age }: Queued): { label: string; value: number; unit: 'ms' } {
  const whose = agent === null ? '' : ` of ${plainLine(agent)}`;
  const asked = owners.length === 0 ? 'nobody is asked' : `asked of ${plainLine(owners.join(', '), 120)}`;
  return { label: `Pull request ${number}${whose} (${asked}) waits for`, value: age, unit: 'ms' };
}

function judgeLate(
  facts: Facts,
  outlook: ReviewOutlook | null,
  { late }: ReviewBacklogOptions,
  { sla, teller }: { readonly sla: Duration; readonly teller: string | null },
): Finding {
  const said = { ...head(facts, 'late'), value: null, limit: late, unit: 'count' as const };
  if (outlook === null) return unsure({ ...said, reason: UNREAD });
  const over = outlook.waiting.filter((queued) => queued.late);
  const names = over.slice(0, MOST_SHOWN).map(({ number }) => `#${number}`);
  const which = over.length === 0 ? '' : `: ${names.join(', ')}`;
  const reason = `${over.length} of ${outlook.waiting.length} pull requests of agents wait for people for longer than ${formatDuration(sla)}${which}.`;
  const counted: Said = { ...said, value: over.length, reason };
  return over.length < late
    ? fine(counted)
    : wrong(counted, 'warning', { facts: over.slice(0, MOST_SHOWN).map(waitingFact) }, teller);
}
