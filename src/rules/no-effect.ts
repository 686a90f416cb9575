import { z } from 'zod';
import type { Facts, SessionMark } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { type ItemMark, makerOf } from '../core/item.ts';
import type { Rule } from '../core/rule.ts';
import { agentSubject, repositorySubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, type Instant } from '../core/time.ts';
import { agentNames } from '../metrics/sight.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';

export interface NoEffectOptions {
  readonly enabled: boolean;
  readonly idle_sessions: number;
  readonly window: string;
  readonly min_pulls: number;
  readonly abandoned_share: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  idle_sessions: z
    .int()
    .min(3)
    .max(1_000)
    .default(10)
    .describe(
      'This many sessions in a row that end well but change no file are reported, of an agent that changed files before.',
    ),
  window: durationOption('30d', '35d', 'Pull requests that bots opened within this time are looked at.'),
  min_pulls: z.int().min(2).max(1_000).default(5).describe('With fewer of them closed the rule says nothing.'),
  abandoned_share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.8)
    .describe('From this share closed without a merge on, it is reported.'),
});

/** How improbable a row of idle sessions must be at the earlier rate. */
const CHANCE = 0.01;

/**
 * Sessions that end well and leave nothing, and pull requests that nobody wants. Only what the ledger knows is judged. No record
 * says whether a session wrote a comment or gave advice, so an agent that never changed a file is not judged by that.
 */
export const noEffect: Rule<NoEffectOptions, z.ZodObject> = {
  name: 'no-effect',
  title: 'Work that leaves nothing',
  question:
    'Do sessions that end well change nothing any more, or are the pull requests of a bot closed without a merge?',
  remedy: [
    'Read the last of these sessions, to see whether it finds no work or is kept from writing.',
    'Start the agent only where there is work for it: a label, a path, an `if:`.',
    'Look at why its pull requests are closed, and tell the agent, or take the task from it.',
  ],
  options,
  judge(facts: Facts, settings: NoEffectOptions, now: Instant): readonly Finding[] {
    if (!settings.enabled) return [];
    return [
      ...agentNames(facts).map((agent) => judgeSessions(facts, agent, settings)),
      ...judgePulls(facts, settings, now),
    ];
  },
};

function judgeSessions(facts: Facts, agent: string, { idle_sessions }: NoEffectOptions): Finding {
  const told = facts.sessions.filter(
    (mark) => mark.agent === agent && mark.outcome === 'completed' && mark.changed !== undefined,
  );
  const idle = idleAtTheEnd(told);
  const before = told.slice(0, told.length - idle.length);
  const busy = before.filter(({ changed }) => (changed ?? 0) > 0).length;
  const name = plainLine(agent);
  const said: Said = {
    rule: 'no-effect',
    subject: agentSubject(agent),
    labels: { of: 'sessions' },
    value: idle.length,
    limit: idle_sessions,
    unit: 'sessions',
    reason: `The last ${idle.length} sessions of ${name} ended well and changed no file; of the ${before.length} before them, ${busy} did.`,
  };
  if (told.length === 0) return unsure({ ...said, reason: `No record tells which files ${name} changed lately.` });
  const rare = ((before.length - busy + 0.5) / (before.length + 1)) ** idle.length <= CHANCE;
  if (idle.length < idle_sessions || busy < 3 || !rare) return fine(said);
  const usd = idle.reduce<number | null>((sum, { cost }) => (cost.usd === null ? sum : (sum ?? 0) + cost.usd), null);
  return wrong(said, 'warning', {
    facts: [
      { label: 'Sessions in a row that changed nothing', value: idle.length, unit: 'sessions' },
      { label: 'Their cost, as far as it is known', value: usd, unit: 'usd' },
      { label: 'Sessions before them that changed files', value: busy, unit: 'sessions' },
    ],
  });
}

function idleAtTheEnd(marks: readonly SessionMark[]): readonly SessionMark[] {
  const last = marks.findLastIndex(({ changed }) => (changed ?? 0) > 0);
  return marks.slice(last + 1);
}

function judgePulls(facts: Facts, settings: NoEffectOptions, now: Instant): readonly Finding[] {
  const since = after(now, -readDuration(settings.window));
  const groups = new Map<string, ItemMark[]>();
  for (const item of facts.items) {
    if (item.kind !== 'pull' || item.createdAt < since) continue;
    groups.set(makerOf(item), [...(groups.get(makerOf(item)) ?? []), item]);
  }
  return [...groups.entries()].map(([maker, pulls]) => judgeMaker(facts, maker, pulls, settings));
}

function judgeMaker(facts: Facts, maker: string, pulls: readonly ItemMark[], settings: NoEffectOptions): Finding {
  const closed = pulls.filter(({ closedAt }) => closedAt !== null);
  const abandoned = closed.filter(({ mergedAt }) => mergedAt === null);
  const who = plainLine(pulls[0]?.author?.login ?? pulls[0]?.app ?? 'a bot');
  const share = closed.length === 0 ? null : abandoned.length / closed.length;
  const said: Said = {
    rule: 'no-effect',
    subject: repositorySubject(facts.repo),
    labels: { of: 'pulls', by: maker },
    value: share,
    limit: settings.abandoned_share,
    unit: 'ratio',
    reason: `Of the ${closed.length} pull requests of ${who} that were closed within ${settings.window}, ${abandoned.length} were not merged.`,
  };
  if (facts.pulls === null || closed.length < settings.min_pulls) return unsure(said);
  if ((share ?? 0) < settings.abandoned_share) return fine(said);
  return wrong(said, 'warning', {
    facts: [
      { label: 'Closed without a merge', value: abandoned.length, unit: 'count' },
      { label: 'Merged', value: closed.length - abandoned.length, unit: 'count' },
      { label: 'Still open', value: pulls.length - closed.length, unit: 'count' },
    ],
  });
}
