import type { Config } from '../../config/schema.ts';
import type { ResponseKind } from '../../core/response.ts';
import { plainLine } from '../../core/text.ts';
import { type Duration, formatDuration, MINUTE } from '../../core/time.ts';
import { secretsOf } from '../../responses/channels/deliverer.ts';
import { readKinds } from '../shell/apply-kinds.ts';
import { didYouMean } from '../shell/did-you-mean.ts';
import { UsageError } from '../shell/world.ts';
import {
  ANSWER,
  DRILL,
  HEAR,
  type Need,
  READ_CHECKS,
  READ_ERRORS,
  READ_ITEMS,
  READ_PULLS,
  READ_WORLD,
  RERUN,
  RESUME,
  REVIEW,
  ROLL_BACK,
  STOP,
  TELL,
  WRITE_ISSUES,
} from './permissions.ts';
import type { OwnJob, OwnStep } from './workflow.ts';

/** What a repository's configuration asks of its jobs. */
export interface Asked {
  /** Whether a rule may stop an agent on its own. */
  readonly stops: boolean;
  /** Whether a rule may rerun failed runs on its own. */
  readonly reruns: boolean;
  /** Whether drafts are opened to revert changes that made something worse. */
  readonly rollsBack: boolean;
  /** Whether annotations of build jobs are read. */
  readonly builds: boolean;
  /** Whether the ledger is a branch of the repository itself. */
  readonly ledgerHere: boolean;
  /** The repository variable that a stop sets; null for none. */
  readonly variable: string | null;
  /** Environment variables that a stop reads. */
  readonly env: readonly string[];
  /** How long a stop may keep trying. */
  readonly deadline: Duration;
  /** The secrets of channels: where the configuration names each, and the environment variable that holds it. */
  readonly channels: readonly ChannelSecret[];
}

/** A secret of a channel. */
interface ChannelSecret {
  /** For example `channels.slack-ops.webhook`. */
  readonly path: string;
  readonly env: string;
}

/** What one step does, and what it needs for that. */
export interface StepNeeds {
  /** For people, for example `watch (gather, issue)`. */
  readonly does: string;
  readonly gathers: boolean;
  readonly applies: readonly ResponseKind[];
  readonly listens: boolean;
  readonly needs: readonly Need[];
  /** Why it cannot work as written; null when it can. */
  readonly fault: string | null;
  /** Worth knowing; null when there is nothing. */
  readonly note: string | null;
}

/** What a configuration asks for. `repo` is null when it is not known which repository it is for. */
export function askedBy(
  { mode, responses, ledger, stop, channels, builds, improvements }: Config,
  repo: string | null,
): Asked {
  const enforced = Object.values(responses).filter((response) => (response.mode ?? mode) === 'enforce');
  const other = ledger === null ? null : /^branch:([^@]+)/.exec(ledger)?.[1]?.toLowerCase();
  return {
    stops: enforced.some((response) => response.do === 'stop' || response.do === 'pause-agent'),
    reruns: enforced.some((response) => response.do === 'retry-run' || response.do === 'rerun-failed'),
    rollsBack: improvements.rollback === 'draft',
    builds: builds.enabled && (builds.errors || builds.analysers.length > 0),
    ledgerHere: ledger === null || (other !== undefined && (repo === null || other === repo.toLowerCase())),
    variable: stop.variable,
    env: stop.webhook === null ? [] : [stop.webhook.url_env, stop.webhook.secret_env],
    deadline: stop.deadline,
    channels: Object.entries(channels).flatMap(([name, settings]) =>
      secretsOf(settings).map((secret) => ({ path: `channels.${name}.${secret.key}`, env: secret.name.env })),
    ),
  };
}

const COMMANDS = ['auto', 'watch', 'guard', 'drill', 'stop', 'resume', 'record', 'review', 'command'];

