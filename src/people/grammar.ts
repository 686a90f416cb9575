import { readHypothesis } from '../core/hypothesis.ts';
import { DAY, type Duration, MINUTE, parseDuration } from '../core/time.ts';
import { type Command, GRAMMAR, type Reading, VERBS, type Verb } from './command.ts';
import { leadingMatchers } from './matchers.ts';
import { hint, reason, shown } from './words.ts';

const SHORTEST: Duration = MINUTE;
const LONGEST: Duration = 30 * DAY;

/** A command, or a sentence that says what was expected instead. */
type Parsed = Command | string;

/** Reads what follows our name in a line. */
export function readCommand(text: string): Reading {
  const words = text.split(/\s+/u).filter((word) => word !== '');
  const [said, ...rest] = words;
  // Upper case means the same.
  const first = said?.replace(TRAILING, '').toLowerCase() === 'stop' ? 'stop' : said;
  if (first === undefined) {
    return { kind: 'misread', verb: null, reason: 'no_verb', sentence: `A command is missing. ${known()}` };
  }
  const verb = VERBS.find((candidate) => candidate === first.toLowerCase());
  if (verb === undefined) {
    const sentence = `There is no command '${shown(first)}'.${hint(first, VERBS)} ${known()}`;
    return { kind: 'misread', verb: null, reason: 'unknown_verb', sentence };
  }
  const parsed = PARSERS[verb](rest);
  if (typeof parsed !== 'string') return { kind: 'command', command: parsed };
  const sentence = `${parsed} It is written: ${GRAMMAR[verb].form}.`;
  return { kind: 'misread', verb, reason: 'bad_arguments', sentence };
}

function known(): string {
  return `The commands are: ${VERBS.join(', ')}.`;
}

const PARSERS: Readonly<Record<Verb, (words: readonly string[]) => Parsed>> = {
  ack: (words) => lasting('ack', words),
  silence,
  unsilence,
  'false-positive': falsePositive,
  stop,
  resume,
  approve: (words) => decision('approve', words),
  reject: (words) => decision('reject', words),
  rollback,
  expect,
  raise,
  accept: (words) => judgement('accept', words),
  dismiss: (words) => judgement('dismiss', words),
  override,
  status: (words) => alone('status', words),
  help: (words) => alone('help', words),
};

function alone<V extends 'status' | 'help'>(verb: V, words: readonly string[]): { verb: V } | string {
  const [first] = words;
  return first === undefined ? { verb } : `'${verb}' takes nothing more, but got '${shown(first)}'.`;
}

function lasting<V extends 'ack' | 'silence'>(
  verb: V,
  words: readonly string[],
): { verb: V; lasts: Duration | null; why: string | null } | string {
  if (words[0]?.toLowerCase() !== 'for') return { verb, lasts: null, why: reason(words) };
  const lasts = duration(words[1]);
  return typeof lasts === 'string' ? lasts : { verb, lasts, why: reason(words.slice(2)) };
}

function silence(words: readonly string[]): Parsed {
  const read = leadingMatchers(words);
  if (typeof read === 'string') return read;
  const said = lasting('silence', read.rest);
  return typeof said === 'string' ? said : { ...said, match: read.match };
}

function unsilence(words: readonly string[]): Parsed {
  const read = leadingMatchers(words);
  if (typeof read === 'string') return read;
  const [first] = read.rest;
  if (first === undefined) return { verb: 'unsilence', match: read.match };
  return `'unsilence' takes nothing more, but got '${shown(first)}'.`;
}

/** Words that mean every agent. */
const ALL = ['all', 'everything'];

/** What people type after a word in a hurry. No question mark: a question is not an order. */
const TRAILING = /[!.,;:…！。]+$/u;

function stop(words: readonly string[]): Parsed {
  const { names, why } = beforeBecause(words);
  if (typeof names === 'string') return names;
  const isAll = names.every((name) => ALL.includes(name.toLowerCase()));
  return { verb: 'stop', agents: isAll ? [] : names, why };
}

