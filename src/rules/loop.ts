import { median } from 'simple-statistics';
import { z } from 'zod';
import type { Facts, RunMark } from '../core/facts.ts';
import { type Finding, findingKey } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, between, DAY, type Duration, type Instant, MINUTE, SECOND } from '../core/time.ts';
import { agentNames, blindness } from '../metrics/sight.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';
import { runEvidence } from './run-evidence.ts';

export interface LoopOptions {
  readonly enabled: boolean;
  readonly gap: string;
  readonly turns: number;
  readonly critical_turns: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  gap: durationOption('10m', '6h', 'A run that a bot set off so long after another one ended may be its doing.'),
  turns: z.int().min(3).max(1_000).default(6).describe('So many runs that set each other off before it counts.'),
  critical_turns: z.int().min(3).max(10_000).default(20).describe('So many are critical.'),
});

const WINDOW: Duration = DAY;
/** Runs that start closer together are a burst: one cause set all of them off. */
const BURST: Duration = 30 * SECOND;
/** The end of a run sets off the next one at once: what comes later was set off by the end of another run. */
const AT_ONCE: Duration = 2 * MINUTE;
/** The part of the intervals that must lie between half of the middle one and twice of it: each turn takes about as long. */
const EVEN_SHARE = 0.8;
/** What a schedule or a merge queue starts is nobody's answer. */
const NO_ANSWERS: ReadonlySet<string> = new Set(['schedule', 'merge_group', 'workflow_dispatch']);
/** Bots that open many pull requests at once, by their number: Dependabot and Renovate. */
const BUSY_BOTS: ReadonlySet<number> = new Set([49_699_333, 29_139_614]);

/**
 * Chains of runs in which each was set off by a bot while the one before went on or shortly after: of one agent, whose output starts it
 * again, or of two that answer each other. `runaway` sees such a circle by its speed; this rule sees slow ones, by who set them off.
 */
export const loop: Rule<LoopOptions, z.ZodObject> = {
  name: 'loop',
  title: 'Agents set each other off',
  question: 'Does the output of an agent start it again, or do two agents answer each other?',
  remedy: [
    'Look at the event and the actor of the last runs, to see which comment, label or push started each of them.',
    "Leave bots out where the agent starts: `if: github.event.sender.type != 'Bot'`, or a label that only people set.",
    'Stop one of them until the circle is cut: comment `/checkrein stop AGENT`.',
    'Raise `rules.loop.turns` where agents are meant to work in turns.',
  ],
  options,
  judge(facts: Facts, settings: LoopOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? judgeAll(facts, settings, now) : [];
  },
};

function judgeAll(facts: Facts, settings: LoopOptions, now: Instant): readonly Finding[] {
  const from = after(now, -WINDOW);
  const answers = facts.runs.filter((run) => run.startedAt >= from && run.startedAt <= now && isAnswer(run));
  const blind = blindness(facts);
  return agentNames(facts).map((agent) => {
    const chain = longestChain(answers, agent, readDuration(settings.gap));
    const said = saidOf(agent, chain, settings);
    if (chain.length >= settings.turns) return tell(facts, agent, chain, said, settings);
    if (blind !== null) return unsure({ ...said, reason: `${said.reason} More is not known: ${blind}.` });
    return fine(said, 2 * chain.length >= settings.turns);
  });
}

function isAnswer({ bot, trigger, conclusion }: RunMark): boolean {
  return bot !== undefined && !BUSY_BOTS.has(bot) && !NO_ANSWERS.has(trigger) && conclusion !== 'skipped';
}

/** The longest chain of one agent alone, or of the agent and one other in turns; empty where it is a burst or comes at random. */
function longestChain(answers: readonly RunMark[], agent: string, gap: Duration): readonly RunMark[] {
  const alone = answers.filter((run) => run.agent === agent);
  const others = [...new Set(answers.map((run) => run.agent))].filter((name) => name !== agent);
  const candidates = [
    ...chainsIn(alone, gap, () => true),
    ...others.flatMap((other) => {
      const both = answers.filter((run) => run.agent === agent || run.agent === other);
      return chainsIn(both, gap, (a, b) => a.agent !== b.agent);
    }),
  ];
  return candidates.filter(isEven).reduce((best, chain) => (chain.length > best.length ? chain : best), []);
}

function chainsIn(
  runs: readonly RunMark[],
  gap: Duration,
  fits: (before: RunMark, next: RunMark) => boolean,
): readonly (readonly RunMark[])[] {
  const chains: RunMark[][] = [];
  for (const run of runs) {
    const chain = chains.at(-1);
    const before = chain?.at(-1);
    if (chain !== undefined && before !== undefined && isNext(before, run, gap) && fits(before, run)) chain.push(run);
    else chains.push([run]);
  }
  return chains;
}

function isNext(before: RunMark, next: RunMark, gap: Duration): boolean {
  const apart = between(before.startedAt, next.startedAt);
  const idle = before.status === 'completed' ? between(before.updatedAt, next.startedAt) : 0;
  if (next.trigger === 'workflow_run') return apart >= BURST && followsAtOnce(before, next);
  return apart >= BURST && idle <= gap;
}

/** An agent that answers the end of runs comes in bursts where others end in bursts; its own end is what a circle needs. */
function followsAtOnce(before: RunMark, { createdAt }: RunMark): boolean {
  const idle = between(before.updatedAt, createdAt);
  return before.status === 'completed' && idle >= 0 && idle <= AT_ONCE;
}

function isEven(chain: readonly RunMark[]): boolean {
  const lengths = chain.slice(1).map((run, i) => between(chain[i]?.startedAt ?? run.startedAt, run.startedAt));
  if (lengths.length === 0) return true;
  const middle = median([...lengths]);
  return lengths.filter((length) => 2 * length >= middle && length <= 2 * middle).length >= EVEN_SHARE * lengths.length;
}

function saidOf(agent: string, chain: readonly RunMark[], { turns }: LoopOptions): Said {
  const names = [...new Set(chain.map((run) => plainLine(run.agent)))].sort();
  const who =
    names.length === 2
      ? `${names.join(' and ')} set each other off`
      : `${plainLine(agent)} was set off by its own output`;
  return {
    rule: 'loop',
    subject: agentSubject(agent),
    value: chain.length,
    limit: turns,
    unit: 'runs',
    reason:
      chain.length < 2
        ? `No run of ${plainLine(agent)} was set off by one before it.`
        : `${who}, as far as bots and times tell, in ${chain.length} runs one after the other.`,
  };
}

function tell(
  facts: Facts,
  agent: string,
  chain: readonly RunMark[],
  said: Said,
  { critical_turns }: LoopOptions,
): Finding {
  const [first] = [...new Set(chain.map((run) => run.agent))].sort();
  const rule = first === agent || first === undefined ? 'runaway' : 'loop';
  return wrong(
    said,
    chain.length >= critical_turns ? 'critical' : 'warning',
    {
      facts: [{ label: 'Runs in the chain', value: chain.length, unit: 'runs' }],
      ...runEvidence(
        facts,
        [...chain].reverse(),
        (run) => `${plainLine(run.agent)}, set off by a bot (${plainLine(run.trigger)})`,
      ),
    },
    findingKey({ rule, subject: agentSubject(first ?? agent), labels: {} }),
  );
}
