import { z } from 'zod';
import type { Facts, SessionMark } from '../core/facts.ts';
import { type Finding, findingKey } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, DAY, type Duration, type Instant } from '../core/time.ts';
import { agentNames, blindness } from '../metrics/sight.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { enabledOption } from './options.ts';
import { runEvidence } from './run-evidence.ts';

export interface FailuresInARowOptions {
  readonly enabled: boolean;
  readonly count: number;
  readonly critical_count: number;
  readonly chance: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  count: z.int().min(2).max(1_000).default(2).describe('So many failures one after the other before it counts.'),
  critical_count: z.int().min(2).max(10_000).default(20).describe('So many are critical.'),
  chance: z
    .number()
    .gt(0)
    .max(1)
    .default(0.2)
    .describe(
      'How many such rows chance may make in two weeks, at the share of failures that this agent had before: more are bad luck.',
    ),
});

/** How often the agent failed before is looked at so far back; hours are kept no longer. */
const LOOK_BACK: Duration = 14 * DAY;

/**
 * The last sessions of an agent, all of which failed. A row of five is news of an agent that never fails and none of one that fails every
 * other time: the row must be improbable at the rate of failures before it, over all the places where one could have begun.
 */
export const failuresInARow: Rule<FailuresInARowOptions, z.ZodObject> = {
  name: 'failures-in-a-row',
  title: 'One failure after the other',
  question: 'Did the last sessions of an agent all fail, more of them than chance explains?',
  remedy: [
    'Open the first failed run of the row, and compare it with the good one before it.',
    'Disable the workflow while the cause is outside (a quota, an expired key): each start costs money.',
    'Raise `rules.failures-in-a-row.count` for an agent whose failures are part of its work.',
  ],
  options,
  judge(facts: Facts, settings: FailuresInARowOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? agentNames(facts).map((agent) => judgeAgent(facts, agent, settings, now)) : [];
  },
};

function judgeAgent(facts: Facts, agent: string, settings: FailuresInARowOptions, now: Instant): Finding {
  const row = lastRow(facts.sessions.filter((mark) => mark.agent === agent));
  const said = saidOf(agent, row.length, settings);
  if (row.length >= settings.count) {
    const chance = chanceOf(facts, agent, row.length, now);
    if (chance <= settings.chance) return tell(facts, agent, row, said, settings);
    const percent = Math.min(100, Math.round(chance * 100));
    return fine({
      ...said,
      reason: `${said.reason} It often fails: chance alone makes such a row in ${percent} % of the times.`,
    });
  }
  const blind = blindness(facts);
  if (blind !== null) return unsure({ ...said, reason: `${said.reason} More is not known: ${blind}.` });
  return fine(said);
}

function saidOf(agent: string, length: number, { count }: FailuresInARowOptions): Said {
  const name = plainLine(agent);
  return {
    rule: 'failures-in-a-row',
    subject: agentSubject(agent),
    value: length,
    limit: count,
    unit: 'sessions',
    reason:
      length === 0
        ? `${name} did not fail last.`
        : `${name} failed ${length === 1 ? 'once' : `${length} times`} in a row.`,
  };
}

/** The failures since the last session that ended well. Sessions that were cancelled, or of an unknown end, say nothing. */
function lastRow(marks: readonly SessionMark[]): readonly SessionMark[] {
  const row: SessionMark[] = [];
  for (const mark of [...marks].reverse()) {
    if (mark.outcome === 'completed' || mark.outcome === 'stopped_by_limit') break;
    if (mark.outcome === 'failed' || mark.outcome === 'timed_out') row.push(mark);
  }
  return row;
}

/**
 * How many such rows are expected among as many sessions by chance. The share that failed before is known as well as so many sessions tell it
 * (a beta distribution with the prior of H. Jeffreys, 1946), so each failure of a row makes the next one more probable.
 */
function chanceOf(facts: Facts, agent: string, length: number, now: Instant): number {
  const { points } = facts.series(
    'sessions.failed',
    agentSubject(agent),
    'hour',
    after(now, -LOOK_BACK),
    after(now, 1),
  );
  let [known, failed] = [0, 0];
  for (const { aggregate } of points) {
    known += aggregate?.count ?? 0;
    failed += aggregate?.sum ?? 0;
  }
  const before = Math.max(0, known - length);
  const failedBefore = Math.max(0, failed - length);
  let chance = Math.max(1, known);
  for (let place = 0; place < length; place += 1) chance *= (failedBefore + 0.5 + place) / (before + 1 + place);
  return chance;
}

function tell(
  facts: Facts,
  agent: string,
  row: readonly SessionMark[],
  said: Said,
  { critical_count }: FailuresInARowOptions,
): Finding {
  const runs = facts.runs
    .filter((run) => row.some((mark) => mark.run === run.run && mark.attempt === run.attempt))
    .reverse();
  return wrong(
    said,
    row.length >= critical_count ? 'critical' : 'warning',
    {
      facts: [{ label: 'Failures in a row', value: row.length, unit: 'sessions' }],
      ...runEvidence(facts, runs, () => 'failed'),
    },
    findingKey({ rule: 'failure-spike', subject: agentSubject(agent), labels: {} }),
  );
}
