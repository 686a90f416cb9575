import type { Agent } from '../../src/core/agent.ts';
import type { EventOf, LedgerEvent } from '../../src/core/event.ts';
import type { Facts, SourceStatus, Tick } from '../../src/core/facts.ts';
import type { Failure } from '../../src/core/failure.ts';
import type { DrillRecord } from '../../src/core/halt-events.ts';
import type { Money } from '../../src/core/money.ts';
import type { RunConclusion, RunStatus } from '../../src/core/run.ts';
import type { Session, SessionOutcome, Tokens } from '../../src/core/session.ts';
import { agentSubject, repositorySubject } from '../../src/core/subject.ts';
import { after, type Duration, type Instant, MINUTE } from '../../src/core/time.ts';
import type { Violation } from '../../src/core/violation.ts';
import type { AbsenceReason } from '../../src/core/work-events.ts';
import { budgetBookFold } from '../../src/metrics/budget-book.ts';
import { commentsFold } from '../../src/metrics/causal/comments.ts';
import { denialsFold } from '../../src/metrics/denials.ts';
import { drillsFold } from '../../src/metrics/drills.ts';
import { episodesFold } from '../../src/metrics/episodes.ts';
import { buildFacts } from '../../src/metrics/facts.ts';
import { healthFold } from '../../src/metrics/health/fold.ts';
import { recentFold } from '../../src/metrics/recent.ts';
import { recordedEventsFold } from '../../src/metrics/recorded-events.ts';
import { rollupFold } from '../../src/metrics/rollup.ts';
import { serverUsesFold } from '../../src/metrics/server-uses.ts';
import { shadowFold } from '../../src/metrics/shadow/log.ts';
import { violationsFold } from '../../src/metrics/violations.ts';
import { savingsFold } from '../../src/metrics/waste/fold.ts';
import { itemsFold } from '../../src/sources/items/fold.ts';
import { pullFacts, pullsFold } from '../../src/sources/pulls/fold.ts';

export const REPO = 'octo/repo';

/** An attempt of a run, with what matters named and the rest made up. */
export interface RunWish {
  readonly id: number;
  readonly attempt?: number;
  readonly agent?: string;
  readonly at: Instant;
  readonly seen?: Instant;
  readonly trigger?: string;
  readonly status?: RunStatus;
  readonly conclusion?: RunConclusion | null;
}

function runEvent<Kind extends 'run.started' | 'run.completed'>(kind: Kind, wish: RunWish): EventOf<Kind> {
  const { id, attempt = 1, agent = 'fixer', at, trigger = 'schedule' } = wish;
  const ended = kind === 'run.completed';
  return {
    v: 1,
    id: ended ? `run:${id}:${attempt}` : `run:${id}:${attempt}:started`,
    kind,
    at,
    seen: wish.seen ?? after(at, 5 * MINUTE),
    repo: REPO,
    subject: agentSubject(agent),
    data: {
      run: {
        id,
        attempt,
        workflow: `.github/workflows/${agent}.yml`,
        agent,
        trigger,
        actor: null,
        status: wish.status ?? (ended ? 'completed' : 'in_progress'),
        conclusion: ended ? (wish.conclusion ?? 'success') : null,
        createdAt: at,
        startedAt: at,
        updatedAt: after(at, 4 * MINUTE),
        url: `https://github.com/${REPO}/actions/runs/${id}`,
      },
    },
  } as EventOf<Kind>;
}

export function runStarted(wish: RunWish): EventOf<'run.started'> {
  return runEvent('run.started', wish);
}

export function runCompleted(wish: RunWish): EventOf<'run.completed'> {
  return runEvent('run.completed', wish);
}

