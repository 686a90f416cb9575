import { advanceAlerts } from '../../src/alerts/advance.ts';
import { type AlertBook, alertsFold } from '../../src/alerts/book.ts';
import { POLICIES } from '../../src/alerts/policy.ts';
import type { Budget } from '../../src/budgets/budget.ts';
import { type BudgetOptions, budgetRule } from '../../src/budgets/budget-rule.ts';
import { DEFAULT_BUDGETS } from '../../src/budgets/budget-schema.ts';
import type { Alert, AlertChange } from '../../src/core/alert.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import type { SourceStatus } from '../../src/core/facts.ts';
import type { Finding } from '../../src/core/finding.ts';
import { reaches } from '../../src/core/outcome.ts';
import { repositorySubject } from '../../src/core/subject.ts';
import { after, type Duration, type Instant, MINUTE, toMs } from '../../src/core/time.ts';
import type { AbsenceReason } from '../../src/core/work-events.ts';
import { type BudgetBook, budgetBookFold } from '../../src/metrics/budget-book.ts';
import { drillsFold } from '../../src/metrics/drills.ts';
import { buildFacts } from '../../src/metrics/facts.ts';
import { healthFold } from '../../src/metrics/health/fold.ts';
import { type RecentState, recentFold } from '../../src/metrics/recent.ts';
import { recordedEventsFold } from '../../src/metrics/recorded-events.ts';
import { type Rollups, rollupFold } from '../../src/metrics/rollup.ts';
import { violationsFold } from '../../src/metrics/violations.ts';
import { RULES } from '../../src/rules/registry.ts';
import {
  agentNamed,
  REPO,
  runCompleted,
  runStarted,
  sessionAbsent,
  sessionRecorded,
  sourceStatus,
  watchRan,
} from './happenings.ts';

/** Numbers from 0 up to 1 that look like chance and are the same every time (mulberry32, by Tommy Ettinger, public domain). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** One run of an agent from its start to its end, and what it left. */
export interface Work {
  readonly id: number;
  readonly agent: string;
  readonly at: Instant;
  readonly lasts?: Duration;
  readonly trigger?: string;
  readonly failed?: boolean;
  /** What it cost; null when that is not known. */
  readonly usd?: number | null;
  /** Why it left no record; left out when it left one. */
  readonly absent?: AbsenceReason;
}

/** The events of a run, each with the moment from which on it can be known. */
export function eventsOf(work: Work): readonly (readonly [Instant, LedgerEvent])[] {
  const { id, agent, at, lasts = 4 * MINUTE, trigger = 'schedule', failed = false, usd = 0.2 } = work;
  const end = after(at, lasts);
  const outcome = failed ? 'failed' : 'completed';
  const wish = { id, agent, at, trigger };
  const record =
    work.absent === undefined
      ? sessionRecorded({ run: id, agent, at, outcome, usd, seen: end })
      : sessionAbsent({ run: id, agent, at, outcome, reason: work.absent, seen: end });
  return [
    [at, runStarted({ ...wish, seen: at })],
    [end, runCompleted({ ...wish, seen: end, conclusion: failed ? 'failure' : 'success' })],
    [end, record],
  ];
}

/** All that a repository remembers, as the ledger does. */
export interface Memory {
  readonly recent: RecentState;
  readonly rollups: Rollups;
  readonly budgets: BudgetBook;
  readonly book: AlertBook;
}

export const NOTHING_YET: Memory = {
  recent: recentFold.initial,
  rollups: rollupFold.initial,
  budgets: budgetBookFold.initial,
  book: alertsFold.initial,
};

export function learn(memory: Memory, events: readonly LedgerEvent[]): Memory {
  return {
    recent: recentFold.apply(memory.recent, events),
    rollups: rollupFold.apply(memory.rollups, events),
    budgets: budgetBookFold.apply(memory.budgets, events),
    book: alertsFold.apply(memory.book, events),
  };
}

export interface Watch {
  readonly now: Instant;
  readonly agents: readonly string[];
  readonly budgets?: readonly Budget[];
  readonly sources?: readonly SourceStatus[];
  readonly trigger?: string;
  readonly late?: Duration | null;
}

const DEFAULTS: ReadonlyMap<string, unknown> = new Map(RULES.map((rule) => [rule.name, rule.options.parse({})]));

/** One run of Checkrein with the default settings: its own tick, all rules, the book of alerts. */
export function watchOnce(memory: Memory, watch: Watch): Memory {
  const { now } = watch;
  const ticked = learn(memory, [watchRan(now, watch.trigger, watch.late ?? null)]);
  const facts = buildFacts({
    repo: REPO,
    agents: watch.agents.map(agentNamed),
    recent: ticked.recent,
    rollups: ticked.rollups,
    drills: drillsFold.initial,
    violations: violationsFold.initial,
    events: recordedEventsFold.initial,
    health: healthFold.initial,
    budgets: ticked.budgets,
    sources: watch.sources ?? [sourceStatus('actions-runs', now), sourceStatus('artifacts', now)],
    now,
  });
  const money: BudgetOptions = { enabled: true, budgets: watch.budgets ?? DEFAULT_BUDGETS };
  const findings: readonly Finding[] = [
    ...budgetRule.judge(facts, money, now),
    ...RULES.flatMap((rule) => rule.judge(facts, DEFAULTS.get(rule.name), now)),
  ];
  const changes = advanceAlerts(ticked.book, findings, { now, repo: REPO, policies: POLICIES });
  return {
    ...ticked,
    book: alertsFold.apply(
      ticked.book,
      changes.map((change) => changed(change, now)),
    ),
  };
}

function changed(change: AlertChange, now: Instant): LedgerEvent {
  return {
    v: 1,
    id: `alert:${change.fingerprint}:${change.episode}:${change.kind}:${now}`,
    kind: 'alert.changed',
    at: now,
    seen: now,
    repo: REPO,
    subject: repositorySubject(REPO),
    data: { change },
  };
}

/** The alerts that have an issue of their own with the default settings: active, a warning at least, and told by no other. */
export function wouldOpenIssues({ book }: Memory): readonly Alert[] {
  return Object.values(book.alerts).filter(({ state, facts }) => {
    const teller = facts.explainedBy === null ? undefined : book.alerts[facts.explainedBy];
    return state === 'active' && reaches(facts.severity, 'warning') && teller?.state !== 'active';
  });
}

/** Lives through all work with a run of Checkrein at each of the watches, and collects what would have opened issues. */
export function liveThrough(works: readonly Work[], watches: readonly Watch[]): readonly string[] {
  const known = works.flatMap(eventsOf).sort(([a], [b]) => toMs(a) - toMs(b));
  const told = new Set<string>();
  let memory = NOTHING_YET;
  let place = 0;
  for (const watch of watches) {
    const from = place;
    while ((known[place]?.[0] ?? '9') <= watch.now) place++;
    memory = watchOnce(
      learn(
        memory,
        known.slice(from, place).map(([, event]) => event),
      ),
      watch,
    );
    for (const { name, since, facts } of wouldOpenIssues(memory)) told.add(`${since} ${name}: ${facts.reason}`);
  }
  return [...told];
}
