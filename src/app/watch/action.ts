import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reaches } from '../../core/outcome.ts';
import { plainLine } from '../../core/text.ts';
import type { ActionEvent } from '../../github/event.ts';
import { jobSummary } from '../../surfaces/summary.ts';
import { ownBranchOf } from '../ledger/place.ts';
import type { ActionHost } from '../shell/action-host.ts';
import { readKinds } from '../shell/apply-kinds.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { quoted } from '../shell/quoted.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import type { Watched } from '../tell/show.ts';
import { keptReport, keptSummary, keptWords } from './kept-text.ts';
import { prepareWatch } from './prepare.ts';
import { runsNamedBy, triggerOf } from './trigger.ts';
import type { Kept } from './waiting.ts';

/** `watch` as the runner calls it: outputs, annotations and job summary instead of a screen. */
export async function watchAction(host: ActionHost, event: ActionEvent, world: World): Promise<number> {
  for (const warning of unusedInputs(host)) host.warning(warning);
  const token = host.input('github-token');
  const { job, warnings } = await prepareWatch(
    {
      repo: event.repo,
      ledger: null,
      defaultLedger: ownBranchOf(event.repo),
      config: { remote: host.input('config') || CONFIG_PATH },
      sessions: [],
      agent: null,
      dryRun: false,
      apply: readKinds(world.env['CHECKREIN_APPLY'] ?? null, 'CHECKREIN_APPLY'),
      hears: host.input('config') || CONFIG_PATH,
      gather: readGather(world.env['CHECKREIN_GATHER']),
      now: null,
      trigger: triggerOf(event, world.now()),
      namedRuns: runsNamedBy(event),
      progress: () => undefined,
    },
    { ...world, env: { ...world.env, GITHUB_TOKEN: token } },
  );
  for (const warning of warnings) host.warning(plainLine(warning, 1_000));
  // Loaded here, so that the first request need not wait for it.
  const { watchOrKeep } = await import('./waiting.ts');
  const end = await watchOrKeep(job);
  if (end.kind === 'kept') {
    await tellKept(host, world, end.kept);
    return EXIT.failed;
  }
  await tell(host, world, end.watched);
  return end.watched.incomplete ? EXIT.failed : EXIT.done;
}

async function tellKept(host: ActionHost, world: World, kept: Kept): Promise<void> {
  host.error(keptWords(kept));
  for (const complaint of kept.complaints) host.warning(plainLine(complaint, 1_000));
  host.output('status', 'unknown');
  host.output('alerts', '');
  host.output('cost-usd', '');
  host.output('decision', '');
  host.output('report', await writeReport(world, keptReport(kept)));
  await host.summary(keptSummary(kept));
}

/** Whether this job gathers: a job without `actions: read` leaves that to another one. */
function readGather(text = ''): boolean {
  if (text === '' || text === 'true') return true;
  if (text === 'false') return false;
  throw new UsageError(`CHECKREIN_GATHER is true or false, not ${quoted(text)}.`);
}

/** An input that has no effect must not go unnoticed. */
function unusedInputs(host: Pick<ActionHost, 'input'>): readonly string[] {
  return host.input('agent') === ''
    ? []
    : ["The input 'agent' has no effect: the command watch looks at all agents. Leave it out of this step."];
}

async function tell(host: ActionHost, world: World, { view, report, incomplete, usdToday }: Watched): Promise<void> {
  const active = view.alerts.filter(({ state, facts }) => state === 'active' && reaches(facts.severity, 'warning'));
  for (const complaint of view.complaints) host.warning(plainLine(complaint, 1_000));
  for (const { facts, subject } of active) {
    // A source's own report is among the complaints already.
    if (subject.kind !== 'source') host.warning(plainLine(facts.reason, 500));
  }
  if (incomplete)
    host.error('Not all that was planned could be done; the job summary says what. The next run tries again.');
  host.output('status', report.status);
  host.output('alerts', String(active.length));
  host.output('cost-usd', amountOf(usdToday));
  host.output('decision', '');
  host.output('report', await writeReport(world, report));
  await host.summary(jobSummary(view));
}

/** Dollars as a plain number, to a millionth; empty when nothing is known. */
function amountOf(usd: number | null): string {
  return usd === null ? '' : String(Number(usd.toFixed(6)));
}

/** Writes the report for programs where later steps can read it; returns its path. */
async function writeReport(world: World, report: object): Promise<string> {
  const path = join(world.env['RUNNER_TEMP'] ?? '.', 'checkrein-report.json');
  await writeFile(path, `${JSON.stringify(report, null, 2)}\n`);
  return path;
}
