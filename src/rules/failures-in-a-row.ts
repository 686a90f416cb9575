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
  count: z
    .int()
    .min(2)
    .max(1_000)
    .default(3)
    .describe(
      'How many failures in a row it takes; one less for an agent of which at least 40 sessions of the last two weeks are known.',
    ),
  critical_count: z.int().min(2).max(10_000).default(20).describe('How many failures in a row are critical.'),
  chance: z
    .number()
    .gt(0)
    .max(1)
    .default(0.12)
    .describe(
      'How many such rows chance may make in two weeks, at the share of failures that this agent had before: more are bad luck. ' +
        'A quarter of that while fewer than 40 sessions are known, twice that for a row that is one shorter.',
    ),
});

/** How far back to look for the agent's earlier failures. Hourly sums are kept no longer. */
const LOOK_BACK: Duration = 14 * DAY;

/** With this many sessions in that time the failure rate is well known, and a shorter row is already significant. */
const WELL_KNOWN = 40;
/** Otherwise chance is allowed only this part, because what little is known may have been luck. */
const PART_OF_LITTLE_KNOWN = 1 / 4;
/** A row one shorter needs this much more evidence. It is reported early, and an agent that often fails never gets there. */
const TIMES_OF_SHORT = 2;

/**
 * An agent's last sessions, all of which failed. A row of five is news for an agent that never fails, but not for one that fails
 * every other time. So the row must be improbable at the earlier failure rate, over all the places where one could have begun.
 */
export const failuresInARow: Rule<FailuresInARowOptions, z.ZodObject> = {
  name: 'failures-in-a-row',
  title: 'One failure after the other',
  question: 'Did the last sessions of an agent all fail, more of them than chance explains?',
  remedy: [
    'Open the first of the failed runs, and compare it with the good one before it.',
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
  const past = pastOf(facts, agent, row.length, now);
  const bar = barOf(row.length, past, settings);
  const said = saidOf(agent, row.length, bar.count);
  if (row.length >= bar.count) {
    const chance = chanceOf(past, row.length);
    if (chance <= bar.chance) return tell(facts, agent, row, said, settings);
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

/** What a row must reach. */
function barOf(
  row: number,
  { sessions }: Past,
  { count, chance }: FailuresInARowOptions,
): Pick<FailuresInARowOptions, 'count' | 'chance'> {
  if (sessions < WELL_KNOWN) return { count, chance: chance * PART_OF_LITTLE_KNOWN };
  return row < count ? { count: Math.max(2, count - 1), chance: chance * TIMES_OF_SHORT } : { count, chance };
}

function saidOf(agent: string, length: number, count: number): Said {
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

/** The failures since the last session that ended well. Sessions that were cancelled or have an unknown end are ignored. */
function lastRow(marks: readonly SessionMark[]): readonly SessionMark[] {
  const row: SessionMark[] = [];
  for (const mark of [...marks].reverse()) {
    if (mark.outcome === 'completed' || mark.outcome === 'stopped_by_limit') break;
    if (mark.outcome === 'failed' || mark.outcome === 'timed_out') row.push(mark);
  }
  return row;
}

/** The sessions of the last two weeks, except those of the row. */
interface Past {
  readonly sessions: number;
  readonly failed: number;
}

function pastOf(facts: Facts, agent: string, row: number, now: Instant): Past {
  const from = after(now, -LOOK_BACK);
  const { points } = facts.series('sessions.failed', agentSubject(agent), 'hour', from, after(now, 1));
  let [known, failed] = [0, 0];
  for (const { aggregate } of points) {
    known += aggregate?.count ?? 0;
    failed += aggregate?.sum ?? 0;
  }
  return { sessions: Math.max(0, known - row), failed: Math.max(0, failed - row) };
}

/**
 * How many such rows chance is expected to produce in as many sessions. The earlier failure rate is known as well as that many
 * sessions allow (a beta distribution with the prior of H. Jeffreys, 1946), so each failure in a row makes the next one more
 * probable.
 */
function chanceOf({ sessions, failed }: Past, length: number): number {
  let chance = sessions + length;
  for (let place = 0; place < length; place += 1) chance *= (failed + 0.5 + place) / (sessions + 1 + place);
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
