import { z } from 'zod';
import type { Budget } from '../budgets/budget.ts';
import { budgetsSchema } from '../budgets/budget-schema.ts';
import { BUDGET_RULES } from '../budgets/registry.ts';
import type { AgentTerms } from '../core/agent-terms.ts';
import type { CronSchedule } from '../core/cron.ts';
import type { GuardTerms } from '../core/guard-terms.ts';
import type { NoticeTerms } from '../core/notice-terms.ts';
import type { Severity } from '../core/outcome.ts';
import type { OwnPrice } from '../core/price.ts';
import type { Engine } from '../core/session.ts';
import type { Duration } from '../core/time.ts';
import type { Vars } from '../rules/conditions/scope.ts';
import { RULES } from '../rules/registry.ts';
import { writtenAlerts } from './alert-rule.ts';
import { type ConfiguredAlerts, NO_ALERTS } from './alerts.ts';
import { type BuildsConfig, buildsSchema } from './builds.ts';
import { type ConfiguredChannels, channelsSchema } from './channels.ts';
import { type AgentGuard, agentGuardSchema, guardSchema } from './guard.ts';
import { type ImprovementsConfig, improvementsSchema } from './improvements.ts';
import { type MarksConfig, marksSchema } from './marks.ts';
import { noticeSections } from './notices.ts';
import { type OpinionConfig, opinionSchema } from './opinion.ts';
import { type ConfiguredPlan, planSchema, priceSchema } from './prices.ts';
import { type ConfiguredProbe, probesSchema } from './probes.ts';
import { type RuleResponse, ruleResponse } from './responses.ts';
import { type ReviewConfig, reviewSchema } from './review.ts';
import { type ReviewsConfig, reviewsSchema } from './reviews.ts';
import { ruleSettings } from './rule-settings.ts';
import { type StopConfig, stopSchema } from './stop.ts';
import { cronSchedule, durationOption, login, shortName, workflowPath } from './values.ts';
import { varsSchema } from './vars.ts';

/** An agent that the configuration names. Other agents are discovered. */
export interface ConfiguredAgent extends AgentTerms {
  readonly name: string;
  readonly workflow: string;
  readonly engine?: Engine | undefined;
  /** When it should run. It counts as silent if it does not. */
  readonly schedule?: CronSchedule | undefined;
  /** Where it differs from the general settings. */
  readonly guard?: AgentGuard | undefined;
}

/** The contents of the file `.github/checkrein.yml`, with the defaults filled in. */
export interface Config extends Omit<NoticeTerms, 'routes'> {
  readonly version: 1;
  readonly mode: 'shadow' | 'enforce';
  readonly leads: readonly string[];
  readonly agents: readonly ConfiguredAgent[];
  readonly budgets: readonly Budget[];
  readonly prices: readonly OwnPrice[];
  readonly plans: readonly ConfiguredPlan[];
  readonly probes: readonly ConfiguredProbe[];
  /** What each rule's own `options` parsed from its settings, by rule name. There is an entry for each rule. */
  readonly rules: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly issues: {
    /** Checkrein finds its issues again by the first one. */
    readonly labels: readonly string[];
    readonly reopen_within: Duration;
    readonly min_severity: Severity;
    readonly writes_per_hour: number;
  };
  readonly collect: {
    readonly look_back: Duration;
    readonly max_artifact_mb: number;
    readonly max_requests: number;
  };
  readonly builds: BuildsConfig;
  /** The user-defined rules. `parseConfig` reads them separately, so that one that is wrong does not invalidate the file. */
  readonly alerts: ConfiguredAlerts;
  /** Named values for the conditions of `alerts`. */
  readonly vars: Vars;
  /** Where messages about alerts go in addition to the issue, by the name that rules use. `issues` is always included. */
  readonly channels: ConfiguredChannels;
  /**
   * What is requested in addition to an issue if an alert is critical, by the name of its rule or by a label (`team=payments`).
   * There is an entry for each built-in rule.
   */
  readonly responses: Readonly<Record<string, RuleResponse>>;
  readonly stop: StopConfig;
  readonly review: ReviewConfig;
  /** How people review what agents propose. */
  readonly reviews: ReviewsConfig;
  /** How changes made by agents are held to their promises. */
  readonly improvements: ImprovementsConfig;
  /** The terms under which agents may start. An agent's own terms take precedence. */
  readonly guard: GuardTerms;
  /** What `/checkrein false-positive` does. */
  readonly marks: MarksConfig;
  /** Second opinions and guesses by a model. */
  readonly opinion: OpinionConfig;
  /** The environment variable with the address that is called after each good run; null = none. */
  readonly heartbeat_env: string | null;
  /** How long the ledger keeps what. */
  readonly retention: Retention;
  /** An address in the form `--ledger` takes; null = the branch `checkrein` of the watched repository. */
  readonly ledger: string | null;
}

