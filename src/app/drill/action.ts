import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatQuantity } from '../../core/quantity.ts';
import { inertMarkdown } from '../../core/text.ts';
import type { ActionEvent } from '../../github/event.ts';
import type { ActionHost } from '../shell/action-host.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { EXIT, type World } from '../shell/world.ts';
import { holdDrill } from './command.ts';
import { type DrillReport, writeBadge } from './report.ts';

/** `drill` as the runner calls it: outputs, an annotation and a job summary. The badge is written next to the report. */
export async function drillAction(host: ActionHost, event: ActionEvent, world: World): Promise<number> {
  const { report, ledger } = await holdDrill(
    {
      repo: event.repo,
      ledger: null,
      config: { remote: host.input('config') || CONFIG_PATH },
      initiator: { kind: 'operator', login: world.env['GITHUB_TRIGGERING_ACTOR'] ?? null },
      progress: () => undefined,
    },
    { ...world, env: { ...world.env, GITHUB_TOKEN: host.input('github-token') } },
  );
  if (!report.ok) host.error(`The drill of the stop failed: ${report.detail}`);
  const folder = world.env['RUNNER_TEMP'] ?? '.';
  await writeBadge(join(folder, 'checkrein-badge.json'), ledger);
  const path = join(folder, 'checkrein-report.json');
  await writeFile(path, `${JSON.stringify(report, null, 2)}\n`);
  host.output('status', report.ok ? 'healthy' : 'critical');
  host.output('report', path);
  await host.summary(summaryOf(report));
  return report.ok ? EXIT.done : EXIT.failed;
}

function summaryOf({ ok, timeToDetectMs, timeToStopMs, timeToRecoverMs, detail }: DrillReport): string {
  const cell = (time: number | null): string => (time === null ? '–' : formatQuantity(time, 'ms'));
  return [
    `## The drill of the stop ${ok ? 'went well' : 'failed'}`,
    '',
    '| seen after | stopped in | resumed in |',
    '|---|---|---|',
    `| ${cell(timeToDetectMs)} | ${cell(timeToStopMs)} | ${cell(timeToRecoverMs)} |`,
    '',
    inertMarkdown(detail, 1_000),
    '',
  ].join('\n');
}
