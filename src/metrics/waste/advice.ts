import { after, between, type Instant, WEEK } from '../../core/time.ts';
import {
  type ClassedWork,
  type Saving,
  type SavingMark,
  type SavingOutcome,
  WASTED,
  type WasteReport,
  type WorkPiece,
} from '../../core/waste.ts';
import { WASTE_STRETCH } from './report.ts';

/** With fewer runs whose end is known, nothing is advised. */
const FEWEST = 10;
/** At least this share of them must come to nothing, as far as so few can tell. */
const SHARE = 0.6;
/** The lower end of Wilson's interval at 90 % (E. B. Wilson, 1927). */
const Z = 1.645;

const WEEKS = WASTE_STRETCH / WEEK;

/** What to change so that less is spent for nothing: schedules and triggers of which most runs come to nothing. Pure. */
export function savings({ work, to }: WasteReport): readonly Saving[] {
  const groups = new Map<string, ClassedWork[]>();
  for (const one of work) {
    const { agent, trigger } = one.piece;
    if (trigger === null) continue;
    const key = JSON.stringify([agent, trigger]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  const found = [...groups.values()].flatMap((group) => savingOf(group, to) ?? []);
  return found.sort((a, b) => (b.savesPerWeek ?? 0) - (a.savesPerWeek ?? 0));
}

function savingOf(group: readonly ClassedWork[], at: Instant): Saving | null {
  const decided = group.filter((one) => one.class !== 'open' && one.class !== 'unknown');
  const wasted = decided.filter((one) => WASTED.has(one.class));
  const [first] = group;
  if (first === undefined || decided.length < FEWEST || lowEnd(wasted.length, decided.length) < SHARE) return null;
  const runsPerWeek = group.length / WEEKS;
  const change = first.piece.trigger === 'schedule' && runsPerWeek >= 2 ? 'weekly' : 'narrow';
  const usdPerWeek = weekly(group.map(({ piece }) => piece));
  const wastedPerWeek = weekly(wasted.map(({ piece }) => piece));
  return {
    agent: first.piece.agent,
    workflow: first.piece.workflow,
    trigger: first.piece.trigger ?? '',
    change,
    at,
    decided: decided.length,
    wasted: wasted.length,
    runsPerWeek,
    usdPerWeek,
    // Running once a week costs one run at the usual price. A narrower trigger avoids the runs that came to nothing.
    savesPerWeek: change === 'narrow' ? wastedPerWeek : usdPerWeek === null ? null : usdPerWeek * (1 - 1 / runsPerWeek),
  };
}

function lowEnd(hits: number, count: number): number {
  const share = hits / count;
  const spread = Z * Math.sqrt((share * (1 - share)) / count + Z ** 2 / (4 * count ** 2));
  return (share + Z ** 2 / (2 * count) - spread) / (1 + Z ** 2 / count);
}

/** US dollars per week; null if a cost is not known, because then the saving is not known either. */
function weekly(pieces: readonly WorkPiece[]): number | null {
  if (pieces.some(({ unpriced }) => unpriced > 0)) return null;
  return pieces.reduce((sum, { usd }) => sum + usd, 0) / WEEKS;
}

/** Advice is not repeated until its outcome is known. */
export function newSavings(advised: readonly Saving[], told: readonly SavingMark[], now: Instant): readonly Saving[] {
  return advised.filter(({ agent, trigger }) => {
    const own = told.filter((mark) => mark.agent === agent && mark.trigger === trigger);
    return own.every(({ at }) => between(at, now) >= 2 * WASTE_STRETCH);
  });
}

/** Started less than three quarters as often. */
const HEEDED = 0.75;

/**
 * The outcome of a saving in the 28 days after it was announced, once they are over. Null before that, and if the work of those
 * days is no longer remembered individually. Pure.
 */
export function outcomeOf(saving: SavingMark, pieces: readonly WorkPiece[], now: Instant): SavingOutcome | null {
  const until = after(saving.at, WASTE_STRETCH);
  if (saving.outcome !== null || now < until || now >= after(until, WEEK)) return null;
  const own = pieces.filter(
    ({ agent, trigger, at, ended }) =>
      agent === saving.agent && trigger === saving.trigger && ended !== 'skipped' && at >= saving.at && at < until,
  );
  const runsPerWeek = own.length / WEEKS;
  const usdPerWeek = weekly(own);
  return {
    runsPerWeek,
    usdPerWeek,
    savedPerWeek: usdPerWeek === null || saving.usdPerWeek === null ? null : saving.usdPerWeek - usdPerWeek,
    heeded: runsPerWeek <= HEEDED * saving.runsPerWeek,
  };
}
