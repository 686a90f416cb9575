import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareRisk } from '../../core/passport.ts';
import { inertMarkdown, plainLine } from '../../core/text.ts';
import type { ActionEvent } from '../../github/event.ts';
import type { ActionHost } from '../shell/action-host.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { typedInto } from '../shell/halt-inputs.ts';
import { EXIT, type World } from '../shell/world.ts';
import { pullNumber } from './command.ts';
import type { ReviewOutcome } from './desk.ts';
import { carryOutReview, isDone, type ReviewReport, reviewJson } from './order.ts';

/** `review` as the runner calls it: the pull request of the event, or else all pull requests of agents that were not looked at yet. */
export async function reviewAction(host: ActionHost, event: ActionEvent, world: World): Promise<number> {
  const report = await carryOutReview(
    {
      repo: event.repo,
      pulls: pullsToldBy(event),
      ledger: null,
      config: { remote: host.input('config') || CONFIG_PATH },
      dryRun: false,
      now: null,
    },
    { ...world, env: { ...world.env, GITHUB_TOKEN: host.input('github-token') } },
  );
  await tell(host, world, report);
  return isDone(report) ? EXIT.done : EXIT.failed;
}

/** Only the number is taken from the payload: the facts are read from the API. */
export function pullsToldBy(event: ActionEvent): readonly number[] {
  const told: unknown = event.payload['pull_request'];
  const number: unknown = typeof told === 'object' && told !== null && 'number' in told ? told.number : null;
  if (typeof number === 'number') return [pullNumber(String(number))];
  const typed = typedInto(event, 'pull');
  return typed === '' ? [] : [pullNumber(typed)];
}

async function tell(host: ActionHost, world: World, report: ReviewReport): Promise<void> {
  for (const warning of report.warnings) host.warning(plainLine(warning, 1_000));
  for (const { pull, problems } of report.outcomes) {
    for (const problem of problems) host.warning(plainLine(`Pull request ${pull}: ${problem}`, 1_000));
  }
  const path = join(world.env['RUNNER_TEMP'] ?? '.', 'checkrein-report.json');
  await writeFile(path, `${JSON.stringify(reviewJson(report), null, 2)}\n`);
  const held = report.outcomes.some(({ status }) => status?.state === 'failure');
  const calm = report.outcomes.length === 0 ? 'unknown' : 'healthy';
  host.output('status', held ? 'critical' : calm);
  host.output('decision', held ? 'deny' : '');
  host.output('report', path);
  await host.summary(summaryOf(report));
}

function summaryOf({ outcomes, left }: ReviewReport): string {
  const sorted = [...outcomes].sort((a, b) =>
    compareRisk(b.passport?.risk ?? 'critical', a.passport?.risk ?? 'critical'),
  );
  return [
    '## Pull requests of agents',
    '',
    ...(sorted.length === 0 ? ['None was left to look at.'] : sorted.map(line)),
    ...(left === 0 ? [] : ['', `${left} more are left to the next run.`]),
    '',
  ].join('\n');
}

function line({ pull, passport, status, problems }: ReviewOutcome): string {
  const words = problems.map((problem) => inertMarkdown(problem, 300)).join(' ');
  if (passport === null) return `- Pull request ${pull}: not looked at. ${words}`;
  const first = passport.findings[0];
  const why = first === undefined ? '' : ` ${inertMarkdown(first.reason, 300)}`;
  return `- Pull request ${pull}: **${passport.risk}**, status ${status?.state ?? 'unknown'}.${why} ${words}`.trimEnd();
}