export interface SessionWish {
  readonly run: number | null;
  readonly attempt?: number;
  readonly nth?: number;
  readonly agent?: string | null;
  readonly at: Instant;
  readonly startedAt?: Instant | null;
  readonly seen?: Instant;
  readonly outcome?: SessionOutcome;
  /** Null = not known. */
  readonly usd?: number | null;
  readonly cost?: Money;
  readonly tokens?: Partial<Tokens>;
  readonly duration?: Duration | null;
  readonly certainty?: Session['state']['cost'];
  /** Whatever else is to be different. */
  readonly more?: Partial<Session>;
}

export function sessionRecorded(wish: SessionWish): EventOf<'session.recorded'> {
  const { run, attempt = 1, nth = 0, agent = 'fixer', at, usd = 1 } = wish;
  const cost = wish.cost ?? { usd, basis: usd === null ? 'unknown' : 'billed' };
  const id = `session:${run ?? 'none'}:${attempt}:${nth}`;
  return {
    v: 1,
    id,
    kind: 'session.recorded',
    at,
    seen: wish.seen ?? after(at, 10 * MINUTE),
    repo: REPO,
    subject: agent === null ? repositorySubject(REPO) : agentSubject(agent),
    data: {
      session: {
        id,
        agent,
        workflow: agent === null ? null : `.github/workflows/${agent}.yml`,
        run,
        attempt: run === null ? null : attempt,
        job: null,
        engine: 'claude',
        format: 'claude-execution',
        engineSession: null,
        models: ['claude-sonnet-4-5'],
        startedAt: wish.startedAt ?? null,
        endedAt: null,
        duration: wish.duration === undefined ? 3 * MINUTE : wish.duration,
        outcome: wish.outcome ?? 'completed',
        turns: 5,
        tokens: {
          input: 100,
          output: 50,
          cacheRead: 1_000,
          cacheWrite5m: 20,
          cacheWrite1h: 30,
          total: 1_200,
          ...wish.tokens,
        },
        cost,
        reportedCost: cost,
        tools: [],
        denials: 0,
        state: {
          tokens: 'exact',
          cost: wish.certainty ?? 'exact',
          turns: 'exact',
          tools: 'exact',
          latency: 'unknown',
        },
        ...wish.more,
      },
    },
  };
}

/** A violation; a write by a read-only agent where nothing else is said. */
export function violationFound(wish: Partial<Violation> & { readonly at: Instant; readonly run: number }): LedgerEvent {
  const { at, ...rest } = wish;
  const violation: Violation = {
    kind: 'readOnly',
    agent: 'fixer',
    source: `session:${wish.run}:1:1`,
    attempt: 1,
    severity: 'critical',
    signs: [{ what: 'write_tool', name: 'Edit', amount: 3, limit: null }],
    moreSigns: 0,
    ...rest,
  };
  return {
    v: 1,
    id: `violation:${violation.source}:${violation.kind}`,
    kind: 'violation.found',
    at,
    seen: after(at, 10 * MINUTE),
    repo: REPO,
    subject: agentSubject(violation.agent),
    data: { violation },
  };
}

export interface AbsenceWish {
  readonly run: number;
  readonly attempt?: number;
  readonly agent?: string;
  readonly at: Instant;
  readonly seen?: Instant;
  readonly outcome?: SessionOutcome;
  readonly reason?: AbsenceReason;
}

export function sessionAbsent(wish: AbsenceWish): EventOf<'session.absent'> {
  const { run, attempt = 1, agent = 'fixer', at, outcome = 'completed', reason = 'no_artifact' } = wish;
  return {
    v: 1,
    id: `absent:${run}:${attempt}`,
    kind: 'session.absent',
    at,
    seen: wish.seen ?? after(at, 10 * MINUTE),
    repo: REPO,
    subject: agentSubject(agent),
    data: { run, attempt, agent, outcome, reason, detail: 'no artifact' },
  };
}

/** A run that ended and left a record. */
export function worked(wish: RunWish & Omit<SessionWish, 'run'>): readonly LedgerEvent[] {
  return [runCompleted(wish), sessionRecorded({ ...wish, run: wish.id })];
}

