import type { RemedyRecord } from '../../core/notice-record.ts';
import { formatMoment } from '../../core/quantity.ts';
import { inertMarkdown } from '../../core/text.ts';
import { sayWord } from './word.ts';

const MOST_NAMES = 20;

/** The denial that a rule asks for, as one line of inert markdown for the alert's issue. */
export function sayDenial({ verdict, agents, until }: RemedyRecord): string {
  const who = names(agents);
  const end = until === undefined ? '' : ` until ${formatMoment(until)}`;
  switch (verdict) {
    case 'done':
      return `the guard **starts** ${who} **no more**${end}. Where an agent has no guard, that holds nothing back.`;
    case 'would_have':
      return `in shadow mode nobody was held back. With \`mode: enforce\` the guard **would have denied** ${who}${end}.`;
    case 'awaits_approval':
      return `**not denied yet:** the rule asks that ${who} start no more. ${sayWord('deny')}`;
    case 'rejected':
      return `**not denied:** the rule asks that ${who} start no more, and a lead said no.`;
    case 'cooling':
      return `**not denied:** the rule asks that ${who} start no more, but the last denial for this alert was too lately.`;
    case 'day_full':
      return `**not denied:** the rule asks that ${who} start no more, but it has had its denials of the day (\`max_per_day\`).`;
    case 'planned':
    case 'no_hand':
      return 'the rule asks for something that this version cannot do; it is only recorded.';
    default:
      return verdict satisfies never;
  }
}

function names(agents: readonly string[]): string {
  const shown = agents.slice(0, MOST_NAMES).map((name) => inertMarkdown(name, 60));
  const more = agents.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}
