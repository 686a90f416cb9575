import type { Agent } from '../../core/agent.ts';
import type { Alert } from '../../core/alert.ts';
import type { DrillRecord } from '../../core/halt-events.ts';
import type { Severity } from '../../core/outcome.ts';
import { reaches } from '../../core/outcome.ts';
import { plainLine } from '../../core/text.ts';
import { after, type Duration, formatDuration, HOUR } from '../../core/time.ts';
import { rehearse } from '../../ledger/rehearsal.ts';
import type { WatchJob } from '../job.ts';
import { type Judgement, judge } from '../judge/judge.ts';
import { readAhead } from '../judge/read-ahead.ts';
import { type LedgerState, stateFold } from '../state.ts';
import { NOBODY, nobodyAppears, runawayRound, START_EVERY } from './incident.ts';

/** A moment of the incident when something was decided. */
export interface Decision {
  /** How often the judges had been asked by then: once after each further run. */
  readonly ticks: number;
  /** Counted from the first start of the incident. */
  readonly after: Duration;
  readonly rule: string;
  readonly severity: Severity;
  /** What would follow, in our words: `issue: open`, `stop: would_have`. */
  readonly responses: readonly string[];
}

/** How the judges reacted to a made-up runaway. */
export interface DryDrill {
  readonly record: DrillRecord;
  readonly agent: string;
  /** When an alert about the agent became active; null if none did. */
  readonly noticed: Decision | null;
  /** When a stop of the agent was planned, or would have been in shadow mode; null when no rule asks for one. */
  readonly stop: Decision | null;
}

/** How long the incident lasts. An agent that starts forty times an hour has been noticed by then, or never will be. */
const LASTS: Duration = 1.5 * HOUR;

/**
 * Lets a made-up agent run away in a copy of the ledger's state and asks the real judges after each of its runs. Nothing is
 * written anywhere, and nothing outside is touched.
 */
export async function dryDrill(job: WatchJob): Promise<DryDrill> {
  const ledger = rehearse(job.ledger, stateFold);
  const { state } = await ledger.read();
  const agent = quietAgent(state);
  const watch: WatchJob = {
    ...job,
    ledger,
    sources: [],
    issues: null,
    stop: null,
    rollback: null,
    rerun: null,
    opinions: null,
    apply: ['issue', 'stop'],
  };
  if (agent === NOBODY) await ledger.append(() => [nobodyAppears(job.repo, job.now)]);
  // Measured series stay as they are: only runs are made up.
  const ahead = await readAhead(job, state);
  const before = new Set(
    Object.values(state.alerts.alerts)
      .filter(isActive)
      .map(({ fingerprint }) => fingerprint),
  );
  let noticed: Decision | null = null;
  for (let nth = 0; nth < LASTS / START_EVERY; nth++) {
    const { repo, now: from } = job;
    const now = after(from, (nth + 1) * START_EVERY);
    await ledger.append(() => runawayRound(repo, agent, from, nth));
    const judged = await judge({ ...watch, now, by: `${job.by}-dry-${nth}` }, ahead);
    const alerts = alertsAbout(judged, agent).filter(({ fingerprint }) => !before.has(fingerprint));
    noticed ??= decisionOn(alerts[0], judged, nth);
    const asked = alerts.find(({ fingerprint }) => judged.stops.verdicts[fingerprint] !== undefined);
    if (asked !== undefined) return outcome(agent, noticed, decisionOn(asked, judged, nth));
  }
  return outcome(agent, noticed, null);
}

/** An agent without an alert; the first by name. */
function quietAgent({ agents, alerts }: LedgerState): Agent {
  const loud = new Set(
    Object.values(alerts.alerts)
      .filter(isActive)
      .map(({ subject }) => subject.name),
  );
  return agents.agents.find(({ name }) => !loud.has(name)) ?? NOBODY;
}

function isActive({ state }: Alert): boolean {
  return state === 'active';
}

/** The alerts worth telling people about, including the weightiest rule's call for a stop. */
function alertsAbout({ alerts }: Judgement, agent: Agent): readonly Alert[] {
  return Object.values(alerts.alerts).filter(
    (alert) =>
      isActive(alert) &&
      alert.subject.kind === 'agent' &&
      alert.subject.name === agent.name &&
      reaches(alert.facts.severity, 'warning'),
  );
}

function decisionOn(alert: Alert | undefined, { plan, stops }: Judgement, nth: number): Decision | null {
  if (alert === undefined) return null;
  const { fingerprint, name, facts } = alert;
  const planned = [...plan.ready, ...plan.waiting, ...plan.held].filter((each) => each.fingerprint === fingerprint);
  const verdict = stops.verdicts[fingerprint];
  return {
    ticks: nth + 1,
    after: (nth + 1) * START_EVERY,
    rule: name,
    severity: facts.severity,
    responses: [
      ...planned.filter(({ kind }) => kind !== 'stop').map(({ kind, act }) => `${kind}: ${act}`),
      ...(verdict === undefined ? [] : [`stop: ${verdict.kind}`]),
    ],
  };
}

function outcome(agent: Agent, noticed: Decision | null, stop: Decision | null): DryDrill {
  const record: DrillRecord = {
    mode: 'dry',
    ok: noticed !== null,
    timeToDetect: noticed?.after ?? null,
    timeToStop: null,
    timeToRecover: null,
    detail: sentences(agent, noticed, stop),
  };
  return { record, agent: agent.name, noticed, stop };
}

function sentences(agent: Agent, noticed: Decision | null, stop: Decision | null): string {
  const name = plainLine(agent.name, 80);
  const what = `a runaway of ${name} with a start every ${formatDuration(START_EVERY)}`;
  if (noticed === null) return `No rule noticed ${what} within ${formatDuration(LASTS)}.`;
  const first = `The rule ${noticed.rule} noticed ${what} ${inWords(noticed)}.`;
  return stop === null
    ? `${first} No rule asks for a stop.`
    : `${first} The rule ${stop.rule} asked for a stop ${inWords(stop)} (${stop.responses.join(', ')}).`;
}

function inWords({ ticks, after: passed }: Decision): string {
  return `after ${ticks} runs (${formatDuration(passed)})`;
}
