import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import type { Rule } from '../core/rule.ts';
import type { Point } from '../core/series.ts';
import { agentSubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, DAY, type Duration, dayOf, type Instant } from '../core/time.ts';
import { medianOf } from '../detectors/expectation/expectation.ts';
import { agentNames } from '../metrics/sight.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { enabledOption } from './options.ts';

export interface CacheCollapseOptions {
  readonly enabled: boolean;
  readonly usual_share: number;
  readonly drop: number;
  readonly min_tokens: number;
  readonly min_days: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  usual_share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.3)
    .describe('An agent that usually reads a smaller share of its prompt from the cache has none to lose.'),
  drop: z.number().gt(0).lt(1).default(0.5).describe('A share below this part of the usual one is a collapse.'),
  min_tokens: z
    .int()
    .min(0)
    .default(150_000)
    .describe('How many tokens of prompts are looked at together; the rule says nothing of a day with fewer.'),
  min_days: z.int().min(2).max(60).default(5).describe('With fewer such days before it, the rule says nothing.'),
});

const LOOK_BACK: Duration = 21 * DAY;

/** Reading from the cache costs a tenth. A prompt that begins with a date or a random word is paid for in full each time. */
export const cacheCollapse: Rule<CacheCollapseOptions, z.ZodObject> = {
  name: 'cache-collapse',
  title: 'The prompt cache is missed',
  question: 'Does an agent read far less of its prompts from the cache than it used to?',
  remedy: [
    'Look at what changed at the beginning of the prompt: a time, the number of the run, another order of files or tools.',
    'Look at the version of the action or engine: how it marks what is cached may have changed.',
    'Put what changes with each session after what stays the same.',
  ],
  options,
  judge(facts: Facts, settings: CacheCollapseOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? agentNames(facts).map((agent) => judgeAgent(facts, agent, settings, now)) : [];
  },
};

interface Day {
  readonly at: Instant;
  readonly share: number;
  readonly tokens: number;
}

function judgeAgent(facts: Facts, agent: string, settings: CacheCollapseOptions, now: Instant): Finding {
  const days = daysOf(facts, agent, 'day', now).filter(({ tokens }) => tokens >= settings.min_tokens);
  const last = lately(daysOf(facts, agent, 'hour', now), settings);
  const earlier = days.filter(({ at }) => last === null || after(at, DAY) <= last.at);
  const said: Said = {
    rule: 'cache-collapse',
    subject: agentSubject(agent),
    value: null,
    limit: null,
    unit: 'ratio',
    reason: '',
  };
  const name = plainLine(agent);
  if (last === null) return fine({ ...said, reason: `${name} used too few tokens lately.` });
  if (earlier.length < settings.min_days) {
    return unsure({
      ...said,
      reason: `${earlier.length} days of ${name} with enough tokens came before; ${settings.min_days} are needed.`,
    });
  }
  const shares = earlier.map(({ share }) => share);
  const usual = medianOf(shares);
  const limit = Math.min(usual * settings.drop, ...shares);
  const reason = `${name} read ${percent(last.share)} of its prompts from the cache on ${dayOf(last.at)}; ${percent(usual)} is usual.`;
  const known = { ...said, value: last.share, limit, reason };
  if (usual < settings.usual_share || last.share >= limit)
    return fine(known, last.share < usual * (settings.drop + 0.2));
  return wrong(known, 'warning', {
    facts: [
      { label: 'Share from the cache', value: last.share, unit: 'ratio' },
      { label: 'Usual share', value: usual, unit: 'ratio' },
      { label: 'Tokens of these prompts', value: last.tokens, unit: 'tokens' },
    ],
    chart: {
      title: 'Share of prompts from the cache by day',
      unit: 'ratio',
      labels: days.map(({ at }) => dayOf(at).slice(5)),
      values: days.map(({ share }) => share),
      limit,
    },
  });
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** The last hours that had enough tokens together, combined into one; null if they had not. */
function lately(hours: readonly Day[], { min_tokens }: CacheCollapseOptions): Day | null {
  let [tokens, read] = [0, 0];
  for (const hour of [...hours].reverse()) {
    tokens += hour.tokens;
    read += hour.share * hour.tokens;
    if (tokens >= min_tokens) return { at: hour.at, share: read / tokens, tokens };
  }
  return null;
}

/** The days or hours for which all three parts of the prompts are known. */
function daysOf(facts: Facts, agent: string, step: 'day' | 'hour', now: Instant): readonly Day[] {
  const series = (kind: string): readonly Point[] =>
    facts.series(
      `sessions.tokenUsage.${kind}`,
      agentSubject(agent),
      step,
      after(now, step === 'day' ? -LOOK_BACK : -2 * DAY),
      after(now, 1),
    ).points;
  const [read, written, input] = [series('cacheRead'), series('cacheWrite'), series('input')];
  return read.flatMap((point, i): Day[] => {
    const parts = [point, written[i], input[i]].map((part) => wholeSum(part));
    const [fromCache] = parts;
    if (parts.some((part) => part === null) || fromCache == null) return [];
    const tokens = parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
    return tokens > 0 ? [{ at: point.at, share: fromCache / tokens, tokens }] : [];
  });
}

function wholeSum(point: Point | undefined): number | null {
  const aggregate = point?.aggregate ?? null;
  return aggregate === null || aggregate.unknown > 0 || !Number.isFinite(aggregate.sum) ? null : aggregate.sum;
}
