import type { Facts } from '../../core/facts.ts';
import { type Finding, findingKey } from '../../core/finding.ts';
import type { ServerUse } from '../../core/server-use.ts';
import { agentSubject } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import { after, DAY, type Duration, dayOf, type Instant } from '../../core/time.ts';
import { fine, type Said, unsure, wrong } from '../answer.ts';
import { sessionsAMonth } from './occasions.ts';

/** The most false alarms a month to expect per server of an agent. Rows come in whole sessions, so there are far fewer. */
const FALSE_ALARMS = 0.3;
/** The fewest earlier sessions needed to know the habit. */
const LEAST_SESSIONS = 15;
/** A server called in a smaller share of sessions is called only for some tasks, and tasks come in bouts. */
const LEAST_SHARE = 0.7;
/** What an agent did without for longer than this is its new habit. */
const TOLD_FOR: Duration = 7 * DAY;
/** Longer rows are not considered. The share is bounded, so they do not come up. */
const MOST = 1_000;

/**
 * Whether agents have stopped calling an MCP server that they called in most sessions. The line follows from the agent's own habit.
 * The share of sessions without it is known as well as the number of sessions allows (a beta distribution with the prior of H.
 * Jeffreys, 1946), so a row of k such sessions has the probability of k draws from Pólya's urn. As many rows can begin in a month
 * as there are sessions.
 */
export function judgeServers(facts: Facts, now: Instant): readonly Finding[] {
  const findings = facts.serverUses.map((use) => judgeUse(facts, use, now));
  return findings.map((finding) => {
    if (finding.outcome !== 'violated') return finding;
    const server = finding.labels['server'];
    const first = findings.find((other) => other.outcome === 'violated' && other.labels['server'] === server);
    return first === undefined || first === finding ? finding : { ...finding, explainedBy: findingKey(first) };
  });
}

function judgeUse(facts: Facts, use: ServerUse, now: Instant): Finding {
  const { agent, server, sessions, calledIn, missing, missingSince } = use;
  const name = plainLine(agent);
  const share = calledIn / sessions;
  const reason = `${name} called the MCP server ${plainLine(server)} in ${Math.round(100 * share)} % of its sessions`;
  const said: Said = {
    rule: 'session-shift',
    subject: agentSubject(agent),
    labels: { metric: 'server', server },
    value: missing,
    limit: null,
    unit: 'sessions',
    reason: `${reason}.`,
  };
  if (sessions < LEAST_SESSIONS) {
    const why = `${Math.round(sessions)} sessions since its first call of the MCP server ${plainLine(server)} are known`;
    return unsure({ ...said, reason: `Of ${name}, ${why}; ${LEAST_SESSIONS} are needed.` });
  }
  if (missingSince === null) return fine(said);
  const limit = longestByChance(use, sessionsAMonth(facts, agent, now));
  const known = { ...said, limit };
  if (share < LEAST_SHARE || missing <= limit) return fine(known);
  const told = { ...known, reason: `${reason}, and in none of the last ${missing}, since ${dayOf(missingSince)}.` };
  if (missingSince < after(now, -TOLD_FOR)) return fine(told);
  return wrong(told, 'warning', {
    facts: [
      { label: 'Sessions in a row without a call of it', value: missing, unit: 'sessions' },
      { label: 'The longest row that is chance', value: limit, unit: 'sessions' },
      { label: 'Share of sessions that called it before', value: share, unit: 'ratio' },
      { label: 'Sessions that this rests on', value: Math.round(sessions), unit: 'sessions' },
    ],
  });
}

/** The longest row without a call that chance produces more often than we allow. */
function longestByChance({ sessions, calledIn }: ServerUse, aMonth: number): number {
  let [expected, length] = [aMonth, 0];
  while (expected > FALSE_ALARMS && length < MOST) {
    expected *= (sessions - calledIn + 0.5 + length) / (sessions + 1 + length);
    length += 1;
  }
  return length - 1;
}
