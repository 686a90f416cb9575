import { parseDuration } from '../../core/time.ts';

/** A sample of a series; null if there is none. */
export type Sample = number | string | boolean | null;

/** The most samples of one series. */
const MOST_SAMPLES = 20_000;

const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?`;
const EXPANDED = new RegExp(`^(${NUMBER})([+-]\\d+(?:\\.\\d+)?)?x(\\d+)$`);
const PLAIN = new RegExp(`^${NUMBER}$`);

/**
 * Reads the samples of a series in promtool notation: `1 2 3`, `_` for a missing one, `0+10x3` for 0 10 20 30, `5x2` for 5 5 5,
 * `_x4` for four missing ones. Besides numbers it takes words, `true` and `false`, which may be repeated as well: `healthyx2`. Null
 * for anything else, and for far too many samples.
 */
export function readSamples(text: string): readonly Sample[] | null {
  const samples: Sample[] = [];
  for (const word of text.split(/\s+/).filter((word) => word !== '')) {
    const read = readWord(word);
    if (read === null || samples.length + read.length > MOST_SAMPLES) return null;
    samples.push(...read);
  }
  return samples;
}

function readWord(word: string): readonly Sample[] | null {
  if (PLAIN.test(word)) return [Number(word)];
  const [, first, step, times] = EXPANDED.exec(word) ?? [];
  if (first === undefined) return readNamed(word);
  const count = Number(times);
  if (count >= MOST_SAMPLES) return null;
  return Array.from({ length: count + 1 }, (_, i) => Number(first) + i * Number(step ?? 0));
}

const NAMED: Readonly<Record<string, Sample>> = { _: null, true: true, false: false };

function readNamed(word: string): readonly Sample[] | null {
  const [, name = word, times] = /^([A-Za-z_]+)x(\d+)$/.exec(word) ?? [];
  const value = Object.hasOwn(NAMED, name) ? (NAMED[name] ?? null) : name;
  if (typeof value === 'string' && !/^[A-Za-z_]\w*$/.test(value)) return null;
  // As in promtool, `5x2` is the first and two more, while `_x2` is two.
  const count = times === undefined ? 1 : Number(times) + (value === null ? 0 : 1);
  return count > MOST_SAMPLES ? null : Array.from({ length: count }, () => value);
}

/** The parts of a series path: `metrics.mcpServers["a-b"].errorRate`; null if it is not a path. */
export function readPath(text: string): readonly string[] | null {
  const parts: string[] = [];
  let rest = text;
  while (rest !== '') {
    const [whole, name, quoted] = /^(?:\.?([A-Za-z_]\w*)|\["([^"\]]+)"\])/.exec(rest) ?? [];
    if (whole === undefined) return null;
    parts.push(name ?? quoted ?? '');
    rest = rest.slice(whole.length);
  }
  return parts.length === 0 ? null : parts;
}

/** A time in a test as people write it: `90s`, `1h30m`, or 0. */
export function readOffset(value: unknown): number | null {
  if (value === 0 || value === '0') return 0;
  return typeof value === 'string' ? parseDuration(value) : null;
}
