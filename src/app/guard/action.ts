import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { type GuardHandover, HANDOVER } from '../../core/guard.ts';
import { plainLine } from '../../core/text.ts';
import type { ActionEvent } from '../../github/event.ts';
import type { WaitingMeter } from '../../meter/start.ts';
import { type AdmissionFrame, admissionHead, admissionMarkdown, admissionReport } from '../../surfaces/admission.ts';
import { DATABASE_URL, databaseOf, isDatabase } from '../ledger/place.ts';
import type { ActionHost } from '../shell/action-host.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { EXIT, type World } from '../shell/world.ts';
import { guardAgain } from './again.ts';
import { jobAsking } from './errand.ts';
import { type Guarded, type GuardOrder, guard } from './guard.ts';
import { KEPT_ENV, keptEnv } from './kept-env.ts';
import { followAgent, wakeMeter } from './meter.ts';
import { setOffIn } from './set-off.ts';

/** The step before an agent: outputs, annotations, a job summary, and what the rest of the job needs. */
export async function guardAction(host: ActionHost, event: ActionEvent, world: World): Promise<number> {
  const order = orderOf(host, event, world);
  const withToken = { ...world, env: { ...world.env, GITHUB_TOKEN: host.input('github-token') } };
  const deciding = guard(order, withToken);
  const waking = wakeMeter(world);
  try {
    const guarded = await followed(host, order, await deciding, await waking, withToken);
    host.state(HANDOVER, JSON.stringify(handoverOf(order, guarded)));
    host.state(KEPT_ENV, keptEnv(world.env));
    await tell(host, world, guarded);
    return exitOf(guarded);
  } finally {
    (await waking).dismiss();
  }
}

function exitOf({ admission, terms }: Guarded): number {
  return admission.decision === 'deny' && terms.on_deny === 'fail' ? EXIT.denied : EXIT.done;
}

/**
 * Starts the meter next to the agent. When none can be started, nobody sees what the agent does, and that is decided like
 * anything else unseen.
 */
async function followed(
  host: ActionHost,
  order: GuardOrder,
  guarded: Guarded,
  meter: WaitingMeter,
  world: World,
): Promise<Guarded> {
  const { why, notes } = await followAgent(host, meter, handoverOf(order, guarded), guarded, world);
  if (why === null) return { ...guarded, notes: [...guarded.notes, ...notes] };
  return await guardAgain(order, guarded, { gate: 'sight', decision: 'deny', reason: why }, world);
}

function orderOf(host: ActionHost, event: ActionEvent, world: World): GuardOrder {
  const { repo, payload } = event;
  const now = world.now();
  return {
    repo,
    agent: host.input('agent'),
    asking: jobAsking(world, payload),
    setOff: setOffIn(event, now),
    ledger: doubtfulLedger(host, world),
    config: { remote: host.input('config') || CONFIG_PATH },
    haltVariable: world.env['CHECKREIN_HALT'] ?? '',
    overrideVariable: world.env['CHECKREIN_OVERRIDE'] ?? '',
    now,
  };
}

/** A value that any earlier step may have written (`GITHUB_ENV`) must not decide where the budgets are kept. */
function doubtfulLedger(host: ActionHost, world: World): Failure | null {
  if (host.input('database-url') !== '' || databaseOf(world) === null) return null;
  return {
    kind: 'invalid',
    message: `${DATABASE_URL} stands in the environment, where any earlier step may have put it, and the guard goes by its inputs alone`,
    remedy: 'Give the step `database-url`, or take the variable away',
    retry: false,
  };
}

function handoverOf(order: GuardOrder, { admission, agent, config, ledger }: Guarded): GuardHandover {
  const { errand, mode, decision, lease } = admission;
  const own = config?.agents.find(({ name }) => name === errand.agent);
  return {
    v: 1,
    repo: order.repo,
    errand,
    // By this machine's clock, which the agent's records use too.
    startedAt: order.now,
    ...{ mode, decision, lease },
    engine: agent?.engine ?? null,
    limits: own?.limits ?? {},
    scope: own?.scope ?? {},
    // The password of a database does not belong in the files of a job.
    ledger: ledger === null || isDatabase(ledger) ? null : ledger,
    config: 'remote' in order.config ? order.config.remote : CONFIG_PATH,
  };
}

async function tell(host: ActionHost, world: World, { admission, left, notes, ledger }: Guarded): Promise<void> {
  const { decision, wouldBe, reason, lease, leftUsd, model } = admission;
  const frame: AdmissionFrame = { left, notes, ledger: ledger === null || isDatabase(ledger) ? null : ledger };
  const line = plainLine(`${admissionHead(admission)}. ${reason}`, 1_000);
  if (decision === 'deny') host.error(line);
  else if (decision === 'warn') host.warning(line);
  else world.out.write(`${line}\n`);
  for (const note of notes) host.warning(plainLine(note, 1_000));
  host.output('decision', decision);
  host.output('would-be', wouldBe ?? '');
  host.output('reason', plainLine(reason, 1_000));
  host.output('lease', lease ?? '');
  host.output('left-usd', leftUsd === null ? '' : leftUsd.toFixed(2));
  host.output('model', model ?? '');
  const path = join(world.env['RUNNER_TEMP'] ?? '.', 'checkrein-guard.json');
  await unlessFull(host, 'The report of the guard', async () => {
    await writeFile(path, `${JSON.stringify(admissionReport(admission, frame), null, 2)}\n`);
    host.output('report', path);
  });
  await unlessFull(host, 'The job summary', () => host.summary(admissionMarkdown(admission, frame)));
}

/** The decision stands even when the disk cannot take a word of it. */
async function unlessFull(host: ActionHost, what: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    host.warning(`${what} could not be written (${'code' in error ? String(error.code) : error.message})`);
  }
}
