import type { AbsenceReason } from '../core/event.ts';
import type { Facts, RunMark } from '../core/facts.ts';
import { type Finding, findingKey } from '../core/finding.ts';
import { agentSubject, repositorySubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { agentNames, blindness } from '../metrics/sight.ts';
import { runEvidence } from './run-evidence.ts';

/** When records are missing. */
export interface TelemetryLimits {
  readonly runs: number;
  readonly min_runs: number;
  readonly share: number;
}

type Missing = Exclude<AbsenceReason, 'skipped'>;

/** What was found instead of a record, and what to change, as the end of a sentence. */
const WHY: Readonly<Record<Missing, string>> = {
  no_artifact: 'the run left no artifact; add a step that uploads the session file of the agent',
  not_found_inside: 'no artifact of the run holds a session file; add its path to the step that uploads',
  expired: 'the artifact was gone before it was read; raise its `retention-days`',
  too_large: 'the artifact is larger than `collect.max_artifact_mb`; upload the session file as an artifact of its own',
  unsupported: 'Checkrein does not read the session files of its engine yet',
  unreadable: 'the session file could not be read; see whether the agent was cut off while it wrote',
};

const MOST_NAMES = 8;

/**
 * Whether the agents leave records: an answer for each, and one for the repository. Where several agents leave none, the
 * repository's answer tells it once: that is how Checkrein was set up, and not one accident an agent.
 */
export function judgeTelemetry(facts: Facts, limits: TelemetryLimits): readonly Finding[] {
  const own = agentNames(facts).map((agent) => judgeAgent(facts, agent, limits));
  const silent = own.filter(({ outcome }) => outcome === 'violated');
  const together = judgeTogether(facts, own, silent);
  if (together.outcome !== 'violated') return [...own, together];
  const explainedBy = findingKey(together);
  return [...own.map((finding) => (finding.outcome === 'violated' ? { ...finding, explainedBy } : finding)), together];
}

function judgeAgent(facts: Facts, agent: string, limits: TelemetryLimits): Finding {
  const settled = facts.runs.filter((run) => run.agent === agent && isSettled(run)).slice(-limits.runs);
  const missing = settled.filter(({ telemetry }) => telemetry !== 'recorded');
  const share = settled.length === 0 ? null : missing.length / settled.length;
  const name = plainLine(agent);
  const base = {
    rule: 'blind',
    subject: agentSubject(agent),
    labels: {},
    value: share,
    limit: limits.share,
    unit: 'ratio' as const,
  };
  if (share !== null && settled.length >= limits.min_runs && share >= limits.share) {
    const evidence = runEvidence(facts, [...missing].reverse(), (run) => run.telemetry.replaceAll('_', ' '));
    return {
      ...base,
      outcome: 'violated',
      severity: 'warning',
      reason: `${missing.length} of the last ${settled.length} runs of ${name} left no record of what they did and cost: ${WHY[commonest(missing)]}.`,
      evidence: { facts: countsOf(missing, settled.length), ...evidence, chart: null },
      explainedBy: null,
    };
  }
  if (share === null) return { ...base, outcome: 'unknown', reason: `No run of ${name} has been looked at lately.` };
  const reason = `${settled.length - missing.length} of the last ${settled.length} runs of ${name} left a record.`;
  const blind = blindness(facts);
  if (blind !== null) return { ...base, outcome: 'unknown', reason: `${reason} More is not known: ${blind}.` };
  const tooFew = missing.length > 0 && settled.length < limits.min_runs;
  return { ...base, outcome: tooFew ? 'unknown' : 'ok', reason };
}

/** Runs that have worked and were looked at: what never ran or was called off owes no record. */
function isSettled(run: RunMark): boolean {
  if (run.status !== 'completed' || run.telemetry === 'awaited' || run.telemetry === 'skipped') return false;
  return run.telemetry === 'recorded' || (run.conclusion !== 'skipped' && run.conclusion !== 'cancelled');
}

function commonest(missing: readonly RunMark[]): Missing {
  const counts = new Map<Missing, number>();
  for (const { telemetry } of missing) {
    if (isMissing(telemetry)) counts.set(telemetry, (counts.get(telemetry) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 'no_artifact';
}

function isMissing(telemetry: RunMark['telemetry']): telemetry is Missing {
  return Object.hasOwn(WHY, telemetry);
}

function countsOf(
  missing: readonly RunMark[],
  looked: number,
): readonly { label: string; value: number; unit: 'runs' }[] {
  return [
    { label: 'Runs looked at', value: looked, unit: 'runs' },
    { label: 'Without a record', value: missing.length, unit: 'runs' },
  ];
}

function judgeTogether(facts: Facts, own: readonly Finding[], silent: readonly Finding[]): Finding {
  const names = silent.map(({ subject }) => plainLine(subject.name));
  const base = {
    rule: 'blind',
    subject: repositorySubject(facts.repo),
    labels: {},
    value: silent.length,
    limit: 2,
    unit: 'count' as const,
  };
  if (silent.length >= 2) {
    const shown = names.slice(0, MOST_NAMES).join(', ');
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
    return {
      ...base,
      outcome: 'violated',
      severity: 'warning',
      reason: `${silent.length} of ${own.length} agents leave no record of what they do and cost: ${shown}${more}.`,
      evidence: evidenceTogether(silent),
      explainedBy: null,
    };
  }
  const unknown = own.filter(({ outcome }) => outcome === 'unknown').length;
  if (unknown + silent.length >= 2) {
    return { ...base, outcome: 'unknown', reason: `Of ${unknown} agents it is not known whether they leave records.` };
  }
  return { ...base, outcome: 'ok', reason: 'The agents leave records, or a single one does not.' };
}

function evidenceTogether(silent: readonly Finding[]): Extract<Finding, { outcome: 'violated' }>['evidence'] {
  const violated = silent.flatMap((finding) => (finding.outcome === 'violated' ? [finding] : []));
  const runs = violated.flatMap(({ evidence }) => evidence.runs);
  const shown = runs.slice(0, 20);
  const hidden = violated.reduce((sum, { evidence }) => sum + evidence.moreRuns, 0);
  return {
    facts: violated
      .slice(0, MOST_NAMES)
      .map(({ subject, value }) => ({ label: `Without a record: ${plainLine(subject.name)}`, value, unit: 'ratio' })),
    runs: shown,
    moreRuns: hidden + runs.length - shown.length,
    chart: null,
  };
}
