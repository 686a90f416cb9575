import type { Actor } from '../core/run.ts';
import { between, DAY, type Duration, type Instant, SECOND } from '../core/time.ts';
import { isMachine } from './approver.ts';
import type { Command, Misreading, Reading } from './command.ts';

/** A command is meant for the moment. One that nobody looked at for this long is no longer carried out. */
export const COMMAND_LIVES: Duration = DAY;

/** Times of one comment that are closer than this count as the same moment. */
const SAME_MOMENT: Duration = 5 * SECOND;

/** The role of the author, as far as the API reported it. */
export type RoleAnswer =
  | { readonly kind: 'role'; readonly permission: 'admin' | 'write' | 'read' | 'none'; readonly role: string }
  /** Somebody who cannot be looked up may do nothing. */
  | { readonly kind: 'failed' };

/** What the API says about a comment and its author. Names and texts prove nothing and are not included. */
export interface CommentFacts {
  readonly comment: number;
  /** Of the event that announced it; null when it was found by looking. */
  readonly action: string | null;
  readonly author: Actor | null;
  /** Slug of the app that wrote it on somebody's behalf. */
  readonly app: string | null;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}

/** What only further requests reveal. */
export interface AuthorFacts {
  readonly role: RoleAnswer;
  /** Null when it could not be read. */
  readonly history: { readonly edited: boolean; readonly minimized: boolean } | null;
}

/** What a command is checked against. */
export interface Circumstances {
  readonly now: Instant;
  /** Logins that the configuration of the default branch names as leads. */
  readonly leads: readonly string[];
  /** Logins, in lower case, that it names as programs although GitHub takes them for people. */
  readonly machines: readonly string[];
  /** True for a comment whose command was answered before. */
  readonly isAnswered: (comment: number) => boolean;
  /** The stop in force; null when there is none. */
  readonly halt: { readonly generation: number; readonly at: Instant } | null;
  /** When agents were last resumed; null when they never were. */
  readonly resumedAt: Instant | null;
}

/** Why a command has no effect, in one word. */
export type Refusal =
  | 'bot'
  | 'app'
  | 'unknown_author'
  | 'not_created'
  | 'replayed'
  | 'too_old'
  | 'edited'
  | 'history_unknown'
  | 'minimized'
  | 'role_unknown'
  | 'stranger'
  | 'needs_write'
  | 'needs_lead'
  | 'no_halt'
  | 'stale_generation'
  | Misreading;

/** How loud an answer may be: strangers and machines must not be able to make us write. */
export type Voice = 'comment' | 'reaction' | 'silent';

export type Verdict =
  | { readonly kind: 'allowed'; readonly command: Command; readonly by: Actor }
  | {
      readonly kind: 'refused';
      readonly reason: Refusal;
      /** Our own text, apart from single words of the comment: inert it wherever it is shown. */
      readonly sentence: string;
      readonly voice: Voice;
    };

type Refused = Extract<Verdict, { kind: 'refused' }>;

/**
 * What can be refused before asking who the author is; null to ask. The author is determined by what the API says, never by a
 * name: a login that ends in `[bot]` proves nothing, and some bots have none.
 */
export function refusedAtSight(facts: CommentFacts, { now, isAnswered }: Circumstances): Refused | null {
  const { author } = facts;
  if (author === null) return refused('unknown_author', 'Nobody can tell who wrote this comment.', 'silent');
  if (author.type !== 'User') return refused('bot', 'Only people may give commands.', 'silent');
  if (facts.app !== null) {
    return refused('app', 'This was written by an app on behalf of a person. Write it yourself.', 'silent');
  }
  if (facts.action !== null && facts.action !== 'created') {
    return refused('not_created', 'Only a new comment is a command. Write a new one.', 'silent');
  }
  if (isAnswered(facts.comment)) {
    return refused('replayed', 'This comment was answered before. Each comment counts once.', 'silent');
  }
  if (between(facts.createdAt, now) > COMMAND_LIVES) {
    return refused(
      'too_old',
      'This comment is older than a day. Write the command again if it still holds.',
      'reaction',
    );
  }
  return null;
}

/** What may be done for a person with a role. Everything unknown is denied. */
export function authorise(
  facts: CommentFacts,
  { role, history }: AuthorFacts,
  reading: Exclude<Reading, { kind: 'none' }>,
  circumstances: Circumstances,
): Verdict {
  const atSight = refusedAtSight(facts, circumstances);
  if (atSight !== null) return atSight;
  if (facts.author === null) throw new Error('a comment without an author was not refused at sight');
  if (role.kind === 'failed') {
    return refused(
      'role_unknown',
      'Your role could not be read, so nothing was done. Write the command again.',
      'reaction',
    );
  }
  if (role.permission === 'none') {
    return refused('stranger', 'Only those who work in this repository may give commands.', 'reaction');
  }
  if (isMachine(facts.author, circumstances.machines) && !isStop(reading)) {
    return refused('bot', "Only people may give commands; of machine users none but 'stop' is taken.", 'silent');
  }
  const voice: Voice = canWrite(role) ? 'comment' : 'reaction';
  const tampered = tamperedWith(facts, history, voice);
  if (tampered !== null) return tampered;
  if (reading.kind === 'misread') return refused(reading.reason, reading.sentence, voice);
  const { command } = reading;
  return (
    barFor(command, facts.author, role, circumstances.leads, voice) ??
    staleness(command, facts, circumstances, voice) ?? { kind: 'allowed', command, by: facts.author }
  );
}

