import { attempt, type Failure, OutsideFailure } from '../../core/failure.ts';
import type { IssueResponse, Receipt } from '../../core/response.ts';
import type { IssueEdit, IssuesApi, RemoteIssue } from '../../github/port.ts';
import { type Applied, identity, sentence } from '../receipt.ts';
import { markerKey, readMarker } from './marker.ts';

/** What is known of the issue after writing it. */
interface Written {
  readonly issue: RemoteIssue;
  /** What failed although the main write succeeded. */
  readonly caveat: Failure | null;
}

/**
 * Carries out one response. Doing it twice leaves one issue with one text. Before opening an issue, our own issue for this
 * alert is looked for, and a comment is only made when the state really changed. GitHub's refusals are in the receipt.
 */
export async function applyIssue(response: IssueResponse, issues: IssuesApi): Promise<Applied> {
  const result = await attempt(() => carryOut(response, issues));
  if (result.ok) return { receipt: receiptOf(response, result.value), failure: result.value.caveat };
  const { failure } = result;
  const missing = failure.kind === 'not_found' || failure.kind === 'gone';
  if (missing && response.act !== 'open') return { receipt: goneReceipt(response), failure };
  return { receipt: refusal(response, failure), failure };
}

function carryOut(response: IssueResponse, issues: IssuesApi): Promise<Written> {
  switch (response.act) {
    case 'open':
      return open(response, issues);
    case 'update':
      return update(response, issues);
    case 'reopen':
      return turn(response, 'open', issues);
    case 'close':
      return turn(response, 'closed', issues);
    default:
      return response satisfies never;
  }
}

async function open(response: IssueResponse & { act: 'open' }, issues: IssuesApi): Promise<Written> {
  const { title, body, labels } = response.content;
  const known = await ownIssues(response, issues, null);
  if (known.length > 0) return await keepOne(known, response, issues);
  const made = await issues.create({ title, body, labels });
  // A concurrent run may have found none either. The last one to finish sees both.
  const all = await attempt(() => ownIssues(response, issues, made.authorLogin));
  if (!all.ok) return { issue: made, caveat: all.failure };
  return all.value.length > 1 ? await keepOne(all.value, response, issues) : { issue: made, caveat: null };
}

/** Keeps the first of our issues for one alert and closes the others. */
async function keepOne(
  [first, ...others]: readonly RemoteIssue[],
  response: IssueResponse,
  issues: IssuesApi,
): Promise<Written> {
  if (first === undefined) throw new Error('there is no issue to keep');
  const { title, body } = response.content;
  const issue = await issues.update(first.number, { title, body, state: 'open' });
  const closed = await attempt(() => closeDuplicates(others, first.number, issues));
  return { issue, caveat: closed.ok ? null : closed.failure };
}

/**
 * Our own issues for this alert, lowest number first: the open ones and those of this very episode. Anybody can paste a
 * marker, so the author must be us as well. `me` is null while our login is unknown.
 */
async function ownIssues(
  response: IssueResponse,
  issues: IssuesApi,
  me: string | null,
): Promise<readonly RemoteIssue[]> {
  const [label] = response.content.labels;
  const labelled = label === undefined ? [] : await issues.withLabel(label);
  const marked = labelled.filter((issue) => {
    const marker = readMarker(issue.body);
    if (marker?.key !== markerKey(response.fingerprint)) return false;
    return issue.state === 'open' || marker.episode === response.episode;
  });
  if (marked.length === 0) return [];
  const login = loginOf(me ?? (await issues.me()));
  const own = marked.filter((issue) => issue.authorLogin !== null && loginOf(issue.authorLogin) === login);
  return own.sort((a, b) => Number(a.state === 'closed') - Number(b.state === 'closed') || a.number - b.number);
}

function loginOf(login: string): string {
  return login.toLowerCase().replace(/\[bot\]$/, '');
}

