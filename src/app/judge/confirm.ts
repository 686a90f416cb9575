import { after, type Duration } from '../../core/time.ts';
import type { WatchJob } from '../job.ts';
import { type Judgement, judge } from './judge.ts';
import { readAhead } from './read-ahead.ts';

/** The run after it has made sure, with what its judges say then. */
export interface Confirmed {
  readonly job: WatchJob;
  readonly judged: Judgement;
}

/**
 * Looks again, as often and after such pauses as a rule's `confirm` says, when the rule sees something sampled for the first time
 * and would otherwise wait for the next run to be sure. Each look is an ordinary one with a moment of its own. Stops as soon as
 * nothing waits any more. A job that gathers nothing looks once.
 * @throws OutsideFailure when the ledger cannot be read or written.
 */
export async function confirm(begun: WatchJob, judged: Judgement): Promise<Confirmed> {
  const { sample } = begun;
  const rounds = roundsFor(begun, judged);
  let now: Confirmed = { job: begun, judged };
  if (sample === null) return now;
  for (const pause of rounds) {
    if (waiting(now.job, now.judged).length === 0) return now;
    await now.job.sleep(pause);
    const job = { ...now.job, now: after(now.job.now, pause) };
    const { events } = await sample(now.judged.ledger.state, job.now);
    const { state } = await job.ledger.append(() => events);
    now = { job, judged: await judge(job, await readAhead(job, state)) };
  }
  return now;
}

/** The pauses of the rule that asks for the most. */
function roundsFor(job: WatchJob, { ledger }: Judgement): readonly Duration[] {
  const first = waiting(job, { ledger }).filter(({ seenAt, observations }) => seenAt === job.now && observations === 1);
  const asked = job.config.alerts.rules.flatMap(({ name, confirm }) =>
    confirm !== null && first.some((alert) => alert.name === name) ? [confirm] : [],
  );
  const [longest] = asked.sort((a, b) => b.samples * b.every - a.samples * a.every);
  return longest === undefined ? [] : Array.from({ length: longest.samples }, () => longest.every);
}

/** The alerts waiting for another look at sampled values, of rules that ask for one. */
function waiting(
  { config }: WatchJob,
  { ledger }: Pick<Judgement, 'ledger'>,
): readonly { readonly name: string; readonly seenAt?: string; readonly observations?: number }[] {
  const rules = config.alerts.rules.filter(({ mode, confirm }) => mode === 'observations' && confirm !== null);
  return Object.values(ledger.state.alerts.alerts).filter(
    ({ state, name }) => state === 'pending' && rules.some((rule) => rule.name === name),
  );
}
