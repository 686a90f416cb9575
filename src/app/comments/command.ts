import type { CommentMark } from '../../core/causal.ts';
import type { CommandRecord } from '../../core/command-record.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { attempt, type Failure, OutsideFailure } from '../../core/failure.ts';
import { RESPONSE_KINDS } from '../../core/response.ts';
import { type Duration, MINUTE } from '../../core/time.ts';
import type { PeopleApi } from '../../github/port.ts';
import type { RemoteComment } from '../../github/remote.ts';
import type { Answer } from '../../people/answer.ts';
import {
  type AuthorFacts,
  authorise,
  type Circumstances,
  type CommentFacts,
  type RoleAnswer,
  refusedAtSight,
  type Verdict,
} from '../../people/authorise.ts';
import type { Command } from '../../people/command.ts';
import { readComment } from '../../people/parse.ts';
import { gatherComments, type Heard } from '../../sources/comments/fetch.ts';
import { isAnswered, isBeingAnswered } from '../../sources/comments/fold.ts';
import { commentEvents } from '../../sources/comments/marks.ts';
import type { Gathered } from '../job.ts';
import { type LedgerState, stateFold } from '../state.ts';
import { CANARY } from '../stop/canary.ts';
import type { Stopped } from '../stop/order.ts';
import { makePen, type Pen } from './answer.ts';
import type { Desk, Effect, Told } from './desk.ts';
import { carryOut, lastResumption, takesTime } from './effects.ts';
import { answeredEvent, type Mention, recordOf, takenEvent } from './record.ts';

/** The outcome of people's commands. */
export interface AnsweredComments extends Gathered {
  readonly records: readonly CommandRecord[];
  readonly stops: readonly Stopped[];
  /** True when a command could not be answered for a reason outside our control. */
  readonly incomplete: boolean;
}

/** A stop may take its whole deadline. Once this much more time has passed, the process that took a command must have died. */
const CLAIM_MARGIN: Duration = 5 * MINUTE;

/** Strangers must not be able to make us write without end. */
const MOST_REACTIONS = 20;

/**
 * Answers the command in the comment an event was about, and any written since. Each is acted on once: it is taken in the ledger
 * before anything is done, and a command taken by a run that died is taken over. Refusals and their reasons are among the events
 * too. Without a ledger only a stop is carried out.
 */
export async function answerTold(desk: Desk, told: Told): Promise<AnsweredComments> {
  const read = await attempt(() => desk.ledger.read());
  const day = newDay(desk, told, read.ok ? read.value.state.comments : [], read.ok ? null : read.failure);
  const listed = await attempt(() => desk.github.people.comments(told.at));
  if (listed.ok) await hear(day, listed.value);
  else day.complaints.push(`the comments could not be read: ${listed.failure.message}. ${listed.failure.remedy}`);
  return { ...day, incomplete: day.complaints.length > 0 };
}

/**
 * Answers, in an ordinary run, commands whose event was lost.
 * @throws OutsideFailure when the ledger cannot be read.
 */
export async function catchUp(desk: Desk): Promise<Gathered> {
  const { github, ledger, world, apply } = desk;
  const { state } = await ledger.read();
  const source = ['comments', ...(apply.length < RESPONSE_KINDS.length ? apply : [])].join('-');
  const moment = { repo: github.repo, now: world.now() };
  const day = newDay(desk, null, state.comments, null);
  return await gatherComments({ source, people: github.people, moment, sources: state.sources }, (comments) =>
    hear(day, comments),
  );
}

/** Everything one run learns while it answers. */
interface Day {
  readonly desk: Desk;
  readonly told: Told | null;
  /** The comments already in the ledger. */
  readonly known: readonly CommentMark[];
  /** Why the ledger cannot be read; null when it can. */
  readonly blind: Failure | null;
  readonly roles: Map<string, RoleAnswer>;
  reactions: number;
  readonly events: LedgerEvent[];
  readonly complaints: string[];
  readonly records: CommandRecord[];
  readonly stops: Stopped[];
}

function newDay(desk: Desk, told: Told | null, known: Day['known'], blind: Failure | null): Day {
  return {
    desk,
    told,
    known,
    blind,
    roles: new Map(),
    reactions: 0,
    events: [],
    complaints: [],
    records: [],
    stops: [],
  };
}

