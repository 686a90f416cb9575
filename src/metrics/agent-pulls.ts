import type { Facts } from '../core/facts.ts';
import { type ItemMark, makerOf } from '../core/item.ts';

/** The bots and apps that have opened something while one agent alone was at work. */
export function agentMakers({ items }: Pick<Facts, 'items'>): ReadonlySet<string> {
  return new Set(items.filter(({ agent }) => agent !== null).map(makerOf));
}

/** An open pull request of an agent; `agent` is null where nobody can tell which one's. */
export type OpenPull = Pick<ItemMark, 'number' | 'agent' | 'createdAt'>;

/**
 * The open pull requests of agents, which people have to look at. Many signs show who made them where the pull requests could be
 * read; else it is those that a bot opened while one agent alone was at work, and the others of the same bot. Null while nobody can say
 * which are open.
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