function falsePositive(words: readonly string[]): Parsed {
  const undo = words[0]?.replace(TRAILING, '').toLowerCase() === 'undo';
  return { verb: 'false-positive', undo, why: reason(undo ? words.slice(1) : words) };
}

const AGENT_NAME = /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,79}$/u;

/** An agent may also be named by the path of its workflow. */
const WORKFLOW_FOLDER = /^\.github\/workflows\//i;

function splitAtBecause(words: readonly string[]): { before: readonly string[]; why: string | null } {
  const at = words.findIndex((word) => /^because:?$/i.test(word));
  return at === -1 ? { before: words, why: null } : { before: words.slice(0, at), why: reason(words.slice(at + 1)) };
}

/** The names before `because`, possibly separated by commas; a sentence when one cannot be the name of an agent. */
function beforeBecause(words: readonly string[]): { names: readonly string[] | string; why: string | null } {
  const { before, why } = splitAtBecause(words);
  const names = before.flatMap((word) => word.split(',').flatMap((name) => name.replace(TRAILING, '') || []));
  const odd = names.find((name) => !AGENT_NAME.test(name.replace(WORKFLOW_FOLDER, '')));
  if (odd !== undefined) return { names: `'${shown(odd)}' is not the name of an agent.`, why };
  if (names.length > 50) return { names: 'More than 50 names: leave them out to stop all agents.', why };
  return { names: [...new Set(names)], why };
}

function resume(words: readonly string[]): Parsed {
  const { before, why } = splitAtBecause(words);
  const wish: ResumeWish = { generation: null, canary: null, anyway: false };
  for (let i = 0; i < before.length; ) {
    const taken = takeResumeWord(wish, before[i] ?? '', before[i + 1]);
    if (taken === 0) {
      return `'${shown(before[i] ?? '')}' was not expected.${hint(before[i] ?? '', ['anyway', 'canary', 'because'])}`;
    }
    i += taken;
  }
  if (wish.anyway && why === null) return "'anyway' needs a reason after 'because'.";
  return { verb: 'resume', ...wish, why };
}

interface ResumeWish {
  generation: number | null;
  canary: string | null;
  anyway: boolean;
}

/** How many words were understood: 0, 1, or 2 when a name belongs to the word. */
function takeResumeWord(wish: ResumeWish, word: string, next: string | undefined): number {
  if (/^@?\d{1,9}$/.test(word)) {
    wish.generation = Number(word.replace('@', ''));
    return 1;
  }
  switch (word.toLowerCase()) {
    case 'anyway':
      wish.anyway = true;
      return 1;
    case 'canary':
      if (next === undefined || !AGENT_NAME.test(next)) return 0;
      wish.canary = next;
      return 2;
    default:
      return 0;
  }
}

function decision(verb: 'approve' | 'reject', words: readonly string[]): Parsed {
  const [id, ...rest] = words;
  if (id === undefined || !/^[A-Za-z\d][\w.@:-]{0,79}$/.test(id)) {
    return `The commit, the proposal or the response that is meant was expected${id === undefined ? '' : `, not '${shown(id)}'`}.`;
  }
  return { verb, id, why: reason(rest) };
}

function judgement(verb: 'accept' | 'dismiss', words: readonly string[]): Parsed {
  const [id, ...rest] = words;
  if (id === undefined || !/^o[1-9]\d?$/i.test(id)) {
    return `The finding of a second opinion, such as O1, was expected${id === undefined ? '' : `, not '${shown(id)}'`}.`;
  }
  return { verb, finding: id.toUpperCase(), why: reason(rest) };
}

function rollback(words: readonly string[]): Parsed {
  const [pull, ...rest] = words;
  if (pull === undefined || !/^#?[1-9]\d{0,8}$/.test(pull)) {
    return `The number of a pull request was expected${pull === undefined ? '' : `, not '${shown(pull)}'`}.`;
  }
  return { verb: 'rollback', pull: Number(pull.replace('#', '')), why: reason(rest) };
}

