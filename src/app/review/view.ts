import type { Facts } from '../../core/facts.ts';
import { formatUsd } from '../../core/money.ts';
import { formatNumber } from '../../core/quantity.ts';
import type { ReviewTerms } from '../../core/review-terms.ts';
import { plainLine } from '../../core/text.ts';
import { dayOf, type Instant } from '../../core/time.ts';
import { type Saving, type SavingMark, WASTED, type WasteRow, WORK_CLASSES, type WorkClass } from '../../core/waste.ts';
import { ANSWERED_IN, type ReviewFigures, type ReviewOutlook, reviewOutlook } from '../../metrics/reviews/reviews.ts';
import { answeredWords, outlookWords } from '../../metrics/reviews/words.ts';
import { savings } from '../../metrics/waste/advice.ts';
import type { QueueReport, QueueView, WasteSummary, WasteView, WasteViewRow } from '../../surfaces/review-rows.ts';

/** The review queue as it is now; null when nobody could look lately. Pure. */
export function outlookNow(facts: Facts, terms: ReviewTerms, now: Instant): ReviewOutlook | null {
  return facts.pullRequests === null ? null : reviewOutlook(facts.pullRequests, terms, now);
}

/** The review queue for people. Pure. */
export function queueView(outlook: ReviewOutlook | null): QueueView {
  if (outlook === null)
    return { rows: null, words: 'Nobody could look at the pull requests of agents lately.', answered: null };
  return { rows: outlook.queue, words: outlookWords(outlook), answered: answeredWords(outlook) };
}

/** The review queue for programs. Pure. */
export function queueReport(outlook: ReviewOutlook | null): QueueReport {
  const { rows, words } = queueView(outlook);
  const { capacity = null, clearance = null, waiting = null } = outlook ?? {};
  return {
    ...{ waiting: waiting?.length ?? null, reason: words },
    capacity:
      capacity === null
        ? null
        : {
            ...{ workday: capacity.workday, weekend: capacity.weekend },
            ...{ arrivals: capacity.arrivals, days: capacity.days.length },
          },
    clear:
      clearance?.on == null
        ? null
        : { on: dayOf(clearance.on), from: day(clearance.from), to: day(clearance.to), growing: clearance.growing },
    answered: outlook === null ? null : answeredReport(outlook.answered),
    queue: rows?.map(({ age, ...row }) => ({ ...row, ageMs: age })) ?? null,
  };
}

function answeredReport(figures: ReviewFigures): QueueReport['answered'] {
  const { averageFirstResponse, averageReviewTime, ...rest } = figures;
  return {
    ...{ days: ANSWERED_IN, ...rest },
    ...{ averageFirstResponseMs: averageFirstResponse, averageReviewTimeMs: averageReviewTime },
  };
}

function day(at: Instant | null): string | null {
  return at === null ? null : dayOf(at);
}

/** What became of the work of 28 days, for programs: with what to change now, and the outcome of earlier advice. Pure. */
export function wasteSummary(facts: Facts): WasteSummary {
  const { from, to, total, agents } = facts.waste();
  return { from, to, total, agents, savings: savings(facts.waste()), told: facts.savings };
}

/** What became of the work of 28 days, for people. Pure. */
export function wasteView(facts: Facts): WasteView {
  const { from, to, total, agents, savings: advised, told } = wasteSummary(facts);
  return {
    from,
    to,
    rows: total.pieces === 0 ? [] : [total, ...agents].map(viewRow),
    advice: [...advised.map(savingWords), ...told.flatMap((mark) => outcomeWords(mark) ?? [])],
  };
}

function viewRow({ agent, pieces, byClass, usd, unpriced, usdPerLanded }: WasteRow): WasteViewRow {
  const wasted = [...WASTED].map((kind) => byClass[kind].usd);
  return {
    ...{ agent, pieces, usd, unpriced, usdPerLanded },
    byClass: Object.fromEntries(WORK_CLASSES.map((kind) => [kind, byClass[kind].pieces])) as Record<WorkClass, number>,
    wastedUsd: wasted.some((one) => one === null) ? null : wasted.reduce<number>((sum, one) => sum + (one ?? 0), 0),
  };
}

/** What to change, what that is based on and what it saves, in a sentence. */
export function savingWords(saving: Saving): string {
  const { workflow, agent, decided, wasted, runsPerWeek, savesPerWeek } = saving;
  const where = plainLine(workflow ?? agent, 120);
  const basis = `${wasted} of ${decided} runs of ${plainLine(agent)} came to nothing`;
  const saves =
    savesPerWeek === null ? 'what that saves is not known' : `that saves about ${formatUsd(savesPerWeek)} a week`;
  const trigger = `\`on: ${plainLine(saving.trigger, 40)}\``;
  switch (saving.change) {
    case 'weekly':
      return `${where}: run its schedule once a week instead of ${formatNumber(runsPerWeek)} times: ${basis}; ${saves}.`;
    case 'narrow':
      return `${where}: narrow its trigger ${trigger} to where there is work (paths, labels, an \`if:\`): ${basis}; ${saves}.`;
    default:
      return saving.change satisfies never;
  }
}

function outcomeWords(mark: SavingMark): string | null {
  const { outcome, agent, at, savesPerWeek } = mark;
  if (outcome === null) return null;
  const told = `On ${dayOf(at)} ${plainLine(agent)} was said to save ${formatUsd(savesPerWeek)} a week`;
  if (!outcome.heeded) return `${told}: nothing was changed since.`;
  return `${told}; it came to ${formatUsd(outcome.savedPerWeek)} a week.`;
}