async function hear(day: Day, comments: readonly RemoteComment[]): Promise<Heard> {
  const { events, complaints, told, known, desk } = day;
  events.push(...commentEvents(comments, known, { repo: desk.github.repo, now: desk.world.now() }));
  const mentions = comments.flatMap((comment): readonly Mention[] => {
    const reading = readComment(comment.body);
    return reading.kind === 'none' ? [] : [{ comment, reading }];
  });
  const left: RemoteComment[] = [];
  if (mentions.length > 0) {
    const pen = await makePen(day.desk.github, comments);
    const first = mentions.filter(({ comment }) => comment.id === told?.comment);
    for (const mention of [...first, ...mentions.filter((one) => !first.includes(one))]) {
      const answered = await attempt(() => answerOne(day, pen, mention));
      if (!answered.ok) complaints.push(complaint(mention.comment, answered.failure));
      if (!answered.ok || !answered.value) left.push(mention.comment);
    }
  }
  return { events, complaints, items: mentions.length, left };
}

function complaint({ issue }: RemoteComment, { message, remedy }: Failure): string {
  return `a command in issue ${issue} could not be answered: ${message}. ${remedy}`;
}

/** Returns false when the comment must be looked at again, because another run is answering it. */
async function answerOne(day: Day, pen: Pen, mention: Mention): Promise<boolean> {
  const { comment, reading } = mention;
  const { desk, told } = day;
  const state = await stateFor(day, reading);
  const known = isKnown(state, pen, comment.id);
  if (known && told?.comment !== comment.id) return true;
  const facts = factsOf(comment, told);
  const around = circumstances(state, desk, known);
  const atSight = refusedAtSight(facts, around);
  if (atSight !== null) return await refuseQuietly(day, mention, atSight, known);
  const terms = { now: desk.world.now(), by: desk.world.by, lasts: desk.config.stop.deadline + CLAIM_MARGIN };
  if (!isFor(desk, reading)) return true;
  if (isBeingAnswered(state.commands, comment.id, terms)) return false;
  const verdict = authorise(facts, await askAbout(day, comment), reading, around);
  if (verdict.kind === 'refused' && verdict.voice !== 'comment') {
    return await refuseQuietly(day, mention, verdict, false);
  }
  if (!(await take(day, comment, terms.lasts))) return false;
  await settle(day, pen, mention, verdict, state);
  return true;
}

/** Without a ledger nobody knows what was answered. A stop is carried out anyway, because doing it twice does no harm. */
async function stateFor({ desk, blind }: Day, reading: Mention['reading']): Promise<LedgerState> {
  if (blind === null) return (await desk.ledger.read()).state;
  if (reading.kind === 'command' && reading.command.verb === 'stop') return stateFold.initial;
  throw new OutsideFailure(blind);
}

/** An answer of ours that the ledger does not know shows that the comment was answered before the ledger was lost. */
function isKnown({ commands }: LedgerState, pen: Pen, comment: number): boolean {
  return isAnswered(commands, comment) || (pen.hasAnswered(comment) && !Object.hasOwn(commands.taken, String(comment)));
}

function factsOf(comment: RemoteComment, told: Told | null): CommentFacts {
  const { id, author, app, createdAt, updatedAt } = comment;
  return { comment: id, action: told?.comment === id ? told.action : null, author, app, createdAt, updatedAt };
}

function circumstances(state: LedgerState, { config, world }: Desk, known: boolean): Circumstances {
  const { halt } = state.halt;
  return {
    now: world.now(),
    leads: config.leads,
    machines: config.reviews.machines,
    isAnswered: () => known,
    halt: halt === null ? null : { generation: halt.generation, at: halt.at },
    resumedAt: lastResumption(state, CANARY.workflow),
  };
}

/** Whether this job is the one to answer. Stops and resumes are answered by the job that may stop, which reads comments on its own. */
function isFor({ apply }: Desk, reading: Mention['reading']): boolean {
  const stops = reading.kind === 'command' && takesTime(reading.command);
  return apply.includes(stops ? 'stop' : 'issue');
}

async function askAbout({ desk, roles }: Day, { id, author }: RemoteComment): Promise<AuthorFacts> {
  const { people } = desk.github;
  const login = author?.login ?? '';
  const role = roles.get(login) ?? (await roleOf(people, login));
  roles.set(login, role);
  // Strangers' comments are not looked up: they have no effect whatever the answer.
  if (role.kind === 'failed' || role.permission === 'none') return { role, history: null };
  const history = await attempt(() => people.history(id));
  return { role, history: history.ok ? history.value : null };
}

