import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import { type Finding, NO_EVIDENCE } from '../core/finding.ts';
import type { Health } from '../core/health.ts';
import type { Rule } from '../core/rule.ts';
import { repositorySubject, type Subject } from '../core/subject.ts';
import { enabledOption } from './options.ts';

export interface UnhealthyOptions {
  readonly enabled: boolean;
  readonly below: number;
  readonly well_from: number;
  readonly min_calls: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  below: z.number().min(1).max(100).default(50).describe('A score below this is a warning.'),
  well_from: z
    .number()
    .min(1)
    .max(100)
    .default(80)
    .describe('The alert ends at this score: between the two, an open one stays open and no new one is opened.'),
  min_calls: z
    .int()
    .min(0)
    .default(20)
    .describe('An MCP server that was called fewer times in 24 hours, and is not probed, is not reported.'),
});

/**
 * For the parts of the system that have no rule of their own. Telemetry is covered by `blind`, our own lateness by `late`, and
 * agents by their failures and violations.
 */
export const unhealthy: Rule<UnhealthyOptions, z.ZodObject> = {
  name: 'unhealthy',
  title: 'Something that agents depend on is unhealthy',
  question: 'Do the MCP servers of the agents, the ledger and the runners of GitHub answer as they should?',
  remedy: [
    'Look at the parts of the score below: they say what is slow, fails or cannot be reached.',
    'For an MCP server, look at its tools with `checkrein profile --server NAME`, and see whether it was changed or its service is down.',
    'Pause agents that need the server: what they do without it costs money too.',
    'For GitHub Actions, look at githubstatus.com and whether all your runners are busy.',
  ],
  options,
  judge(facts: Facts, settings: UnhealthyOptions): readonly Finding[] {
    if (!settings.enabled) return [];
    const { components, servers } = facts.health();
    const subject = repositorySubject(facts.repo);
    const told = servers.filter(
      ({ calls, parts }) => calls >= settings.min_calls || parts.some(({ name }) => name === 'probe'),
    );
    return [
      ...told.map((server) =>
        judgeHealth(`The MCP server ${server.name}`, server, { server: server.name }, subject, settings),
      ),
      judgeHealth('The ledger', components.database, { part: 'database' }, subject, settings),
      judgeHealth('GitHub Actions', components.githubActions, { part: 'github-actions' }, subject, settings),
    ];
  },
};

function judgeHealth(
  what: string,
  { score, parts }: Health,
  labels: Finding['labels'],
  subject: Subject,
  { below, well_from: wellFrom }: UnhealthyOptions,
): Finding {
  const base = { rule: unhealthy.name, subject, labels, value: score, limit: below, unit: 'count' as const };
  if (score === null)
    return { ...base, outcome: 'unknown', reason: `How well ${what} is cannot be told: too little is known of it.` };
  if (score >= below) {
    const reason = `${what} has a health of ${score} of 100.`;
    return score >= wellFrom ? { ...base, outcome: 'ok', reason } : { ...base, outcome: 'ok', holds: true, reason };
  }
  const worst = parts.filter((part) => part.score !== null).reduce((a, b) => ((b.score ?? 0) < (a.score ?? 0) ? b : a));
  return {
    ...base,
    outcome: 'violated',
    severity: 'warning',
    reason: `${what} has a health of ${score} of 100. ${worst.reason}`,
    evidence: { ...NO_EVIDENCE, facts: parts.map(({ name, score: value }) => ({ label: name, value, unit: 'count' })) },
    explainedBy: null,
  };
}