async function closeDuplicates(others: readonly RemoteIssue[], kept: number, issues: IssuesApi): Promise<void> {
  for (const other of others) {
    if (other.state === 'closed') continue;
    await issues.update(other.number, { state: 'closed' });
    await issues.comment(other.number, `Closed: #${kept} tells the same.`);
  }
}

/** Leaves the state alone: what a person closed stays closed. */
async function update(response: IssueResponse & { act: 'update' }, issues: IssuesApi): Promise<Written> {
  const before = await ownIssue(response, issues);
  const issue = await issues.update(response.issue, edit(response, before));
  const { comment } = response;
  const said = comment === null ? null : await attempt(() => issues.comment(response.issue, comment));
  return { issue, caveat: said === null || said.ok ? null : said.failure };
}

/**
 * Opens or closes an issue with its new text, then comments. In this order, because the state matters more. If the issue
 * already has this very text, a run that died before its receipt wrote it, and no second comment is made.
 */
async function turn(
  response: IssueResponse & { act: 'reopen' | 'close' },
  state: 'open' | 'closed',
  issues: IssuesApi,
): Promise<Written> {
  const before = await ownIssue(response, issues);
  const said = before.state === state && readMarker(before.body)?.hash === response.content.hash;
  if (said) return { issue: before, caveat: null };
  const stateReason = state === 'open' ? 'reopened' : 'completed';
  const issue = await issues.update(response.issue, { ...edit(response, before), state, stateReason });
  const comment = await attempt(() => issues.comment(response.issue, response.comment));
  return { issue, caveat: comment.ok ? null : comment.failure };
}

/**
 * The issue that a response is about, as it is now.
 * @throws OutsideFailure `gone` when somebody else wrote it: anybody who can write to the ledger could name any issue in
 * it.
 */
async function ownIssue(response: Exclude<IssueResponse, { act: 'open' }>, issues: IssuesApi): Promise<RemoteIssue> {
  const issue = await issues.get(response.issue);
  const marker = readMarker(issue.body);
  const me = await attempt(() => issues.me());
  const byUs = !me.ok || issue.authorLogin === null || loginOf(issue.authorLogin) === loginOf(me.value);
  if (byUs && (marker === null || marker.key === markerKey(response.fingerprint))) return issue;
  throw new OutsideFailure({
    kind: 'gone',
    message: `Issue ${response.issue} is not the one that Checkrein opened for this alert`,
    remedy: 'See who can write to the ledger: it names this issue',
    retry: false,
  });
}

/** Updates title, text and severity; labels that people put on the issue stay. */
function edit({ content }: IssueResponse, before: RemoteIssue): IssueEdit {
  const { title, body, labels } = content;
  const [label] = labels;
  const kept = before.labels.filter((name) => label === undefined || !name.startsWith(`${label}:`));
  return { title, body, labels: [...new Set([...kept, ...labels])] };
}

function receiptOf(response: IssueResponse, written: Written): Receipt {
  return {
    ...identity(response),
    ok: true,
    issue: written.issue.number,
    url: written.issue.url,
    hash: response.content.hash,
    severity: response.content.severity,
    error: written.caveat === null ? null : sentence(written.caveat),
    gone: false,
  };
}

/** Somebody deleted or moved the issue, so there is nothing left to close. */
function goneReceipt(response: Exclude<IssueResponse, { act: 'open' }>): Receipt {
  const { issue, act } = response;
  const next = act === 'close' ? 'There is nothing left to close' : 'The next run opens a new one';
  return {
    ...identity(response),
    ok: act === 'close',
    issue,
    url: null,
    hash: null,
    severity: null,
    error: `Issue ${issue} is not there any more: it was deleted or moved, or it is not one that Checkrein wrote. ${next}.`,
    gone: true,
  };
}

function refusal(response: IssueResponse, failure: Failure): Receipt {
  return {
    ...identity(response),
    ok: false,
    issue: response.act === 'open' ? null : response.issue,
    url: null,
    hash: null,
    severity: null,
    error: sentence(failure),
    gone: false,
  };
}
