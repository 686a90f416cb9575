import type { AgentSign, DeclaredPowers, GuardStep } from '../../core/judged-workflow.ts';
import { plainLine } from '../../core/text.ts';
import { agentCommand } from './commands.ts';
import { followedEnds } from './follows.ts';
import { KNOWN_ACTIONS, type KnownAction } from './known.ts';
import { type AgentStep, powersOf } from './powers.ts';
import { protectionOf } from './protective.ts';

/**
 * The version of the criteria below. Raise it with every change of what counts as an agent, so that every repository reads its
 * workflow files once more.
 */
export const JUDGE = 5;

/** What a workflow file says about agents. */
export interface Judgement {
  readonly sign: AgentSign | null;
  /** Paths of the repository's own reusable workflows that it calls. */
  readonly calls: readonly string[];
  readonly onlyCalled: boolean;
  /** Why it counts as a workflow that protects the repository. Null when it does not. */
  readonly protects: string | null;
  /** What its agents may do according to the file itself. Null when it runs none, or is not valid YAML. */
  readonly declares: DeclaredPowers | null;
  /** Its name. Null when it has none of its own. */
  readonly name: string | null;
  /** Names of the workflows whose runs' ends start it. Null when there are none, or when the file is ambiguous. */
  readonly follows: readonly string[] | null;
  /** The steps that ask whether its agents may start. */
  readonly guards: readonly GuardStep[];
  /** Short remarks for people. */
  readonly complaints: readonly string[];
}

/** A workflow file as text and as parsed YAML, which is undefined if it could not be parsed. */
export interface WorkflowText {
  readonly path: string;
  readonly text: string;
  readonly parsed: unknown;
}

/** Whether a workflow file runs an agent, and how. The first sign in the order of the file counts. */
export function judgeWorkflow(file: WorkflowText): Judgement {
  const jobs = file.parsed === undefined ? null : jobsOf(file.parsed);
  const sign = ghAwSign(file.text) ?? (jobs === null ? signInLines(file.text) : signInJobs(jobs));
  const own = isOwnWorkflow(file, jobs);
  return {
    sign: own ? null : sign,
    calls: jobs === null ? [] : calledWorkflows(jobs),
    onlyCalled: onlyCalled(file.parsed),
    protects: protects(file, jobs, sign !== null && !own),
    declares: jobs === null || own ? null : powersOf(agentSteps(jobs)),
    name: textOf(record(file.parsed)['name']),
    follows: followedEnds(file.parsed),
    guards: own ? [] : (jobs ?? []).flatMap(guardSteps),
    complaints: complaintsOf(file, own ? sign : null),
  };
}

/**
 * @param within The agent in the workflow of Checkrein itself, or null for none.
 */
function complaintsOf({ path, parsed }: WorkflowText, within: AgentSign | null): readonly string[] {
  const name = plainLine(path);
  return [
    ...(parsed === undefined ? [`${name} is not valid YAML: it was judged line by line`] : []),
    ...(within === null
      ? []
      : [`${name} runs Checkrein and an agent (${within.reason}): move the agent to a workflow of its own`]),
  ];
}

interface Job {
  readonly name: string;
  /** The start of its name in the API. Empty if it comes from an expression. */
  readonly shown: string;
  /** Set in a job that calls a reusable workflow. */
  readonly uses: string | null;
  readonly steps: readonly Step[];
}

