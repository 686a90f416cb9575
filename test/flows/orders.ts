import type { LedgerEvent } from '../../src/core/event.ts';
import { after, HOUR, MINUTE } from '../../src/core/time.ts';
import { type ActionResult, type ActionRun, runAction } from '../drivers/run-action.ts';
import type { FakeComment, FakeIssue, FakeRun, FakeUser } from '../fakes/github/world.ts';
import { STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { EVENING, type Plot, plantPlot, QUICK_WAITS, readLedger } from './plot.ts';
import { plain } from './words.ts';

/** A repository whose fixer has failed four times in a row, which is critical there, and whose rule asks for something. */
export interface Orders extends AsyncDisposable {
  readonly plot: Plot;
  /** The failed runs, oldest first. */
  readonly failed: readonly FakeRun[];
  readonly lead: FakeUser;
  readonly writer: FakeUser;
  /** Lets ten minutes pass, then runs the built action with all that it may need. */
  watch(run?: Partial<ActionRun>): Promise<ActionResult>;
  /** A comment under the issue of the alert a minute later, and the run that answers it. */
  say(author: FakeUser, body: string): Promise<FakeComment>;
  /** The issue of the alert. */
  issue(): FakeIssue;
  body(): string;
  /** Our answers under the issue. */
  answers(): readonly string[];
  events(): Promise<readonly LedgerEvent[]>;
  /** Requests for another attempt, as `rerun 17 201`. */
  asked(): readonly string[];
}

/** Ends the last attempt of a run. */
export function endRun(run: FakeRun, conclusion: 'success' | 'failure' | 'cancelled', at: string): void {
  const attempt = run.attempts.at(-1);
  if (attempt === undefined) throw new Error('a run has an attempt');
  attempt.status = 'completed';
  attempt.conclusion = conclusion;
  attempt.updatedAt = at;
}

/**
 * @param response what the rule asks for, as YAML.
 * @param more further lines of the configuration. Nobody knows what the runs cost, so that budgets of dollars would hold them back.
 */
export async function plantOrders(response: string, more = 'budgets: []\n'): Promise<Orders> {
  const config = `version: 1
mode: enforce
rules: { failures-in-a-row: { count: 4, critical_count: 4 }, failure-spike: { enabled: false }, retry-storm: { enabled: false } }
responses: { failures-in-a-row: ${response} }
${more}`;
  const plot = await plantPlot({ runs: 0, config });
  const { github, fixer, clock } = plot;
  for (let i = 30; i > 4; i--) github.addRun({ workflow: fixer, createdAt: after(EVENING, -i * HOUR) });
  const failed = [4, 3, 2, 1].map((i) =>
    github.addRun({ workflow: fixer, createdAt: after(EVENING, -i * HOUR), conclusion: 'failure' }),
  );
  const lead = github.addUser({ login: 'lea', role: { permission: 'write', roleName: 'maintain' } });
  const writer = github.addUser({ login: 'ana', role: { permission: 'write', roleName: 'write' } });
  const act = (run: Partial<ActionRun>): Promise<ActionResult> => {
    const token = github.mintToken(STOP_PERMISSIONS);
    return runAction({ github, now: clock.now, env: QUICK_WAITS, token, ...run });
  };
  const issue = (): FakeIssue => {
    const found = github.world.issues.find(({ title }) => title.includes('One failure after the other'));
    if (found === undefined) throw new Error('the alert has no issue');
    return found;
  };
  return {
    ...{ plot, failed, lead, writer, issue },
    watch: async (run = {}) => {
      clock.now = after(clock.now, 10 * MINUTE);
      return await act(run);
    },
    say: async (author, body) => {
      clock.now = after(clock.now, MINUTE);
      const { comment } = github.openComment({ issue: issue(), author, body, at: clock.now });
      const user = { id: author.id, login: author.login, type: author.type };
      const payload = { action: 'created', comment: { id: comment.id, created_at: comment.createdAt, body, user } };
      const told = await act({ event: { name: 'issue_comment', payload } });
      if (told.exitCode !== 0) throw new Error(told.stdout);
      return comment;
    },
    body: () => plain(issue().body ?? ''),
    answers: () =>
      issue()
        .comments.filter(({ author }) => author.login === 'github-actions[bot]')
        .map(({ body }) => plain(body)),
    events: async () => (await readLedger(plot)).events,
    asked: () =>
      github.log.flatMap(({ method, path, status }) => {
        const [, run, act] = /\/actions\/runs\/(\d+)\/(rerun(?:-failed-jobs)?)$/.exec(path) ?? [];
        return method === 'POST' && run !== undefined ? [`${act} ${run} ${status}`] : [];
      }),
    [Symbol.asyncDispose]: () => plot[Symbol.asyncDispose](),
  };
}
