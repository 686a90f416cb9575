import type { Alert } from '../../core/alert.ts';
import type { Facts, SessionMark } from '../../core/facts.ts';
import { formatUsd } from '../../core/money.ts';
import { formatMoment, formatNumber } from '../../core/quantity.ts';
import { plainLine } from '../../core/text.ts';
import { after, DAY, type Duration, formatDuration, type Instant } from '../../core/time.ts';
import type { CaseEvidence } from '../../review/ai/triage.ts';

/** How far back the cause of an alert that begins now may lie. */
const LOOKED_AT: Duration = 3 * DAY;
const MOST_SESSIONS = 20;
const MOST_OTHERS = 10;

/** What is on record around an alert, by its ids in the ledger, beginning with the runs it rests on. Pure. */
export function caseEvidence(
  alert: Alert,
  alerts: readonly Alert[],
  facts: Facts,
  now: Instant,
): readonly CaseEvidence[] {
  const since = after(now, -LOOKED_AT);
  const isOfIt = ({ agent }: { readonly agent: string }): boolean =>
    alert.subject.kind !== 'agent' || alert.subject.name === agent;
  const all = [
    ...runs(alert),
    ...facts.sessions.filter(isOfIt).slice(-MOST_SESSIONS).map(sessionEvidence),
    ...facts.violations
      .filter(isOfIt)
      .filter(({ at }) => at >= since)
      .slice(-MOST_OTHERS)
      .map(({ id, kind, agent, at }) => ({
        id,
        text: `violation ${kind} by ${plainLine(agent)} on ${formatMoment(at)}`,
      })),
    ...facts.models
      .filter(isOfIt)
      .filter(({ first }) => first >= since)
      .slice(-MOST_OTHERS)
      .map(({ agent, model, first }) => ({
        id: `model:${agent}:${model}`,
        text: `${plainLine(agent)} used the model ${plainLine(model)} for the first time on ${formatMoment(first)}`,
      })),
    ...facts.events
      .filter(({ at }) => at >= since)
      .slice(-MOST_OTHERS)
      .map(({ id, type, at }) => ({
        id,
        text: `event ${plainLine(type)} was recorded on ${formatMoment(at)}`,
      })),
    ...otherAlerts(alert, alerts),
  ];
  return [...new Map(all.map((each) => [each.id, each])).values()];
}

function runs({ facts }: Alert): readonly CaseEvidence[] {
  return facts.evidence.runs.map(({ run, attempt, agent, at, usd, note }) => ({
    id: `run:${run}:${attempt}`,
    text: `run ${run}, attempt ${attempt} of ${plainLine(agent)} began ${formatMoment(at)} and cost ${formatUsd(usd)}: ${plainLine(note, 160)}`,
  }));
}

function sessionEvidence({ id, agent, at, outcome, cost, tokens, duration, repeats }: SessionMark): CaseEvidence {
  const parts = [
    `${outcome}, cost ${formatUsd(cost.usd)}`,
    ...(tokens === null ? [] : [`${formatNumber(tokens)} tokens`]),
    ...(duration === null ? [] : [`took ${formatDuration(duration)}`]),
    ...(repeats === undefined
      ? []
      : [`called ${plainLine(repeats.inARow.tool)} ${repeats.inARow.calls} times alike in a row`]),
  ];
  return { id, text: `session of ${plainLine(agent)} on ${formatMoment(at)}: ${parts.join(', ')}` };
}

function otherAlerts(alert: Alert, alerts: readonly Alert[]): readonly CaseEvidence[] {
  return alerts
    .filter(({ fingerprint, state }) => fingerprint !== alert.fingerprint && state === 'active')
    .slice(0, MOST_OTHERS)
    .map(({ fingerprint, episode, name, facts }) => ({
      id: `alert:${fingerprint.slice(0, 16)}:${episode}`,
      text: `alert ${plainLine(name)} is active: ${plainLine(facts.reason, 200)}`,
    }));
}
