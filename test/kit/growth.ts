/** How much longer a text of four times the length takes: 4 when linear, 16 when quadratic. Below this, nothing is told apart from noise. */
const NOISE_MS = 5;
const ROUNDS = 3;

/**
 * What four times the input costs, in multiples of what the input costs, by the processor's time and not by the
 * wall's, so that a busy machine does not decide a test. The least of three rounds each.
 */
export function growth(work: (size: number) => void, size: number): number {
  const [small, large] = [leastOf(() => work(size)), leastOf(() => work(4 * size))];
  return (large + NOISE_MS) / (small + NOISE_MS);
}

/** Halfway, in powers of two, between linear (4) and quadratic (16). */
export const LINEAR: number = 8;

function leastOf(work: () => void): number {
  return Math.min(...Array.from({ length: ROUNDS }, () => processorMs(work)));
}

function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1_000;
}
