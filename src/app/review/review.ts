import { canonicalJson } from '../../core/canonical.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import { attempt, type Failure, OutsideFailure } from '../../core/failure.ts';
import type { Passport } from '../../core/passport.ts';
import { agentSubject, repositorySubject } from '../../core/subject.ts';
import { type Instant, startOf } from '../../core/time.ts';
import type { RemoteChange } from '../../github/review-port.ts';
import { breachesOf } from '../../review/breaches.ts';
import type { Matter } from '../../review/matter.ts';
import { keptBranch, passportOf } from '../../review/passport.ts';
import { REVIEW_CONTEXT } from '../../review/status.ts';
import type { LedgerState } from '../state.ts';
import { standOf, standSince } from './approval.ts';
import type { ReviewDesk, ReviewOutcome } from './desk.ts';
import { type ReadingDesk, readMatter } from './matter.ts';
import { type Reviewed, tellOfReview } from './say.ts';

/** How often the head may move during a review before the rest is left to the next run. */
const MOST_TRIES = 3;
/** At most this many further pull requests with the same head are looked at. */
const MOST_SHARING = 5;

type Looking = ReviewDesk & Pick<ReadingDesk, 'seen'>;

/** Reviews open pull requests one after the other. A failure does not keep the others from being reviewed. */
export async function reviewPulls(desk: ReviewDesk, numbers: readonly number[]): Promise<readonly ReviewOutcome[]> {
  const outcomes = new Map<number, ReviewOutcome>();
  const at: Looking = { ...desk, seen: new Map() };
  for (const number of numbers) {
    if (outcomes.has(number)) continue;
    const done = await attempt(() => reviewUntilStill(at, number));
    for (const outcome of done.ok ? done.value : [failed(number, done.failure)]) outcomes.set(outcome.pull, outcome);
  }
  return [...outcomes.values()];
}

function failed(pull: number, { message, remedy }: Failure): ReviewOutcome {
  return unlooked(pull, `${message}. ${remedy}`);
}

/** The status belongs to the head that was read. If a new head arrives meanwhile, that one is reviewed too. */
async function reviewUntilStill(desk: Looking, number: number): Promise<readonly ReviewOutcome[]> {
  for (let tries = 1; ; tries += 1) {
    const pull = await desk.github.review.pull(number);
    if (pull === null || !pull.open) return [over(number, pull === null)];
    const outcomes = await reviewHead(desk, pull);
    const after = desk.dryRun ? pull : await desk.github.review.pull(number);
    if (after === null || (after.head === pull.head && after.baseRef === pull.baseRef)) return outcomes;
    if (tries === MOST_TRIES) {
      const note = 'Its head keeps moving while it is looked at; the next run looks at the newest one.';
      return outcomes.map((outcome) => ({ ...outcome, problems: [...outcome.problems, note] }));
    }
  }
}

function over(pull: number, isMissing: boolean): ReviewOutcome {
  return unlooked(pull, isMissing ? `There is no pull request ${pull}.` : `Pull request ${pull} is not open.`);
}

function unlooked(pull: number, problem: string): ReviewOutcome {
  return {
    ...{ pull, passport: null, status: null, approvedBy: null, rejectedBy: null, comment: null },
    problems: [problem],
  };
}

/** Reviews one head, with all pull requests that have it: the status counts for all of them. */
async function reviewHead(desk: Looking, pull: RemoteChange): Promise<readonly ReviewOutcome[]> {
  const open = await desk.github.review.open();
  const sharing = open.filter(({ number, head }) => head === pull.head && number !== pull.number);
  const { state } = await desk.ledger.read();
  const reviewed: Reviewed[] = [];
  const unseen: number[] = [];
  for (const one of [pull, ...sharing.slice(0, MOST_SHARING)]) {
    const done = await attempt(() => judge(desk, state, one, open));
    if (done.ok) reviewed.push(done.value);
    else if (one === pull) throw await refusedRead(desk, pull, done.failure);
    else unseen.push(one.number);
  }
  unseen.push(...sharing.slice(MOST_SHARING).map(({ number }) => number));
  const written = desk.dryRun ? null : await attempt(() => remember(desk, reviewed));
  const problems = written?.ok === false ? [`The passport is not in the ledger: ${written.failure.message}`] : [];
  return tellOfReview(desk, { reviewed, unseen, problems });
}

