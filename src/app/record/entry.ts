import { type Labels, labelsProblem, nameProblem } from '../../core/label.ts';
import { isNumber, keptLabels } from '../../core/spool-line.ts';
import type { ReportOrder } from '../../sources/reports/take.ts';
import { didYouMean } from '../shell/did-you-mean.ts';
import { type Invocation, readFlags } from '../shell/flags.ts';
import { quoted } from '../shell/quoted.ts';
import { UsageError } from '../shell/world.ts';
import { RECORD } from './doc.ts';

/** What somebody wants recorded. */
export type RecordEntry =
  | { readonly kind: 'metric'; readonly name: string; readonly value: number; readonly labels: Labels }
  | { readonly kind: 'event'; readonly type: string; readonly labels: Labels }
  | ({ readonly kind: 'report' } & ReportOrder)
  | { readonly kind: 'spool' };

const KINDS: readonly RecordEntry['kind'][] = ['metric', 'event', 'report', 'spool'];

/**
 * Reads the words after `record`; without any, the spool is meant.
 * @throws UsageError when it cannot be kept as given.
 */
export function entryOf(invocation: Pick<Invocation, 'operands' | 'value' | 'values' | 'has'>): RecordEntry {
  const { operands, values, has } = invocation;
  const [word = 'spool', ...rest] = operands;
  const kind = KINDS.find((known) => known === word);
  if (kind === undefined) {
    throw new UsageError(`'record' knows no ${quoted(word)}.${didYouMean(word, KINDS)} It takes ${USAGE}.`);
  }
  if (kind !== 'spool' && has('spool')) throw new UsageError(`--spool belongs to 'record spool', not to '${kind}'.`);
  if (kind !== 'report' && has('better'))
    throw new UsageError(`--better belongs to 'record report', not to '${kind}'.`);
  const labels = labelsOf(values('label'));
  switch (kind) {
    case 'metric':
      return { kind, ...metricOf(rest), labels };
    case 'event':
      return { kind, type: typeOf(rest), labels };
    case 'report':
      return { kind, patterns: patternsOf(rest), labels, better: betterOf(invocation.value('better')) };
    case 'spool':
      if (rest.length > 0 || values('label').length > 0)
        throw new UsageError("'record spool' takes no words or labels.");
      return { kind };
    default:
      return kind satisfies never;
  }
}

const USAGE = "'metric NAME VALUE', 'event TYPE', 'report PATH…' or 'spool'";

function metricOf([name, value, ...more]: readonly string[]): { readonly name: string; readonly value: number } {
  if (name === undefined || value === undefined || more.length > 0) {
    throw new UsageError('A metric is a name and one number: record metric build.duration 412.');
  }
  refuseIf(nameProblem(name, 'metric'));
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(value) ? Number(value) : Number.NaN;
  if (!isNumber(number)) {
    throw new UsageError(
      `The value of a metric is a number such as 412 or 0.5, between -1e15 and 1e15, not ${quoted(value)}.`,
    );
  }
  return { name, value: number };
}

function typeOf([type, ...more]: readonly string[]): string {
  if (type === undefined || more.length > 0) {
    throw new UsageError(
      'An event is one word for its type, and labels: record event release.published --label channel=beta.',
    );
  }
  refuseIf(nameProblem(type, 'event'));
  return type;
}

function patternsOf(paths: readonly string[]): readonly string[] {
  if (paths.length > 0) return paths;
  throw new UsageError(
    "'record report' wants the paths of reports, or globs: record report 'out/**/*.xml' lint.sarif.",
  );
}

function betterOf(text: string | null): ReportOrder['better'] {
  if (text === null || text === 'smaller') return 'smaller';
  if (text === 'bigger') return 'bigger';
  throw new UsageError(`--better is smaller or bigger, not ${quoted(text)}.`);
}

function labelsOf(given: readonly string[]): Labels {
  const labels = new Map<string, string>();
  for (const text of given) {
    const sign = text.indexOf('=');
    if (sign <= 0) throw new UsageError(`--label wants KEY=VALUE, such as target=linux, not ${quoted(text)}.`);
    const key = text.slice(0, sign);
    if (labels.has(key)) throw new UsageError(`The label ${quoted(key)} is given twice.`);
    labels.set(key, text.slice(sign + 1));
  }
  const all = Object.fromEntries(labels);
  refuseIf(labelsProblem(all));
  return keptLabels(all);
}

function refuseIf(problem: string | null): void {
  if (problem !== null) throw new UsageError(problem);
}

/**
 * The entries of a text, one per line, written as after `record` on the command line, quotes included.
 * @throws UsageError that names the line.
 */
export function entriesIn(text: string): readonly RecordEntry[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [entryOf(invocationOf(line))];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`CHECKREIN_RECORD, line ${index + 1}: ${error.message}`);
    }
  });
}

function invocationOf(line: string): Invocation {
  const words = wordsOf(line);
  if (words.includes('--help') || words.includes('-h')) throw new UsageError(`a line is ${USAGE}, with labels.`);
  const invocation = readFlags(RECORD, words);
  const flag = ['ledger', 'repo', 'config', 'now', 'json', 'spool'].find((name) => invocation.has(name));
  if (flag !== undefined) throw new UsageError(`--${flag} works on the command line only.`);
  return invocation;
}

/** Splits at spaces. Quotes keep spaces in a word. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  if (/["']/.test(line.replace(/"[^"]*"|'[^']*'/g, ''))) throw new UsageError('a quote has no end.');
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
