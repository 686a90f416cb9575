import type { Facts } from '../core/facts.ts';
import { type ItemMark, makerOf } from '../core/item.ts';

/** The bots and apps that opened something while only one agent was at work. */
export function agentMakers({ items }: Pick<Facts, 'items'>): ReadonlySet<string> {
  return new Set(items.filter(({ agent }) => agent !== null).map(makerOf));
}

/** An open pull request of an agent; `agent` is null if it cannot be told which one's. */
export type OpenPull = Pick<ItemMark, 'number' | 'agent' | 'createdAt'>;

/**
 * The open pull requests of agents, which people have to look at. If the pull requests could be read, many signs show who made
 * them. Otherwise these are the ones a bot opened while only one agent was at work, and the others of the same bot. Null while it
 * is not known which are open.
 */
export function agentPulls({
  pulls,
  items,
  pullRequests,
}: Pick<Facts, 'pulls' | 'items' | 'pullRequests'>): readonly OpenPull[] | null {
  if (pullRequests !== null) {
    return pullRequests.pulls.filter(({ closedAt, standing }) => closedAt === null && standing?.verdict === 'agent');
  }
  if (pulls === null) return null;
  const makers = agentMakers({ items });
  return pulls.filter((mark) => mark.agent !== null || makers.has(makerOf(mark)));
}
