import type { Config } from '../../config/schema.ts';
import { authorshipOf } from '../../core/authorship.ts';
import { bodySign, type RunSign } from '../../core/authorship-signs.ts';
import type { RunMark } from '../../core/facts.ts';
import { attempt, type Result } from '../../core/failure.ts';
import type { Change } from '../../core/passport.ts';
import type { Authorship, ReviewMark } from '../../core/pull.ts';
import { after, DAY, type Duration, type Instant, MINUTE } from '../../core/time.ts';
import type { GitHub } from '../../github/port.ts';
import type { Part, PathEntry, RemoteChange, RemoteCommitSign, RemoteFileChange } from '../../github/review-port.ts';
import { isMachine } from '../../people/approver.ts';
import { titleLikeness } from '../../review/checks/base.ts';
import { workKnown } from '../../review/known-work.ts';
import type { Gain, Matter, OtherChange, ReadFile } from '../../review/matter.ts';
import { readFiles } from '../../review/read-change.ts';
import type { LedgerState } from '../state.ts';

/** Where a change is read from. */
export interface ReadingDesk {
  readonly github: GitHub;
  readonly config: Config;
  readonly state: LedgerState;
  readonly now: Instant;
  /** Files of other pull requests by head, so that none is listed twice in one run. */
  readonly seen: Map<string, readonly ReadFile[]>;
}

/** A change, as far as it could be read. */
export interface ReadMatter {
  readonly matter: Matter;
  readonly change: Change;
  /** What could not be read apart from files, in our words. */
  readonly unread: readonly string[];
  readonly instructions: readonly { readonly path: string; readonly blob: string }[];
}

/** Files at the top of a repository that instruct agents. */
const INSTRUCTIONS: readonly string[] = [
  ...[
    'CLAUDE.md',
    'AGENTS.md',
    'GEMINI.md',
    '.github/copilot-instructions.md',
    '.cursorrules',
    '.claude/settings.json',
  ],
];

/** A change may silently undo what its base got in this time before the change began. */
const LATELY: Duration = 14 * DAY;
/** GitHub lists at most 300 files of a comparison. If more changed, a shorter span is looked at, so that all of it is seen. */
const SPANS: readonly Duration[] = [LATELY, 4 * DAY, DAY];
/** How many other pull requests are compared, most similar titles first. */
const MOST_OTHERS = 3;
/** Titles less similar than this are not compared. */
const LIKE = 0.3;

/**
 * Reads a pull request and everything it is judged by. What fails is reported and makes the change riskier. Only failures of what
 * everything else depends on end the work.
 * @throws OutsideFailure when the files of the change cannot be listed.
 */
export async function readMatter(
  desk: ReadingDesk,
  pull: RemoteChange,
  open: readonly RemoteChange[],
): Promise<ReadMatter> {
  const { review } = desk.github;
  const [files, commits, comparison, app] = [
    await review.files(pull.number),
    await attempt(() => review.commits(pull.number)),
    await attempt(() => review.compare(pull.baseRef, pull.head)),
    await attempt(() => review.appOf(pull.number)),
  ];
  const authorship = authorOf(desk, pull, commits, app.ok ? app.value : null);
  const base = comparison.ok ? comparison.value.mergeBase : null;
  const entries = await entriesOf(desk, pull, base, files.items);
  const read = readFiles(files.items, entries);
  desk.seen.set(`${pull.number} ${pull.head}`, read);
  const whole = files.whole && (pull.counts === null || pull.counts.files === files.items.length);
  const gained = base === null ? null : await gainedBefore(desk, pull, base);
  const matter: Matter = {
    number: pull.number,
    title: pull.title,
    head: pull.head,
    fromFork: pull.fromFork,
    baseRef: pull.baseRef,
    mergeBase: base,
    authorship,
    files: read,
    agentTerms: desk.config.agents.find(({ name }) => name === authorship.agent) ?? {},
    terms: desk.config.review,
    behind: comparison.ok ? comparison.value.behind : null,
    gained,
    others: await othersOf(desk, pull, open),
    work: workKnown(desk.state.reviewed.work, authorship, runsOf(desk.state)),
    reviews: await reviewsOf(desk, pull),
  };
  return {
    matter,
    change: { files: read, whole },
    unread: unreadParts({ comparison: comparison.ok, gained: gained !== null, entries }),
    instructions: INSTRUCTIONS.flatMap((path) => {
      const entry = entries.before?.get(path);
      return entry === undefined ? [] : [{ path, blob: entry.blob }];
    }),
  };
}

function unreadParts(known: {
  readonly comparison: boolean;
  readonly gained: boolean;
  readonly entries: BothSides;
}): readonly string[] {
  return [
    ...(known.comparison ? [] : ['how it stands to its base']),
    ...(known.gained || !known.comparison ? [] : ['what its base got lately']),
    ...(known.entries.after === null || known.entries.before === null
      ? ['which of its files are links, programs or submodules']
      : []),
  ];
}