/** It must be easy to stop: a watchdog that may write can. */
function isStop(reading: Exclude<Reading, { kind: 'none' }>): boolean {
  return reading.kind === 'command' && reading.command.verb === 'stop';
}

function tamperedWith(facts: CommentFacts, history: AuthorFacts['history'], voice: Voice): Refused | null {
  if (history === null) {
    const sentence = 'It could not be read whether this comment was edited, so nothing was done. Write it again.';
    return refused('history_unknown', sentence, voice);
  }
  if (history.edited || between(facts.createdAt, facts.updatedAt) > SAME_MOMENT) {
    const sentence = 'This comment was edited, and others than its author can edit one. Write a new comment.';
    return refused('edited', sentence, voice);
  }
  return history.minimized ? refused('minimized', 'This comment is hidden. Write a new one.', voice) : null;
}

/** Who may give a command: people who can write, or leads. In a public repository everybody can read, so reading is never enough. */
type Bar = 'write' | 'lead';

function barOf(command: Command): Bar {
  const { verb } = command;
  switch (verb) {
    case 'status':
    case 'help':
    // It must be easier to stop than to go on.
    case 'stop':
    case 'ack':
    // It silences what is estimated, never what is critical and counted, and everybody sees it.
    case 'false-positive':
    // They are counted and change nothing.
    case 'accept':
    case 'dismiss':
      return 'write';
    // By labels it may hold many alerts, of rules and agents that its author does not see.
    case 'silence':
    case 'unsilence':
      return command.match === null ? 'write' : 'lead';
    case 'resume':
    case 'approve':
    case 'reject':
    case 'rollback':
    case 'expect':
    case 'raise':
    case 'override':
      return 'lead';
    default:
      return verb satisfies never;
  }
}

type KnownRole = Extract<RoleAnswer, { kind: 'role' }>;

function barFor(
  command: Command,
  author: Actor,
  role: KnownRole,
  leads: readonly string[],
  voice: Voice,
): Refused | null {
  const { verb } = command;
  const bar = barOf(command);
  switch (bar) {
    case 'write':
      if (canWrite(role)) return null;
      return refused('needs_write', `'${verb}' needs the permission to write in this repository.`, voice);
    case 'lead':
      if (isLead(author, role, leads)) return null;
      return refused('needs_lead', `'${verb}'${byLabels(command)} needs a lead: ${leadSentence(leads)}.`, voice);
    default:
      return bar satisfies never;
  }
}

function byLabels(command: Command): string {
  return 'match' in command && command.match !== null ? ' by labels' : '';
}

function canWrite({ permission }: KnownRole): boolean {
  return permission === 'admin' || permission === 'write';
}

/** A lead maintains or administers the repository, and is on the configured list if there is one. */
export function isLead(
  { login }: Pick<Actor, 'login'>,
  { permission, role }: KnownRole,
  leads: readonly string[],
): boolean {
  const maintains = permission === 'admin' || (permission === 'write' && role === 'maintain');
  return maintains && (leads.length === 0 || leads.some((lead) => lead.toLowerCase() === login.toLowerCase()));
}

/** Who is a lead, in words. */
export function leadSentence(leads: readonly string[]): string {
  const role = 'the role maintain or admin';
  return leads.length === 0
    ? `somebody with ${role}`
    : `somebody listed under leads in the configuration, with ${role}`;
}

/** A command is tied to what its author knew: what happened after it was written may have settled it. */
function staleness(command: Command, facts: CommentFacts, circumstances: Circumstances, voice: Voice): Refused | null {
  switch (command.verb) {
    case 'resume':
      return staleResume(command.generation, facts, circumstances, voice);
    case 'stop':
      return staleStop(facts, circumstances, voice);
    default:
      return null;
  }
}

/** A resume ends the stop its author knew: the one it names, else the one in force when it was written. */
function staleResume(
  generation: number | null,
  facts: CommentFacts,
  { halt }: Circumstances,
  voice: Voice,
): Refused | null {
  if (halt === null) return refused('no_halt', 'No stop is in force: there is nothing to resume.', voice);
  const named = generation ?? halt.generation;
  if (named === halt.generation && facts.createdAt >= wholeSecond(halt.at)) return null;
  const sentence = `Another stop has come into force: write 'resume @${halt.generation}' to let that one go.`;
  return refused('stale_generation', sentence, voice);
}

/** A stop that is found late must not undo what a lead decided since. One that GitHub has just announced is meant for now. */
function staleStop({ createdAt, action }: CommentFacts, { resumedAt }: Circumstances, voice: Voice): Refused | null {
  if (action !== null || resumedAt === null || wholeSecond(resumedAt) <= createdAt) return null;
  const sentence = 'Agents were resumed after this comment was written. Write it again if they shall stop now.';
  return refused('stale_generation', sentence, voice);
}

/** GitHub writes the time of a comment in whole seconds. */
function wholeSecond(at: Instant): Instant {
  return `${at.slice(0, 19)}.000Z`;
}

function refused(reason: Refusal, sentence: string, voice: Voice): Refused {
  return { kind: 'refused', reason, sentence, voice };
}
