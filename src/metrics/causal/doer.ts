import type { CausalEdge, CommentMark } from '../../core/causal.ts';
import type { ItemMark } from '../../core/item.ts';
import { after, between, DAY, type Duration, type Instant, latest, MINUTE, SECOND } from '../../core/time.ts';
import type { CausalRun, Cause } from './cause.ts';

/** The bot that a job acts as with its own token. */
export const JOB_BOT = 41_898_282;

/** How long after a run's end something may still be its doing, because others finish what it began. */
const AFTERMATH: Duration = 10 * MINUTE;
/** A run's end sets off the next one at once. Anything later was set off by the end of another run. */
const AT_ONCE: Duration = 2 * MINUTE;
/** The end of a run is reported slightly before its last write. */
const SLACK: Duration = 5 * SECOND;

/** A bot that is active while no agent works in more than this share of at least this many cases acts for no agent. */
const STRANGER_SHARE = 0.5;
const STRANGER_LEAST = 4;

/** Who it was, how sure that is, and how long the run had been over. */
export interface Doer {
  readonly run: CausalRun;
  readonly certainty: CausalEdge['certainty'];
  readonly because: string;
  readonly idle: Duration;
}

/** Everything that happened, in order, and what is known about who does what. */
export interface Happenings {
  /** By creation time. */
  readonly runs: readonly CausalRun[];
  readonly byId: ReadonlyMap<number, CausalRun>;
  /** By bots, in chronological order. */
  readonly comments: readonly CommentMark[];
  /** In chronological order. */
  readonly items: readonly ItemMark[];
  /** When people commented, by issue number. */
  readonly people: ReadonlyMap<number, readonly Instant[]>;
  /** Bots that act for no agent. */
  readonly strangers: ReadonlySet<number>;
  /** The agents during whose runs alone a bot has been active. */
  readonly voices: ReadonlyMap<number, ReadonlySet<string>>;
  /** Runs that were going on, or had ended recently, at a moment. */
  readonly around: (at: Instant) => readonly Around[];
}

interface Around {
  readonly run: CausalRun;
  readonly idle: Duration;
}

/** Puts everything in order and learns which bot acts for whom. */
export function happeningsOf(
  runs: readonly CausalRun[],
  comments: readonly CommentMark[],
  items: readonly ItemMark[],
): Happenings {
  const ordered = [...comments].sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  const made = [...items].sort((a, b) => (a.createdAt < b.createdAt ? -1 : Number(a.createdAt > b.createdAt)));
  const people = new Map<number, Instant[]>();
  for (const { bot, item, at } of ordered) if (bot === null) people.set(item, [...(people.get(item) ?? []), at]);
  const around = findAround(runs);
  const bots = ordered.filter(({ bot }) => bot !== null);
  return {
    ...{ runs, comments: bots, items: made, people, around },
    byId: new Map(runs.map((run) => [run.run, run])),
    ...learn(busyMoments(runs, bots, made), around),
  };
}

interface Busy {
  readonly bot: number;
  readonly at: Instant;
}

/** When each bot did something. */
function busyMoments(
  runs: readonly CausalRun[],
  comments: readonly CommentMark[],
  items: readonly ItemMark[],
): readonly Busy[] {
  return [
    ...runs.flatMap(({ bot, at, again, trigger }) =>
      bot === null || again || trigger === 'workflow_run' ? [] : [{ bot, at }],
    ),
    ...comments.flatMap(({ bot, at }) => (bot === null ? [] : [{ bot: bot.id, at }])),
    ...items.flatMap(({ author, createdAt }) => (author === null ? [] : [{ bot: author.id, at: createdAt }])),
  ];
}

function learn(busy: readonly Busy[], around: Happenings['around']): Pick<Happenings, 'strangers' | 'voices'> {
  const tallies = new Map<number, { times: number; alone: number; readonly agents: Set<string> }>();
  for (const { bot, at } of busy) {
    const tally = tallies.get(bot) ?? { times: 0, alone: 0, agents: new Set<string>() };
    const near = around(at);
    tally.times++;
    if (near.length === 0) tally.alone++;
    const agents = new Set(near.filter(({ idle }) => idle === 0).map(({ run }) => run.agent));
    const [only] = agents;
    if (agents.size === 1 && only !== undefined) tally.agents.add(only);
    tallies.set(bot, tally);
  }
  const strangers = [...tallies].filter(
    ([, { times, alone }]) => times >= STRANGER_LEAST && alone > STRANGER_SHARE * times,
  );
  return {
    strangers: new Set(strangers.map(([bot]) => bot)),
    voices: new Map([...tallies].map(([bot, { agents }]) => [bot, agents])),
  };
}

