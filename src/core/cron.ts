/** What one field of a cron line may hold: its bounds, and names that stand for numbers from the lowest on. */
interface CronField {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** The five fields in the order in which they are written. */
const FIELDS: readonly CronField[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: MONTHS },
  { low: 0, high: 6, names: DAYS },
];

/** The numbers that each of the five fields of a cron line stands for, as GitHub reads them; null when it is no such line. */
export function cronValues(line: string): readonly ReadonlySet<number>[] | null {
  const words = line.trim().split(/\s+/);
  if (words.length !== FIELDS.length) return null;
  const values = FIELDS.flatMap((field, i) => valuesOf(words[i] ?? '', field) ?? []);
  return values.length === FIELDS.length ? values : null;
}

/** `*`, `5`, `1-5`, `*\/15`, `1-30/10`, `MON-FRI`, and lists of these. */
function valuesOf(text: string, field: CronField): ReadonlySet<number> | null {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const range = rangeOf(part, field);
    if (range === null) return null;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return values;
}

function rangeOf(part: string, field: CronField): { from: number; to: number; step: number } | null {
  const { low, high } = field;
  const match = /^(\*|(\w+)(-(\w+))?)(\/(\d+))?$/.exec(part);
  if (match === null) return null;
  const [, , first, , last, , every] = match;
  const from = first === undefined ? low : numberOf(first, field);
  const openEnded = first === undefined || every !== undefined;
  const to = last === undefined ? (openEnded ? high : from) : numberOf(last, field);
  const step = Number(every ?? 1);
  // What is no number is in no bounds.
  return from >= low && to <= high && from <= to && step >= 1 ? { from, to, step } : null;
}

function numberOf(word: string, { low, names }: CronField): number {
  const at = names.indexOf(word.toLowerCase());
  if (at !== -1) return at + low;
  return /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
}
