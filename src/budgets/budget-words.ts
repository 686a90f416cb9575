import { formatAmount, formatMoment } from '../core/quantity.ts';
import { plainLine } from '../core/text.ts';
import { ROUNDING, type Terms } from './allowance.ts';
import { roomWords } from './review-capacity.ts';
import type { Spend, Spending } from './spend-page.ts';
import { type Standing, whoOf } from './standing.ts';

/** Who used how much of how much, and when, without the full stop. Never shows 100 % before the limit is reached. */
export function budgetSentence(standing: Standing, repo: string): string {
  const { terms, spend, span } = standing;
  const { limit, unit } = terms;
  const percent = Math.floor((spend.known / limit) * 100 + ROUNDING);
  const bound = spend.uncounted + spend.guessed + spend.cutOff > 0 ? 'at least ' : '';
  if (unit === 'open_pull_requests')
    return `${whoOf(standing, repo)} left ${spend.known} of at most ${formatAmount(limit, unit)} (${percent} %)${roomWords(terms.room)}${raiseWords(terms)}`;
  const verb = unit === 'usd' ? 'spent' : 'used';
  // For a scope of many where nobody did anything, `Nobody used 0 tokens` would say the opposite.
  const used = standing.name === null ? 'any' : `${bound}${formatAmount(spend.known, unit)}`;
  const amount = `${used} of ${formatAmount(limit, unit)}`;
  return `${whoOf(standing, repo)} ${verb} ${amount} ${span.spoken} (${percent} %)${raiseWords(terms)}`;
}

function raiseWords({ raise }: Terms): string {
  return raise === null ? '' : `, as raised by ${plainLine(raise.by)} until ${formatMoment(raise.until)}`;
}

/** Why it is not known how many there are. */
export const PULLS_UNKNOWN = 'which pull requests are open is not known';

/** `2 pieces of work it is not known to which agent they belong`, to follow an `of`. */
export function unplacedWords(count: number, { unit, scope }: Pick<Terms, 'unit' | 'scope'>): string {
  const what =
    unit === 'open_pull_requests'
      ? formatAmount(count, unit)
      : count === 1
        ? '1 piece of work'
        : `${count} pieces of work`;
  const whose = scope.kind === 'repository' ? 'whether an agent made' : `which ${scope.kind} made`;
  return `${what} nobody knows ${whose} ${count === 1 ? 'it' : 'them'}`;
}

/** `, of which fixer $3.00`, if one agent spent most of it. */
export function weightiestAgent({ agents }: Spending, { unit }: Terms): string {
  const [first] = [...agents].sort(([, a], [, b]) => b.known - a.known);
  return first === undefined || first[1].known === 0
    ? ''
    : `, of which ${plainLine(first[0])} ${formatAmount(first[1].known, unit)}`;
}

/** What is not included in the sum, as the end of a sentence. */
export function caveat(spend: Spend, { unit }: Terms): string {
  const all = [
    ...(spend.guessed === 0
      ? []
      : [
          `it may be ${formatAmount(spend.total, unit)}, with ${sessions(spend.guessed)} of unknown cost counted at the 95th percentile of the agent`,
        ]),
    ...(spend.uncounted === 0 ? [] : [`${sessions(spend.uncounted)} of unknown cost not counted`]),
    ...(spend.cutOff === 0 ? [] : [`${sessions(spend.cutOff)} cut off before the end counted with an estimate`]),
    ...(spend.reserved === 0
      ? []
      : [
          `${formatAmount(spend.reserved, unit)} more reserved by ${spend.leases === 1 ? '1 lease' : `${spend.leases} leases`}`,
        ]),
  ];
  return all.length === 0 ? '' : `; ${all.join('; ')}`;
}

/** `1 session`, `3 sessions`. */
export function sessions(count: number): string {
  return count === 1 ? '1 session' : `${count} sessions`;
}

/** How many others have reached the limit too, as the end of a sentence. */
export function othersWords({ others, terms }: Standing): string {
  return others === 0
    ? ''
    : `; ${others} more ${terms.scope.kind === 'session' ? 'sessions' : `${terms.scope.kind}s`} as well`;
}
