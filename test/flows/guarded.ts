import { createFixture, type FsFixture } from 'fs-fixture';
import type { Errand } from '../../src/core/budget.ts';
import type { EventOf, LedgerEvent } from '../../src/core/event.ts';
import type { Decision, GuardHandover } from '../../src/core/guard.ts';
import type { RunConclusion } from '../../src/core/run.ts';
import { agentSubject } from '../../src/core/subject.ts';
import { after, HOUR, type Instant, MINUTE } from '../../src/core/time.ts';
import type { Violation } from '../../src/core/violation.ts';
import { type ActionResult, type ActionRun, runAction } from '../drivers/run-action.ts';
import type { FakeRun } from '../fakes/github/world.ts';
import { appendTo, EVENING, type LedgerContent, type Plot } from './plot.ts';

/** When the guarded job of these tests began; its guard decided a minute later, its post step ran twenty minutes later. */
export const JOB_STARTED: Instant = after(EVENING, -HOUR);
export const DECIDED: Instant = after(JOB_STARTED, MINUTE);
export const POSTED: Instant = after(JOB_STARTED, 20 * MINUTE);
export const JOB_ENDED: Instant = after(JOB_STARTED, 21 * MINUTE);
const LEASE_RESERVED = { usd: 5, tokens: 100_000, minutes: 30 };

/** A job of the fixer that a guard has let begin, on a machine of its own. */
export interface GuardedJob extends AsyncDisposable {
  readonly run: FakeRun;
  readonly errand: Errand;
  readonly handover: GuardHandover;
  readonly machine: FsFixture;
  /** The post step as the runner calls it. */
  post(run?: Partial<ActionRun>): Promise<ActionResult>;
}

export interface JobWish {
  readonly conclusion?: RunConclusion;
  readonly decision?: Decision;
  readonly lease?: boolean;
  /** What lies on the machine when the post step runs: paths below its home, which is its RUNNER_TEMP too. */
  readonly files?: Readonly<Record<string, string>>;
  /** False: the ledger holds no decision, as where it was rewound. */
  readonly inLedger?: boolean;
  /** The last steps never ended, as when a runner is lost. */
  readonly lost?: boolean;
}

/** Starts a job of the fixer and writes what its guard decided into the ledger, as the step before the agent does. */
export async function startGuarded(plot: Plot, wish: JobWish = {}): Promise<GuardedJob> {
  const { conclusion = 'success', decision = 'allow', lease = true, files = {}, inLedger = true, lost = false } = wish;
  const steps = ['Set up job', 'Guard', 'Run the agent', 'Post Guard', 'Complete job'];
  const run = plot.github.addRun({
    workflow: plot.fixer,
    createdAt: JOB_STARTED,
    updatedAt: JOB_ENDED,
    conclusion,
    jobs: [
      {
        name: 'agent',
        steps: steps.map((name, index) => ({ name, conclusion: lost && index > 2 ? null : 'success' })),
      },
    ],
  });
  const errand: Errand = {
    ...{ agent: 'fixer', workflow: '.github/workflows/fixer.yml', run: run.id, attempt: 1, job: 'agent' },
    ...{ actor: 'octocat', trigger: 'schedule', parent: null },
  };
  const leaseId = lease ? `lease:${run.id}:1:fixer:agent` : null;
  const handover: GuardHandover = {
    ...{ v: 1, repo: plot.github.fullName, errand, startedAt: DECIDED, mode: 'enforce', decision, lease: leaseId },
    ...{ engine: 'claude', limits: {}, scope: {}, ledger: `branch:${plot.github.fullName}@checkrein` },
    config: '.github/checkrein.yml',
  };
  if (inLedger) await appendTo(plot, decidedEvents(plot.github.fullName, handover));
  const machine = await createFixture(files);
  const post: GuardedJob['post'] = (extra = {}) =>
    runAction({
      github: plot.github,
      now: POSTED,
      phases: ['post'],
      ...extra,
      env: {
        'STATE_checkrein-guard': JSON.stringify(handover),
        HOME: machine.path,
        RUNNER_TEMP: machine.path,
        ...extra.env,
      },
    });
  return { run, errand, handover, machine, post, [Symbol.asyncDispose]: () => machine.rm() };
}

function decidedEvents(repo: string, handover: GuardHandover): readonly LedgerEvent[] {
  const { errand, lease, decision, mode, startedAt: at } = handover;
  const base = { v: 1, at, seen: at, repo, subject: agentSubject(errand.agent) } as const;
  const admission: EventOf<'guard.decided'>['data']['admission'] = {
    ...{ errand, at, mode, decision, wouldBe: null, reason: 'No budget holds for it.', answers: [], lease },
    ...{ leftUsd: null, model: null },
  };
  const taken: readonly LedgerEvent[] =
    lease === null
      ? []
      : [
          {
            ...base,
            id: lease,
            kind: 'lease.taken',
            data: { lease: { ...errand, id: lease, at, until: after(at, 2 * HOUR), reserved: LEASE_RESERVED } },
          },
        ];
  return [
    ...taken,
    { ...base, id: `guard:${errand.run}:1:fixer:agent:${at}`, kind: 'guard.decided', data: { admission } },
  ];
}

/** The violations that a ledger holds. */
export function violationsIn({ events }: LedgerContent): readonly Violation[] {
  return events.flatMap((event) => (event.kind === 'violation.found' ? [event.data.violation] : []));
}

/** The events of a kind that a ledger holds. */
export function eventsOf<K extends LedgerEvent['kind']>(
  { events }: Pick<LedgerContent, 'events'>,
  kind: K,
): readonly EventOf<K>[] {
  return events.filter((event): event is EventOf<K> => event.kind === kind);
}