/** What a job's step needs for what the configuration asks. Pure. */
export function needsOf(step: OwnStep, job: Pick<OwnJob, 'events' | 'minutes'>, asked: Asked): StepNeeds {
  const commands = commandsOf(step, job);
  if (commands === null) {
    const meant = didYouMean(step.command, COMMANDS);
    return { ...NOTHING, fault: `the action has no command '${plainLine(step.command, 40)}'.${meant}` };
  }
  const parts = commands.map((command) => needsOfCommand(command, step, asked));
  const needs = parts.flatMap((part) => part.needs);
  return {
    does: parts.map(({ does }) => does).join(', '),
    gathers: parts.some(({ gathers }) => gathers),
    applies: parts.flatMap(({ applies }) => applies),
    listens: parts.some(({ listens }) => listens),
    needs,
    fault:
      parts.find(({ fault }) => fault !== null)?.fault ??
      leverFault(needs, step, asked) ??
      channelFault(needs, step, asked) ??
      timeFault(needs, job, asked),
    note: parts.find(({ note }) => note !== null)?.note ?? null,
  };
}

/** What prevents a stop or resume step from moving the configured levers; null when nothing does. */
function leverFault(needs: readonly Need[], { ownToken, env }: OwnStep, asked: Asked): string | null {
  if (!needs.some((need) => STOP.includes(need) || RESUME.includes(need))) return null;
  if (asked.variable !== null && !ownToken) {
    return (
      `the configuration asks for the variable ${asked.variable} (stop.variable), which no token of a job can write: ` +
      'give the input github-token the token of a GitHub App that may'
    );
  }
  const missing = asked.env.filter((name) => !env.includes(name));
  if (missing.length === 0) return null;
  return `the configuration asks for a webhook (stop.webhook), but ${missing.join(' and ')} is not in its env: hand it on from a secret`;
}

/** What prevents a step that reports alerts from reaching the channels; null when nothing does. */
function channelFault(needs: readonly Need[], { env }: OwnStep, { channels }: Asked): string | null {
  if (!needs.includes(WRITE_ISSUES)) return null;
  const [missing, ...more] = channels.filter((secret) => !env.includes(secret.env));
  if (missing === undefined) return null;
  const others = more.map((secret) => `${secret.env} for ${secret.path}`).join(', ');
  return (
    `the configuration asks for ${missing.path}, but ${missing.env} is not in its env: hand it on from a secret.` +
    didYouMean(missing.env, env) +
    (others === '' ? '' : ` So are not: ${others}.`)
  );
}

/** Time a stop may take on top of its deadline: to look around and record itself beforehand, and to report the outcome afterwards. */
const AROUND_A_STOP: Duration = 10 * MINUTE;

/** A job that ends before its stop does leaves no receipt, and only some of the agents are stopped. */
function timeFault(needs: readonly Need[], { minutes }: Pick<OwnJob, 'minutes'>, asked: Asked): string | null {
  if (minutes === null || !needs.some((need) => STOP.includes(need))) return null;
  const wanted = Math.ceil((asked.deadline + AROUND_A_STOP) / MINUTE);
  if (minutes >= wanted) return null;
  return (
    `GitHub ends it after ${minutes} minutes, but a stop may keep trying for ${formatDuration(asked.deadline)} (stop.deadline) and ` +
    `needs some time around it: set its timeout-minutes to ${wanted} or more`
  );
}

const NOTHING: StepNeeds = {
  does: '',
  gathers: false,
  applies: [],
  listens: false,
  needs: [],
  fault: null,
  note: null,
};

const UNABLE =
  'No rule stops anybody, so it needs no actions: write. A stop that a person asks for by a comment is then for another job to do.';

type Command = 'watch' | 'guard' | 'drill' | 'stop' | 'resume' | 'record' | 'review' | 'command';

/** The events on which `auto` looks at a pull request. */
const PULL_EVENTS: readonly string[] = ['pull_request', 'pull_request_target'];

