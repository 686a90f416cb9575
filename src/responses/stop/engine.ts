import type { Failure } from '../../core/failure.ts';
import type { HeldWorkflow, StopReceipt } from '../../core/halt.ts';
import { after, between, type Duration, type Instant, MINUTE, SECOND } from '../../core/time.ts';
import type { ApiUsage } from '../../github/port.ts';
import { type Decision, decide } from './decide.ts';
import { observe } from './observe.ts';
import { look, type Pace, type Performed, perform, type StopHands } from './perform.ts';
import { beginning, isGone, type Standing, see } from './standing.ts';

/** How long a stop may take, and how much of the request limit it leaves. */
export interface StopLimits {
  /** From the first accepted cancel of a run to force-cancelling it; five minutes at most. */
  readonly grace: Duration;
  /** How long one process continues. The next one picks up the rest. */
  readonly deadline: Duration;
  /** With this few requests left, it stops looking until there are new ones. They are kept for the acts and the receipt. */
  readonly reserve: number;
}

/** Everything needed to end the agents. */
export interface StopWork {
  readonly held: readonly HeldWorkflow[];
  /** From an earlier process of this stop. */
  readonly earlier: StopReceipt | null;
  readonly hands: StopHands;
  readonly limits: StopLimits;
  readonly now: () => Instant;
  readonly sleep: (duration: Duration) => Promise<void>;
  readonly usage: () => ApiUsage;
  readonly progress: (stage: string, done: number, total: number) => void;
  /**
   * Called before acting on workflows whose earlier state GitHub has only now reported, because that must be written down.
   */
  readonly resolved: (held: readonly HeldWorkflow[]) => Promise<void>;
  /** Called after every round of requests, the first of which disables: for what must wait no longer. */
  readonly acted: () => void;
  /**
   * Called before every round of requests. Returns the standing without what must no longer be stopped, or the same object if
   * nothing changed.
   */
  readonly comply: (standing: Standing) => Promise<Standing>;
  /**
   * Called when everything has been requested and the waiting begins, and again if GitHub lists the workflows only then: for
   * what must be done meanwhile.
   */
  readonly meanwhile: (standing: Standing) => Promise<void>;
}

/** How it ended, and the final standing. */
export interface StopEnd {
  readonly standing: Standing;
  readonly because: Extract<Decision, { kind: 'finished' }>['because'];
}

/**
 * Looks, decides, acts and looks again until no run of the held workflows is left or the time is up. Keeps nothing that it
 * could not observe again, so it can be killed anywhere and another process continues.
 */
export async function endAgents(work: StopWork): Promise<StopEnd> {
  const { now, limits } = work;
  const patience = { grace: limits.grace, until: after(now(), limits.deadline) };
  let standing = beginning(work.held, work.earlier);
  let told: readonly HeldWorkflow[] = [];
  for (let waited = 0; ; ) {
    standing = await lookOnce(standing, work);
    const decision = decide(standing, now(), patience, waited);
    if (decision.kind === 'finished') return { standing, because: decision.because };
    if (decision.kind === 'wait') {
      const held = heldIn(standing);
      if (held.some(isNewsTo(told))) await work.meanwhile(standing);
      told = held;
      waited += 1;
      tell(work, standing);
      await work.sleep(enough(decision.for, work, patience.until));
      continue;
    }
    const pace = { now, until: after(now(), Math.min(LONGEST_ROUND, between(now(), patience.until))) };
    const done = await carryOut(decision, standing, work, pace);
    standing = done.standing;
    waited = done.failure === null ? 0 : waited + 1;
    if (done.failure !== null) await work.sleep(pauseAfter(done.failure, waited, now(), patience.until));
  }
}

async function lookOnce(standing: Standing, { hands, now, resolved }: StopWork): Promise<Standing> {
  const before = heldIn(standing);
  const seen = see(standing, await observe(hands, before, now));
  const held = heldIn(seen);
  if (held.some(isNewsTo(before))) await resolved(held);
  return seen;
}

/** Compares objects: a workflow that was looked up is a new object. */
function isNewsTo(before: readonly HeldWorkflow[]): (workflow: HeldWorkflow, i: number) => boolean {
  return (workflow, i) => workflow !== before[i];
}

function heldIn({ workflows }: Standing): readonly HeldWorkflow[] {
  return workflows.map(({ held }) => held);
}

const PAUSE: Duration = 2 * SECOND;
const LONGEST_PAUSE: Duration = 15 * SECOND;

/** How long requests are sent without another look, should GitHub answer slowly. */
const LONGEST_ROUND: Duration = 5 * MINUTE;

/** Without a pause, a GitHub that refuses everything would be asked as fast as it can refuse. */
function pauseAfter(failure: Failure, waited: number, now: Instant, until: Instant): Duration {
  return withinReason(failure.retryAfter ?? Math.min(PAUSE * waited, LONGEST_PAUSE), now, until);
}

async function carryOut(
  decision: Extract<Decision, { kind: 'act' | 'look' }>,
  standing: Standing,
  work: StopWork,
  pace: Pace,
): Promise<Performed> {
  switch (decision.kind) {
    case 'act': {
      const allowed = await work.comply(standing);
      // The decision may be about what must no longer be stopped.
      if (allowed !== standing) return { standing: allowed, failure: null };
      return await perform(decision.acts, standing, work.hands, pace, (done) =>
        work.progress('switching off and cancelling', done, decision.acts.length),
      ).finally(work.acted);
    }
    case 'look':
      return await look(decision.runs, standing, work.hands, pace);
    default:
      return decision satisfies never;
  }
}

function tell({ progress }: StopWork, { runs }: Standing): void {
  const all = Object.values(runs);
  progress('waiting for runs to end', all.filter(isGone).length, all.length);
}

/** When hardly any requests are left, the next look waits until there are new ones. */
function enough(pause: Duration, { usage, limits, now }: StopWork, until: Instant): Duration {
  const { remaining, resetsAt } = usage();
  if (remaining === null || resetsAt === null || remaining > limits.reserve) return pause;
  return withinReason(Math.max(pause, between(now(), resetsAt)), now(), until);
}

function withinReason(pause: Duration, now: Instant, until: Instant): Duration {
  return Math.max(SECOND, Math.min(pause, between(now, until)));
}