/** How long the ledger keeps what. */
export interface Retention {
  readonly minute: Duration;
  readonly hour: Duration;
  readonly day: Duration;
  readonly events: Duration;
  readonly alerts: Duration;
  readonly anomalies: Duration;
}

const agent = z.strictObject({
  name: shortName.describe('What reports and budgets call it.'),
  workflow: workflowPath.describe('The workflow file that runs it.'),
  engine: z.enum(['claude', 'codex', 'gemini', 'copilot', 'gh-aw']).optional().describe('What runs in it.'),
  schedule: cronSchedule.optional(),
  scope: z
    .strictObject({
      read_only: z.boolean().optional().describe('It may change nothing.'),
      tools: z
        .array(z.string().min(1).max(200))
        .max(500)
        .optional()
        .describe('The only tools that it may use, as globs: `Read`, `Bash`, `github/get_*` for the tool of a server.'),
      mcp_servers: z
        .array(z.string().min(1).max(200))
        .max(200)
        .optional()
        .describe('The only MCP servers that it may use, as globs, by their names in the configuration of the engine.'),
      paths: z.array(z.string()).optional().describe('The only files that it may change, as globs.'),
      max_files: z.int().positive().optional().describe('The most files of one change.'),
      max_lines: z.int().positive().optional().describe('The most lines of one change. Checked on pull requests only.'),
    })
    .optional()
    .describe('What it may touch and use. A session or a pull request that did more is a violation.'),
  limits: z
    .strictObject({
      usd: z.number().positive().optional().describe('The most US dollars of one session.'),
      tokens: z.int().positive().optional().describe('The most tokens of one session.'),
      turns: z.int().positive().optional().describe('The most turns of one session.'),
      minutes: z.number().positive().optional().describe('The longest session in minutes.'),
      repeats: z
        .int()
        .min(2)
        .optional()
        .describe('The most equal calls of a tool in a row. Held by `guard` alone, while the session runs.'),
      usd_per_minute: z
        .number()
        .positive()
        .optional()
        .describe('The most US dollars a minute, over five minutes. Held by `guard` alone, while the session runs.'),
    })
    .optional()
    .describe(
      'What one session may use. Behind a `guard` step it is ended when it goes beyond; one that used more is a violation.',
    ),
  guard: agentGuardSchema.optional().describe('Under what it may start, where that differs from `guard` for all.'),
});

const issues = z.strictObject({
  labels: z
    .array(z.string().min(1).max(50))
    .min(1)
    .max(10)
    .default(['checkrein'])
    .describe('Labels of the issues. The first one is how Checkrein finds its own again.'),
  reopen_within: durationOption(
    '1d',
    'An alert that comes back within this time reopens its issue instead of a new one.',
  ),
  min_severity: z
    .enum(['info', 'warning', 'critical'])
    .default('warning')
    .describe('Alerts below this severity are recorded and shown, but open no issue.'),
  writes_per_hour: z
    .int()
    .min(1)
    .max(500)
    .default(30)
    .describe('The most issue writes in an hour; the rest waits for the next run.'),
});

const collect = z.strictObject({
  look_back: durationOption('30d', 'How far the first run reads back.'),
  max_artifact_mb: z.number().positive().max(2_000).default(50).describe('Larger artifacts are not downloaded.'),
  max_requests: z
    .int()
    .min(25)
    .max(5_000)
    .default(500)
    .describe('The most requests that one run spends on session files; what is left over is read by the next run.'),
});

/** Names that are not built-in rules are those of other rules, or labels of alerts: `team=payments`. */
const responses = z
  .object(
    Object.fromEntries(
      [...BUDGET_RULES, ...RULES].map(({ name }) => [
        name,
        ruleResponse.describe(
          `What a critical alert of \`${name}\` asks for: \`stop\`, \`none\`, or \`{ do: stop, mode: shadow }\`.`,
        ),
      ]),
    ),
  )
  .catchall(ruleResponse);