/** Used when no window is given. */
const USUAL_WINDOW: Duration = 14 * DAY;

function expect(words: readonly string[]): Parsed {
  const [metric = '', direction = '', ...rest] = words;
  const said: Record<string, string> = {};
  let at = rest[0]?.endsWith('%') === true ? 1 : 0;
  if (at === 1) said['by'] = rest[0] ?? '';
  for (; rest[at]?.toLowerCase() === 'within' || rest[at]?.toLowerCase() === 'of'; at += 2) {
    said[rest[at]?.toLowerCase() ?? ''] = rest[at + 1] ?? '';
  }
  const guards = rest[at]?.toLowerCase() === 'guard' ? rest.slice(at + 1) : [];
  if (guards.length === 0 && rest[at] !== undefined) return `'${shown(rest[at] ?? '')}' was not expected.`;
  const guard = guards.flatMap((word) => word.split(',')).filter((name) => name !== '');
  const { by, within, of: agent } = said;
  const hypothesis = readHypothesis(
    { metric, direction: direction.toLowerCase(), by, within, guard, agent },
    USUAL_WINDOW,
  );
  return typeof hypothesis === 'string' ? hypothesis : { verb: 'expect', hypothesis };
}

function raise(words: readonly string[]): Parsed {
  const [budget, to, amount, preposition, length, more] = words;
  if (budget === undefined || !/^[A-Za-z\d][\w.-]{0,79}$/.test(budget)) return 'The name of a budget was expected.';
  if (to?.toLowerCase() !== 'to') return "'to' and an amount were expected after the name of the budget.";
  const value = amountOf(amount ?? '');
  if (value <= 0) return `An amount such as 80, $12.50 or 2M was expected, not '${shown(amount ?? '')}'.`;
  if (preposition?.toLowerCase() !== 'for') return "'for' and a time were expected after the amount.";
  const lasts = duration(length);
  if (typeof lasts === 'string') return lasts;
  if (more !== undefined) return `'raise' ends with the time, but got '${shown(more)}'.`;
  return { verb: 'raise', budget, to: value, inUsd: amount?.startsWith('$') === true, lasts };
}

function override(words: readonly string[]): Parsed {
  const { before, why } = splitAtBecause(words);
  const [name, preposition, length, more] = before;
  if (name === undefined || !AGENT_NAME.test(name)) {
    return `The name of an agent was expected${name === undefined ? '' : `, not '${shown(name)}'`}.`;
  }
  if (preposition?.toLowerCase() !== 'for') return "'for' and a time were expected after the name of the agent.";
  const lasts = duration(length);
  if (typeof lasts === 'string') return lasts;
  if (more !== undefined) return `'${shown(more)}' was not expected.${hint(more, ['because'])}`;
  return { verb: 'override', agent: ALL.includes(name.toLowerCase()) ? null : name, lasts, why };
}

const SCALES: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9 };

/** Reads `80`, `$12.50`, `2,000` or `2M`; 0 for anything that is not an amount. */
function amountOf(word: string): number {
  const [, whole, part = '', scale = ''] =
    /^\$?(\d{1,9}|\d{1,3}(?:[,_]\d{3}){1,3})(\.\d{1,2})?([kmg])?$/i.exec(word) ?? [];
  if (whole === undefined) return 0;
  const value = Number(whole.replace(/[,_]/g, '') + part) * (SCALES[scale.toLowerCase()] ?? 1);
  return value <= 1e12 ? value : 0;
}

function duration(word: string | undefined): Duration | string {
  const length = word === undefined || word.length > 20 ? null : parseDuration(word.toLowerCase());
  if (length === null) {
    const got = word === undefined ? '' : `, not '${shown(word)}'`;
    return `A time such as 30m, 2h or 1d was expected after 'for'${got}.`;
  }
  return length >= SHORTEST && length <= LONGEST ? length : "The time after 'for' must be from 1m to 30d.";
}
