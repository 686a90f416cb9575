import { z } from 'zod';
import { type GuardTerms, USUAL_GUARD } from '../core/guard-terms.ts';
import { HOUR } from '../core/time.ts';
import { durationOption } from './values.ts';

/** An agent's own `guard:`. Whatever is left out is as for all agents. */
export type AgentGuard = { readonly [K in keyof GuardTerms]?: GuardTerms[K] | undefined };

const fail = z
  .enum(['closed', 'open'])
  .describe('In enforce mode: whether an agent is denied (`closed`) when nobody can tell whether it may start.');

const onDeny = z
  .enum(['fail', 'continue'])
  .describe('Whether a denial fails the step with exit code 3, or leaves it to the workflow to look at `decision`.');

const depth = z
  .int()
  .min(1)
  .max(1_000)
  .nullable()
  .describe('The most runs in a chain in which each started the next one. `null` is no limit.');

const downgrade = z
  .strictObject({
    at: z.number().min(0).max(1).describe('The share of a budget from which on the model is offered.'),
    model: z
      .string()
      .regex(/^[A-Za-z\d][\w./:@-]{0,99}$/, 'expected the name of a model as its engine takes it')
      .describe('The model that is offered in the output `model`.'),
  })
  .nullable()
  .describe(
    'A cheaper model that is offered once this share of a budget in dollars or tokens is used: `{ at: 0.8, model: NAME }`.',
  );

const LEASE = 'How long what was reserved for a session is held when nobody says what it used.';
const INTERVAL = 'The least time between two starts of one agent.';
const LIMITS = { least: '1m', most: '35d' };

/** Without a default: if nothing is set, the general setting applies. */
const interval = durationOption('0s', INTERVAL).unwrap().nullable();
const lease = durationOption('6h', LEASE, LIMITS).unwrap();

/** The settings for every agent that sets nothing else. */
export const guardSchema: z.ZodType<GuardTerms, object> = z.strictObject({
  fail: fail.default(USUAL_GUARD.fail),
  on_deny: onDeny.default(USUAL_GUARD.on_deny),
  lease: durationOption(`${USUAL_GUARD.lease / HOUR}h`, LEASE, LIMITS),
  max_depth: depth.default(USUAL_GUARD.max_depth),
  min_interval: z
    .union([interval, z.null()])
    .default(USUAL_GUARD.min_interval)
    .describe(`${INTERVAL} \`null\` is no limit.`),
  downgrade: downgrade.default(USUAL_GUARD.downgrade),
});

/** The same for one agent. */
export const agentGuardSchema: z.ZodType<AgentGuard, object> = z.strictObject({
  fail: fail.optional(),
  on_deny: onDeny.optional(),
  lease: lease.optional().describe(LEASE),
  max_depth: depth.optional(),
  min_interval: interval.optional().describe(`${INTERVAL} \`null\` is no limit.`),
  downgrade: downgrade.optional(),
});

/** The terms under which one agent may start: its own, and for the rest the general ones. */
export function guardTerms(all: GuardTerms, own: AgentGuard | undefined): GuardTerms {
  return {
    fail: own?.fail ?? all.fail,
    on_deny: own?.on_deny ?? all.on_deny,
    lease: own?.lease ?? all.lease,
    max_depth: own?.max_depth === undefined ? all.max_depth : own.max_depth,
    min_interval: own?.min_interval === undefined ? all.min_interval : own.min_interval,
    downgrade: own?.downgrade === undefined ? all.downgrade : own.downgrade,
  };
}
