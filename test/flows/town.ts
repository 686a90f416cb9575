import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createFixture } from 'fs-fixture';
import { after, HOUR, type Instant, MINUTE, toMs } from '../../src/core/time.ts';
import { ROOT } from '../drivers/process.ts';
import { type ActionResult, type ActionRun, runAction } from '../drivers/run-action.ts';
import { runCli } from '../drivers/run-cli.ts';
import { type CardReceiver, startGoogleChat, startTeams } from '../fakes/channels/cards.ts';
import { type FakeMail, startMail } from '../fakes/channels/mail.ts';
import { type FakePagerDuty, startPagerDuty } from '../fakes/channels/pagerduty.ts';
import { type FakeAlertmanager, type FakeProgram, startAlertmanager, startProgram } from '../fakes/channels/program.ts';
import { type FakeSlack, startSlack } from '../fakes/channels/slack.ts';
import type { FakePull } from '../fakes/github/pulls.ts';
import type { FakeWorkflow } from '../fakes/github/world.ts';
import { type FakeGitHub, startFakeGitHub } from '../fakes/github.ts';
import { executionFile, type ScriptedSession } from './execution-file.ts';
import { QUICK_WAITS } from './plot.ts';
import { agentWorkflow } from './stop-watch.ts';

/** The mission's rules, to the letter. */
const RULES = readFileSync(join(ROOT, 'test/kit/mission-alerts.yml'), 'utf8');
const MISSION_RULES: readonly string[] = [...RULES.matchAll(/- name: (\w+)/g)].map(([, name = '']) => name);
const RULES_PATH = 'packages/evals/config/alerts.yaml';

/** Late on a day, so that what it spent is soon of yesterday. */
export const MORNING: Instant = '2026-11-20T08:00:00.000Z';
export const NIGHT: Instant = '2026-11-20T23:30:00.000Z';
export const NEXT_DAY: Instant = '2026-11-21T00:20:00.000Z';

const ROUTING_KEY = `R0${'PLANTEDKEY'.repeat(3)}`;

/** Every receiver that there is. */
interface Receivers {
  readonly pagerduty: FakePagerDuty;
  readonly critical: FakeSlack;
  readonly ops: FakeSlack;
  readonly mail: FakeMail;
  readonly program: FakeProgram;
  readonly space: CardReceiver;
  readonly team: CardReceiver;
  readonly alertmanager: FakeAlertmanager;
}

/** A repository with the mission's rules, agents that work in it, and a receiver behind each type of channel. */
export interface Town extends AsyncDisposable {
  readonly github: FakeGitHub;
  readonly clock: { now: Instant };
  readonly to: Receivers;
  readonly pull: FakePull;
  /** Sessions of an agent that end a minute apart, the first one at `from`. */
  work(agent: 'fixer' | 'scout', from: Instant, count: number, session: Partial<Scripted>): void;
  /** Runs the built action at the present moment. */
  watch(run?: Partial<ActionRun>): Promise<ActionResult>;
  /** `checkrein record event TYPE`. */
  record(type: string): Promise<void>;
  /** `checkrein rules explain RULE` with a copy of the repository's configuration. */
  explain(rule: string): Promise<string>;
  /** What all receivers were told, one line each: `RECEIVER WORD RULE`, in the order of the alphabet. */
  told(): readonly string[];
  /** The issues of the mission's rules, as `STATE RULE`. */
  issues(): readonly string[];
}

interface Scripted extends ScriptedSession {
  /** Whether the call of its tool fails. */
  readonly toolFails: boolean;
}

interface Wish {
  /** More of the configuration, lines of YAML. */
  readonly settings?: string;
}

