import type { Agent } from '../../core/agent.ts';
import { type Dice, dice } from '../../core/dice.ts';
import type { EventKind, EventOf, LedgerEvent } from '../../core/event.ts';
import { type Actor, outcomeOfRun, type RunConclusion, type WorkflowRun } from '../../core/run.ts';
import { agentSubject, type Subject } from '../../core/subject.ts';
import {
  after,
  DAY,
  type Duration,
  dayOf,
  fromMs,
  HOUR,
  type Instant,
  MINUTE,
  SECOND,
  startOf,
  toMs,
} from '../../core/time.ts';
import { CAST, type Character, CUT_OFF, FAILING, RUNAWAY, SILENT } from './cast.ts';
import { demoPulls } from './pulls.ts';
import { demoAbsence, demoSession } from './session.ts';

export interface DemoOptions {
  readonly seed: number;
  /** The moment at which the month ends. Nothing is learned after it. */
  readonly until: Instant;
  /** UTC days, including the one of `until`. */
  readonly days: number;
}

/** A made-up month of a made-up fleet, for people who want to see Checkrein at work. */
export interface DemoFleet {
  readonly repo: string;
  readonly agents: readonly Agent[];
  /** In the order in which they are learned (`seen`). */
  readonly events: readonly LedgerEvent[];
}

const REPO = 'octo/garden';
/** From this part of the month on, test-healer fails (day 22 of 30) and docs-gardener is silent (day 25 of 30). */
const FAILS_FROM = 21 / 30;
const SILENT_FROM = 24 / 30;
const LOOP_STARTS: Duration = 4 * HOUR + 7 * MINUTE;
const LOOP_LASTS: Duration = 5 * HOUR;

/**
 * The same options give the same month, to the byte: five agents on three engines with the rhythm of a working week. On the last
 * full morning one starts itself every 90 seconds for five hours. One begins to fail, one falls silent, some leave no account, and
 * one is cut off.
 */
