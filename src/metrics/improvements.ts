import type { EventOf, LedgerEvent } from '../core/event.ts';
import type { Fold } from '../core/fold.ts';
import type { CaseRecord, Decision, ImprovementCase, ImprovementFacts, Proposal, Stage } from '../core/improvement.ts';
import { IMPROVEMENT_EVENTS } from '../core/improvement-events.ts';
import type { PullMark } from '../core/pull.ts';
import { after, DAY, type Duration, type Instant, latest } from '../core/time.ts';

/** What is remembered about changes, about decisions on them, and about our proposals. */
export interface ImprovementsState {
  /** The newest moment of all of it; '' before the first. */
  readonly newest: string;
  /** By number of the pull request. */
  readonly cases: Readonly<Record<string, CaseRecord>>;
  /** Oldest first; those whose expiry was announced are marked. */
  readonly decisions: readonly KeptDecision[];
  /** By id: those that nobody has decided yet. */
  readonly proposals: Readonly<Record<string, Proposal>>;
}

/** What was decided, and whether its expiry was announced. */
interface KeptDecision extends Decision {
  readonly expired?: true;
}

/** Longer than the year over which wins are reported. */
const KEPT: Duration = 400 * DAY;
const MOST_DECISIONS = 1_000;

type Relevant = EventOf<keyof typeof IMPROVEMENT_EVENTS>;

/** Keeps what became of changes. */
export const improvementsFold: Fold<ImprovementsState> = {
  initial: { newest: '', cases: {}, decisions: [], proposals: {} },
  apply(state, events) {
    const relevant = events.filter(isRelevant);
    if (relevant.length === 0) return state;
    const draft: Draft = {
      newest: relevant.reduce((newest, { at }) => latest(newest, at), state.newest),
      cases: { ...state.cases },
      decisions: state.decisions.filter(isOfSomething),
      proposals: { ...state.proposals },
    };
    for (const event of relevant) take(draft, event);
    return pruned(draft);
  },
};

interface Draft {
  readonly newest: string;
  readonly cases: Record<string, CaseRecord>;
  decisions: KeptDecision[];
  readonly proposals: Record<string, Proposal>;
}

function isRelevant(event: LedgerEvent): event is Relevant {
  return Object.hasOwn(IMPROVEMENT_EVENTS, event.kind);
}

/** Earlier versions recorded decisions about nothing (`reject constructor`). The ledger keeps them, but nobody counts them. */
function isOfSomething({ proposal, pull }: Decision): boolean {
  return typeof proposal === 'string' && Number.isSafeInteger(pull);
}

/** For a change about which nothing is known yet. */
function newCase(pull: number): CaseRecord {
  return {
    pull,
    hypothesis: null,
    saidBy: null,
    problem: null,
    validated: null,
    deployed: null,
    judgements: [],
    held: null,
    rollback: null,
    refusedRollback: null,
  };
}

function take(draft: Draft, event: Relevant): void {
  switch (event.kind) {
    case 'proposal.made':
      draft.proposals[event.data.proposal.id] = event.data.proposal;
      return;
    case 'proposal.decided':
      if (!isOfSomething(event.data.decision)) return;
      delete draft.proposals[event.data.decision.proposal];
      draft.decisions.push(event.data.decision);
      return;
    case 'proposal.expired':
      delete draft.proposals[event.data.proposal];
      draft.decisions = draft.decisions.map((one) =>
        one.proposal === event.data.proposal && one.at === event.data.since ? { ...one, expired: true } : one,
      );
      return;
    case 'rollback.opened': {
      const { rollback } = event.data;
      const before = draft.cases[rollback.pull] ?? newCase(rollback.pull);
      // Opened twice under one number: what is known about it stays.
      if (before.rollback?.revert === rollback.revert) return;
      draft.cases[rollback.pull] = { ...before, rollback: { ...rollback, mergedAt: null, ended: null } };
      return;
    }
    default: {
      const before = draft.cases[event.data.pull] ?? newCase(event.data.pull);
      draft.cases[event.data.pull] = changed(before, event);
    }
  }
}

type OfCase = Exclude<
  Relevant,
  { readonly kind: 'proposal.made' | 'proposal.decided' | 'proposal.expired' | 'rollback.opened' }
>;

