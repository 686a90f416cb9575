import { after, type Instant, MINUTE, SECOND } from '../../src/core/time.ts';
import { type ActionResult, runAction } from '../drivers/run-action.ts';
import type { FakeIssue, FakeRun, FakeUser, FakeWorkflow } from '../fakes/github/world.ts';
import { type FakeGitHub, startFakeGitHub } from '../fakes/github.ts';
import { STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { addRecord, EVENING, QUICK_WAITS } from './plot.ts';

/** An agent of the scene: its workflow, and the app that it writes with. */
interface Speaker {
  readonly workflow: FakeWorkflow;
  readonly bot: FakeUser;
}

/** A repository in which an agent of one vendor answers every comment of the agent of another one, and the other way round. */
export interface Answering extends AsyncDisposable {
  readonly github: FakeGitHub;
  readonly clock: { now: Instant };
  readonly helper: Speaker;
  readonly reviewer: Speaker;
  readonly issue: FakeIssue;
  /** Runs that were started by comments of the two, in order, the first of a person left out. */
  readonly turns: readonly FakeRun[];
  watch(ended?: FakeRun): Promise<ActionResult>;
  /**
   * Lets a person set the helper off and the two answer each other, with a watch whenever a run has ended, until nothing starts any
   * more or so many runs have been. `meanwhile` happens in each run, before it comments.
   */
  talk(most: number, meanwhile?: (scene: Answering, turn: number) => void): Promise<void>;
}

/** How long a run works, and when in it it comments. */
const LASTS = 4 * MINUTE;
const COMMENTS = 3 * MINUTE;

export async function plantAnswering(config: string): Promise<Answering> {
  const clock = { now: EVENING };
  const github = await startFakeGitHub({ owner: 'octo', repo: 'talk', now: () => clock.now });
  const helper = await speaker(github, 'helper', 'anthropics/claude-code-action@v1', 'claude[bot]');
  const reviewer = await speaker(github, 'reviewer', 'openai/codex-action@v1', 'codex-app[bot]');
  await github.commitFile('main', '.github/checkrein.yml', config);
  const { issue } = github.openComment({ body: 'Please look into this', at: after(EVENING, -MINUTE) });
  const turns: FakeRun[] = [];
  const watch: Answering['watch'] = (ended) =>
    runAction({
      github,
      now: clock.now,
      env: QUICK_WAITS,
      token: github.mintToken(STOP_PERMISSIONS),
      ...(ended === undefined ? {} : { event: { name: 'workflow_run', payload: { workflow_run: { id: ended.id } } } }),
    });
  const start = ({ workflow }: Speaker, actor: FakeUser): FakeRun | null =>
    github.trigger(workflow, {
      ...{ event: 'issue_comment', actor, at: clock.now },
      plan: { startsAfter: 0, jobs: [{ name: 'agent', lasts: LASTS }] },
    });
  const scene: Answering = {
    ...{ github, clock, helper, reviewer, issue, turns, watch },
    talk: async (most, meanwhile = () => undefined) => {
      const person = github.world.users.find(({ login }) => login === 'octocat') as FakeUser;
      github.openComment({ issue, body: '@helper go on', author: person, at: clock.now });
      let [now, next] = [helper, reviewer];
      let run = start(now, person);
      for (let turn = 1; run !== null && turn <= most; turn++) {
        if (turn > 1) turns.push(run);
        const began = run.createdAt;
        clock.now = after(began, COMMENTS);
        meanwhile(scene, turn);
        github.settle();
        const isGoing = run.attempts.at(-1)?.status !== 'completed';
        // Whoever was ended in the middle says nothing.
        if (isGoing) github.openComment({ issue, body: `Turn ${turn}`, author: now.bot, at: clock.now });
        clock.now = after(clock.now, 2 * SECOND);
        const answer = isGoing ? start(next, now.bot) : null;
        clock.now = after(began, LASTS + 10 * SECOND);
        github.settle();
        addRecord(github, run, { usd: 1, startedAt: began });
        await watch(run);
        [now, next, run] = [next, now, answer];
      }
    },
    [Symbol.asyncDispose]: () => github[Symbol.asyncDispose](),
  };
  return scene;
}

async function speaker(github: FakeGitHub, name: string, action: string, login: string): Promise<Speaker> {
  const workflow = await github.addWorkflowFile(
    `.github/workflows/${name}.yml`,
    `name: ${name}\non:\n  issue_comment:\n    types: [created]\njobs:\n  agent:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: ${action}\n`,
  );
  const bot = github.world.users.find((user) => user.login === login) ?? github.addUser({ login, type: 'Bot' });
  return { workflow, bot };
}
