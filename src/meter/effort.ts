/** Two measures of effort, in milliseconds from any beginning. */
export interface Effort {
  readonly time: number;
  readonly processor: number;
}

/** What this process has taken so far. */
export function effortSoFar(): Effort {
  const { user, system } = process.cpuUsage();
  return { time: performance.now(), processor: (user + system) / 1_000 };
}