function changed(before: CaseRecord, event: OfCase): CaseRecord {
  switch (event.kind) {
    case 'improvement.proposed':
      return promised(before, event);
    case 'improvement.validated':
      return { ...before, validated: { head: event.data.head, at: event.at } };
    case 'improvement.deployed':
      return { ...before, deployed: before.deployed ?? { at: event.at, commit: event.data.commit } };
    case 'improvement.judged': {
      const { judgement } = event.data;
      const others = before.judgements.filter(({ look }) => look !== judgement.look);
      return { ...before, judgements: [...others, { ...judgement, at: event.at }].sort((a, b) => a.look - b.look) };
    }
    case 'improvement.held':
      return { ...before, held: { at: event.at, holds: event.data.holds } };
    case 'rollback.refused':
      return { ...before, refusedRollback: { at: event.at, why: event.data.why } };
    case 'rollback.merged':
      return withRollback(before, event.data.revert, { mergedAt: event.at });
    case 'rollback.ended': {
      const { outcome, took } = event.data;
      return before.rollback === null
        ? before
        : { ...before, rollback: { ...before.rollback, ended: { at: event.at, outcome, took } } };
    }
    default:
      return event satisfies never;
  }
}

/** A change in force is held to what was promised before. A lead's word is not overridden by the pull request's own. */
function promised(before: CaseRecord, { data }: EventOf<'improvement.proposed'>): CaseRecord {
  if (before.deployed !== null) return before;
  if (data.by.kind === 'block' && before.saidBy !== null && before.saidBy !== 'block') return before;
  const saidBy = data.by.kind === 'block' ? 'block' : data.by.actor.login;
  return { ...before, hypothesis: data.hypothesis, saidBy, problem: data.problem };
}

/** A rollback that somebody made without us still counts. `rollback.opened` says who asked for it and when. */
function withRollback(before: CaseRecord, revert: number, news: { readonly mergedAt: Instant }): CaseRecord {
  return before.rollback?.revert === revert ? { ...before, rollback: { ...before.rollback, ...news } } : before;
}

function pruned(draft: Draft): ImprovementsState {
  const oldest = draft.newest === '' ? '' : after(draft.newest, -KEPT);
  for (const [number, { deployed }] of Object.entries(draft.cases)) {
    if (deployed !== null && deployed.at < oldest) delete draft.cases[number];
  }
  return { ...draft, decisions: draft.decisions.slice(-MOST_DECISIONS) };
}

/** The change of a pull request of an agent, or of one that somebody gave a promise to. */
function caseOf(record: CaseRecord, mark: PullMark | null, decisions: readonly Decision[]): ImprovementCase {
  const ofRollback = decisions.findLast(({ proposal }) => proposal.startsWith(`rollback:${record.pull}@`));
  const keptBy = ofRollback?.verdict === 'rejected' ? ofRollback.by.login : null;
  return { ...record, mark, stage: stageOf(record, mark), keptBy };
}

function stageOf({ validated, deployed, judgements, held, rollback }: CaseRecord, mark: PullMark | null): Stage {
  if (rollback !== null && rollback.mergedAt !== null) return 'rolled_back';
  if (deployed === null) return beforeForce(validated, mark);
  const last = judgements.at(-1);
  if (last === undefined) return 'deployed';
  if (last.verdict === 'better' && held !== null) return held.holds ? 'kept' : 'expired';
  // What the first look could not tell, the last one may.
  const isOpen = last.look < last.of && (last.verdict === 'neutral' || last.verdict === 'insufficient data');
  return isOpen ? 'deployed' : last.verdict;
}

function beforeForce(validated: CaseRecord['validated'], mark: PullMark | null): Stage {
  if (mark !== null && mark.closedAt !== null && mark.mergedAt === null) return 'dropped';
  // A new head has not passed anything yet.
  return validated !== null && (mark === null || mark.head === validated.head) ? 'validated' : 'proposed';
}

/** The pull requests of agents, with what was promised for them or came of them. Reverts are not changes of their own. */
export function improvementFacts(
  { cases, decisions }: ImprovementsState,
  { pulls }: { readonly pulls: readonly PullMark[] },
): ImprovementFacts {
  const marks = new Map(pulls.map((mark) => [mark.number, mark]));
  const ofAgents = pulls.filter((mark) => mark.standing?.verdict === 'agent' && mark.reverts === null);
  const numbers = new Set([...ofAgents.map(({ number }) => number), ...Object.values(cases).map(({ pull }) => pull)]);
  const all = [...numbers].sort((a, b) => a - b);
  const sound = decisions.filter(isOfSomething);
  return {
    cases: all.map((number) => caseOf(cases[number] ?? newCase(number), marks.get(number) ?? null, sound)),
    seen: pulls.length > 0 || Object.keys(cases).length > 0,
  };
}
