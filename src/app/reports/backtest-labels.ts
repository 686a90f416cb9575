import type { Verdict } from '../../alerts/score.ts';
import { readYaml } from '../../config/document.ts';
import { formatProblem } from '../../config/problem.ts';
import type { EpisodeMark } from '../../core/facts.ts';
import { agentSubject } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import { type Instant, parseInstant } from '../../core/time.ts';
import { readLocalText } from '../shell/load-config.ts';
import { UsageError } from '../shell/world.ts';
import { splitCsvLine } from './csv-line.ts';

const FIELDS = ['agent', 'from', 'to', 'rule', 'kind', 'incident'] as const;

type Field = (typeof FIELDS)[number];
type Row = Readonly<Partial<Record<Field, unknown>>>;

/**
 * Reads incidents that people wrote down: YAML (a list, or one under `incidents:`) or CSV with a header, by file extension. An
 * incident without an agent concerns the whole repository; `incident: false` marks a time when all was well.
 * @throws UsageError when the file cannot be read, or an entry is not an incident.
 */
export async function readLabels(path: string): Promise<readonly Verdict[]> {
  const text = await readLocalText(path, 'file of labels');
  if (typeof text !== 'string') throw new UsageError(text.reason);
  const rows = path.toLowerCase().endsWith('.csv') ? csvRows(text, path) : yamlRows(text, path);
  return rows.map(({ row, place }) => verdictOf(row, `${plainLine(path, 200)}, ${place}`));
}

interface Placed {
  readonly row: Row;
  readonly place: string;
}

function csvRows(text: string, path: string): readonly Placed[] {
  const [header = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = splitCsvLine(header).map((name) => name.toLowerCase());
  const fields = names.map((name) => fieldOf(name, `${plainLine(path, 200)}, line 1`));
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const cells = splitCsvLine(line);
    const pairs = fields.map((field, at) => [field, cells[at] === '' ? undefined : cells[at]] as const);
    return [{ row: Object.fromEntries(pairs), place: `line ${i + 2}` }];
  });
}

function yamlRows(text: string, path: string): readonly Placed[] {
  const yaml = readYaml(text, path);
  if (!yaml.ok) throw new UsageError(yaml.problems.map(formatProblem).join('\n'));
  const { value } = yaml;
  const list = Array.isArray(value) ? value : isRecord(value) ? value['incidents'] : undefined;
  if (!Array.isArray(list)) {
    throw new UsageError(`${plainLine(path, 200)} holds no list of incidents, by itself or under 'incidents:'.`);
  }
  return list.map((row: unknown, i) => {
    const place = `entry ${i + 1}`;
    if (!isRecord(row)) throw new UsageError(`${plainLine(path, 200)}, ${place}: expected { agent, from, to }.`);
    for (const name of Object.keys(row)) fieldOf(name, `${plainLine(path, 200)}, ${place}`);
    return { row, place };
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldOf(name: string, place: string): Field {
  const field = FIELDS.find((known) => known === name);
  if (field !== undefined) return field;
  throw new UsageError(`${place}: there is no field '${plainLine(name, 60)}'; they are ${FIELDS.join(', ')}.`);
}

function verdictOf({ agent, from, to, rule, kind, incident }: Row, place: string): Verdict {
  const name = textOf(agent);
  const begins = momentOf(from, `${place}: 'from'`);
  if (begins === null) throw new UsageError(`${place}: 'from' is missing.`);
  const ends = momentOf(to, `${place}: 'to'`);
  if (ends !== null && ends < begins) throw new UsageError(`${place}: it ends before it begins.`);
  return {
    incident: truthOf(incident, place),
    subject: name === null ? null : agentSubject(name),
    from: begins,
    to: ends,
    rule: textOf(rule),
    kind: textOf(kind),
  };
}

function textOf(value: unknown): string | null {
  return value === undefined || value === null || value === '' ? null : String(value);
}

function momentOf(value: unknown, what: string): Instant | null {
  if (value === undefined || value === null) return null;
  const at = parseInstant(value instanceof Date ? value.getTime() : value);
  if (at === null) throw new UsageError(`${what} wants an ISO 8601 moment, not '${plainLine(String(value), 60)}'.`);
  return at;
}

function truthOf(value: unknown, place: string): boolean {
  if (value === undefined || value === null || value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new UsageError(`${place}: 'incident' is true or false, not '${plainLine(String(value), 60)}'.`);
}

/** What people said in the ledger about the alerts they were told of. */
export function verdictsOf(episodes: readonly EpisodeMark[]): readonly Verdict[] {
  return episodes.flatMap(({ verdict, subject, since, endedAt, rule }) =>
    verdict === null ? [] : [{ incident: verdict === 'incident', subject, from: since, to: endedAt, rule, kind: null }],
  );
}
