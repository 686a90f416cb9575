import type { Notice, ReceiverData } from '../../../core/notice.ts';
import { inertLine } from '../../../core/text.ts';
import type { RemoteIssue } from '../../../github/port.ts';
import type { Channel, GitHubDesk } from '../channel.ts';
import { noticeMarkdown, noticeMarker, onGitHub, ownComment, unlessGone } from '../github.ts';
import { messageOf } from '../message.ts';
import type { GithubIssueSettings } from './settings.ts';

/**
 * The issues of the watched repository. The `issue` response opens, updates and closes the issue of an alert. This channel
 * comments on what an edit would notify nobody about, and opens its own issue where there is none. It looks for an existing
 * comment or issue before writing, so a repeated message appears once.
 */
export const githubIssue: Channel<GithubIssueSettings> = {
  type: 'github-issue',
  secrets: () => [],
  send: (notice, previous, _settings, { means }) =>
    onGitHub(means, async (desk) => {
      const number = issueOf(notice);
      return number === null ? await inOwnIssue(notice, previous, desk) : await underIssue(notice, number, desk);
    }),
};

/** The issue of the single alert in a message; null where there is no issue, or more than one alert. */
function issueOf({ alerts, repo }: Notice): number | null {
  const [alert, ...others] = alerts;
  if (alert === undefined || alert.issue === null || others.length > 0 || !URL.canParse(alert.issue)) return null;
  const path = new URL(alert.issue).pathname.toLowerCase();
  const [before, number = ''] = path.split('/issues/');
  return before?.endsWith(`/${repo.toLowerCase()}`) === true && /^\d{1,15}$/.test(number) ? Number(number) : null;
}

async function underIssue(notice: Notice, number: number, desk: GitHubDesk): Promise<ReceiverData> {
  const receiver = { issue: String(number) };
  // The issue itself says that the alert began and ended.
  if (notice.because === 'first' || notice.kind === 'resolve') return receiver;
  await commentOnce(notice, number, desk);
  return receiver;
}

async function commentOnce(notice: Notice, number: number, desk: GitHubDesk): Promise<void> {
  const marker = noticeMarker(notice.key);
  const there = await ownComment(desk, { number, marker });
  if (there === null) await desk.people.answer(number, noticeMarkdown(notice, marker));
}

async function inOwnIssue(notice: Notice, previous: ReceiverData | null, desk: GitHubDesk): Promise<ReceiverData> {
  const known = await ownIssue(notice, previous, desk);
  const issue = known ?? (notice.kind === 'resolve' ? null : await openIssue(notice, desk));
  if (issue === null) return {};
  if (known !== null && notice.kind !== 'test') await commentOnce(notice, issue.number, desk);
  if (isOver(notice) && issue.state === 'open')
    await desk.issues.update(issue.number, { state: 'closed', stateReason: 'completed' });
  else if (!isOver(notice) && issue.state === 'closed') await desk.issues.update(issue.number, { state: 'open' });
  return { issue: String(issue.number) };
}

/** A digest needs no follow-up, and a test is over when it has arrived. */
function isOver({ kind }: Notice): boolean {
  return kind === 'resolve' || kind === 'test' || kind === 'digest';
}

async function ownIssue(notice: Notice, previous: ReceiverData | null, desk: GitHubDesk): Promise<RemoteIssue | null> {
  const marker = noticeMarker(notice.thread);
  const isOurs = ({ body }: RemoteIssue): boolean => body.startsWith(marker);
  const number = Number(previous?.['issue']);
  if (Number.isInteger(number) && number > 0) {
    const issue = await unlessGone(() => desk.issues.get(number));
    if (issue !== null && isOurs(issue)) return issue;
  }
  const marked = (await desk.issues.withLabel(desk.label)).filter(isOurs);
  if (marked.length === 0) return null;
  const me = (await desk.issues.me()).toLowerCase();
  const own = marked.filter(({ authorLogin }) => authorLogin?.toLowerCase().replace(/\[bot\]$/, '') === me);
  return own.sort((a, b) => a.number - b.number)[0] ?? null;
}

function openIssue(notice: Notice, { issues, label }: GitHubDesk): Promise<RemoteIssue> {
  const title = inertLine(`[checkrein] ${messageOf(notice).headline.replace(/^Checkrein: /, '')}`, 200);
  return issues.create({ title, body: noticeMarkdown(notice, noticeMarker(notice.thread)), labels: [label] });
}