export function watchRan(at: Instant, trigger = 'schedule', late: Duration | null = null): EventOf<'watch.ran'> {
  return {
    v: 1,
    id: `watch:${at}:test`,
    kind: 'watch.ran',
    at,
    seen: at,
    repo: REPO,
    subject: { kind: 'checkrein', name: 'watch' },
    data: { trigger, run: null, late, requests: 3 },
  };
}

export function agentNamed(name: string): Agent {
  return {
    name,
    workflow: `.github/workflows/${name}.yml`,
    engine: 'claude',
    means: 'action',
    reason: 'uses anthropics/claude-code-action@v1',
    blob: null,
  };
}

export const OUTAGE: Failure = {
  kind: 'unavailable',
  message: 'GitHub answered 503 to the list of runs',
  remedy: 'Nothing to do: the next run tries again',
  retry: true,
};

/** A source that reads well, or one that has failed since a moment. */
export function sourceStatus(
  source: string,
  lastReadAt: Instant | null,
  failing?: { readonly since: Instant; readonly failure?: Failure },
): SourceStatus {
  return {
    source,
    lastReadAt,
    failure: failing === undefined ? null : (failing.failure ?? OUTAGE),
    failingSince: failing?.since ?? null,
  };
}

export interface FactsWish {
  readonly now: Instant;
  readonly agents?: readonly string[];
  /** When the agents were first seen. */
  readonly since?: Instant;
  readonly sources?: readonly SourceStatus[];
  readonly ticks?: readonly Tick[];
}

/** The facts that a ledger of these events gives; the sources read well unless said otherwise. */
export function factsAfter(events: readonly LedgerEvent[], wish: FactsWish): Facts {
  return buildFacts({
    repo: REPO,
    agents: (wish.agents ?? []).map(agentNamed),
    ...(wish.since === undefined ? {} : { agentsSince: (wish.agents ?? []).map(() => wish.since ?? '') }),
    rollups: rollupFold.apply(rollupFold.initial, events),
    recent: recentFold.apply(recentFold.initial, events),
    drills: drillsFold.apply(drillsFold.initial, events),
    violations: violationsFold.apply(violationsFold.initial, events),
    events: recordedEventsFold.apply(recordedEventsFold.initial, events),
    health: healthFold.apply(healthFold.initial, events),
    budgets: budgetBookFold.apply(budgetBookFold.initial, events),
    items: itemsFold.apply(itemsFold.initial, events),
    serverUses: serverUsesFold.apply(serverUsesFold.initial, events),
    savings: savingsFold.apply(savingsFold.initial, events),
    pullRequests: pullFacts(pullsFold.apply(pullsFold.initial, events), wish.now),
    comments: commentsFold.apply(commentsFold.initial, events),
    denials: denialsFold.apply(denialsFold.initial, events),
    shadow: shadowFold.apply(shadowFold.initial, events),
    episodes: episodesFold.apply(episodesFold.initial, events),
    sources: wish.sources ?? [sourceStatus('actions-runs', wish.now), sourceStatus('artifacts', wish.now)],
    now: wish.now,
  });
}

/** Facts of a ledger that holds nothing at all. */
export function noFacts(now: Instant): Facts {
  return factsAfter([], { now, sources: [] });
}

/** A drill of the stop; a good live one where nothing else is said. */
export function drillRan(wish: Partial<DrillRecord> & { readonly at: Instant }): EventOf<'drill.ran'> {
  const { at, ...drill } = wish;
  return {
    v: 1,
    id: `drill:${at}:test`,
    kind: 'drill.ran',
    at,
    seen: at,
    repo: REPO,
    subject: { kind: 'checkrein', name: 'drill' },
    data: {
      drill: {
        mode: 'live',
        ok: true,
        timeToDetect: 12_000,
        timeToStop: 42_000,
        timeToRecover: 3_000,
        detail: 'its canary was started, stopped and resumed',
        ...drill,
      },
    },
  };
}
