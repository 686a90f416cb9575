import type { Facts } from '../../core/facts.ts';
import { type Finding, NO_EVIDENCE } from '../../core/finding.ts';
import { formatMoment } from '../../core/quantity.ts';
import type { Series } from '../../core/series.ts';
import { agentSubject, repositorySubject, type Subject } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import { after, between, DAY, type Duration, dayOf, formatDuration, HOUR, type Instant } from '../../core/time.ts';
import { readDuration } from '../options.ts';
import type { Missed } from './missed.ts';
import { hoursOf, missingOf } from './missing.ts';
import type { AnomalyOptions } from './options.ts';
import { type Overdue, overdueOf } from './overdue.ts';
import { type Silence, silenceOf } from './silence.ts';
import { ANOMALY } from './tell.ts';
import { callsOf, serversIn } from './watched.ts';

const DAYS_OF_SILENCE: Duration = 90 * DAY;
/** With fewer hourly signs of life than this, days are used. */
const LEAST_HOURS = 10;

/**
 * Whether each agent and each MCP server is silent. Agents with a schedule are judged by it, all others by how long they were
 * silent before.
 */
export function judgeSilences(facts: Facts, settings: AnomalyOptions, now: Instant): readonly Finding[] {
  return [
    ...facts.agents.map((agent) => judgeAgent(facts, agent, settings, now)),
    ...serversIn(facts.labelSets).map((server) => judgeServer(facts, server, settings, now)),
  ];
}

function judgeAgent(
  facts: Facts,
  { name, workflow }: Facts['agents'][number],
  settings: AnomalyOptions,
  now: Instant,
): Finding {
  const subject = agentSubject(name);
  if (facts.held.includes(workflow)) {
    return unsure(subject, `${plainLine(name)} is stopped, so its silence says nothing.`);
  }
  const schedule = settings.schedules?.find(({ agent }) => agent === name);
  if (schedule !== undefined) {
    const grace = readDuration(settings.schedule_grace);
    return overdueFinding(subject, overdueOf(facts, name, { schedule, grace }, now), grace, now);
  }
  const life = lifeOf(facts, subject, now);
  const silence = silenceOf(life, now, settings.sensitivity);
  const missed =
    typeof silence === 'string' || life.step === 'day' ? null : missingOf(facts, name, life, silence.since, now);
  return silenceFinding({ subject, labels: { metric: 'silence' }, who: plainLine(name) }, silence, missed, now);
}

function judgeServer(facts: Facts, server: string, { sensitivity }: AnomalyOptions, now: Instant): Finding {
  const silence = silenceOf(callsOf(facts, server), now, sensitivity);
  const who = `The MCP server ${plainLine(server)}`;
  const subject = repositorySubject(facts.repo);
  return silenceFinding(
    { subject, labels: { metric: 'silence', server }, who },
    onlyWhileAgentsWork(facts, silence, now),
    null,
    now,
  );
}

/** Names the first missed time and no growing number, so that the alert does not read differently at each look. */
function overdueFinding(subject: Subject, overdue: Overdue | null | string, grace: Duration, now: Instant): Finding {
  const who = plainLine(subject.name);
  if (typeof overdue === 'string') return unsure(subject, `${who}: nothing can be said of its silence: ${overdue}.`);
  const base = { rule: ANOMALY, subject, labels: { metric: 'silence' }, limit: grace, unit: 'ms' as const };
  if (overdue === null) {
    return { ...base, value: null, outcome: 'ok', reason: `${who} runs when its schedule says.` };
  }
  const { due, seen } = overdue;
  const last = seen === null ? 'no run of it is known from the last 35 days' : `its last run was on ${dayOf(seen)}`;
  const value = between(due, now);
  return {
    ...base,
    value,
    outcome: 'violated',
    severity: 'warning',
    reason: `${who} was due at ${formatMoment(due)} and has not run since; ${last}.`,
    evidence: {
      ...NO_EVIDENCE,
      facts: [
        { label: `Overdue on ${dayOf(now)} by`, value, unit: 'ms' },
        { label: 'How late a run may come', value: grace, unit: 'ms' },
      ],
    },
    explainedBy: null,
  };
}

/** Runs by hour, or by day if there are few. */
function lifeOf(facts: Facts, subject: Subject, now: Instant): Series {
  const hours = hoursOf(facts, subject.name, now);
  const alive = hours.points.filter(({ aggregate }) => (aggregate?.sum ?? 0) > 0).length;
  return alive >= LEAST_HOURS
    ? hours
    : facts.series('runs.started', subject, 'day', after(now, -DAYS_OF_SILENCE), after(now, 1));
}

/** While no agent works, nobody calls a server either. */
function onlyWhileAgentsWork(facts: Facts, silence: Silence | string, now: Instant): Silence | string {
  if (typeof silence === 'string') return silence;
  const { points } = facts.series(
    'sessions.total',
    repositorySubject(facts.repo),
    'day',
    after(silence.since, DAY),
    after(now, 1),
  );
  const days = points.filter(({ aggregate }) => (aggregate?.sum ?? 0) > 0).length;
  return 2 * days >= points.length ? silence : 'agents hardly worked since its last call';
}

function unsure(subject: Subject, reason: string): Finding {
  return {
    rule: ANOMALY,
    subject,
    labels: { metric: 'silence' },
    value: null,
    limit: null,
    unit: 'ms',
    outcome: 'unknown',
    reason,
  };
}

type Quiet = Pick<Finding, 'subject' | 'labels'> & { readonly who: string };

function silenceFinding(
  { who, ...rest }: Quiet,
  silence: Silence | string,
  missed: Missed | null,
  now: Instant,
): Finding {
  const base = { rule: ANOMALY, ...rest, unit: 'ms' as const };
  if (typeof silence === 'string') {
    return {
      ...base,
      value: null,
      limit: null,
      outcome: 'unknown',
      reason: `${who}: nothing can be said of its silence: ${silence}.`,
    };
  }
  const { length: value, limit, usual, since, basis, confidence, regular } = silence;
  const reason = `${who} has shown no sign of life for ${formatDuration(value)}, since ${dayOf(since)}; before, it was hardly ever silent for longer than ${formatDuration(usual)}.`;
  if (value <= limit && missed === null)
    return { ...base, value, limit, outcome: 'ok', reason, ...(value > limit / 2 ? { holds: true as const } : {}) };
  return {
    ...base,
    value,
    limit,
    reason,
    outcome: 'violated',
    severity: regular || missed !== null ? 'warning' : 'info',
    explainedBy: null,
    anomaly: {
      ...{ metric: 'silence', method: 'dormancy', value, unit: 'ms', expected: { low: null, high: limit } },
      ...{ deviation: value / Math.max(usual, HOUR / 60), confidence, basis },
    },
    evidence: {
      ...NO_EVIDENCE,
      facts: [
        { label: `Silent until ${dayOf(now)}`, value, unit: 'ms' },
        { label: 'Hours with runs expected in that time', value: missed?.expected ?? null, unit: 'count' },
        { label: 'Usual silence', value: usual, unit: 'ms' },
        { label: 'Longest silence tolerated', value: limit, unit: 'ms' },
        { label: 'Signs of life that this rests on', value: basis.points, unit: 'count' },
      ],
    },
  };
}
