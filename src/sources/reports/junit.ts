import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { isAmount } from '../../core/spool-line.ts';
import { SECOND } from '../../core/time.ts';
import { MOST_ENTRIES, type ReportReading, unusable } from './reading.ts';

/** One node in document order: its children under its name, its attributes under `:@`. */
type Node = Readonly<Record<string, unknown>>;

/** The totals of a report's cases. */
interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** Milliseconds, over the cases that have a time. */
  time: number;
}

const PARSER = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  // Numbers are parsed here, and no text is needed at all.
  parseAttributeValue: false,
  parseTagValue: false,
  processEntities: false,
});

/**
 * Reads test results in the format made common by JUnit. Cases are counted, ignoring the totals in a suite's attributes, because
 * the programs that write them disagree about their meaning. A case that failed and then passed in a rerun has passed (Surefire's
 * `flakyFailure`). A suite without cases counts by its attributes.
 */
export function readJunit(text: string): ReportReading {
  // An entity declared in the document could grow without limit, or name a file, so none is read.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) return unusable('it declares entities, which are not read');
  if (XMLValidator.validate(text) !== true) return unusable('it is no well-formed XML');
  const nodes = parsed(text);
  if (nodes === null) return unusable('its tags are nested too deep');
  const roots = nodes.filter((node) => isNamed(node, 'testsuites') || isNamed(node, 'testsuite'));
  if (roots.length === 0) return unusable('it is XML, but no test results');
  const tally: Tally = { passed: 0, failed: 0, skipped: 0, time: 0 };
  if (!countAll(roots, tally)) return unusable('it holds more test cases than are read');
  const { passed, failed, skipped, time } = tally;
  const outcomes = [...new Array<number>(passed).fill(1), ...new Array<number>(failed).fill(0)];
  return {
    ok: true,
    format: 'junit',
    values: [
      ...(outcomes.length === 0 ? [] : [{ metric: 'report.tests', labels: {}, values: outcomes }]),
      { metric: 'report.tests.skipped', labels: {}, values: [skipped] },
      { metric: 'report.tests.duration', labels: {}, values: [time] },
    ],
  };
}

function parsed(text: string): readonly Node[] | null {
  try {
    return PARSER.parse(text) as readonly Node[];
  } catch (error) {
    // The validator has accepted it, so the only remaining error is the parser's depth limit.
    if (error instanceof Error) return null;
    throw error;
  }
}

function isNamed(node: Node, name: string): boolean {
  return Object.hasOwn(node, name);
}

function childrenOf(node: Node, name: string): readonly Node[] {
  const below = node[name];
  return Array.isArray(below) ? below : [];
}

/** False when there are too many cases. */
function countAll(nodes: readonly Node[], tally: Tally): boolean {
  for (const node of nodes) {
    if (isNamed(node, 'testsuites') && !countAll(childrenOf(node, 'testsuites'), tally)) return false;
    if (isNamed(node, 'testsuite') && !countSuite(node, tally)) return false;
    if (isNamed(node, 'testcase')) countCase(node, tally);
    if (tally.passed + tally.failed + tally.skipped > MOST_ENTRIES) return false;
  }
  return true;
}

function countSuite(suite: Node, tally: Tally): boolean {
  const below = childrenOf(suite, 'testsuite');
  if (below.some((node) => isNamed(node, 'testcase') || isNamed(node, 'testsuite'))) return countAll(below, tally);
  const [tests, failures, errors, skipped] = ['tests', 'failures', 'errors', 'skipped'].map((name) =>
    Math.min(MOST_ENTRIES + 1, Math.trunc(amountIn(suite, name) ?? 0)),
  ) as [number, number, number, number];
  const failed = Math.min(tests, failures + errors);
  tally.failed += failed;
  tally.skipped += Math.min(tests - failed, skipped);
  tally.passed += Math.max(0, tests - failed - skipped);
  tally.time += (amountIn(suite, 'time') ?? 0) * SECOND;
  return tally.passed + tally.failed + tally.skipped <= MOST_ENTRIES;
}

function countCase(node: Node, tally: Tally): void {
  const below = childrenOf(node, 'testcase');
  const has = (...names: readonly string[]): boolean =>
    names.some((name) => below.some((child) => isNamed(child, name)));
  if (has('skipped')) tally.skipped += 1;
  else if (has('failure', 'error')) tally.failed += 1;
  else tally.passed += 1;
  tally.time += (amountIn(node, 'time') ?? 0) * SECOND;
}

/** The number in an attribute, including `1,234.5`. Null when there is none. */
function amountIn(node: Node, name: string): number | null {
  const attributes = node[':@'];
  const text = typeof attributes === 'object' && attributes !== null ? (attributes as Node)[name] : undefined;
  if (typeof text !== 'string' || !/^\d[\d,]*(?:\.\d+)?(?:e-?\d+)?$/i.test(text)) return null;
  const value = Number(text.replaceAll(',', ''));
  return isAmount(value) ? value : null;
}
