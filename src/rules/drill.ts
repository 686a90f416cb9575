import { z } from 'zod';
import type { DrillMark, Facts } from '../core/facts.ts';
import type { Evidence, Finding } from '../core/finding.ts';
import type { Severity } from '../core/outcome.ts';
import { formatQuantity } from '../core/quantity.ts';
import type { Rule } from '../core/rule.ts';
import { between, dayOf, formatDuration, type Instant } from '../core/time.ts';
import { lastLiveDrill } from '../metrics/drills.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';

export interface DrillOptions {
  readonly enabled: boolean;
  readonly expected_every: string;
  readonly max_time_to_stop: string;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  expected_every: durationOption('35d', '365d', 'A live drill is overdue when the last one was longer ago than this.'),
  max_time_to_stop: durationOption('10m', '6h', 'A stop that takes longer than this in a drill is too slow.'),
});

/**
 * An untested stop is only a hope. Before the first live drill the answer is unknown, so that nobody is alerted about a drill they
 * never set up.
 */
export const drill: Rule<DrillOptions, z.ZodObject> = {
  name: 'drill',
  title: 'The stop is not proven',
  question: 'Did the last drill of the emergency stop succeed, in time and not too long ago?',
  remedy: [
    'Read what the last drill says failed, put it right and run another drill: `checkrein drill --repo OWNER/NAME`.',
    'Until a drill succeeds, know the way by hand: disable the workflow, then cancel its runs, under Actions.',
    'When drills are overdue, check that the workflow that runs them still has its schedule and is not disabled.',
    'When the stop is slow, look at which runs had to be ended by force; raise `rules.drill.max_time_to_stop` only if that is the price of letting an agent end in good order.',
  ],
  options,
  judge(facts: Facts, settings: DrillOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? [judgeDrill(lastLiveDrill(facts.drills), settings, now)] : [];
  },
};

function judgeDrill(last: DrillMark | null, settings: DrillOptions, now: Instant): Finding {
  const limit = readDuration(settings.max_time_to_stop);
  const base = {
    rule: 'drill',
    subject: { kind: 'checkrein' as const, name: 'drill' },
    labels: {},
    value: last?.timeToStop ?? null,
    limit,
    unit: 'ms' as const,
  };
  if (last === null) return { ...base, outcome: 'unknown', reason: 'No live drill of the stop is on record yet.' };
  const complaints = complaintsAbout(last, settings, now);
  const day = dayOf(last.at);
  if (complaints.length === 0) {
    return { ...base, outcome: 'ok', reason: `The drill of ${day} stopped its canary in ${inWords(last)}.` };
  }
  return {
    ...base,
    outcome: 'violated',
    severity: complaints.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning',
    reason: complaints.map(({ sentence }) => sentence).join(' '),
    evidence: evidenceOf(last),
    explainedBy: null,
  };
}

interface Complaint {
  readonly severity: Severity;
  readonly sentence: string;
}

/** Names days instead of ages, because an old drill must not look like news at every look. */
function complaintsAbout(last: DrillMark, settings: DrillOptions, now: Instant): readonly Complaint[] {
  const day = dayOf(last.at);
  const { timeToStop } = last;
  const limit = readDuration(settings.max_time_to_stop);
  const every = readDuration(settings.expected_every);
  const complaints: Complaint[] = [];
  if (!last.ok) {
    // A drill that did not even see its canary run has not shown that the stop is broken.
    const severity = last.timeToDetect === null ? 'warning' : 'critical';
    complaints.push({ severity, sentence: `The drill of the stop on ${day} failed: ${asSentence(last.detail)}` });
  }
  if (timeToStop !== null && timeToStop > limit) {
    const sentence = `The drill on ${day} took ${inWords(last)} to stop its canary; at most ${formatDuration(limit)} are allowed.`;
    complaints.push({ severity: 'warning', sentence });
  }
  if (between(last.at, now) > every) {
    const sentence = `The last drill of the stop was held on ${day}; one is expected every ${formatDuration(every)}.`;
    complaints.push({ severity: 'warning', sentence });
  }
  return complaints;
}

function asSentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

function inWords({ timeToStop }: DrillMark): string {
  return formatQuantity(timeToStop, 'ms');
}

function evidenceOf({ timeToDetect, timeToStop, timeToRecover }: DrillMark): Evidence {
  return {
    facts: [
      { label: 'Time until its run was seen', value: timeToDetect, unit: 'ms' },
      { label: 'Time until it was stopped', value: timeToStop, unit: 'ms' },
      { label: 'Time until it was resumed', value: timeToRecover, unit: 'ms' },
    ],
    runs: [],
    moreRuns: 0,
    chart: null,
  };
}
