import type { Facts } from '../core/facts.ts';
import { type ItemMark, makerOf } from '../core/item.ts';

/** The bots and apps that have opened something while one agent alone was at work. */
export function agentMakers({ items }: Pick<Facts, 'items'>): ReadonlySet<string> {
  return new Set(items.filter(({ agent }) => agent !== null).map(makerOf));
}

/**
 * The open pull requests of agents, which people have to look at: those that a bot opened while one agent alone was at work, and
 * the others of the same bot. Null while nobody can say which are open.
 */
export function agentPulls({ pulls, items }: Pick<Facts, 'pulls' | 'items'>): readonly ItemMark[] | null {
  if (pulls === null) return null;
  const makers = agentMakers({ items });
  return pulls.filter((mark) => mark.agent !== null || makers.has(makerOf(mark)));
}
