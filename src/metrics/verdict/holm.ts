/**
 * The probabilities of several questions asked at once, raised so that the chance of any false answer stays below the line each is
 * compared with: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
 */
export function holm(probabilities: readonly number[]): readonly number[] {
  const order = probabilities.map((p, at) => ({ p, at })).sort((a, b) => a.p - b.p);
  const raised: number[] = [];
  let most = 0;
  for (const [rank, { p, at }] of order.entries()) {
    most = Math.max(most, Math.min(1, p * (probabilities.length - rank)));
    raised[at] = most;
  }
  return raised;
}
