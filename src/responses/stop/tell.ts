import { sha256 } from '../../core/hash.ts';
import type { IssuesApi, RemoteIssue } from '../../github/port.ts';

/** What the one issue of a stop should say. */
export interface HaltNews {
  readonly generation: number;
  readonly title: string;
  /** Without the marker. */
  readonly body: string;
  /** The first one is how the issue is found again. */
  readonly labels: readonly string[];
  /** Closed when everything is resumed. */
  readonly state: 'open' | 'closed';
}

/**
 * Writes the one issue of a stop: made when it is not there, changed when it says something else. Doing it twice changes
 * nothing. Only an issue with our marker that we wrote ourselves counts, since anybody can paste a marker.
 * @throws OutsideFailure
 */
export async function tellHalt(issues: IssuesApi, news: HaltNews): Promise<RemoteIssue | null> {
  const { title, labels, state } = news;
  const marker = `<!-- checkrein:v1 kind=halt key=halt-${news.generation} gen=${news.generation} h=`;
  const hash = sha256(JSON.stringify([title, news.body, state])).slice(0, 16);
  const body = `${marker}${hash} -->\n${news.body}`;
  const marked = (await issues.withLabel(labels[0] ?? 'checkrein')).filter((issue) => issue.body.startsWith(marker));
  const own = marked.length === 0 ? undefined : await lowestOfOurs(marked, issues);
  if (own === undefined) return state === 'open' ? await issues.create({ title, body, labels }) : null;
  if (own.body.startsWith(`${marker}${hash} `)) return own;
  const stateReason = state === 'closed' ? 'completed' : 'reopened';
  return await issues.update(own.number, { title, body, state, ...(own.state === state ? {} : { stateReason }) });
}

async function lowestOfOurs(marked: readonly RemoteIssue[], issues: IssuesApi): Promise<RemoteIssue | undefined> {
  const me = loginOf(await issues.me());
  return marked
    .filter(({ authorLogin }) => authorLogin !== null && loginOf(authorLogin) === me)
    .sort((a, b) => a.number - b.number)[0];
}

function loginOf(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '');
}