/** Nothing has happened yet but three good runs in the morning. */
export async function plantTown({ settings = '' }: Wish = {}): Promise<Town> {
  const clock = { now: MORNING };
  const to = await receivers(clock);
  const github = await startFakeGitHub({ owner: 'octo', repo: 'town', now: () => clock.now });
  const workflows: Readonly<Record<'fixer' | 'scout', FakeWorkflow>> = {
    fixer: await github.addWorkflowFile('.github/workflows/fixer.yml', agentWorkflow('Fixer')),
    scout: await github.addWorkflowFile('.github/workflows/scout.yml', agentWorkflow('Scout')),
  };
  const pull = await github.addPull();
  await github.commitFile('main', RULES_PATH, RULES);
  const configured = configuration(to, pull.issue.number, settings);
  await github.commitFile('main', '.github/checkrein.yml', configured);
  const work: Town['work'] = (agent, from, count, session) => {
    for (let i = 0; i < count; i++) {
      const startedAt = after(from, i * MINUTE);
      const conclusion = session.subtype === undefined ? 'success' : 'failure';
      const run = github.addRun({ workflow: workflows[agent], createdAt: startedAt, conclusion });
      const { toolFails = false, ...rest } = session;
      const record = executionFile({ id: `s${run.id}`, usd: 0.5, startedAt, ...rest });
      const text = toolFails ? record.replace('"content": "ok"', '"is_error": true, "content": "no"') : record;
      github.addArtifact(
        run,
        'output',
        { 'work/claude-execution-output.json': text },
        { createdAt: after(startedAt, MINUTE) },
      );
    }
  };
  work('scout', after(MORNING, -2 * HOUR), 3, {});
  const env = { ...QUICK_WAITS, ...secrets(to) };
  return {
    ...{ github, clock, to, pull, work },
    watch: (run = {}) => runAction({ github, now: clock.now, env, ...run }),
    record: async (type) => {
      const token = github.mintToken({ contents: 'write' });
      const words = ['record', 'event', type, '--repo', github.fullName, '--ledger', `branch:${github.fullName}`];
      const done = await runCli([...words, '--now', clock.now], {
        env: { GITHUB_TOKEN: token, GITHUB_API_URL: github.url },
      });
      if (done.exitCode !== 0) throw new Error(done.stderr);
    },
    explain: async (rule) => {
      await using files = await createFixture({ '.github/checkrein.yml': configured, [RULES_PATH]: RULES });
      const words = ['rules', 'explain', rule, '--ledger', `branch:${github.fullName}`];
      const token = github.mintToken({ contents: 'read' });
      const env = { GITHUB_TOKEN: token, GITHUB_API_URL: github.url };
      const done = await runCli([...words, '--now', clock.now], { cwd: files.path, env });
      if (done.exitCode !== 0) throw new Error(done.stderr);
      return done.stdout;
    },
    told: () => toldBy(to, pull, github, clock.now),
    issues: () => issuesOf(github),
    [Symbol.asyncDispose]: async () => {
      for (const one of Object.values(to)) await one[Symbol.asyncDispose]();
      await github[Symbol.asyncDispose]();
    },
  };
}

async function receivers(clock: { readonly now: Instant }): Promise<Receivers> {
  return {
    pagerduty: await startPagerDuty(),
    critical: await startSlack(),
    ops: await startSlack(),
    mail: await startMail(),
    program: await startProgram(() => toMs(clock.now) / 1_000),
    space: await startGoogleChat(),
    team: await startTeams(),
    alertmanager: await startAlertmanager(),
  };
}

/** The channels that the mission names, and for the cost of a day all other types as well. */
function configuration({ pagerduty, ops, mail }: Receivers, pull: number, settings: string): string {
  const post = `type: email, host: localhost, port: ${mail.port}, user: env:MAIL_USER, password: env:MAIL_PASSWORD, ca: env:MAIL_CA, from: checkrein@town.test`;
  return `version: 1
alerts: ${RULES_PATH}
vars: { dailyBudget: 50 }
agents:
  - { name: fixer, workflow: .github/workflows/fixer.yml, scope: { read_only: true } }
policy: { interval: 5m }
channels:
  pagerduty: { type: pagerduty, routing_key: env:PD_KEY, api: '${pagerduty.url}' }
  slack-critical: { type: slack, webhook: env:CRITICAL_HOOK }
  email-security: { ${post}, to: [security@town.test] }
  slack-ops: { type: slack-bot, token: env:OPS_TOKEN, channel: ${ops.channel}, api: '${ops.api}' }
  email-finance: { ${post}, to: [finance@town.test] }
  slack-dev: { type: slack, webhook: env:CRITICAL_HOOK }
  email-leads: { ${post}, to: [leads@town.test] }
  slack-general: { type: google-chat, webhook: env:SPACE_HOOK }
  slack-analytics: { type: teams, webhook: env:TEAM_HOOK }
  program: { type: webhook, url: env:PROGRAM_HOOK, secret: env:PROGRAM_SECRET }
  prometheus: { type: alertmanager, url: env:AM_URL }
  pull: { type: pr-comment, pull: ${pull} }
escalation:
  high_token_usage: [{ after: 0s, channels: [program, prometheus, pull, issues, slack-general, slack-analytics] }]
${settings}`;
}

