import type { RunMark } from '../../core/facts.ts';
import { sha256 } from '../../core/hash.ts';
import type { ItemMark } from '../../core/item.ts';
import type { RemoteItem } from '../../github/items-port.ts';

/** More than GitHub's limit of 256 characters for titles. */
const CONSIDERED = 1_024;

/**
 * A hash of a title's words, equal for titles that differ only in case, spaces or punctuation. Numbers and dates make a difference.
 */
export function titleHash(title: string): string {
  const words =
    title
      .slice(0, CONSIDERED)
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return sha256(words.join(' ')).slice(0, 16);
}

/** True for items made by a bot or an app, except our own issues, which carry our label. */
export function isOfBot({ author, app, labels }: RemoteItem, ownLabel: string): boolean {
  return (author?.type === 'Bot' || app !== null) && !labels.includes(ownLabel);
}

/** The mark of an issue or a pull request. */
export function itemMark(item: RemoteItem, runs: readonly RunMark[]): ItemMark {
  const { number, kind, author, app, createdAt, updatedAt, closedAt, mergedAt, title } = item;
  return {
    ...{ number, kind, author, app, createdAt, updatedAt, closedAt, mergedAt },
    titleHash: titleHash(title),
    agent: agentAt(createdAt, runs),
  };
}

/** GitHub has whole seconds, and a run may be reported as ended slightly before its last write. */
function agentAt(createdAt: string, runs: readonly RunMark[]): string | null {
  const going = runs.filter(
    ({ startedAt, updatedAt, status }) => startedAt <= createdAt && (status !== 'completed' || createdAt <= updatedAt),
  );
  const agents = new Set(going.map(({ agent }) => agent));
  const [only] = agents;
  return agents.size === 1 ? (only ?? null) : null;
}
