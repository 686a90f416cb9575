import { z } from 'zod';

/** Which builds are looked at. */
export interface BuildsConfig {
  readonly enabled: boolean;
  readonly workflows: readonly string[];
  readonly errors: boolean;
  readonly analysers: readonly string[];
  readonly checks: boolean;
  readonly max_runs: number;
}

export const buildsSchema: z.ZodType<BuildsConfig, unknown> = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether builds are looked at at all.'),
  workflows: z
    .array(z.string().min(1).max(200))
    .max(200)
    .default(['*'])
    .describe('Names of workflow files, as globs; a `!` in front leaves files out. Those of agents are never builds.'),
  errors: z
    .boolean()
    .default(false)
    .describe('Whether the annotations of failed jobs are read for the classes of their errors; needs `checks: read`.'),
  analysers: z
    .array(z.string().min(1).max(200))
    .max(50)
    .default([])
    .describe(
      'Names of jobs, as globs, whose annotations at files are counted as results of an analyser; one request for each, and needs `checks: read`.',
    ),
  checks: z
    .boolean()
    .default(true)
    .describe(
      'Whether check runs of pull requests of agents are read, up to five heads in each run; needs `checks: read`.',
    ),
  max_runs: z
    .int()
    .min(1)
    .max(500)
    .default(20)
    .describe('The most builds that one run reads, with a request or more for each; the rest is left to the next run.'),
});
