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
 * nothing. Only an issue with our marker that we wrote ourselves counts, since anybody can paste a marker. A stop takes over
 * what the one before held: the issue of that one is closed, as are those that two processes made at once.
 * Answers null where there is nothing to tell, or a later stop has told it.
 * @throws OutsideFailure
 */
export async function tellHalt(issues: IssuesApi, news: HaltNews): Promise<RemoteIssue | null> {
  const found = await ownIssues(issues, news.labels[0] ?? 'checkrein');
  const later = found.some(({ generation }) => generation > news.generation);
  const current: HaltNews = later ? { ...news, state: 'closed' } : news;
  const told = await tell(issues, current, found.find(({ generation }) => generation === news.generation)?.issue);
  if (told !== null) await closeOthers(issues, found, told.number, news.generation);
  return later ? null : told;
}

async function tell(issues: IssuesApi, news: HaltNews, own: RemoteIssue | undefined): Promise<RemoteIssue | null> {
  const { title, labels, state } = news;
  const hash = sha256(JSON.stringify([title, news.body, state])).slice(0, 16);
  const marker = `<!-- checkrein:v1 kind=halt key=halt-${news.generation} gen=${news.generation} h=${hash} -->`;
  const body = `${marker}\n${news.body}`;
  if (own === undefined) return state === 'open' ? await issues.create({ title, body, labels }) : null;
  // Also one that a person has closed meanwhile: it says what is so, and stays closed.
  if (own.body.startsWith(marker)) return own;
  const stateReason = state === 'closed' ? 'completed' : 'reopened';
  return await issues.update(own.number, { title, body, state, ...(own.state === state ? {} : { stateReason }) });
}

interface HaltIssue {
  readonly issue: RemoteIssue;
  readonly generation: number;
}

/** Our own issues of stops, lowest number first. */
async function ownIssues(issues: IssuesApi, label: string): Promise<readonly HaltIssue[]> {
  const marked = (await issues.withLabel(label)).flatMap((issue) => {
    const generation = generationOf(issue);
    return generation === null ? [] : [{ issue, generation }];
  });
  if (marked.length === 0) return [];
  const me = loginOf(await issues.me());
  return marked
    .filter(({ issue: { authorLogin } }) => authorLogin !== null && loginOf(authorLogin) === me)
    .sort((a, b) => a.issue.number - b.issue.number);
}

function generationOf({ body }: RemoteIssue): number | null {
  const found = /^<!-- checkrein:v1 kind=halt key=halt-(\d{1,9}) gen=\1 h=[0-9a-f]{1,64} -->/.exec(body);
  return found === null ? null : Number(found[1]);
}

async function closeOthers(
  issues: IssuesApi,
  found: readonly HaltIssue[],
  kept: number,
  generation: number,
): Promise<void> {
  for (const { issue, generation: of } of found) {
    if (issue.number === kept || issue.state === 'closed' || of > generation) continue;
    await issues.update(issue.number, { state: 'closed', stateReason: 'completed' });
    await issues.comment(issue.number, `Closed: #${kept} tells of the stop that has taken this one over.`);
  }
}

function loginOf(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '');
}
