import { heedMarks } from '../../alerts/marks.ts';
import type { LedgerEvent } from '../../core/event.ts';
import type { Facts } from '../../core/facts.ts';
import type { Finding } from '../../core/finding.ts';
import { type Duration, SECOND } from '../../core/time.ts';
import type { Appended } from '../../ledger/port.ts';
import type { ReadAhead } from '../../metrics/measured-series.ts';
import { CLAIM_LASTS, type ClaimTerms } from '../../responses/issue/plan.ts';
import type { ResponsePlan } from '../../responses/plan.ts';
import type { StopPlan } from '../../responses/stop-plan/plan.ts';
import type { WatchJob } from '../job.ts';
import { acts } from '../job.ts';
import { factsOf } from '../ledger/facts-of.ts';
import type { LedgerState } from '../state.ts';
import { claimEvent, wouldHaveEvents } from './alert-events.ts';
import { askRules } from './ask-rules.ts';
import { budgetEvents } from './budget-events.ts';
import { type Life, lifeEvents, liveOn } from './live-on.ts';
import { remedyEvents } from './notice-events.ts';
import { ownFindings } from './notice-input.ts';
import { planFor } from './plan.ts';
import { wasteEvents } from './waste-events.ts';

/** What the judges make of a state of the ledger, and what to do about it. */
export interface Judgement extends Life {
  readonly facts: Facts;
  readonly findings: readonly Finding[];
  readonly plan: ResponsePlan;
  readonly stops: StopPlan;
  /** The ledger after the changes were recorded. */
  readonly ledger: Appended<LedgerState>;
}

/** How long to wait for a concurrent run that has just taken on the same response, and in how many looks. */
const STAND_ASIDE: Duration = 2 * SECOND;
const LOOKS = 5;

/**
 * Asks the judges, and records what changed in the life of the alerts and which responses we take on. A response taken on by a
 * concurrent run is left to it. If nothing comes of that in time, it is taken over, since that run may have died. `ahead` holds
 * the series the rules have named (read-ahead.ts), read once for all the times they are asked.
 */
export async function judge(job: WatchJob, ahead: ReadAhead): Promise<Judgement> {
  for (let look = 1; ; look++) {
    const claims: ClaimTerms = { clock: job.clock(), last: look < LOOKS ? CLAIM_LASTS : 0 };
    const judgement = await judgeOnce(job, ahead, claims);
    if (judgement.plan.waiting.length === 0 || !acts(job)) return judgement;
    await job.sleep(STAND_ASIDE);
  }
}

type Settled = Omit<Judgement, 'ledger'>;

async function judgeOnce(job: WatchJob, ahead: ReadAhead, claims: ClaimTerms): Promise<Judgement> {
  const settled: { judgement: Settled | null } = { judgement: null };
  const ledger = await job.ledger.append((state) => {
    settled.judgement = judgeState(job, state, ahead, claims);
    const kept = budgetEvents(job, state, settled.judgement.facts);
    const offered = remedyEvents(job, settled.judgement.stops.offers);
    const said = wasteEvents(job.repo, settled.judgement.facts, job.now);
    return [...eventsOf(job, settled.judgement, claims), ...offered, ...kept, ...said];
  });
  if (settled.judgement === null) throw new Error('the ledger did not ask what to append');
  return { ...settled.judgement, ledger };
}

/** Pure: the same state gives the same judgement, so the ledger may ask again after a conflict. */
function judgeState(job: WatchJob, state: LedgerState, ahead: ReadAhead, claims: ClaimTerms): Settled {
  const { now, repo, config } = job;
  const facts = factsOf(state, repo, now, ahead);
  const marked = { repo, now, terms: config.marks };
  const asked = heedMarks(askRules(facts, config, now), state.marks, marked);
  const findings = [...asked, ...ownFindings(job, state.notices)];
  const life = liveOn(job, state, findings);
  const changes = [...life.news, ...remedyEvents(job, life.remedies)];
  return { facts, findings, ...life, ...planFor(job, { state, changes, facts }, life.alerts, claims) };
}

function eventsOf(
  job: WatchJob,
  { news, plan, stops, notices, remedies }: Settled,
  { clock }: ClaimTerms,
): readonly LedgerEvent[] {
  const claimed = acts(job) ? plan.ready.map((response) => claimEvent(job, response, clock)) : [];
  return [...lifeEvents(job, { news, notices, remedies }), ...wouldHaveEvents(job, stops), ...claimed];
}
