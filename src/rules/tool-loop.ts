import { z } from 'zod';
import type { Facts, SessionMark } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import type { Repeats, SameCalls } from '../core/session.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, type Instant } from '../core/time.ts';
import { agentNames, blindness } from '../metrics/sight.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';
import { runEvidence } from './run-evidence.ts';

export interface ToolLoopOptions {
  readonly enabled: boolean;
  readonly window: string;
  readonly in_a_row: number;
  readonly critical_in_a_row: number;
  readonly same_calls: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  window: durationOption('6h', '3d', 'Sessions that ended within this time are looked at.'),
  in_a_row: z
    .int()
    .min(3)
    .max(100_000)
    .default(10)
    .describe('How many equal calls, one right after the other, it takes.'),
  critical_in_a_row: z.int().min(3).max(100_000).default(40).describe('This many in a row are critical.'),
  same_calls: z
    .int()
    .min(3)
    .max(100_000)
    .default(30)
    .describe('How many equal calls in one session it takes, whatever came in between.'),
});

/** A session whose record says how often calls were repeated. */
type Told = SessionMark & { readonly repeats: Repeats };

/**
 * Sessions that made the same call again and again: the same tool with the same input, which usually gives the same answer. A
 * single such session is reported, whatever is usual, because ten identical calls in a row are never the habit of an agent that
 * works well.
 */
export const toolLoop: Rule<ToolLoopOptions, z.ZodObject> = {
  name: 'tool-loop',
  title: 'A session repeats the same call',
  question: 'Does a session call one tool with one and the same input again and again?',
  remedy: [
    'Open the log of the run, and look at what the call answered: an error that tells nothing invites another try.',
    'Make the tool say what to do instead, or let it wait for its result rather than be asked for it.',
    'Bound the session with `--max-turns`, or with a limit in `agents:` of the configuration.',
    'Raise `rules.tool-loop.in_a_row` or `same_calls` where the agent is meant to ask again, for example while it waits for a build.',
  ],
  options,
  judge(facts: Facts, settings: ToolLoopOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? agentNames(facts).map((agent) => judgeAgent(facts, agent, settings, now)) : [];
  },
};

function judgeAgent(facts: Facts, agent: string, settings: ToolLoopOptions, now: Instant): Finding {
  const from = after(now, -readDuration(settings.window));
  const marks = facts.sessions.filter((mark) => mark.agent === agent && endOf(mark) >= from);
  const told = marks.filter(isTold).sort((a, b) => strengthOf(b, settings) - strengthOf(a, settings));
  const [worst] = told;
  const said = saidOf(agent, worst, settings);
  if (worst !== undefined && strengthOf(worst, settings) >= 1) return tell(facts, told, said, settings);
  const blind = blindness(facts);
  if (blind !== null) return unsure({ ...said, reason: `${said.reason} More is not known: ${blind}.` });
  if (worst !== undefined || marks.length === 0) return fine(said);
  return unsure({
    ...said,
    reason: `No record of the last sessions of ${plainLine(agent)} tells which calls were equal.`,
  });
}

function endOf({ at, duration }: SessionMark): Instant {
  return after(at, duration ?? 0);
}

function isTold(mark: SessionMark): mark is Told {
  return mark.repeats !== undefined;
}

/** How close a session comes to the nearer of the two limits. From 1 on it is reported. */
function strengthOf({ repeats }: Told, { in_a_row, same_calls }: ToolLoopOptions): number {
  return Math.max(repeats.inARow.calls / in_a_row, repeats.most.calls / same_calls);
}

function saidOf(agent: string, worst: Told | undefined, { in_a_row, same_calls }: ToolLoopOptions): Said {
  const name = plainLine(agent);
  const base = { rule: 'tool-loop', subject: agentSubject(agent), unit: 'count' as const };
  if (worst === undefined) {
    return { ...base, value: null, limit: in_a_row, reason: `No session of ${name} repeated a call lately.` };
  }
  const { inARow, most } = worst.repeats;
  if (inARow.calls / in_a_row >= most.calls / same_calls) {
    const reason = `A session of ${name} called ${toolOf(inARow)} with the same input ${times(inARow)} in a row.`;
    return { ...base, value: inARow.calls, limit: in_a_row, reason };
  }
  const reason = `A session of ${name} called ${toolOf(most)} with the same input ${times(most)}.`;
  return { ...base, value: most.calls, limit: same_calls, reason };
}

function toolOf({ server, tool }: SameCalls): string {
  return server === null ? plainLine(tool) : `${plainLine(tool)} of ${plainLine(server)}`;
}

function times({ calls }: SameCalls): string {
  return calls === 1 ? 'once' : `${calls} times`;
}

function tell(facts: Facts, told: readonly Told[], said: Said, settings: ToolLoopOptions): Finding {
  const over = told.filter((mark) => strengthOf(mark, settings) >= 1);
  const longest = Math.max(...over.map(({ repeats }) => repeats.inARow.calls));
  const runs = over.flatMap((mark) => facts.runs.find((run) => isOf(mark, run)) ?? []);
  return wrong(said, longest >= settings.critical_in_a_row ? 'critical' : 'warning', {
    facts: [
      { label: 'Equal calls in a row', value: longest, unit: 'count' },
      {
        label: 'Equal calls of a session',
        value: Math.max(...over.map(({ repeats }) => repeats.most.calls)),
        unit: 'count',
      },
      { label: 'Sessions that repeat calls', value: over.length, unit: 'sessions' },
    ],
    ...runEvidence(facts, [...new Set(runs)], (run) => noteOf(over.find((mark) => isOf(mark, run)))),
  });
}

function isOf(mark: SessionMark, { run, attempt }: Facts['runs'][number]): boolean {
  return mark.run === run && (mark.attempt ?? 1) === attempt;
}

function noteOf(mark: Told | undefined): string {
  return mark === undefined
    ? ''
    : `${mark.repeats.inARow.calls} equal calls in a row, ${mark.repeats.most.calls} in all`;
}