interface Step {
  /** Its name in the API. Empty if it comes from an expression. */
  readonly shown: string;
  readonly uses: string | null;
  readonly run: string | null;
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The steps in which agents work. */
function agentSteps(jobs: readonly Job[]): readonly AgentStep[] {
  const steps = jobs.flatMap((job) => job.steps.filter((step) => stepSign(step, job.name) !== null));
  return steps.map(({ inputs, run }) => ({ inputs, script: run }));
}

function jobsOf(parsed: unknown): readonly Job[] {
  return Object.entries(record(record(parsed)['jobs'])).map(([name, value]) => {
    const job = record(value);
    const steps = Array.isArray(job['steps']) ? job['steps'].map(record) : [];
    return {
      name,
      shown: (textOf(job['name']) ?? name).split('${{')[0]?.trim() ?? '',
      uses: textOf(job['uses']),
      steps: steps.map((step) => ({
        shown: shownStep(step),
        uses: textOf(step['uses']),
        run: textOf(step['run']),
        inputs: record(step['with']),
      })),
    };
  });
}

/** A step without a name is listed by what it runs: an action in one word, or the first line of a script. */
function shownStep(step: Readonly<Record<string, unknown>>): string {
  const [script = ''] = (textOf(step['run']) ?? '').split('\n');
  const name = textOf(step['name']) ?? `Run ${textOf(step['uses']) ?? script}`;
  return name.includes('${{') ? '' : plainLine(name);
}

/**
 * The agent steps after a guard in its job. A guard without an agent after it, or without a recognisable name in the API's list, is
 * ignored.
 */
function guardSteps({ name, shown, steps }: Job): readonly GuardStep[] {
  const at = steps.findIndex(({ uses, inputs }) => isOwnAction(uses ?? '') && textOf(inputs['command']) === 'guard');
  const step = steps[at]?.shown ?? '';
  const agents = steps.slice(at + 1).filter((one) => one.shown !== '' && stepSign(one, name) !== null);
  if (shown === '' || step === '' || agents.length === 0) return [];
  return [{ job: plainLine(shown), step, agents: agents.map((one) => one.shown) }];
}

/** Checkrein's own action, from any owner or from a checkout. */
function isOwnAction(uses: string): boolean {
  return /^(\.\/?|[^/]+\/checkrein(\/.*)?)(@.*)?$/i.test(uses);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.trim() : null;
}

/** The compiler of GitHub's agentic workflows writes a line of JSON near the top of the files it generates. */
function ghAwSign(text: string): AgentSign | null {
  const head = text.slice(0, 20_000).split('\n', 60);
  const line = head.find((candidate) => /^\s*#\s*gh-aw-metadata:\s*\{/.test(candidate));
  if (line === undefined) return null;
  const agent = /"agent_id"\s*:\s*"([\w.-]{1,40})"/.exec(line)?.[1];
  return {
    engine: 'gh-aw',
    means: 'gh-aw',
    reason: `compiled by gh-aw${agent === undefined ? '' : ` (engine ${agent})`}`,
    jobs: ['agent'],
  };
}

/** The sign of the first job that runs an agent, with the names of all that do. */
function signInJobs(jobs: readonly Job[]): AgentSign | null {
  const signs = jobs.flatMap((job) => {
    const sign = signInJob(job);
    return sign === null ? [] : [{ sign, shown: job.shown }];
  });
  const [first] = signs;
  if (first === undefined) return null;
  const names = signs.map(({ shown }) => plainLine(shown));
  return { ...first.sign, jobs: names.includes('') ? [] : names };
}

function signInJob(job: Job): AgentSign | null {
  const called = job.uses === null ? null : usesSign(job.uses, job.name);
  if (called !== null) return called;
  for (const step of job.steps) {
    const sign = stepSign(step, job.name);
    if (sign !== null) return sign;
  }
  return null;
}

function stepSign(step: Step, job: string): AgentSign | null {
  if (step.uses !== null) return usesSign(step.uses, job);
  return step.run === null ? null : runSign(step.run, `job "${plainLine(job, 40)}"`);
}

function usesSign(uses: string, job: string): AgentSign | null {
  const known = knownAction(uses);
  if (known === null) return null;
  const reason = `uses ${plainLine(uses)} (job "${plainLine(job, 40)}")`;
  return { engine: known.engine, means: 'action', reason, jobs: [] };
}

function runSign(script: string, where: string): AgentSign | null {
  const known = agentCommand(script);
  if (known === null) return null;
  return { engine: known.engine, means: 'cli', reason: `runs ${known.command} (${where})`, jobs: [] };
}

function knownAction(uses: string): KnownAction | null {
  const target = uses.toLowerCase().replace(/@.*$/, '');
  return KNOWN_ACTIONS.find(({ action }) => target === action || target.startsWith(`${action}/`)) ?? null;
}

/** For files that are not valid YAML: judges each line by itself, without comments. */
function signInLines(text: string): AgentSign | null {
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const where = `line ${index + 1}`;
    const uses = /^\s*(?:-\s*)?uses:\s*['"]?([^\s'"#]+)/.exec(line)?.[1];
    const known = uses === undefined ? null : knownAction(uses);
    if (known !== null) {
      return { engine: known.engine, means: 'action', reason: `uses ${plainLine(uses ?? '')} (${where})`, jobs: [] };
    }
    const sign = runSign(line.replace(/^\s*(?:-\s*)?(?:run:\s*[|>]?[+-]?)?/, ''), where);
    if (sign !== null) return sign;
  }
  return null;
}

/** The workflow that runs Checkrein itself, recognised by its name and by the action that it uses. */
function isOwnWorkflow({ path, text }: WorkflowText, jobs: readonly Job[] | null): boolean {
  if (!/(^|\/)checkrein\.ya?ml$/i.test(path)) return false;
  const uses = jobs?.flatMap((job) => job.steps.map((step) => step.uses ?? ''));
  return uses?.some(isOwnAction) ?? /uses:\s*['"]?(\.\/|[\w.-]+\/checkrein@)/i.test(text);
}

function protects(file: WorkflowText, jobs: readonly Job[] | null, runsAgent: boolean): string | null {
  const uses = jobs?.flatMap((job) => [job.uses, ...job.steps.map((step) => step.uses)]) ?? [];
  const protection = protectionOf(
    {
      path: file.path,
      name: textOf(record(file.parsed)['name']),
      uses: uses.filter((target) => target !== null),
      runsAgent,
    },
    [],
  );
  return protection.protective ? protection.reason : null;
}

function calledWorkflows(jobs: readonly Job[]): readonly string[] {
  const called = jobs
    .map((job) => job.uses ?? '')
    .filter((uses) => uses.startsWith('./.github/workflows/'))
    .map((uses) => uses.slice(2));
  return [...new Set(called)].sort();
}

function onlyCalled(parsed: unknown): boolean {
  const on = record(parsed)['on'];
  const triggers = typeof on === 'string' ? [on] : Array.isArray(on) ? on : Object.keys(record(on));
  return triggers.length > 0 && triggers.every((trigger) => trigger === 'workflow_call');
}