/** Something unreadable must not look as if all were well. */
async function refusedRead(desk: ReviewDesk, { head }: RemoteChange, failure: Failure): Promise<OutsideFailure> {
  const { review, mode } = desk.config;
  if (!desk.dryRun && review.status && (review.mode ?? mode) === 'enforce') {
    const description = 'It could not be read, so nobody knows what it changes';
    const status = { context: REVIEW_CONTEXT, state: 'error', description, url: null } as const;
    const set = await attempt(() => desk.github.pulls.setStatus(head, status));
    if (!set.ok) return new OutsideFailure({ ...failure, message: `${failure.message}; nor could its status be set` });
  }
  return new OutsideFailure(failure);
}

async function judge(
  desk: Looking,
  state: LedgerState,
  pull: RemoteChange,
  open: readonly RemoteChange[],
): Promise<Reviewed> {
  const now = desk.now();
  const { matter, change, unread, instructions } = await readMatter({ ...desk, state, now }, pull, open);
  const floor = passportOf(matter, {
    at: now,
    baseSince: baseSinceOf(state, pull, now),
    whole: change.whole,
    unread,
    instructions,
    pulls: state.pulls,
    work: state.reviewed.work,
  });
  const isAgents = floor.authorship.verdict !== 'person';
  const asked = desk.opinion === null || !isAgents ? { passport: floor, said: [] } : await desk.opinion(floor, change);
  const said = { reviews: matter.reviews, decisions: state.improvements.decisions, now };
  const stand = await standOf(desk, said, { ...pull, baseSince: floor.baseSince });
  return { ...asked, matter, intoDefault: pull.intoDefault, ...stand };
}

/** Since when it targets its branch, according to the last passport. In whole seconds, as GitHub writes the times of comments. */
function baseSinceOf({ reviewed }: LedgerState, { number, baseRef, createdAt }: RemoteChange, now: Instant): Instant {
  const last = reviewed.passports.find(({ pull }) => pull === number);
  if (last === undefined) return createdAt;
  return last.baseRef === keptBranch(baseRef) ? last.baseSince : startOf(now.slice(0, 19));
}

/** Does not repeat an equal passport, unless somebody has said something about it since. */
async function remember(desk: ReviewDesk, reviewed: readonly Reviewed[]): Promise<void> {
  const agents = reviewed.filter(({ passport }) => passport.authorship.verdict !== 'person');
  await desk.ledger.append((state) => agents.flatMap((one) => eventsOf(desk.github.repo, one, state)));
}

function eventsOf(repo: string, { passport, matter }: Reviewed, state: LedgerState): readonly LedgerEvent[] {
  const before = state.reviewed.passports.find(({ pull }) => pull === passport.pull);
  if (before !== undefined && contentOf(before) === contentOf(passport)) {
    const said = { reviews: state.pulls.reviews, decisions: state.improvements.decisions, now: passport.at };
    if (standSince(said, { number: passport.pull, head: passport.head }) <= before.at) return [];
  }
  const id = `passport:${passport.pull}:${passport.head}:${passport.at}`;
  const { agent } = passport.authorship;
  const made: EventOf<'passport.made'> = {
    ...{ v: 1, id, kind: 'passport.made', at: passport.at, seen: passport.at, repo },
    subject: agent === null ? repositorySubject(repo) : agentSubject(agent),
    data: { passport },
  };
  return [made, ...violationsOf(repo, made, matter, state)];
}

/** Everything but the time it was made. */
function contentOf({ at: _, ...content }: Passport): string {
  return canonicalJson(content);
}

/** What was already held against the agent, for its session or for an earlier head, counts once. */
function violationsOf(
  repo: string,
  { id, at }: EventOf<'passport.made'>,
  matter: Matter,
  { violations }: LedgerState,
): readonly LedgerEvent[] {
  const { run } = matter.authorship;
  const earlier = violations.violations.filter(
    (one) => one.source.startsWith(`passport:${matter.number}:`) || (run !== null && one.run === run),
  );
  const found = breachesOf(
    matter,
    id,
    earlier.flatMap(({ signs }) => signs),
  );
  return found.map((violation) => ({
    ...{ v: 1, id: `violation:${id}:${violation.kind}`, kind: 'violation.found', at, seen: at, repo },
    subject: agentSubject(violation.agent),
    data: { violation },
  }));
}
