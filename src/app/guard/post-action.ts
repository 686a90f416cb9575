import { OutsideFailure } from '../../core/failure.ts';
import type { GuardHandover } from '../../core/guard.ts';
import { plainLine } from '../../core/text.ts';
import type { GitHub } from '../../github/port.ts';
import { guardDeniedMarkdown, guardEndedMarkdown } from '../../surfaces/guard-ended.ts';
import type { BudgetRow } from '../../surfaces/view.ts';
import { factsOf } from '../ledger/facts-of.ts';
import { DATABASE_URL, databaseOf } from '../ledger/place.ts';
import { budgetRows } from '../ledger/view.ts';
import type { ActionHost } from '../shell/action-host.ts';
import { connect, STOP_CALLS } from '../shell/connect.ts';
import { announce } from '../shell/ending.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { type AfterAgent, afterAgent } from './after-agent.ts';
import { homesIn } from './kept-env.ts';
import { endMeter } from './post-meter.ts';

/** What the step before the agent has left for the end of the job. */
export interface LeftBehind {
  readonly handover: string;
  readonly meter: string;
  /** What the guard kept of its environment (`keptEnv`). */
  readonly kept: string;
  /** Aborted when the job is being ended. */
  readonly hurry: AbortSignal;
}

/**
 * The end of a job with a guard. Nothing that goes wrong here fails the job: the agent has ended, and the next `watch` finds what
 * is missing. Only bugs end with an error.
 */
export async function postAction(host: ActionHost, left: LeftBehind, world: World): Promise<number> {
  try {
    return await after(host, left, world);
  } catch (error) {
    return announce(host, world, error);
  }
}

async function after(host: ActionHost, left: LeftBehind, world: World): Promise<number> {
  for (const secret of ['github-token', 'database-url']) {
    if (host.input(secret) !== '') host.mask(host.input(secret));
  }
  const handover = JSON.parse(left.handover) as GuardHandover;
  const here = inputsIn(host, world);
  const ended = await afterAgent(
    {
      handover,
      homes: homesIn(left.kept),
      endMeter: () => endMeter(left.meter),
      connect: () => connected(handover.repo, here),
      ledger: handover.ledger ?? databaseOf(here),
      hurry: left.hurry,
    },
    here,
  );
  const warnings = warningsOf(ended);
  for (const warning of warnings) host.warning(plainLine(warning, 1_000));
  const { record, place } = ended;
  if (place.kind === 'nowhere') return await say(host, guardDeniedMarkdown(record.errand.agent));
  const settled = record.lease === null ? null : place.kind === 'ledger' && place.settled;
  return await say(host, guardEndedMarkdown({ record, settled, budgets: budgetsLeft(ended, handover), warnings }));
}

/** A full disk takes no summary, so the important parts are annotations too. */
async function say(host: ActionHost, markdown: string): Promise<number> {
  try {
    await host.summary(markdown);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    host.warning(`The job summary could not be written (${'code' in error ? String(error.code) : error.message})`);
  }
  return EXIT.done;
}

/**
 * The world with the step's inputs, under the names the command line uses. What the environment says of a database may have been
 * written by any step.
 */
function inputsIn(host: ActionHost, world: World): World {
  const env = { ...world.env, GITHUB_TOKEN: host.input('github-token'), [DATABASE_URL]: host.input('database-url') };
  return { ...world, env };
}

/** A step without a token cannot write, and reports that like any other unreachable place. */
async function connected(repo: string, world: World): Promise<GitHub> {
  try {
    return await connect(repo, world, null, STOP_CALLS);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const remedy = 'Leave `github-token` as it is';
    throw new OutsideFailure({ kind: 'unauthorized', message: error.message, remedy, retry: false });
  }
}

function warningsOf({ record, place }: AfterAgent): readonly string[] {
  const { meter, sessions, decision, ledger, unread } = record;
  return [
    ...(meter.kind === 'died' ? ['The meter beside the agent did not end by itself: it was killed, or died'] : []),
    ...(meter.kind === 'forged' ? ['The report of the meter is not the one that the meter wrote'] : []),
    ...(ledger === 'rewritten' ? ['The ledger does not hold any more what the guard wrote into it'] : []),
    ...(decision === 'deny' && sessions.length > 0 ? ['An agent was at work here although it was denied'] : []),
    ...(place.kind === 'waiting' ? [waitingWords(place)] : []),
    ...unread.map((line) => `Could not read ${line}`),
  ];
}

function waitingWords({ why, artifact, file }: Extract<AfterAgent['place'], { readonly kind: 'waiting' }>): string {
  const away = `The session is not in the ledger: ${ended(why.message)}.`;
  if (artifact.ok)
    return `${away} Its record waits in the artifact ${artifact.value}, where the next watch takes it up.`;
  const { message, remedy } = artifact.failure;
  const waits =
    file === null
      ? 'Its record is lost'
      : 'Its record waits in the spool of this machine, where a watch on this machine with the same CHECKREIN_SPOOL takes it up';
  return `${away} ${ended(message)}. ${ended(remedy)}. ${waits}.`;
}

function ended(sentence: string): string {
  return sentence.replace(/\.$/, '');
}

/** The budgets the agent falls under, as far as the ledger was read. */
function budgetsLeft({ place, config, record }: AfterAgent, { repo }: GuardHandover): readonly BudgetRow[] {
  if (place.kind !== 'ledger' || config === null) return [];
  return budgetRows(factsOf(place.state, repo, record.endedAt), [], config, record.endedAt);
}