export function demoFleet(options: DemoOptions): DemoFleet {
  const attempts = CAST.flatMap((character, index) => attemptsOf(character, dice(options.seed * 31 + index), options));
  attempts.sort(
    (a, b) => toMs(a.startedAt) - toMs(b.startedAt) || (a.character.agent.name < b.character.agent.name ? -1 : 1),
  );
  const ids = dice(options.seed);
  let id = 7_310_000_000;
  const events: LedgerEvent[] = [...observed(options), ...reads(options)];
  for (const one of attempts) {
    id += ids.whole(1_000, 90_000);
    events.push(...eventsOf(one, id, ids));
  }
  events.push(...pullEvents(events, options));
  const learned = events.filter((event) => event.seen <= options.until);
  learned.sort((a, b) => compareText(a.seen, b.seen) || compareText(a.id, b.id));
  return { repo: REPO, agents: CAST.map(({ agent }) => agent), events: learned };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

interface Attempt {
  readonly character: Character;
  readonly startedAt: Instant;
  readonly lasts: Duration;
  readonly conclusion: RunConclusion;
  readonly size: number;
  readonly trigger: string;
}

function firstDay({ until, days }: DemoOptions): Instant {
  return after(startOf(dayOf(until)), -(days - 1) * DAY);
}

/** The day of the loop: the last one whose morning is over. */
function loopDay({ until }: DemoOptions): string {
  return dayOf(after(until, -12 * HOUR));
}

function attemptsOf(character: Character, own: Dice, options: DemoOptions): readonly Attempt[] {
  const attempts: Attempt[] = [];
  for (let day = 0; day < options.days; day++) {
    if (character.agent.name === SILENT && day >= options.days * SILENT_FROM) break;
    const midnight = after(firstDay(options), day * DAY);
    const failing = character.agent.name === FAILING && day >= options.days * FAILS_FROM;
    for (const start of usualStarts(character, midnight, own)) attempts.push(usual(character, start, failing, own));
    attempts.push(...unusual(character, day, midnight, own, options));
  }
  return attempts;
}

/** Attempts outside the agent's rhythm. */
function unusual(
  character: Character,
  day: number,
  midnight: Instant,
  own: Dice,
  options: DemoOptions,
): readonly Attempt[] {
  if (character.agent.name === CUT_OFF && day === Math.floor(options.days / 2)) return [cutOff(character, midnight)];
  if (character.agent.name === RUNAWAY && dayOf(midnight) === loopDay(options)) return loop(character, midnight, own);
  return [];
}

function usualStarts(character: Character, midnight: Instant, own: Dice): readonly Instant[] {
  const weekday = new Date(toMs(midnight)).getUTCDay();
  const share = weekday === 0 || weekday === 6 ? character.weekend : 1;
  const count = Math.max(0, Math.round(character.runsADay * share * own.skewed(0.15)));
  const [from, to] = character.hours;
  return Array.from({ length: count }, () => {
    const hour = from + ((own.next() + own.next()) / 2) * (to - from);
    return fromMs(toMs(midnight) + Math.round(hour * HOUR));
  });
}

function usual(character: Character, startedAt: Instant, failing: boolean, own: Dice): Attempt {
  const failed = own.chance(failing ? 0.85 : character.failureRate);
  return {
    character,
    startedAt,
    lasts: Math.round(character.minutes * own.skewed(0.35) * MINUTE),
    conclusion: failed ? 'failure' : 'success',
    size: character.size * own.skewed(0.3),
    trigger: character.trigger,
  };
}

/** A session that hit the time limit of its job. */
function cutOff(character: Character, midnight: Instant): Attempt {
  const startedAt = after(midnight, 14 * HOUR + 11 * MINUTE);
  return { character, startedAt, lasts: 45 * MINUTE, conclusion: 'timed_out', size: 3, trigger: character.trigger };
}

/** The agent answers its own comment, over and over. */
function loop(character: Character, midnight: Instant, own: Dice): readonly Attempt[] {
  const attempts: Attempt[] = [];
  for (let at = LOOP_STARTS; at < LOOP_STARTS + LOOP_LASTS; at += Math.round(90 * SECOND * own.skewed(0.12))) {
    attempts.push({
      character,
      startedAt: after(midnight, at),
      lasts: Math.round(80 * SECOND * own.skewed(0.15)),
      conclusion: 'success',
      size: 0.55 * own.skewed(0.2),
      trigger: 'issue_comment',
    });
  }
  return attempts;
}

function eventsOf(one: Attempt, id: number, own: Dice): readonly LedgerEvent[] {
  const ended = after(one.startedAt, one.lasts);
  const run: WorkflowRun = {
    id,
    attempt: 1,
    workflow: one.character.agent.workflow,
    agent: one.character.agent.name,
    trigger: one.trigger,
    actor: actorOf(one.trigger),
    status: 'completed',
    conclusion: one.conclusion,
    createdAt: after(one.startedAt, -4 * SECOND),
    startedAt: one.startedAt,
    updatedAt: ended,
    url: `https://github.com/${REPO}/actions/runs/${id}`,
  };
  const begun: WorkflowRun = { ...run, status: 'in_progress', conclusion: null, updatedAt: one.startedAt };
  const subject = agentSubject(run.agent);
  return [
    event('run.started', `run:${id}:1:started`, run.startedAt, after(run.startedAt, 5 * SECOND), subject, {
      run: begun,
    }),
    event('run.completed', `run:${id}:1`, run.startedAt, after(ended, 5 * SECOND), subject, { run }),
    accountOf(one, run, own),
  ];
}

function actorOf(trigger: string): Actor {
  return trigger === 'issues' || trigger === 'pull_request'
    ? { id: 583_231, login: 'octocat', type: 'User' }
    : { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' };
}

function accountOf(one: Attempt, run: WorkflowRun, own: Dice): LedgerEvent {
  const outcome = outcomeOfRun(run.conclusion);
  const seen = after(run.updatedAt, 40 * SECOND);
  const subject = agentSubject(run.agent);
  if (one.conclusion !== 'timed_out' && own.chance(one.character.untold)) {
    const absence = { run: run.id, attempt: run.attempt, agent: run.agent, outcome, ...demoAbsence(own) };
    return event('session.absent', `absent:${run.id}:${run.attempt}`, run.startedAt, seen, subject, absence);
  }
  const session = demoSession({ character: one.character, run, outcome, size: one.size }, own);
  return event('session.recorded', session.id, run.startedAt, seen, subject, { session });
}

/** Reading pull requests only covers what changed since the last time. */
function pullEvents(events: readonly LedgerEvent[], options: DemoOptions): readonly LedgerEvent[] {
  const runs = events.flatMap((one) => (one.kind === 'run.completed' ? [one.data.run] : []));
  const days = Array.from({ length: options.days }, (_, day) => after(firstDay(options), day * DAY));
  const subject: Subject = { kind: 'repository', name: REPO };
  return demoPulls(runs, days, dice(options.seed * 37)).map((one) => {
    if (one.kind === 'review.given') {
      const { pull, id, verdict, at } = one.review;
      return event('review.given', `review:${pull}:${id}:${verdict}`, at, one.seen, subject, { review: one.review });
    }
    const { number, updatedAt } = one.pull;
    return event('pull.seen', `pull:${number}:${updatedAt}`, updatedAt, one.seen, subject, { pull: one.pull });
  });
}

function observed(options: DemoOptions): readonly LedgerEvent[] {
  const at = firstDay(options);
  return CAST.map(({ agent }) =>
    event('agent.observed', `agent:${agent.workflow}:${agent.blob}`, at, at, agentSubject(agent.name), { agent }),
  );
}

/** Every source is read successfully, every six hours. */
function reads(options: DemoOptions): readonly LedgerEvent[] {
  const events: LedgerEvent[] = [];
  for (let at = firstDay(options); at <= options.until; at = after(at, 6 * HOUR)) {
    for (const source of ['actions-runs', 'artifacts', 'pulls']) {
      const subject: Subject = { kind: 'source', name: source };
      events.push(
        event('source.read', `source:${source}:${at}`, at, at, subject, { source, watermark: null, items: 0 }),
      );
    }
  }
  return events;
}

function event<K extends EventKind>(
  kind: K,
  id: string,
  at: Instant,
  seen: Instant,
  subject: Subject,
  data: EventOf<K>['data'],
): LedgerEvent {
  return { v: 1, id, kind, at, seen, repo: REPO, subject, data } as EventOf<K>;
}