function authorOf(
  { state, github, config }: ReadingDesk,
  pull: RemoteChange,
  commits: Result<Part<RemoteCommitSign>>,
  app: string | null,
): Authorship {
  const isWhole =
    commits.ok && commits.value.whole && (pull.counts === null || pull.counts.commits === commits.value.items.length);
  const found = authorshipOf({
    author: pull.author,
    app,
    headRef: pull.headRef,
    createdAt: pull.createdAt,
    body: bodySign(pull.body, github.repo),
    commits: isWhole ? commits.value.items : 'unreadable',
    runs: runsOf(state).map(runSign),
    agents: [...state.agents.agents, ...config.agents.map((one) => ({ ...one, engine: one.engine ?? null }))],
  });
  if (found.verdict === 'person') return found;
  // Its run was known when it was opened, but may be forgotten by now.
  const known = state.pulls.pulls.find(({ number }) => number === pull.number);
  const before = state.reviewed.passports.find((one) => one.pull === pull.number)?.authorship;
  return {
    ...found,
    agent: found.agent ?? before?.agent ?? known?.agent ?? null,
    run: found.run ?? before?.run ?? known?.run ?? null,
  };
}

function runsOf({ recent }: LedgerState): readonly RunMark[] {
  return Object.values(recent.runs);
}

/** A run may be reported as ended a little before its last write. */
function runSign({ run, agent, startedAt, updatedAt, status }: RunMark): RunSign {
  return { run, agent, startedAt, endedAt: status === 'completed' ? after(updatedAt, MINUTE) : null };
}

interface BothSides {
  readonly after: ReadonlyMap<string, PathEntry> | null;
  readonly before: ReadonlyMap<string, PathEntry> | null;
}

async function entriesOf(
  { github: { review } }: ReadingDesk,
  { head }: RemoteChange,
  base: string | null,
  files: readonly RemoteFileChange[],
): Promise<BothSides> {
  const now = files.filter(({ status }) => status !== 'removed').map(({ path }) => path);
  const then = files.filter(({ status }) => status !== 'added').map(({ path, from }) => from ?? path);
  const after = await attempt(() => review.entries(head, now));
  const before = base === null ? null : await attempt(() => review.entries(base, [...then, ...INSTRUCTIONS]));
  return { after: after.ok ? after.value : null, before: before?.ok === true ? before.value : null };
}

/** What the base got in the weeks before the change branched off. Null when that cannot be determined. */
async function gainedBefore(
  { github: { review }, now }: ReadingDesk,
  pull: RemoteChange,
  base: string,
): Promise<readonly Gain[] | null> {
  const read = await attempt(async () => {
    const began = pull.createdAt < now ? pull.createdAt : now;
    for (const span of SPANS) {
      const from = await review.commitBefore(base, after(began, -span));
      if (from === null) return [];
      const { files } = await review.compare(from, base);
      if (files.whole) return readFiles(files.items, { after: null, before: null }).map(gainOf);
    }
    return null;
  });
  return read.ok ? read.value : null;
}

function gainOf({ path, lines }: ReadFile): Gain {
  return {
    path,
    added: lines.filter(({ kind }) => kind === 'added').map(({ text }) => text),
    removed: lines.filter(({ kind }) => kind === 'removed').map(({ text }) => text),
  };
}

/** Open pull requests similar to this one, with what they change. One that cannot be read cannot be called a duplicate. */
async function othersOf(
  desk: ReadingDesk,
  pull: RemoteChange,
  open: readonly RemoteChange[],
): Promise<readonly OtherChange[]> {
  const like = open
    .filter(({ number, head }) => number !== pull.number && head !== pull.head)
    .map((other) => ({ other, likeness: titleLikeness(pull.title, other.title) }))
    .filter(({ likeness, other }) => likeness >= LIKE || other.author?.id === pull.author?.id)
    .sort((a, b) => b.likeness - a.likeness || b.other.number - a.other.number)
    .slice(0, MOST_OTHERS);
  const read = await Promise.all(
    like.map(async ({ other }) => {
      const files = await attempt(() => filesOf(desk, other));
      return files.ok ? [{ number: other.number, title: other.title, files: files.value }] : [];
    }),
  );
  return read.flat();
}

async function filesOf({ github, seen }: ReadingDesk, { number, head }: RemoteChange): Promise<readonly ReadFile[]> {
  const key = `${number} ${head}`;
  const known = seen.get(key);
  if (known !== undefined) return known;
  const files = readFiles((await github.review.files(number)).items, { after: null, before: null });
  seen.set(key, files);
  return files;
}

/** What people said about it in reviews, as GitHub has it now, or else as the ledger knows it. */
async function reviewsOf({ github, state, config }: ReadingDesk, pull: RemoteChange): Promise<readonly ReviewMark[]> {
  const read = await attempt(() => github.pullReviews.changedSince(after(pull.updatedAt, -MINUTE), 1));
  const found = read.ok ? read.value.pulls.find(({ number }) => number === pull.number) : undefined;
  const reviews = found?.reviews ?? state.pulls.reviews.filter((one) => one.pull === pull.number);
  return [...reviews.filter(({ by }) => !isMachine(by, config.reviews.machines)), ...approvedBefore(state, pull)].sort(
    (a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0),
  );
}

/** Other heads of it that leads approved by a command. What they say about this head is asked where it counts. */
function approvedBefore({ improvements }: LedgerState, { number, head }: RemoteChange): readonly ReviewMark[] {
  return improvements.decisions
    .filter(
      ({ proposal, commit, verdict }) => proposal === `pull:${number}` && commit !== head && verdict === 'approved',
    )
    .map(({ comment, by, commit, at }) => ({ pull: number, id: comment, by, verdict: 'approved', head: commit, at }));
}
