import type { LeaseMark } from '../../core/budget.ts';
import type { CommentMark, DeedNode, Parentage, SetOff } from '../../core/causal.ts';
import type { ItemMark } from '../../core/item.ts';
import type { Instant } from '../../core/time.ts';
import type { WorkState } from '../work-state.ts';
import type { CausalRun } from './cause.ts';
import { doerOf, happeningsOf } from './doer.ts';
import { runsAtWork } from './runs.ts';
import { BUSY_BOTS, deedKindOf, NOBODYS } from './started-by.ts';

/** What the ledger knows about who does what. */
export interface KnownWork {
  readonly work: WorkState;
  readonly leases: readonly LeaseMark[];
  readonly comments: readonly CommentMark[];
  readonly items: readonly ItemMark[];
  readonly now: Instant;
}

const NONE: Parentage = { kind: 'none' };

/**
 * Which run of an agent probably did what a bot did to set off the current run, before anybody has seen that run. Uses the same
 * reasoning as the causal graph, with leases for what no `watch` has seen yet. A bot that is just as active while no agent works
 * acts for no agent. Pure.
 */
export function parentageOf(run: number, agent: string, setOff: SetOff, known: KnownWork): Parentage {
  const { trigger, at, bot } = setOff;
  if (NOBODYS.has(trigger) || BUSY_BOTS.has(bot.id)) return NONE;
  const child: CausalRun = {
    ...{ run, agent, trigger, actor: bot.login, bot: bot.id, parent: null, pull: setOff.item },
    ...{ at, again: false, spells: [{ from: at, to: null }] },
  };
  const others = runsAtWork(known.work, known.leases, known.now).filter((one) => one.run !== run);
  const comments = [...known.comments.filter(({ id }) => id !== setOff.comment), ...commentOf(setOff)];
  const ordered = [...others, child].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.run - b.run));
  const happenings = happeningsOf(ordered, comments, known.items);
  const about = new Map(others.flatMap(({ run: one, pull }) => (pull === null ? [] : [[one, pull] as const])));
  const doer = doerOf(child, { deed: deedOf(run, setOff) }, happenings, about);
  // Something done while no run was going on may be anybody's doing.
  if (doer !== null)
    return doer.idle > 0 ? NONE : { kind: 'likely', run: doer.run.run, by: bot.login, because: doer.because };
  if (happenings.strangers.has(bot.id)) return NONE;
  const going = happenings.around(at).filter(({ run: one, idle }) => idle === 0 && one.run !== run && one.at < at);
  return going.length === 0 ? NONE : { kind: 'unknown', by: bot.login, candidates: going.map((one) => one.run.run) };
}

function commentOf({ comment, item, bot, app, at, claims }: SetOff): readonly CommentMark[] {
  return comment === null || item === null ? [] : [{ id: comment, item, bot, app, at, claims }];
}

function deedOf(run: number, { trigger, at, bot, item, comment }: SetOff): DeedNode {
  const kind = deedKindOf(trigger);
  const key = comment === null ? `${kind} before ${run}` : `comment ${comment}`;
  return { kind, key, at, by: bot.id, login: bot.login, token: 'unknown', item, seen: true };
}
