import { z } from 'zod';
import type { Facts, RunMark } from '../core/facts.ts';
import { type Finding, findingKey } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import { outcomeOfRun } from '../core/run.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, between, type Instant } from '../core/time.ts';
import { agentNames, blindness } from '../metrics/sight.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';
import { runEvidence } from './run-evidence.ts';

export interface RetryStormOptions {
  readonly enabled: boolean;
  readonly window: string;
  readonly within: string;
  readonly min_retries: number;
  readonly critical_retries: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  window: durationOption('6h', '3d', 'Retries within this time are looked at together.'),
  within: durationOption(
    '2m',
    '1h',
    'A start that follows a failure sooner than this is a retry, as is every re-run of a failed attempt.',
  ),
  min_retries: z.int().min(2).max(1_000).default(8).describe('How many retries that failed as well it takes.'),
  critical_retries: z.int().min(2).max(10_000).default(30).describe('From this many on it is critical.'),
});

/** Something that fails, is retried at once, and fails again. A spent quota does not come back by asking. */
export const retryStorm: Rule<RetryStormOptions, z.ZodObject> = {
  name: 'retry-storm',
  title: 'Failures are tried again and again',
  question: 'Is an agent started again right after it failed, and fails again, many times?',
  remedy: [
    'Look at what starts it again: a re-run by hand or by a workflow, or a trigger that its own failure fires.',
    'Give the retry a limit and a longer wait, or leave it to the next schedule.',
    'Stop the agent while the cause is outside: comment `/checkrein stop AGENT`.',
    'Raise `rules.retry-storm.min_retries` where that many retries are intended.',
  ],
  options,
  judge(facts: Facts, settings: RetryStormOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? agentNames(facts).map((agent) => judgeAgent(facts, agent, settings, now)) : [];
  },
};

function judgeAgent(facts: Facts, agent: string, settings: RetryStormOptions, now: Instant): Finding {
  const from = after(now, -readDuration(settings.window));
  const runs = facts.runs.filter((run) => run.agent === agent && run.startedAt >= from && run.startedAt <= now);
  const retries = failedRetries(runs, readDuration(settings.within));
  const times = retries.length === 1 ? 'once' : `${retries.length} times`;
  const said: Said = {
    rule: 'retry-storm',
    subject: agentSubject(agent),
    value: retries.length,
    limit: settings.min_retries,
    unit: 'runs',
    reason: `${plainLine(agent)} was tried again right after a failure, and failed again, ${retries.length === 0 ? 'not once' : times} in ${settings.window}.`,
  };
  if (retries.length >= settings.min_retries) {
    const severity = retries.length >= settings.critical_retries ? 'critical' : 'warning';
    const evidence = {
      facts: [
        { label: 'Retries that failed', value: retries.length, unit: 'runs' as const },
        { label: 'Starts in that time', value: runs.length, unit: 'runs' as const },
      ],
      ...runEvidence(facts, [...retries].reverse(), (run) =>
        run.attempt > 1 ? `attempt ${run.attempt}` : 'started right after a failure',
      ),
    };
    return wrong(said, severity, evidence, findingKey({ rule: 'runaway', subject: agentSubject(agent), labels: {} }));
  }
  const blind = blindness(facts);
  if (blind !== null) return unsure({ ...said, reason: `${said.reason} More is not known: ${blind}.` });
  return fine(said, 2 * retries.length >= settings.min_retries);
}

function failedRetries(runs: readonly RunMark[], within: number): readonly RunMark[] {
  return runs.filter((run, i) => failed(run) && (run.attempt > 1 || follows(runs.slice(0, i), run, within)));
}

function failed({ status, conclusion }: RunMark): boolean {
  const outcome = status === 'completed' ? outcomeOfRun(conclusion) : 'unknown';
  return outcome === 'failed' || outcome === 'timed_out';
}

function follows(before: readonly RunMark[], run: RunMark, within: number): boolean {
  return before.some((earlier) => {
    const gap = between(earlier.updatedAt, run.startedAt);
    return failed(earlier) && gap >= 0 && gap < within;
  });
}
