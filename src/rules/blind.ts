import { z } from 'zod';
import type { Facts, SourceStatus } from '../core/facts.ts';
import { type Finding, NO_EVIDENCE } from '../core/finding.ts';
import { formatMoment } from '../core/quantity.ts';
import type { Rule } from '../core/rule.ts';
import { between, type Duration, type Instant } from '../core/time.ts';
import { judgeTelemetry } from './blind-agents.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';

export interface BlindOptions {
  readonly enabled: boolean;
  readonly tolerance: string;
  readonly runs: number;
  readonly min_runs: number;
  readonly share: number;
  readonly ignore_agents: readonly string[];
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  tolerance: durationOption(
    '1h',
    '7d',
    'A source that may heal by itself is for information until it has failed for this long; one that cannot warns at once.',
  ),
  runs: z.int().min(1).max(50).default(5).describe('How many of the last runs of an agent are looked at.'),
  min_runs: z.int().min(1).max(50).default(3).describe('With fewer runs the rule says nothing about missing records.'),
  share: z.number().gt(0).max(1).default(0.5).describe('The share of runs without a record that is too much.'),
  ignore_agents: z
    .array(z.string().min(1).max(200))
    .max(200)
    .default([])
    .describe('The names of agents that are meant to leave no record; nothing is asked about those.'),
});

/**
 * Not seeing anything is not good news. Each source and each agent has its own answer; many agents that are blind for the same
 * cause share one.
 */
export const blind: Rule<BlindOptions, z.ZodObject> = {
  name: 'blind',
  title: 'Checkrein cannot see',
  question: 'Can every source be read, and does every run of an agent leave a record of what it did and cost?',
  remedy: [
    'For a source that fails: do what the message says; for missing permissions, add them under `permissions:` of the workflow that runs Checkrein.',
    'For an agent without records: keep its session file as an artifact. After the step that runs it, add a step with `if: always()` and `uses: actions/upload-artifact`, whose `path:` is the session file (for claude-code-action the output `execution_file` of its step). The name of the artifact does not matter.',
    'When artifacts expire before they are read, raise `retention-days` or run Checkrein more often.',
    'If it is not an agent, or is meant to leave no record, add its name to `rules.blind.ignore_agents`.',
  ],
  options,
  judge(facts: Facts, settings: BlindOptions, now: Instant): readonly Finding[] {
    if (!settings.enabled) return [];
    const tolerance = readDuration(settings.tolerance);
    const sources = facts.sources.map((status) => judgeSource(status, tolerance, now));
    return [...sources, ...judgeTelemetry(facts, settings)];
  },
};

function judgeSource(status: SourceStatus, tolerance: Duration, now: Instant): Finding {
  const { source, failure, failingSince, lastReadAt } = status;
  // Contains no number that grows with the clock, because an unchanged failure must not look like news.
  const base = {
    rule: 'blind',
    subject: { kind: 'source' as const, name: source },
    labels: {},
    value: null,
    limit: null,
    unit: 'count' as const,
  };
  if (failure !== null) {
    const since = failingSince ?? now;
    const lasting = !failure.retry || between(since, now) >= tolerance;
    return {
      ...base,
      outcome: 'violated',
      severity: lasting ? 'warning' : 'info',
      reason: `The source ${source} cannot be read since ${formatMoment(since)}: ${failure.message}. ${failure.remedy}`,
      evidence: NO_EVIDENCE,
      explainedBy: null,
    };
  }
  if (lastReadAt === null)
    return { ...base, outcome: 'unknown', reason: `The source ${source} has not been read yet.` };
  return { ...base, outcome: 'ok', reason: `The source ${source} reads well.` };
}
