import { z } from 'zod';
import type { Facts } from '../core/facts.ts';
import type { Finding } from '../core/finding.ts';
import { type ItemMark, makerOf } from '../core/item.ts';
import type { Rule } from '../core/rule.ts';
import { agentSubject, repositorySubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, type Instant } from '../core/time.ts';
import { wasOpenAlready } from '../metrics/duplicates.ts';
import { fine, type Said, unsure, wrong } from './answer.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';

export interface DuplicatesOptions {
  readonly enabled: boolean;
  readonly window: string;
  readonly count: number;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  window: durationOption('7d', '30d', 'What bots opened within this time is looked at.'),
  count: z
    .int()
    .min(1)
    .max(1_000)
    .default(2)
    .describe('This many with one title, opened while another one was open, are reported.'),
});

/** The same issue or pull request again while the first is still open: an agent that forgets what it did. */
export const duplicates: Rule<DuplicatesOptions, z.ZodObject> = {
  name: 'duplicates',
  title: 'A bot opens the same again',
  question: 'Does a bot open issues or pull requests that it has open already?',
  remedy: [
    'Let the agent look for an open one of its own before it opens another.',
    'Close all but one of them.',
    'Give what is meant to come again (a daily report) a date in its title, or close the last one first.',
  ],
  options,
  judge(facts: Facts, settings: DuplicatesOptions, now: Instant): readonly Finding[] {
    return settings.enabled ? judgeAll(facts, settings, now) : [];
  },
};

function judgeAll(facts: Facts, settings: DuplicatesOptions, now: Instant): readonly Finding[] {
  const since = after(now, -readDuration(settings.window));
  const groups = new Map<string, ItemMark[]>();
  for (const item of facts.items) {
    const key = `${item.kind} ${makerOf(item)}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  if (groups.size === 0 && facts.pulls === null) {
    const reason = 'Nobody could look at what bots open.';
    return [unsure({ ...headOf(facts, null), reason })];
  }
  if (groups.size === 0) return [fine({ ...headOf(facts, null), reason: 'No bot has opened anything lately.' })];
  return [...groups.values()].map((items) => judgeMaker(facts, items, settings, since));
}

function headOf(facts: Facts, item: ItemMark | null): Said {
  return {
    rule: 'duplicates',
    subject: repositorySubject(facts.repo),
    labels: item === null ? {} : { by: makerOf(item), kind: item.kind },
    value: null,
    limit: null,
    unit: 'count',
    reason: '',
  };
}

function judgeMaker(facts: Facts, items: readonly ItemMark[], settings: DuplicatesOptions, since: Instant): Finding {
  const [first] = items;
  const again = items.filter((item) => item.createdAt >= since && wasOpenAlready(items, item));
  const most = largestTitle(again);
  const what = first?.kind === 'pull' ? 'pull requests' : 'issues';
  const who = plainLine(first?.author?.login ?? first?.app ?? 'a bot');
  const reason = `${who} opened ${most.length} ${what} of a title that it had open already, within ${settings.window}.`;
  const said: Said = { ...headOf(facts, first ?? null), value: most.length, limit: settings.count, reason };
  if (most.length < settings.count) return facts.pulls === null ? unsure(said) : fine(said);
  const numbers = most.slice(-10).map(({ number }) => `#${number}`);
  const agents = new Set(most.map(({ agent }) => agent));
  const [agent] = agents;
  const named = agents.size === 1 && agent != null ? { ...said, subject: agentSubject(agent) } : said;
  return wrong({ ...named, reason: `${reason} The last: ${numbers.join(', ')}.` }, 'warning', {
    facts: [
      { label: 'Of one title while another was open', value: most.length, unit: 'count' },
      { label: 'Duplicates of all titles', value: again.length, unit: 'count' },
      { label: `All ${what} that we saw of it`, value: items.length, unit: 'count' },
    ],
  });
}

function largestTitle(items: readonly ItemMark[]): readonly ItemMark[] {
  const byTitle = new Map<string, ItemMark[]>();
  for (const item of items) byTitle.set(item.titleHash, [...(byTitle.get(item.titleHash) ?? []), item]);
  return [...byTitle.values()].reduce((most, own) => (own.length > most.length ? own : most), []);
}
