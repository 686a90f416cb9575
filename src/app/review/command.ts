import type { ReviewFinding } from '../../core/passport.ts';
import { plainLine } from '../../core/text.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import type { Invocation } from '../shell/flags.ts';
import { quoted } from '../shell/quoted.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import type { ReviewOutcome } from './desk.ts';
import { carryOutReview, isDone, reviewJson } from './order.ts';

/** `checkrein review` on the command line. */
export async function reviewCommand(invocation: Invocation, world: World): Promise<number> {
  const repo = invocation.value('repo');
  if (repo === null) throw new UsageError('The command review needs --repo OWNER/NAME.');
  const local = invocation.value('config');
  const report = await carryOutReview(
    {
      repo,
      pulls: invocation.values('pull').map(pullNumber),
      ledger: invocation.value('ledger'),
      config: local === null ? { remote: CONFIG_PATH } : { local },
      dryRun: invocation.has('dry-run'),
      now: invocation.value('now'),
    },
    world,
  );
  for (const warning of report.warnings) world.err.write(`checkrein: ${plainLine(warning, 1_000)}\n`);
  world.out.write(invocation.has('json') ? jsonLine(reviewJson(report)) : textOf(report.outcomes, report.left));
  return isDone(report) ? EXIT.done : EXIT.failed;
}

/**
 * Reads the number of a pull request.
 * @throws UsageError for anything else.
 */
export function pullNumber(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new UsageError(`A pull request is named by its number, not ${quoted(text)}.`);
}

function textOf(outcomes: readonly ReviewOutcome[], left: number): string {
  const lines = outcomes.flatMap(outcomeLines);
  const rest = left === 0 ? [] : [`${left} more pull requests are left to the next run.`];
  return `${[...(lines.length === 0 ? ['Nothing is left to look at.'] : lines), ...rest].join('\n')}\n`;
}

function outcomeLines({ pull, passport, status, problems }: ReviewOutcome): readonly string[] {
  const said = problems.map((problem) => `  ${plainLine(problem, 400)}`);
  if (passport === null) return [`#${pull}: not looked at`, ...said];
  const { risk, authorship, findings, unread } = passport;
  const who = authorship.verdict === 'person' ? 'a person' : (authorship.agent ?? 'an agent');
  return [
    `#${pull} by ${plainLine(who)}, head ${passport.head.slice(0, 12)}: ${risk} risk (${status?.state ?? 'no status'})`,
    ...findings.map(findingLine),
    ...unread.map((what) => `  could not be read: ${plainLine(what, 240)}`),
    ...said,
  ];
}

function findingLine({ risk, path, line, reason, check, id }: ReviewFinding): string {
  const place = path === null ? '' : ` ${plainLine(path, 160)}${line === null ? '' : `:${line}`}`;
  return `  ${risk.padEnd(8)} ${check}${id === undefined ? '' : ` ${id}`}${place}: ${plainLine(reason, 400)}`;
}
