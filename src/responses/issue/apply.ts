import { attempt, type Failure } from '../../core/failure.ts';
import type { IssueResponse, Receipt } from '../../core/response.ts';
import type { IssuesApi, RemoteIssue } from '../../github/port.ts';
import { markerKey, readMarker } from './marker.ts';

/** A receipt, and what went wrong where something did, for whoever decides whether to go on. */
export interface Applied {
  readonly receipt: Receipt;
  readonly failure: Failure | null;
}

/** What is known of the issue after it was written. */
interface Written {
  readonly issue: RemoteIssue;
  /** What did not work although the main thing did. */
  readonly caveat: Failure | null;
}

/**
 * Carries out one response. Doing it twice leaves one issue with one text: before opening, our own issue of this alert is looked for;
 * a comment is only made where the state really changed. What GitHub refuses comes back in the receipt.
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
  const [first, ...others] = await ownIssues(response, issues);
  if (first === undefined) return { issue: await issues.create({ title, body, labels }), caveat: null };
  const issue = await issues.update(first.number, { title, body, state: 'open' });
  const closed = await attempt(() => closeDuplicates(others, first.number, issues));
  return { issue, caveat: closed.ok ? null : closed.failure };
}

/**
 * Our own issues of this alert, lowest number first: those that are open, and those of this very episode. A marker alone proves nothing,
 * since anybody can paste one: the author must be us.
 */
async function ownIssues(response: IssueResponse, issues: IssuesApi): Promise<readonly RemoteIssue[]> {
  const labelled = await ourIssues(response, issues);
  const marked = labelled.filter((issue) => {
    const marker = readMarker(issue.body);
    if (marker?.key !== markerKey(response.fingerprint)) return false;
    return issue.state === 'open' || marker.episode === response.episode;
  });
  if (marked.length === 0) return [];
  const me = loginOf(await issues.me());
  const own = marked.filter((issue) => issue.authorLogin !== null && loginOf(issue.authorLogin) === me);
  return own.sort((a, b) => Number(a.state === 'closed') - Number(b.state === 'closed') || a.number - b.number);
}

/** Every issue with the first of the labels that our issues carry. */
async function ourIssues(response: IssueResponse, issues: IssuesApi): Promise<readonly RemoteIssue[]> {
  const [label] = response.content.labels;
  return label === undefined ? [] : issues.withLabel(label);
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
  const { title, body } = response.content;
  return { issue: await issues.update(response.issue, { title, body }), caveat: null };
}

/**
 * Opens or closes an issue with its new text, then says so in a comment: in this order, because the state matters more.
 * An issue that is there already with this very text was written by a run that died before its receipt: no second comment.
 */
async function turn(
  response: IssueResponse & { act: 'reopen' | 'close' },
  state: 'open' | 'closed',
  issues: IssuesApi,
): Promise<Written> {
  const { title, body, hash } = response.content;
  const labelled = await ourIssues(response, issues);
  const before = labelled.find((issue) => issue.number === response.issue);
  if (before?.state === state && readMarker(before.body)?.hash === hash) return { issue: before, caveat: null };
  const stateReason = state === 'open' ? 'reopened' : 'completed';
  const issue = await issues.update(response.issue, { title, body, state, stateReason });
  const said = await attempt(() => issues.comment(response.issue, response.comment));
  return { issue, caveat: said.ok ? null : said.failure };
}

function receiptOf(response: IssueResponse, written: Written): Receipt {
  return {
    ...identity(response),
    ok: true,
    issue: written.issue.number,
    url: written.issue.url,
    hash: response.content.hash,
    error: written.caveat === null ? null : sentence(written.caveat),
    gone: false,
  };
}

/** Somebody deleted the issue or moved it away: what should have been closed is out of the way then. */
function goneReceipt(response: Exclude<IssueResponse, { act: 'open' }>): Receipt {
  const { issue, act } = response;
  const next = act === 'close' ? 'There is nothing left to close' : 'The next run opens a new one';
  return {
    ...identity(response),
    ok: act === 'close',
    issue,
    url: null,
    hash: null,
    error: `Issue ${issue} is gone: it was deleted or moved. ${next}.`,
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
    error: sentence(failure),
    gone: false,
  };
}

function identity(response: IssueResponse): Pick<Receipt, 'key' | 'kind' | 'act' | 'fingerprint' | 'episode'> {
  const { key, kind, act, fingerprint, episode } = response;
  return { key, kind, act, fingerprint, episode };
}

function sentence(failure: Failure): string {
  return `${failure.message}. ${failure.remedy}`;
}
