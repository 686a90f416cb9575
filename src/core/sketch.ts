import { LogarithmicMapping } from '@datadog/sketches-js/dist/ddsketch/mapping/index.js';

/**
 * A mergeable summary of a distribution of values ≥ 0 (DDSketch; Masson, Rim, Lee: "DDSketch: a fast and fully-mergeable quantile
 * sketch with relative-error guarantees", VLDB 2019). `bins` holds pairs of bin number and count.
 */
export interface SketchData {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  readonly zeros: number;
  readonly bins: readonly (readonly [number, number])[];
}

/** Quantiles are within 1 % of a value of that rank. */
export const RELATIVE_ACCURACY = 0.01;

/** The sketch of a list of values; null if it contains no finite value ≥ 0 (others are left out). A typed array is taken over. */
export function sketchOf(values: Iterable<number>): SketchData | null {
  // Copying an array of numbers as a whole is many times faster than one by one.
  const known = values instanceof Float64Array ? values : Float64Array.from(values);
  let [count, sum] = [0, 0];
  for (let index = 0; index < known.length; index++) {
    const value = known[index] ?? -1;
    if (!Number.isFinite(value) || value < 0) continue;
    known[count++] = value;
    sum += value;
  }
  if (count === 0) return null;
  return sketchFrom((count === known.length ? known : known.subarray(0, count)).sort(), sum);
}

/** The values that a sketch was made of, in order. A quantile is looked up there without the bins. */
const VALUES = new WeakMap<object, Float64Array>();

/** Bins are filled when somebody first asks for them. V8 makes hash tables of objects with getters of their own, so all share this one. */
const LATER: PropertyDescriptor & ThisType<SketchData> = {
  enumerable: true,
  configurable: true,
  get() {
    const bins = inBins(VALUES.get(this) ?? new Float64Array(), this.zeros);
    // A frozen sketch fills them each time.
    Reflect.defineProperty(this, 'bins', { enumerable: true, value: bins });
    return bins;
  },
};

function sketchFrom(values: Float64Array, sum: number): SketchData {
  let zeros = 0;
  while (zeros < values.length && isZero(values[zeros] ?? 0)) zeros++;
  const known = { count: values.length, sum, min: values[0] ?? 0, max: values.at(-1) ?? 0, zeros };
  const sketch = Object.defineProperty(known, 'bins', LATER) as SketchData;
  VALUES.set(sketch, values);
  return sketch;
}

/** In order, so that values of one bin follow each other, which takes less than looking up the bin of each. */
function inBins(values: Float64Array, from: number): SketchData['bins'] {
  const bins: [bin: number, count: number][] = [];
  let last: [bin: number, count: number] = [Number.NaN, 0];
  for (let index = from; index < values.length; index++) {
    const bin = MAPPING.key(values[index] ?? 0);
    if (bin === last[0]) {
      last[1]++;
    } else {
      last = [bin, 1];
      bins.push(last);
    }
  }
  return bins;
}

/**
 * Maps values to bins and back. The library's own stores are expensive to fill for a few values, and lose bins when two of them with
 * very different values are merged (2.1.1), so nothing else of it is loaded.
 */
const MAPPING = new LogarithmicMapping(RELATIVE_ACCURACY);

/** The sketch of the values of both; every bin of either is kept. */
export function mergeSketches(a: SketchData | null, b: SketchData | null): SketchData | null {
  if (a === null || b === null) return a ?? b;
  const bins = new Map(a.bins);
  for (const [bin, count] of b.bins) bins.set(bin, (bins.get(bin) ?? 0) + count);
  return {
    count: a.count + b.count,
    sum: a.sum + b.sum,
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    zeros: a.zeros + b.zeros,
    bins: inOrder(bins),
  };
}

/** The value at quantile `q` in [0, 1]; null for an empty sketch. */
export function quantile(data: SketchData | null, q: number): number | null {
  if (data === null || data.count === 0) return null;
  const rank = q * (data.count - 1);
  const bin = binAt(data, rank);
  return Math.min(data.max, Math.max(data.min, bin === null ? 0 : MAPPING.value(bin)));
}

/** The bin of the value of this rank, counted from 0. Null for the values too small for any bin. */
function binAt(data: SketchData, rank: number): number | null {
  const value = VALUES.get(data)?.[Math.floor(rank)];
  if (value !== undefined) return isZero(value) ? null : MAPPING.key(value);
  let seen = data.zeros;
  if (rank < seen) return null;
  // Sessions have thousands of bins. Taking a pair apart by a pattern would cost an iterator each time.
  const bin = data.bins.find((pair) => {
    seen += pair[1];
    return seen > rank;
  });
  return (bin ?? data.bins.at(-1) ?? [0])[0];
}

function isZero(value: number): boolean {
  return value <= MAPPING.minPossible;
}

function inOrder(bins: ReadonlyMap<number, number>): SketchData['bins'] {
  return [...bins].sort((a, b) => a[0] - b[0]);
}