/** `auto` depends on the event. Null when there is no such command. */
function commandsOf({ command }: OwnStep, { events }: Pick<OwnJob, 'events'>): readonly Command[] | null {
  switch (command) {
    case 'auto': {
      const listens = events.includes('issue_comment');
      const reviews = events.some((event) => PULL_EVENTS.includes(event));
      const others = events.filter((event) => event !== 'issue_comment' && !PULL_EVENTS.includes(event));
      return [
        ...((!listens && !reviews) || others.length > 0 ? (['watch'] as const) : []),
        ...(listens ? (['command'] as const) : []),
        ...(reviews ? (['review'] as const) : []),
      ];
    }
    case 'watch':
    case 'guard':
    case 'drill':
    case 'stop':
    case 'resume':
    case 'record':
    case 'review':
    case 'command':
      return [command];
    default:
      return null;
  }
}

function needsOfCommand(command: Command, step: OwnStep, asked: Asked): StepNeeds {
  const ledger = ledgerNeeds(asked);
  switch (command) {
    case 'watch':
      return needsOfWatch(step, asked);
    case 'drill':
      return { ...NOTHING, does: command, needs: [DRILL, ...ledger] };
    case 'stop':
      return { ...NOTHING, does: command, needs: [...STOP, TELL, ...ledger] };
    case 'resume':
      return { ...NOTHING, does: command, needs: [...RESUME, TELL, ...ledger] };
    case 'guard':
    case 'record':
      return { ...NOTHING, does: command, needs: ledger };
    case 'review':
      return { ...NOTHING, does: command, needs: [...REVIEW, ...ledger] };
    case 'command':
      return { ...NOTHING, does: 'command', listens: true, needs: [...ANSWER, ...STOP, ...ledger] };
    default:
      return command satisfies never;
  }
}

function ledgerNeeds({ ledgerHere }: Asked): readonly Need[] {
  return [
    ledgerHere
      ? { permission: 'contents', access: 'write', why: 'write the ledger on its branch' }
      : { permission: 'contents', access: 'read', why: 'read the configuration' },
  ];
}

function readNeeds({ builds }: Asked): readonly Need[] {
  return [READ_WORLD, READ_ITEMS, READ_PULLS, ...(builds ? [READ_ERRORS] : []), ...READ_CHECKS];
}

function needsOfWatch(step: OwnStep, asked: Asked): StepNeeds {
  const kinds = kindsOf(step.apply);
  const fault = typeof kinds === 'string' ? kinds : gatherFault(step.gather ?? '');
  if (typeof kinds === 'string' || fault !== null) return { ...NOTHING, does: 'watch', fault };
  const gathers = step.gather !== 'false';
  const stops = isToStop(kinds, step, asked);
  const applied = kinds.flatMap((kind) => appliedNeeds(kind, stops, asked));
  return {
    ...NOTHING,
    does: `watch (${[...(gathers ? ['gather'] : []), ...kinds].join(', ') || 'judge only'})`,
    gathers,
    applies: kinds,
    needs: [...(gathers ? readNeeds(asked) : []), ...ledgerNeeds(asked), ...applied],
    note: kinds.includes('stop') && !stops && !asked.reruns ? UNABLE : null,
  };
}

function appliedNeeds(kind: ResponseKind, stops: boolean, { rollsBack, reruns }: Asked): readonly Need[] {
  switch (kind) {
    case 'issue':
      return [WRITE_ISSUES];
    case 'stop':
      return stops ? [...STOP, HEAR] : [];
    case 'rollback':
      return rollsBack ? ROLL_BACK : [];
    case 'rerun':
      return reruns ? [RERUN] : [];
    default:
      return kind satisfies never;
  }
}

/** A step that names the kind wants it. A step that names none wants what the configuration asks for. */
function isToStop(kinds: readonly ResponseKind[], { apply }: OwnStep, { stops }: Asked): boolean {
  return kinds.includes('stop') && (stops || (apply ?? '') !== '');
}

function gatherFault(text: string): string | null {
  if (['', 'true', 'false'].includes(text) || isExpression(text)) return null;
  return `CHECKREIN_GATHER is true or false, not '${plainLine(text, 40)}'.`;
}

/** The kinds, or a sentence why there are none. An expression may evaluate to any of them. */
function kindsOf(text: string | null): readonly ResponseKind[] | string {
  try {
    return readKinds(text !== null && isExpression(text) ? null : text, 'CHECKREIN_APPLY');
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

function isExpression(text: string): boolean {
  return text.includes('${{');
}
