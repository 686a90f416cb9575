import type { Config } from '../../config/schema.ts';
import type { EventKind, EventOf, LedgerEvent } from '../../core/event.ts';
import type { EventMark } from '../../core/facts.ts';
import type { Asker, ImprovementCase } from '../../core/improvement.ts';
import type { PullMark } from '../../core/pull.ts';
import { repositorySubject } from '../../core/subject.ts';
import { after, type Instant } from '../../core/time.ts';
import { improvementFacts, improvementsFold } from '../../metrics/improvements.ts';
import { holding, overlapsOf, recovery } from '../../metrics/verdict/aftermath.ts';
import { dueLook, isLastLook, type JudgeTerms, judgeChange, stretchesOf } from '../../metrics/verdict/judge-change.ts';
import type { Sight } from '../../metrics/verdict/observe.ts';
import type { LedgerState } from '../state.ts';

/** What is needed to follow the changes of agents. */
export interface Following {
  readonly repo: string;
  readonly now: Instant;
  readonly config: Pick<Config, 'improvements'>;
  readonly sight: Sight;
}

/** One thing leads to another: a change that has just come into force may have been due for judgement long ago. */
const MOST_ROUNDS = 5;

/**
 * What became of the changes of agents since the last look: what came into force, what is judged, which wins held, which
 * rollbacks were merged and whether they helped. Pure; the same state gives the same events.
 */
export function changeEvents(state: LedgerState, following: Following): readonly LedgerEvent[] {
  const all: LedgerEvent[] = [];
  let { improvements } = state;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const events = oneRound({ ...state, improvements }, following);
    if (events.length === 0) break;
    all.push(...events);
    improvements = improvementsFold.apply(improvements, events);
  }
  return all;
}

function oneRound(state: LedgerState, following: Following): readonly LedgerEvent[] {
  const { cases } = improvementFacts(state.improvements, state.pulls);
  const ofCases = cases.flatMap((one) => [
    ...deployment(one, state.events.marks, following),
    ...judgement(one, cases, following),
    ...rollbackSeen(one, state.pulls.pulls, following),
    ...aftermath(one, following),
  ]);
  return [...ofCases, ...expiries(state, following)];
}

type Data<Kind extends EventKind> = EventOf<Kind>['data'];

function event<Kind extends EventKind>(
  { repo, now }: Pick<Following, 'repo' | 'now'>,
  kind: Kind,
  { id, at }: { readonly id: string; readonly at: Instant },
  data: Data<Kind>,
): LedgerEvent {
  // The kind determines the data, which the compiler cannot follow through a type parameter.
  return { v: 1, id, kind, at, seen: now, repo, subject: repositorySubject(repo), data } as LedgerEvent;
}

/** The configured terms by which changes are judged. */
export function judgeTerms({ improvements }: Pick<Config, 'improvements'>): JudgeTerms {
  const { alpha, min_sessions, min_days, min_change, guardrails, window } = improvements;
  return { alpha, minSessions: min_sessions, minDays: min_days, minChange: min_change, guardrails, window };
}

/** The type of the event a workflow records when a change is in force. */
const DEPLOYMENT = 'deployment';

function deployment(one: ImprovementCase, marks: readonly EventMark[], following: Following): readonly LedgerEvent[] {
  const { pull, mark, deployed } = one;
  if (deployed !== null || mark === null || mark.mergedAt === null) return [];
  const { mergedAt, mergeCommit } = mark;
  const byMerge = following.config.improvements.deployed_by === 'merge';
  const told = marks.find(
    ({ type, labels, at }) => type === DEPLOYMENT && labels['pull'] === String(pull) && at >= mergedAt,
  );
  const at = byMerge ? mergedAt : told?.at;
  if (at === undefined) return [];
  const data = { pull, commit: mergeCommit, how: byMerge ? ('merged' as const) : ('deployment' as const) };
  return [event(following, 'improvement.deployed', { id: `improvement:${pull}:deployed`, at }, data)];
}

/** Nothing is judged any further after a verdict, or after a rollback. */
function judgement(
  one: ImprovementCase,
  cases: readonly ImprovementCase[],
  following: Following,
): readonly LedgerEvent[] {
  const { pull, deployed, judgements, hypothesis, rollback } = one;
  const last = judgements.at(-1);
  const isDecided =
    last?.verdict === 'better' || last?.verdict === 'worse' || (last !== undefined && isLastLook(last.look));
  if (deployed === null || isDecided || rollback !== null) return [];
  const terms = judgeTerms(following.config);
  const change = { at: deployed.at, hypothesis };
  const look = dueLook(change, terms, last?.look ?? 0, following.now);
  if (look === null) return [];
  const overlaps = overlapsOf(one, cases, stretchesOf(change, terms, look));
  const found = judgeChange(change, following.sight, terms, { look, overlaps });
  const at = found.after.to;
  const judged = event(
    following,
    'improvement.judged',
    { id: `improvement:${pull}:judged:${look}`, at },
    { pull, judgement: found },
  );
  return found.verdict === 'worse' ? [judged, ...proposal(one, look, at, following)] : [judged];
}

