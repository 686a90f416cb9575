import { sha256 } from '../../core/hash.ts';
import type { IssuesApi, RemoteIssue } from '../../github/port.ts';

/** Which stop an issue is about: its number in the ledger, or the key of one that no ledger could take. */
export type HaltName =
  | { readonly kind: 'counted'; readonly generation: number }
  | { readonly kind: 'unlogged'; readonly key: string };

/** What the single issue of a stop should say. */
export interface HaltNews {
  readonly name: HaltName;
  readonly title: string;
  /** Without the marker. */
  readonly body: string;
  /** The first one is how the issue is found again. */
  readonly labels: readonly string[];
  /** Closed when everything is resumed. */
  readonly state: 'open' | 'closed';
  /** Keys of the stops that no ledger could take and that this one has taken over. */
  readonly takenOver: readonly string[];
}

/**
 * Writes the single issue of a stop: creates it when it is missing and edits it when its text differs. Doing it twice changes
 * nothing. Only an issue with our marker that we wrote ourselves counts, since anybody can paste a marker. A stop takes over
 * what the one before held, so that one's issue is closed, as are duplicates created by two processes at once. Returns null
 * when there is nothing to write, or a later stop has written its own.
 * @throws OutsideFailure
 */
export async function tellHalt(issues: IssuesApi, news: HaltNews): Promise<RemoteIssue | null> {
  const found = await ownIssues(issues, labelOf(news));
  const later = found.some(({ name }) => isLater(name, news.name));
  const current: HaltNews = later ? { ...news, state: 'closed' } : news;
  const told = await tell(issues, current, found.find(({ name }) => idOf(name) === idOf(news.name))?.issue);
  if (told !== null) await closeOthers(issues, found, told.number, news);
  return later ? null : told;
}

/**
 * Closes the issues of stops that no ledger could take, once they are completely over.
 * @throws OutsideFailure
 */
export async function closeUnlogged(issues: IssuesApi, label: string, keys: readonly string[]): Promise<void> {
  for (const { issue, name } of await ownIssues(issues, label)) {
    if (issue.state === 'closed' || name.kind !== 'unlogged' || !keys.includes(name.key)) continue;
    await close(issues, issue, 'Closed: all that this stop held is resumed.');
  }
}

/**
 * Our own open issues of stops that no ledger could take, lowest number first.
 * @throws OutsideFailure
 */
export async function unloggedIssues(issues: IssuesApi, label: string): Promise<readonly RemoteIssue[]> {
  const own = await ownIssues(issues, label);
  return own.filter(({ issue, name }) => name.kind === 'unlogged' && issue.state === 'open').map(({ issue }) => issue);
}

function labelOf({ labels }: HaltNews): string {
  return labels[0] ?? 'checkrein';
}

function idOf(name: HaltName): string {
  return name.kind === 'counted' ? `halt-${name.generation}` : `halt-x${name.key}`;
}

/** A stop that no ledger counts has no place in their order. */
function isLater(name: HaltName, than: HaltName): boolean {
  return name.kind === 'counted' && than.kind === 'counted' && name.generation > than.generation;
}

async function tell(issues: IssuesApi, news: HaltNews, own: RemoteIssue | undefined): Promise<RemoteIssue | null> {
  const { name, title, labels, state } = news;
  const hash = sha256(JSON.stringify([title, news.body, state])).slice(0, 16);
  const generation = name.kind === 'counted' ? name.generation : 0;
  const marker = `<!-- checkrein:v1 kind=halt key=${idOf(name)} gen=${generation} h=${hash} -->`;
  const body = `${marker}\n${news.body}`;
  if (own === undefined) return state === 'open' ? await issues.create({ title, body, labels }) : null;
  // Even if a person has closed it meanwhile: its text is up to date, and it stays closed.
  if (own.body.startsWith(marker)) return own;
  const stateReason = state === 'closed' ? 'completed' : 'reopened';
  return await issues.update(own.number, { title, body, state, ...(own.state === state ? {} : { stateReason }) });
}

interface HaltIssue {
  readonly issue: RemoteIssue;
  readonly name: HaltName;
}

/** Our own issues of stops, lowest number first. */
async function ownIssues(issues: IssuesApi, label: string): Promise<readonly HaltIssue[]> {
  const marked = (await issues.withLabel(label)).flatMap((issue) => {
    const name = nameIn(issue);
    return name === null ? [] : [{ issue, name }];
  });
  if (marked.length === 0) return [];
  const me = loginOf(await issues.me());
  return marked
    .filter(({ issue: { authorLogin } }) => authorLogin !== null && loginOf(authorLogin) === me)
    .sort((a, b) => a.issue.number - b.issue.number);
}

function nameIn({ body }: RemoteIssue): HaltName | null {
  const counted = /^<!-- checkrein:v1 kind=halt key=halt-(\d{1,9}) gen=\1 h=[0-9a-f]{1,64} -->/.exec(body);
  if (counted !== null) return { kind: 'counted', generation: Number(counted[1]) };
  const unlogged = /^<!-- checkrein:v1 kind=halt key=halt-x([0-9a-f]{16}) gen=0 h=[0-9a-f]{1,64} -->/.exec(body);
  return unlogged === null ? null : { kind: 'unlogged', key: unlogged[1] ?? '' };
}

async function closeOthers(
  issues: IssuesApi,
  found: readonly HaltIssue[],
  kept: number,
  news: HaltNews,
): Promise<void> {
  for (const { issue, name } of found) {
    if (issue.number === kept || issue.state === 'closed' || !isTakenOver(name, news)) continue;
    await close(issues, issue, `Closed: #${kept} tells of the stop that has taken this one over.`);
  }
}

function isTakenOver(name: HaltName, news: HaltNews): boolean {
  if (name.kind === 'unlogged') return news.takenOver.includes(name.key) || idOf(name) === idOf(news.name);
  return news.name.kind === 'counted' && !isLater(name, news.name);
}

async function close(issues: IssuesApi, { number }: RemoteIssue, why: string): Promise<void> {
  await issues.update(number, { state: 'closed', stateReason: 'completed' });
  await issues.comment(number, why);
}

function loginOf(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '');
}