/** The run that did it; null if it cannot be told. */
export function doerOf(
  child: CausalRun,
  { deed }: Pick<Cause, 'deed'>,
  happenings: Happenings,
  about: ReadonlyMap<number, number>,
): Doer | null {
  const known = child.parent === null ? undefined : happenings.byId.get(child.parent);
  if (known !== undefined) return { run: known, certainty: 'sure', because: 'GitHub leaves no other run', idle: 0 };
  if (deed.by !== null && happenings.strangers.has(deed.by)) return null;
  const others = happenings.around(deed.at).filter(({ run }) => run.run !== child.run && run.at < child.at);
  if (deed.kind === 'end') return endedJustBefore(others, deed.at);
  const going = others.filter(({ idle }) => idle === 0).map(({ run }) => run);
  if (going.length === 0) return endedLast(others);
  const claimed = claimOf(deed.key, happenings);
  return (
    only(
      going.filter(({ run }) => run === claimed),
      'it was going on, and the comment links to it',
    ) ??
    only(going, 'no other run of an agent was going on') ??
    only(
      going.filter(({ run }) => deed.item !== null && about.get(run) === deed.item),
      'of those that were going on it alone is about the same',
    ) ??
    only(
      going.filter(({ agent }) => speaksAs(happenings, deed.by, agent)),
      'of those that were going on its agent alone speaks as this bot',
    )
  );
}

function only(runs: readonly CausalRun[], because: string): Doer | null {
  const [run] = runs;
  return run === undefined || runs.length > 1 ? null : { run, certainty: 'likely', because, idle: 0 };
}

function claimOf(key: string, { comments }: Happenings): number | null {
  return comments.find(({ id }) => key === `comment ${id}`)?.claims ?? null;
}

function speaksAs({ voices }: Happenings, bot: number | null, agent: string): boolean {
  const agents = bot === null ? undefined : voices.get(bot);
  return agents?.size === 1 && agents.has(agent);
}

function endedLast(others: readonly Around[]): Doer | null {
  const [first] = [...others].sort((a, b) => a.idle - b.idle);
  if (first === undefined) return null;
  return { ...first, certainty: 'likely', because: 'it was the last run of an agent that had ended before' };
}

/** GitHub starts at once what the end of a run starts. If several had just ended, it cannot be told whose end it was. */
function endedJustBefore(others: readonly Around[], at: Instant): Doer | null {
  const ended = others.filter(({ run }) => lastEnd(run, at) !== null && between(lastEnd(run, at) ?? at, at) <= AT_ONCE);
  return only(
    ended.map(({ run }) => run),
    'it alone had ended just before',
  );
}

function lastEnd({ spells }: CausalRun, at: Instant): Instant | null {
  const ends = spells.flatMap(({ to }) => (to !== null && to <= after(at, SLACK) ? [to] : []));
  return ends.reduce<Instant | null>((last, to) => (last === null || to > last ? to : last), null);
}

/** A run that never got a runner does nothing, however long it waits for one. */
const LONGEST: Duration = DAY;

interface Spell {
  readonly run: CausalRun;
  readonly from: Instant;
  /** Null while it is still running. */
  readonly to: Instant | null;
  /** No spell up to this one, in order of their start, lasts past this. */
  readonly reach: Instant;
}

/** Finds runs by time without looking at all of them, since few last long. */
function findAround(runs: readonly CausalRun[]): Happenings['around'] {
  const spells = spellsOf(runs);
  return (at) => {
    const found: Around[] = [];
    const oldest = after(at, -AFTERMATH);
    for (let i = firstAfter(spells, ({ from }) => from, at) - 1; i >= 0; i--) {
      const spell = spells[i];
      if (spell === undefined || spell.reach < oldest) break;
      const idle = idleAt(spell, at);
      if (idle <= AFTERMATH) found.push({ run: spell.run, idle });
    }
    return found;
  };
}

function spellsOf(runs: readonly CausalRun[]): readonly Spell[] {
  const spells = runs
    .flatMap((run) => run.spells.map(({ from, to }) => ({ run, from, to })))
    .sort((a, b) => (a.from < b.from ? -1 : Number(a.from > b.from)));
  let reach = '';
  return spells.map((spell) => {
    reach = latest(reach, spell.to ?? after(spell.from, LONGEST));
    return { ...spell, reach };
  });
}

function idleAt({ from, to }: Spell, at: Instant): Duration {
  const end = to ?? after(from, LONGEST);
  return after(end, SLACK) >= at ? 0 : between(end, at);
}

/** The index of the first thing after a moment. */
function firstAfter<Thing>(things: readonly Thing[], when: (thing: Thing) => Instant, at: Instant): number {
  let [low, high] = [0, things.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const thing = things[middle];
    if (thing !== undefined && when(thing) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** From things sorted by time, those between two moments, excluding the first moment and including the last. */
export function within<Thing>(
  things: readonly Thing[],
  when: (thing: Thing) => Instant,
  from: Instant,
  to: Instant,
): readonly Thing[] {
  return things.slice(firstAfter(things, when, from), firstAfter(things, when, to));
}