async function roleOf(people: PeopleApi, login: string): Promise<RoleAnswer> {
  const role = await attempt(() => people.role(login));
  return role.ok ? { kind: 'role', ...role.value } : { kind: 'failed' };
}

type Refused = Extract<Verdict, { kind: 'refused' }>;

/** Refuses with an event and at most a reaction. */
async function refuseQuietly(
  day: Day,
  mention: Mention,
  { sentence, voice }: Refused,
  replayed: boolean,
): Promise<boolean> {
  const { comment } = mention;
  const record = recordOf(mention, 'refused', sentence);
  day.events.push(answeredEvent(day.desk, comment, record, replayed));
  day.records.push(record);
  if (voice === 'reaction' && day.reactions < MOST_REACTIONS) {
    day.reactions += 1;
    await react(day, comment, '-1');
  }
  return true;
}

/** Takes a command in the ledger; false when another run was quicker. */
async function take({ desk, blind }: Day, comment: RemoteComment, lasts: Duration): Promise<boolean> {
  if (blind !== null) return true;
  const { ledger, world } = desk;
  const now = world.now();
  const { state, appended } = await ledger.append(({ commands }) =>
    isAnswered(commands, comment.id) || isBeingAnswered(commands, comment.id, { now, by: world.by, lasts })
      ? []
      : [takenEvent(desk, comment.id, now)],
  );
  return appended.length > 0 && state.commands.taken[String(comment.id)]?.by === world.by;
}

/** Carries out the command, reports it in one answer, and records it. */
async function settle(day: Day, pen: Pen, mention: Mention, verdict: Verdict, state: LedgerState): Promise<void> {
  const { desk } = day;
  const { comment } = mention;
  const effect = await effectOf(day, pen, comment, verdict, state);
  const { outcome, answer, stopped } = effect;
  if (stopped !== null) day.stops.push(stopped);
  const record = recordOf(mention, outcome, answer.what);
  day.records.push(record);
  if (outcome === 'failed') day.complaints.push(failureOf(record, answer));
  const told = await attempt(() => pen.write(comment, answer));
  if (!told.ok) day.complaints.push(complaint(comment, told.failure));
  await react(day, comment, REACTIONS[outcome]);
  if (day.blind === null) await desk.ledger.append(() => [answeredEvent(desk, comment, record, false)]);
}

/** A command that failed, fully or in part, must not look like one that was carried out. */
function failureOf({ verb, issue }: CommandRecord, { what, lines, next }: Answer): string {
  return [`'${verb}' in issue ${issue} failed: ${what}`, ...lines.slice(0, 1), next]
    .filter((part) => part !== '')
    .join(' ');
}

const REACTIONS = { done: '+1', refused: '-1', failed: '-1' } as const;

async function effectOf(
  day: Day,
  pen: Pen,
  comment: RemoteComment,
  verdict: Verdict,
  state: LedgerState,
): Promise<Effect> {
  if (verdict.kind === 'refused') return refusal(verdict.sentence);
  const { command, by } = verdict;
  const { desk } = day;
  const work = attempt(() => carryOut(desk, { repo: desk.github.repo, comment, by, state }, command));
  if (takesTime(command)) await sayHeard(day, pen, comment, command);
  const done = await work;
  if (done.ok) return done.value;
  const { message, remedy } = done.failure;
  return { outcome: 'failed', answer: { head: 'Failed', what: `${message}.`, lines: [], next: remedy }, stopped: null };
}

/** Tells the author at once that work has begun. The answer is edited when it is done. */
async function sayHeard(day: Day, pen: Pen, comment: RemoteComment, { verb }: Command): Promise<void> {
  const answer: Answer = { head: 'Working on it', what: `'${verb}' has begun.`, lines: [], next: '' };
  await react(day, comment, 'eyes');
  const said = await attempt(() => pen.write(comment, answer));
  if (!said.ok) day.complaints.push(complaint(comment, said.failure));
}

function refusal(sentence: string): Effect {
  return { outcome: 'refused', answer: { head: 'Refused', what: sentence, lines: [], next: '' }, stopped: null };
}

/** A reaction that cannot be posted is reported and changes nothing. */
async function react(day: Day, comment: RemoteComment, reaction: Parameters<PeopleApi['react']>[1]): Promise<void> {
  const given = await attempt(() => day.desk.github.people.react(comment.id, reaction));
  if (!given.ok) day.complaints.push(complaint(comment, given.failure));
}
