import { type Terms, termsOf } from '../../budgets/allowance.ts';
import { forecastOf, whatCame } from '../../budgets/forecast.ts';
import type { Config } from '../../config/schema.ts';
import type { ForecastMark } from '../../core/budget.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Facts } from '../../core/facts.ts';
import { repositorySubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import { expiredLeases } from '../ledger/lease.ts';
import type { LedgerState } from '../state.ts';

/** The repository and moment for which the budget books are updated. */
interface Moment {
  readonly repo: string;
  readonly now: Instant;
  readonly config: Pick<Config, 'budgets'>;
}

/**
 * What the budget books need apart from the gathered events: leases that ended by themselves, the day's forecast, and the outcome
 * of forecasts for days and weeks that are over. Pure.
 */
export function budgetEvents(moment: Moment, state: LedgerState, facts: Facts): readonly LedgerEvent[] {
  return [...expiredLeases(facts, moment), ...forecasts(moment, state, facts), ...scores(moment, facts)];
}

/** The first look of a day forecasts the days after it. */
function forecasts({ repo, now, config }: Moment, { budgets }: LedgerState, facts: Facts): readonly LedgerEvent[] {
  return config.budgets.flatMap((budget): readonly EventOf<'forecast.made'>[] => {
    const forecast = forecastOf(facts, termsOf(budget), now);
    if (forecast === null || Object.hasOwn(budgets.forecasts, `${forecast.budget} ${forecast.day}`)) return [];
    const id = `forecast:${forecast.budget}:${forecast.day}`;
    return [{ ...base(repo, now, id), kind: 'forecast.made', data: { forecast } }];
  });
}

function scores({ repo, now, config }: Moment, facts: Facts): readonly LedgerEvent[] {
  return facts.budgets().forecasts.flatMap((mark): readonly EventOf<'forecast.scored'>[] => {
    const budget = config.budgets.find(({ name }) => name === mark.budget);
    if (budget === undefined) return [];
    const terms = termsOf(budget);
    // After a change of unit the question is a different one.
    if (terms.unit !== mark.unit) return [];
    return (['day', 'week'] as const).flatMap((ahead) => {
      const came = cameOf(facts, terms, mark, ahead, now);
      if (came === null) return [];
      const data = { budget: mark.budget, day: mark.day, ahead, came };
      return [{ ...base(repo, now, `forecast:${mark.budget}:${mark.day}:${ahead}`), kind: 'forecast.scored', data }];
    });
  });
}

/** The outcome of a forecast; null while its time is not over, and once the outcome is recorded. */
function cameOf(facts: Facts, terms: Terms, mark: ForecastMark, ahead: 'day' | 'week', now: Instant): number | null {
  const [outlook, known] = ahead === 'day' ? [mark.nextDay, mark.dayCame] : [mark.nextWeek, mark.weekCame];
  return known === null ? whatCame(facts, terms, { from: mark.from, until: outlook.until }, now) : null;
}

function base(
  repo: string,
  now: Instant,
  id: string,
): Pick<LedgerEvent, 'v' | 'id' | 'at' | 'seen' | 'repo' | 'subject'> {
  return { v: 1, id, at: now, seen: now, repo, subject: repositorySubject(repo) };
}