/** Proposes a rollback. A lead may approve it by this id, once, and for a limited time. */
function proposal(
  { pull, deployed }: ImprovementCase,
  look: number,
  at: Instant,
  following: Following,
): readonly LedgerEvent[] {
  const commit = deployed?.commit ?? null;
  if (commit === null) return [];
  const id = `rollback:${pull}@${look}`;
  const expiresAt = after(following.now, following.config.improvements.approval_lasts);
  const made = { id, pull, commit, madeAt: following.now, expiresAt };
  return [event(following, 'proposal.made', { id: `proposal:${id}`, at }, { proposal: made })];
}

/** Somebody may have reverted a change without us, and may have merged or closed the draft we opened. */
function rollbackSeen(one: ImprovementCase, pulls: readonly PullMark[], following: Following): readonly LedgerEvent[] {
  const { pull, rollback, deployed } = one;
  const theirs = pulls.find((mark) => mark.reverts === pull && mark.mergedAt !== null);
  const ours = pulls.find(({ number }) => number === rollback?.revert);
  const mark = ours ?? theirs;
  if (mark === undefined || deployed === null) return [];
  const opened = rollback === null ? openedBy(mark, one, following) : [];
  if (rollback === null && opened.length === 0) return [];
  if (mark.mergedAt !== null && (rollback === null || rollback.mergedAt === null)) {
    const id = `rollback:${pull}:merged:${mark.number}`;
    return [...opened, event(following, 'rollback.merged', { id, at: mark.mergedAt }, { pull, revert: mark.number })];
  }
  const isClosed = mark.closedAt !== null && mark.mergedAt === null && rollback?.ended === null;
  return isClosed
    ? [ended(following, pull, { outcome: 'closed', took: null, value: null }, mark.closedAt ?? following.now)]
    : [];
}

function openedBy(mark: PullMark, { pull, mark: own }: ImprovementCase, following: Following): readonly LedgerEvent[] {
  const actor = mark.mergedBy ?? mark.author;
  if (actor === null) return [];
  const by: Asker = { kind: 'person', actor };
  const rollback = {
    ...{ pull, revert: mark.number, url: null, by, way: 'github' as const, askedAt: mark.createdAt },
    commit: own?.mergeCommit ?? '',
  };
  return [
    event(
      following,
      'rollback.opened',
      { id: `rollback:${pull}:opened:${mark.number}`, at: mark.createdAt },
      { rollback },
    ),
  ];
}

function ended(
  following: Following,
  pull: number,
  how: Omit<Data<'rollback.ended'>, 'pull'>,
  at: Instant,
): LedgerEvent {
  return event(following, 'rollback.ended', { id: `rollback:${pull}:ended`, at }, { pull, ...how });
}

function aftermath(one: ImprovementCase, following: Following): readonly LedgerEvent[] {
  const { pull, rollback, judgements, held, hypothesis } = one;
  const { sight, now, config } = following;
  if (rollback !== null) {
    const usual = judgements.at(-1)?.usual ?? null;
    if (usual === null || rollback.mergedAt === null || rollback.ended !== null) return [];
    const patience = hypothesis?.within ?? config.improvements.window;
    const times = { askedAt: rollback.askedAt, mergedAt: rollback.mergedAt };
    const back = recovery(usual, times, sight, { now, patience });
    return back === null ? [] : [ended(following, pull, back, now)];
  }
  if (held !== null) return [];
  const found = holding(one, sight, config.improvements.min_sessions, now);
  return found === null
    ? []
    : [event(following, 'improvement.held', { id: `improvement:${pull}:held`, at: now }, { pull, ...found })];
}

/** Approvals and proposals that expired unused. */
function expiries({ improvements, pulls }: LedgerState, following: Following): readonly LedgerEvent[] {
  const { now } = following;
  const open = new Set(pulls.pulls.filter(({ closedAt }) => closedAt === null).map(({ number }) => number));
  const approvals = improvements.decisions.filter(
    ({ verdict, expiresAt, pull, expired }) =>
      verdict === 'approved' && expired !== true && expiresAt !== null && expiresAt <= now && open.has(pull),
  );
  const proposals = Object.values(improvements.proposals).filter(({ expiresAt }) => expiresAt <= now);
  return [
    ...approvals.map(({ proposal: of, pull, commit, at, expiresAt }) =>
      event(
        following,
        'proposal.expired',
        { id: `proposal:${of}:expired:${at}`, at: expiresAt ?? now },
        { proposal: of, pull, commit, since: at },
      ),
    ),
    ...proposals.map(({ id, pull, commit, madeAt, expiresAt }) =>
      event(
        following,
        'proposal.expired',
        { id: `proposal:${id}:expired:${madeAt}`, at: expiresAt },
        { proposal: id, pull, commit, since: madeAt },
      ),
    ),
  ];
}
