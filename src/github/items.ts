import { actorOf } from './actions.ts';
import { type Connection, ELSEWHERE, nextPage } from './connection.ts';
import type { Purpose } from './failure.ts';
import type { ItemsApi, RemoteItem } from './items-port.ts';
import { type Raw, rawList } from './raw.ts';

const LIST: Purpose = { doing: 'list the issues and pull requests', permission: 'issues: read' };

/** Issues and pull requests together, since GitHub lists both as issues. */
export function itemsApi({ send, baseUrl }: Connection): ItemsApi {
  return {
    changedSince: async (since, pages) => {
      const found = new Map<number, RemoteItem>();
      const order = { since: `${since.slice(0, 19)}Z`, state: 'all', sort: 'updated', direction: 'asc', per_page: 100 };
      let answer = await send(LIST, 'GET /repos/{owner}/{repo}/issues', order);
      for (let page = 1; ; page += 1) {
        for (const raw of rawList(answer.data, 'an issue')) found.set(raw.number('number'), itemOf(raw));
        const next = nextPage(answer.headers, baseUrl);
        if (next === null || page >= pages) return { items: [...found.values()], hasMore: next !== null };
        answer = await send(LIST, `GET ${next}`, ELSEWHERE);
      }
    },
  };
}

function itemOf(raw: Raw): RemoteItem {
  const pull = raw.objectOrNull('pull_request');
  return {
    number: raw.number('number'),
    kind: pull === null ? 'issue' : 'pull',
    title: raw.text('title'),
    author: actorOf(raw.objectOrNull('user')),
    app: raw.objectOrNull('performed_via_github_app')?.textOrNull('slug') ?? null,
    labels: raw.names('labels'),
    createdAt: raw.instant('created_at'),
    updatedAt: raw.instant('updated_at'),
    closedAt: raw.instantOrNull('closed_at'),
    mergedAt: pull?.instantOrNull('merged_at') ?? null,
  };
}