function secrets({
  pagerduty: _,
  critical,
  ops,
  mail,
  program,
  space,
  team,
  alertmanager,
}: Receivers): Readonly<Record<string, string>> {
  return {
    PD_KEY: ROUTING_KEY,
    CRITICAL_HOOK: critical.webhook,
    OPS_TOKEN: ops.token,
    MAIL_USER: mail.user,
    MAIL_PASSWORD: mail.password,
    MAIL_CA: mail.ca,
    SPACE_HOOK: space.webhook,
    TEAM_HOOK: team.webhook,
    PROGRAM_HOOK: program.webhook,
    PROGRAM_SECRET: program.secret,
    AM_URL: alertmanager.url,
  };
}

/** What the receivers show, each message once. What a receiver changes in place is shown as it is now. */
function toldBy(to: Receivers, pull: FakePull, github: FakeGitHub, now: Instant): readonly string[] {
  const { critical, ops, mail, program, space, team, alertmanager } = to;
  const comments = github.world.issues.find(({ number }) => number === pull.issue.number)?.comments ?? [];
  const mails = mail.received.map((one) => [`mail ${one.to.join(' ')}`, one.mail.subject ?? ''] as const);
  const shown: readonly (readonly [string, string])[] = [
    ...mails.map(([channel, subject]) => [channel.replace('@town.test', ''), subject] as const),
    ...critical.messages.map(({ body }) => ['slack', JSON.stringify(body)] as const),
    ...ops.messages.map(({ body, thread }) => [thread === null ? 'bot' : 'bot-thread', JSON.stringify(body)] as const),
    ...[...program.taken.values()].map((message) => ['program', String(headOf(message))] as const),
    ...space.shown.map((card) => ['chat', JSON.stringify(card)] as const),
    ...team.shown.map((card) => ['teams', JSON.stringify(card)] as const),
    ...comments.map(({ body }) => ['pull', body] as const),
  ];
  const incidents = to.pagerduty.incidents.map(({ state, summary }) => `pagerduty ${state} ${ruleIn(summary)}`);
  const posted = [...alertmanager.alerts.values()].map((alert) => {
    const isOver = String(alert['endsAt']) <= after(now, MINUTE);
    return `prometheus ${isOver ? 'Over' : 'Firing'} ${ruleIn(JSON.stringify(alert))}`;
  });
  return [
    ...shown.map(([channel, text]) => `${channel} ${wordIn(text)} ${ruleIn(text)}`),
    ...incidents,
    ...posted,
  ].sort();
}

function headOf({ kind, alerts }: Readonly<Record<string, unknown>>): string {
  return `${WORDS[String(kind)] ?? kind}: ${JSON.stringify(alerts)}`;
}

/** The kinds of messages that a program is told, as headlines begin. */
const WORDS: Readonly<Record<string, string>> = { trigger: 'Warning', resolve: 'Over' };

/** The first word of the headline. */
function wordIn(text: string): string {
  return /(Critical|Warning|Note|Escalated|Still going on|Acknowledged|Over): /.exec(text)?.[1] ?? text.slice(0, 80);
}

/** Which of the mission's rules it is about. */
function ruleIn(text: string): string {
  const inert = text.replaceAll('&#95;', '_').replaceAll('\\\\_', '_');
  return MISSION_RULES.find((name) => inert.includes(name)) ?? text.slice(0, 80);
}

function issuesOf({ world }: FakeGitHub): readonly string[] {
  return world.issues
    .flatMap(({ title, state }) =>
      MISSION_RULES.filter((name) => title.includes(name)).map((name) => `${state} ${name}`),
    )
    .sort();
}
