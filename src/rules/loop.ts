import { z } from 'zod';
import type { Link } from '../core/causal.ts';
import type { Facts, RunMark } from '../core/facts.ts';
import { type Finding, findingKey } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import type { Instant } from '../core/time.ts';
import { agentNames, blindness } from '../metrics/sight.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import type { LoopOptions } from './loop/options.ts';
import { picture } from './loop/picture.ts';
import { gravest, type Trip, tripsIn } from './loop/trips.ts';
import { durationOption, enabledOption } from './options.ts';
import { runEvidence } from './run-evidence.ts';

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  talk_turns: z
    .int()
    .min(2)
    .max(1_000)
    .default(3)
    .describe(
      'Agents that set each other off by comments this many times in a row, and do nothing else, are critical.',
    ),
  depth: z
    .int()
    .min(3)
    .max(1_000)
    .default(8)
    .describe('A chain of this many runs is reported, whatever they do; twice as many are critical.'),
  doublings: z
    .int()
    .min(2)
    .max(20)
    .default(3)
    .describe('Each turn starting twice as many runs as the one before, this many times in a row, is critical.'),
  floor: durationOption('1m', '1h', 'A chain whose runs follow each other faster than this is critical.'),
  gap: durationOption(
    '10m',
    '6h',
    'A run that a bot set off within this time after another one ended may be its doing.',
  ),
  turns: z
    .int()
    .min(3)
    .max(1_000)
    .default(6)
    .describe('Where nobody can see what happened in between, this many runs in even turns are reported.'),
  critical_turns: z.int().min(3).max(10_000).default(20).describe('This many of them are critical.'),
});

/**
 * Chains of runs that set each other off, from the graph of what GitHub reports (src/metrics/causal): one agent whose output starts
 * it again, several that answer each other, one that starts more and more. A person who joins in starts the chain anew.
 */
export const loop: Rule<LoopOptions, z.ZodObject> = {
  name: 'loop',
  title: 'Agents set each other off',
  question: 'Does the output of an agent start it again, or do agents answer each other with no person among them?',
  remedy: [
    'Look at the picture: it shows which comment, push or dispatch started each run, and with which token.',
    "Leave bots out where the agent starts: `if: github.event.sender.type != 'Bot'`, or a label that only people set.",
    'Stop one of them until the loop is broken: comment `/checkrein stop AGENT`, or set `responses: { loop: pause-agent }`.',
    'Raise `rules.loop.talk_turns` or `rules.loop.depth` where agents are meant to work in turns.',
  ],
  options,
  judge(facts: Facts, settings: LoopOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? judgeAll(facts, settings, now) : [];
  },
};

function judgeAll(facts: Facts, settings: LoopOptions, now: Instant): readonly Finding[] {
  const trips = tripsIn(facts.causal(), settings, now);
  const blind = blindness(facts);
  return agentNames(facts).map((agent) => {
    const trip = gravest(trips.filter(({ agents }) => agents.includes(agent)));
    const said = saidOf(agent, trip, settings);
    if (trip !== null && trip.severity !== null) return tell(facts, agent, { ...trip, severity: trip.severity }, said);
    if (blind !== null) return unsure({ ...said, reason: `${said.reason} More is not known: ${blind}.` });
    return fine(said, trip !== null && 2 * trip.value >= trip.limit);
  });
}

/**
 * The agent whose finding reports a loop for which there is more evidence than timing; null if there is none. Rules that see its
 * speed leave it to that one.
 */
export function toldByLoop(facts: Facts, agent: string, now: Instant): string | null {
  const settings = options.parse({}) as unknown as LoopOptions;
  const trips = tripsIn(facts.causal(), settings, now);
  const trip = gravest(trips.filter(({ agents }) => agents.includes(agent)));
  if (trip === null || trip.severity !== 'critical' || trip.what === 'turns') return null;
  return findingKey({ rule: 'loop', subject: agentSubject(teller(trip)), labels: {} });
}

/** One story is reported once, by the first of its agents. */
function teller({ agents }: Trip): string {
  return agents[0] ?? '';
}

function saidOf(agent: string, trip: Trip | null, { turns }: LoopOptions): Said {
  return {
    rule: 'loop',
    subject: agentSubject(agent),
    value: trip?.value ?? 0,
    limit: trip?.limit ?? turns,
    unit: 'runs',
    reason: trip === null ? `No run of ${plainLine(agent)} was set off by one before it.` : words(trip),
  };
}

function words({ what, value, agents, links }: Trip): string {
  const names = agents.map((name) => plainLine(name));
  const who = names.length === 1 ? `${names[0]} was set off by its own output` : `${spoken(names)} set each other off`;
  switch (what) {
    case 'talk':
      return `${who} ${value} times in a row by comments${under(links)}, with nobody else joining in.`;
    case 'fast':
      return `${who} in a chain of ${value} runs that follow each other too fast.`;
    case 'doubling':
      return `${who} in a chain that starts twice as many runs each time: ${value} the last time.`;
    case 'deep':
      return `${who} in a chain of ${value} runs with nobody joining in.`;
    case 'turns':
      return `${who}, as far as bots and times tell, in ${value} runs one after the other.`;
    default:
      return what satisfies never;
  }
}

function spoken(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

function under(links: readonly Link[]): string {
  const item = links.at(-1)?.deed.item ?? null;
  return item === null ? '' : ` under ${item}`;
}

function tell(
  facts: Facts,
  agent: string,
  trip: Trip & { readonly severity: 'warning' | 'critical' },
  said: Said,
): Finding {
  const first = teller(trip);
  // If the speed of one agent is reported, that explains better what timing alone shows about it.
  const rule = first === agent && trip.what === 'turns' ? 'runaway' : 'loop';
  const explainedBy =
    first === agent && rule === 'loop' ? null : findingKey({ rule, subject: agentSubject(first), labels: {} });
  const chain = runsOf(facts, trip.links);
  const evidence = {
    facts: [{ label: 'Runs in the chain', value: trip.links.length + 1, unit: 'runs' as const }],
    ...runEvidence(facts, [...chain].reverse(), (run) => noteOf(run, trip.links)),
    graph: picture(trip.links),
  };
  return wrong(said, trip.severity, evidence, explainedBy);
}

/** The runs of a chain as far as their marks are kept, oldest first. */
function runsOf(facts: Facts, links: readonly Link[]): readonly RunMark[] {
  const ids = new Set(links.flatMap(({ parent, child }) => [parent.run, child.run]));
  return facts.runs.filter(({ run, attempt }) => attempt === 1 && ids.has(run));
}

function noteOf({ run, trigger }: RunMark, links: readonly Link[]): string {
  const link = links.find(({ child }) => child.run === run);
  if (link === undefined) return `the first of the chain (${plainLine(trigger)})`;
  const how = link.certainty === 'sure' ? 'set off by' : 'likely set off by';
  return `${how} run ${link.parent.run} (${plainLine(trigger)})`;
}
