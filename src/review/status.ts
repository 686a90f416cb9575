import { compareRisk, type Passport } from '../core/passport.ts';

/** The commit status to set. */
export interface ReviewStatus {
  readonly state: 'success' | 'failure' | 'pending';
  readonly description: string;
}

/** The context of the commit status for reviews. */
export const REVIEW_CONTEXT = 'checkrein/review';

/** Leads' decisions on one head. */
export interface Stand {
  /** Login of the lead who approved this very head; null if nobody did. */
  readonly approvedBy: string | null;
  /** Login of the lead who rejected it with a command; null if nobody did. */
  readonly rejectedBy: string | null;
}

/** One pull request that has the commit as its head. */
export interface JudgedPull extends Stand {
  readonly passport: Passport;
  /** Whether it targets the default branch. */
  readonly intoDefault: boolean;
}

/** The most that GitHub shows of a description. */
const MOST_CHARACTERS = 140;

/**
 * The status of a commit. It applies to the commit and so to every pull request with that head: the worst of them decides,
 * and one that could not be judged keeps it from being green. So does it when none targets the default branch: what is small
 * compared with one branch may be large compared with another, and a base can be changed without an event. In shadow mode it
 * is red only if a lead rejects it, and says when it would be.
 */
export function statusOf(
  judged: readonly JudgedPull[],
  unseen: readonly number[],
  mode: 'shadow' | 'enforce',
): ReviewStatus {
  const rejected = judged.find(({ rejectedBy }) => rejectedBy !== null)?.rejectedBy ?? null;
  if (rejected !== null) return rejectedStatus(rejected);
  const [worst] = [...judged].filter(isHeld).sort((a, b) => compareRisk(b.passport.risk, a.passport.risk));
  if (worst !== undefined && mode === 'enforce')
    return said('failure', `${wordsOf(worst, judged)}. A lead may approve this head`);
  const [other] = unseen;
  if (other !== undefined) return said('pending', `Pull request ${other} has the same head and was not looked at yet`);
  if (!judged.some(({ intoDefault }) => intoDefault)) {
    return said('pending', 'It goes to another branch than the default one: it is looked at again when that changes');
  }
  return said('success', worst === undefined ? passed(judged) : `Would fail: ${wordsOf(worst, judged)}`);
}

/** The status once a lead has rejected the commit, whatever else is known about it. */
export function rejectedStatus(login: string): ReviewStatus {
  return said('failure', `Rejected by ${login}. It takes another commit`);
}

/** Whether a person must approve it first. */
function isHeld({ passport, approvedBy }: JudgedPull): boolean {
  return approvedBy === null && isRisky(passport);
}

/** High and critical risks wait for a lead. */
export function isRisky({ risk, authorship }: Pick<Passport, 'risk' | 'authorship'>): boolean {
  return authorship.verdict !== 'person' && compareRisk(risk, 'high') >= 0;
}

function wordsOf({ passport }: JudgedPull, judged: readonly JudgedPull[]): string {
  const where = judged.length > 1 ? ` of pull request ${passport.pull}` : '';
  return `${passport.risk} risk${where}: ${passport.findings[0]?.check ?? 'something could not be read'}`;
}

function passed(judged: readonly JudgedPull[]): string {
  const isAgents = ({ passport }: JudgedPull): boolean => passport.authorship.verdict !== 'person';
  const approved =
    judged.find((one) => one.approvedBy !== null && isRisky(one.passport)) ??
    judged.find((one) => one.approvedBy !== null && judged.length === 1 && isAgents(one));
  if (approved !== undefined) return `${approved.passport.risk} risk, approved by ${approved.approvedBy} for this head`;
  if (!judged.some(isAgents)) return 'No sign of an agent';
  const worst = [...judged].sort((a, b) => compareRisk(b.passport.risk, a.passport.risk))[0];
  return `${worst?.passport.risk ?? 'low'} risk`;
}

function said(state: ReviewStatus['state'], text: string): ReviewStatus {
  return { state, description: `${text.charAt(0).toUpperCase()}${text.slice(1)}`.slice(0, MOST_CHARACTERS) };
}
