import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GuardHandover, HANDOVER } from '../../core/guard.ts';
import { plainLine } from '../../core/text.ts';
import type { ActionEvent } from '../../github/event.ts';
import type { WaitingMeter } from '../../meter/start.ts';
import { type AdmissionFrame, admissionHead, admissionMarkdown, admissionReport } from '../../surfaces/admission.ts';
import { isDatabase } from '../ledger/place.ts';
import type { ActionHost } from '../shell/action-host.ts';
import { CONFIG_PATH } from '../shell/load-config.ts';
import { EXIT, type World } from '../shell/world.ts';
import { guardAgain } from './again.ts';
import { jobAsking } from './errand.ts';
import { type Guarded, type GuardOrder, guard } from './guard.ts';
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
    await tell(host, world, guarded);
    return exitOf(guarded);
  } finally {
    (await waking).dismiss();
  }
}

function exitOf({ admission, terms }: Guarded): number {
  return admission.decision === 'deny' && terms.on_deny === 'fail' ? EXIT.denied : EXIT.done;
}

/** With the meter beside the agent. Where none can be started nobody sees what it does: that is decided on as everything unseen is. */
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
    ledger: null,
    config: { remote: host.input('config') || CONFIG_PATH },
    haltVariable: world.env['CHECKREIN_HALT'] ?? '',
    overrideVariable: world.env['CHECKREIN_OVERRIDE'] ?? '',
    now,
  };
}

function handoverOf(order: GuardOrder, { admission, agent, config, ledger }: Guarded): GuardHandover {
  const { errand, mode, decision, lease } = admission;
  const own = config?.agents.find(({ name }) => name === errand.agent);
  return {
    v: 1,
    repo: order.repo,
    errand,
    // By the clock of this machine, which the records of the agent go by too.
    startedAt: order.now,
    ...{ mode, decision, lease },
    engine: agent?.engine ?? null,
    limits: own?.limits ?? {},
    scope: own?.scope ?? {},
    // The password of a database is nothing for the files of a job.
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
  await writeFile(path, `${JSON.stringify(admissionReport(admission, frame), null, 2)}\n`);
  host.output('report', path);
  await host.summary(admissionMarkdown(admission, frame));
}