const retention = z.strictObject({
  minute: durationOption('24h', 'How long measures are kept by the minute.', { least: '1h' }),
  hour: durationOption('30d', 'How long measures are kept by the hour.', { least: '1d' }),
  day: durationOption('365d', 'How long measures are kept by the day.', { least: '31d' }),
  // A run may last for 35 days, and what is recorded about it belongs to the day on which it began.
  events: durationOption('90d', 'How long single events are kept. Sums, stops, commands and receipts stay.', {
    least: '35d',
  }),
  alerts: durationOption(
    '30d',
    'How long an alert is remembered after its end, so that its issue can be opened again, and its events are kept where that is longer.',
  ),
  anomalies: durationOption('90d', 'How long findings of detectors are kept, where that is longer.'),
});

/** The file as written. Strict: an unknown key is an error. */
const written: z.ZodType<Config> = z.strictObject({
  version: z.literal(1).default(1).describe('The version of this file format.'),
  mode: z
    .enum(['shadow', 'enforce'])
    .default('shadow')
    .describe(
      "`shadow` reports what it would have stopped; `enforce` stops what `responses` ask for. A person's stop always acts.",
    ),
  leads: z.array(login).default([]).describe('Logins of those who may approve, roll back and resume.'),
  agents: z.array(agent).default([]).describe('Agents to name or to set limits for. Those left out are discovered.'),
  budgets: budgetsSchema,
  prices: z
    .array(priceSchema)
    .max(500)
    .default([])
    .describe(
      'Prices of models, which come before the list that is part of the program; for models that are new to it.',
    ),
  plans: z
    .array(planSchema)
    .max(100)
    .default([])
    .describe('Flat plans. What they cover costs no money, and its tokens count all the same.'),
  probes: probesSchema,
  rules: ruleSettings.prefault({}).describe('The settings of each rule; docs/rules.md tells what they mean.'),
  issues: issues.prefault({}).describe('How alerts become issues.'),
  collect: collect.prefault({}).describe('How much is read.'),
  builds: buildsSchema
    .prefault({})
    .describe('The workflows that build and test: how long they take, and why they fail.'),
  alerts: writtenAlerts
    .prefault({})
    .transform((): ConfiguredAlerts => NO_ALERTS)
    .describe('Rules of your own below `critical`, `warning` and `info`, or the path of a file with them.'),
  vars: varsSchema,
  channels: channelsSchema
    .prefault({})
    .describe('Where alerts are sent; docs/channels.md says how to set each one up.'),
  responses: responses.prefault({}).describe('What a rule asks for besides an issue when its alert is critical.'),
  ...noticeSections,
  guard: guardSchema.prefault({}).describe('Under what agents may start that have a step with `guard`.'),
  stop: stopSchema.prefault({}).describe('The limits of the emergency stop.'),
  review: reviewSchema
    .prefault({})
    .describe('How pull requests of agents are looked at; docs/review.md explains each check.'),
  reviews: reviewsSchema.prefault({}).describe('How people review what agents propose; see docs/reviews.md.'),
  improvements: improvementsSchema
    .prefault({})
    .describe('How changes of agents are held to what they promise; see docs/improvements.md.'),
  marks: marksSchema
    .prefault({})
    .describe('What `/checkrein false-positive` does: how much more a rule then asks for.'),
  opinion: opinionSchema
    .prefault({})
    .describe('Second opinions by a model, which can only raise a risk; off without a key. See docs/opinion.md.'),
  retention: retention.prefault({}).describe('How long the ledger keeps what.'),
  ledger: z
    .string()
    .refine((address) => !/^postgres/i.test(address), {
      error:
        'a database is named by the input database-url or by CHECKREIN_DATABASE_URL, from a secret, and never in this file. If a password was written here, change it in the database, for the history of the file keeps it',
    })
    .nullable()
    .default(null)
    .describe('Where the ledger is, as `--ledger` takes it. `null` is the branch `checkrein` of this repository.'),
});

/** The whole file, each budget with what it is measured by. */
export const configSchema: z.ZodType<Config> = written.transform((config) => ({
  ...config,
  budgets: config.budgets.map((budget) => withReviews(budget, config.reviews)),
}));

function withReviews(budget: Budget, { sla, capacity }: ReviewsConfig): Budget {
  return budget.open_pull_requests === 'auto' ? { ...budget, reviews: { sla, capacity } } : budget;
}
