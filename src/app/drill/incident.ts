import type { Agent } from '../../core/agent.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { WorkflowRun } from '../../core/run.ts';
import { type Session, UNKNOWN_TOKENS } from '../../core/session.ts';
import { agentSubject } from '../../core/subject.ts';
import { after, type Duration, type Instant, SECOND } from '../../core/time.ts';

/** The time between two starts of the made-up runaway, and how long each of its runs lasts. */
export const START_EVERY: Duration = 90 * SECOND;
const RUN_LASTS: Duration = 60 * SECOND;

/** Ids that GitHub has not reached, so that a made-up run is never taken for a real one. */
const FIRST_ID = 9_000_000_000_000;

/** An agent without any history, for a ledger that knows no agents. */
export const NOBODY: Agent = {
  name: 'made-up-agent',
  workflow: '.github/workflows/made-up-agent.yml',
  engine: 'claude',
  means: 'configured',
  reason: 'made up for the drill',
  blob: null,
};

/** Announces that agent: only a known agent can be stopped. */
export function nobodyAppears(repo: string, at: Instant): LedgerEvent {
  const { workflow, name } = NOBODY;
  return {
    v: 1,
    id: `agent:${workflow}:${name}`,
    kind: 'agent.observed',
    at,
    seen: at,
    repo,
    subject: agentSubject(name),
    data: { agent: NOBODY },
  };
}

/**
 * One round of an agent that sets itself off again and again: the nth run (from 0) starts, ends and leaves its record, which is
 * known `START_EVERY` after its start.
 */
export function runawayRound(repo: string, agent: Agent, from: Instant, nth: number): readonly LedgerEvent[] {
  const at = after(from, nth * START_EVERY);
  const id = FIRST_ID + nth;
  const begun: WorkflowRun = {
    id,
    attempt: 1,
    workflow: agent.workflow,
    agent: agent.name,
    trigger: 'workflow_run',
    actor: null,
    status: 'in_progress',
    conclusion: null,
    createdAt: at,
    startedAt: at,
    updatedAt: at,
    url: `https://github.com/${repo}/actions/runs/${id}`,
  };
  const ended: WorkflowRun = {
    ...begun,
    status: 'completed',
    conclusion: 'success',
    updatedAt: after(at, RUN_LASTS),
  };
  const session = sessionOf(ended);
  const base = { v: 1 as const, at, seen: after(at, START_EVERY), repo, subject: agentSubject(agent.name) };
  return [
    { ...base, id: `run:${id}:1:started`, kind: 'run.started', data: { run: begun } },
    { ...base, id: `run:${id}:1`, kind: 'run.completed', data: { run: ended } },
    { ...base, id: session.id, kind: 'session.recorded', data: { session } },
  ];
}

/** A short, ordinary session: what is wrong is how many there are. */
function sessionOf(run: WorkflowRun): Session {
  return {
    id: `session:${run.id}:1:0`,
    agent: run.agent,
    workflow: run.workflow,
    run: run.id,
    attempt: 1,
    job: null,
    engine: 'claude',
    format: 'drill',
    engineSession: null,
    models: [],
    startedAt: run.startedAt,
    endedAt: run.updatedAt,
    duration: RUN_LASTS,
    outcome: 'completed',
    turns: 3,
    tokens: UNKNOWN_TOKENS,
    cost: { usd: 0.1, basis: 'estimated' },
    reportedCost: { usd: null, basis: 'unknown' },
    tools: [],
    denials: null,
    state: { tokens: 'unknown', cost: 'estimate', turns: 'estimate', tools: 'unknown', latency: 'unknown' },
  };
}
