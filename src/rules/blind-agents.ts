import type { Facts, RunMark } from '../core/facts.ts';
import { type Finding, findingKey, NO_EVIDENCE } from '../core/finding.ts';
import type { Severity } from '../core/outcome.ts';
import { agentSubject, repositorySubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import type { AbsenceReason } from '../core/work-events.ts';
import { agentNames, blindness } from '../metrics/sight.ts';

/** When records are missing. */
export interface TelemetryLimits {
  readonly runs: number;
  readonly min_runs: number;
  readonly share: number;
  readonly ignore_agents: readonly string[];
}

type Missing = Exclude<AbsenceReason, 'skipped'>;

/** What an agent without records has to change. Each cause is a separate story: fixing one does not fix the other. */
type Cause = 'not_uploaded' | 'expired' | 'too_large' | 'unreadable' | 'unsupported';

const CAUSE_OF: Readonly<Record<Missing, Cause>> = {
  no_artifact: 'not_uploaded',
  not_found_inside: 'not_uploaded',
  expired: 'expired',
  too_large: 'too_large',
  unreadable: 'unreadable',
  unsupported: 'unsupported',
};

/** In order of precedence if two causes explain equally many runs. */
const CAUSES: readonly Cause[] = ['not_uploaded', 'expired', 'too_large', 'unreadable', 'unsupported'];

/** What was found instead of a record, and what to change, as the end of a sentence. */
const WHY: Readonly<Record<Cause, string>> = {
  not_uploaded:
    'no artifact of the runs holds a session file; add a step that uploads the one of the agent, or its path to the step that uploads',
  expired: 'the artifacts were gone before they were read; raise their `retention-days`',
  too_large:
    'the artifacts are larger than `collect.max_artifact_mb`; upload the session file as an artifact of its own',
  unreadable: 'the session files could not be read; see whether the agent was cut off while it wrote',
  unsupported: 'Checkrein does not read the session files of this engine yet',
};

/** Nothing can be done about an engine that we cannot read, so it alerts nobody. */
const SEVERITY: Readonly<Record<Cause, Severity>> = {
  not_uploaded: 'warning',
  expired: 'warning',
  too_large: 'warning',
  unreadable: 'warning',
  unsupported: 'info',
};

const MOST_NAMES = 8;

/**
 * Whether the agents leave records: an answer for each agent, and one for the repository and each cause. If several agents leave
 * none for the same cause, the repository's answer reports it once, because that is how Checkrein was set up and not one accident
 * per agent.
 *
 * No answer contains a number or a run that changes while the problem lasts, so that an issue nobody has dealt with yet is not
 * rewritten at every run.
 */
export function judgeTelemetry(facts: Facts, limits: TelemetryLimits): readonly Finding[] {
  const names = agentNames(facts).filter((name) => !limits.ignore_agents.includes(name));
  const own = names.map((name) => judgeAgent(facts, name, limits));
  const together = CAUSES.map((cause) => judgeCause(facts, own, cause));
  const told = new Map(
    together.flatMap(({ cause, finding }) =>
      finding.outcome === 'violated' ? [[cause, findingKey(finding)] as const] : [],
    ),
  );
  return [
    ...own.map(({ cause, finding }) => {
      const teller = cause === null ? undefined : told.get(cause);
      return finding.outcome === 'violated' && teller !== undefined ? { ...finding, explainedBy: teller } : finding;
    }),
    ...together.map(({ finding }) => finding),
  ];
}

/** An answer and, if it is violated, why records are missing. */
interface Answer {
  readonly cause: Cause | null;
  readonly finding: Finding;
}

const NO_NUMBERS = { value: null, limit: null, unit: 'count' } as const;

function judgeAgent(facts: Facts, agent: string, limits: TelemetryLimits): Answer {
  const settled = facts.runs.filter((run) => run.agent === agent && isSettled(run)).slice(-limits.runs);
  const missing = settled.flatMap(({ telemetry }) => (isMissing(telemetry) ? [telemetry] : []));
  const name = plainLine(agent);
  const base = { rule: 'blind', subject: agentSubject(agent), labels: {}, ...NO_NUMBERS };
  if (settled.length >= limits.min_runs && missing.length >= limits.share * settled.length) {
    const cause = commonest(missing);
    const workflow = settled.at(-1)?.workflow ?? '';
    const reason = `${howMany(missing.length, settled.length)} of the last runs of ${name} (${plainLine(workflow)}) left no record of what they did and cost: ${WHY[cause]}.`;
    const severity = SEVERITY[cause];
    return {
      cause,
      finding: { ...base, outcome: 'violated', severity, reason, evidence: NO_EVIDENCE, explainedBy: null },
    };
  }
  return { cause: null, finding: { ...base, ...withoutTrouble(facts, name, limits, settled.length, missing.length) } };
}

function withoutTrouble(
  facts: Facts,
  name: string,
  limits: TelemetryLimits,
  looked: number,
  missing: number,
):
  | Pick<Extract<Finding, { outcome: 'ok' }>, 'outcome' | 'reason' | 'holds'>
  | (Pick<Finding, 'reason'> & { outcome: 'unknown' }) {
  if (looked === 0) return { outcome: 'unknown', reason: `No run of ${name} has been looked at lately.` };
  const reason = `${looked - missing} of the last ${looked} runs of ${name} left a record.`;
  const blind = blindness(facts);
  if (blind !== null) return { outcome: 'unknown', reason: `${reason} More is not known: ${blind}.` };
  if (missing === 0) return { outcome: 'ok', reason };
  return looked < limits.min_runs ? { outcome: 'unknown', reason } : { outcome: 'ok', reason, holds: true };
}

/** In words, because a number would change from run to run. */
function howMany(missing: number, looked: number): string {
  if (missing === looked) return 'All';
  return 2 * missing >= looked ? 'Half or more' : 'Some';
}

/**
 * Runs that did work and were looked at. Runs that never started or were called off owe no record, nor do those that failed before
 * the agent started. Whether so many fail is another rule's question.
 */
function isSettled({ status, telemetry, conclusion }: RunMark): boolean {
  if (status !== 'completed' || telemetry === 'awaited' || telemetry === 'skipped') return false;
  return telemetry === 'recorded' || conclusion === 'success' || conclusion === 'neutral';
}

function commonest(missing: readonly Missing[]): Cause {
  const count = (cause: Cause): number => missing.filter((reason) => CAUSE_OF[reason] === cause).length;
  return CAUSES.reduce((most, cause) => (count(cause) > count(most) ? cause : most));
}

function isMissing(telemetry: RunMark['telemetry']): telemetry is Missing {
  return Object.hasOwn(CAUSE_OF, telemetry);
}

function judgeCause(facts: Facts, own: readonly Answer[], cause: Cause): Answer {
  const silent = own.filter((answer) => answer.cause === cause).map(({ finding }) => plainLine(finding.subject.name));
  const base = { rule: 'blind', subject: repositorySubject(facts.repo), labels: { cause }, ...NO_NUMBERS };
  if (silent.length >= 2) {
    const more = silent.length > MOST_NAMES ? ` and ${silent.length - MOST_NAMES} more` : '';
    const reason = `Several agents leave no record of what they do and cost (${silent.slice(0, MOST_NAMES).join(', ')}${more}): ${WHY[cause]}.`;
    const severity = SEVERITY[cause];
    return {
      cause,
      finding: { ...base, outcome: 'violated', severity, reason, evidence: NO_EVIDENCE, explainedBy: null },
    };
  }
  const unknown = own.filter(({ finding }) => finding.outcome === 'unknown').length;
  if (unknown > 0 && unknown + silent.length >= 2) {
    const reason = `Of ${unknown} agents it is not known whether they leave records.`;
    return { cause: null, finding: { ...base, outcome: 'unknown', reason } };
  }
  const reason = `No two agents leave no record for the same cause (${cause.replaceAll('_', ' ')}).`;
  return { cause: null, finding: { ...base, outcome: 'ok', reason } };
}
