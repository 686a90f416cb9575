import { type HypothesisWords, readHypothesis } from '../../core/hypothesis.ts';
import type { Hypothesis } from '../../core/improvement.ts';
import { DAY, type Duration } from '../../core/time.ts';

/** The improvement that a pull request promises. */
export interface PullPromise {
  readonly hypothesis: Hypothesis | null;
  /** What is wrong with its block, in our own words. Null if nothing is. */
  readonly problem: string | null;
}

/** Only this much of a text is searched. */
const CONSIDERED = 65_536;
const MOST_LINES = 20;
const LONGEST_LINE = 300;
/** The default if the block does not say how long. */
const USUAL: Duration = 14 * DAY;

const FENCE = /^```checkrein[ \t]*\r?\n([\s\S]*?)^```/m;
const COMMENT = /<!--[ \t]*checkrein[ \t]*\r?\n([\s\S]*?)-->/;

const NAMES = ['metric', 'direction', 'by', 'within', 'guard', 'agent'] as const;
type Name = (typeof NAMES)[number];

/**
 * The promise in the text of a pull request: a code block marked `checkrein`, or an HTML comment that begins with that word, in
 * lines of `name: value` (`metric`, `direction`, `by`, `within`, `guard`, `agent`). Null if there is none. An agent may have
 * written it, so only this form is read, and it only decides what is watched in addition to the guardrails of the configuration.
 */
export function promiseIn(body: string): PullPromise | null {
  const text = body.slice(0, CONSIDERED);
  const block = FENCE.exec(text)?.[1] ?? COMMENT.exec(text)?.[1];
  if (block === undefined) return null;
  const read = readBlock(block);
  return typeof read === 'string' ? { hypothesis: null, problem: read } : { hypothesis: read, problem: null };
}

function readBlock(block: string): Hypothesis | string {
  const lines = block.split(/\r?\n/).map((line) => line.trim());
  const told = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (told.length > MOST_LINES || told.some((line) => line.length > LONGEST_LINE)) return 'Its block is too long.';
  const words = new Map<Name, string>();
  for (const line of told) {
    const [, name, value] = /^([a-z]+)[ \t]*:[ \t]*(.+)$/.exec(line) ?? [];
    const known = NAMES.find((candidate) => candidate === name);
    if (known === undefined || value === undefined) {
      return `Its block holds a line that is not one of ${NAMES.join(', ')} with a value.`;
    }
    if (words.has(known)) return `Its block says '${known}' twice.`;
    words.set(known, unquoted(value));
  }
  return readHypothesis(wordsOf(words), USUAL);
}

function wordsOf(words: ReadonlyMap<Name, string>): HypothesisWords {
  const guard = (words.get('guard') ?? '').replace(/^\[|\]$/g, '').split(/[\s,]+/);
  return {
    metric: words.get('metric') ?? '',
    direction: words.get('direction') ?? '',
    by: words.get('by'),
    within: words.get('within'),
    guard: guard.map(unquoted).filter((name) => name !== ''),
    agent: words.get('agent'),
  };
}

function unquoted(value: string): string {
  return value.replace(/^(["'])(.*)\1$/, '$2').trim();
}
