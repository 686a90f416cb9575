import { silenceOn } from '../../alerts/calm.ts';
import type { Alert } from '../../core/alert.ts';
import { attempt } from '../../core/failure.ts';
import { compareSeverity, reaches } from '../../core/outcome.ts';
import { after, DAY, type Duration } from '../../core/time.ts';
import type { ReadAhead } from '../../metrics/measured-series.ts';
import { askAboutAlert, readTriage } from '../../review/ai/triage.ts';
import { act } from '../act.ts';
import { rememberOutcome } from '../gather/remember.ts';
import type { WatchJob } from '../job.ts';
import { type Judgement, judge } from '../judge/judge.ts';
import { type Asked, askModel, markOf, type OpinionDesk } from '../review/ask-model.ts';
import { roundOf } from '../review/opinion-wallet.ts';
import type { LedgerState } from '../state.ts';
import type { Upheld } from '../stop/upheld.ts';
import { caseEvidence } from './case-evidence.ts';

/** The most questions of one run: somebody who triggers alerts by the dozen must not make us wait for minutes. */
const MOST_QUESTIONS = 3;
/** Older alerts are no news. */
const NEW: Duration = DAY;
const MOST_ANSWER_TOKENS = 700;

/** What the judges of this run made of the ledger. */
export interface Judged {
  readonly judged: Judgement;
  readonly ahead: ReadAhead;
  /** After what was done about it was recorded. */
  readonly state: LedgerState;
}

/**
 * Asks a model for possible causes of new alerts and writes its guesses into their issues. It runs after people were told and
 * changes no alert. Failures are not retried: a guess is an extra.
 */
export async function guessCauses(
  job: WatchJob,
  opinions: NonNullable<WatchJob['opinions']>,
  { judged, ahead, state }: Judged,
): Promise<Upheld> {
  const desk: OpinionDesk = { ...job, ...opinions };
  const complaints: string[] = [];
  let told = 0;
  let asked = 0;
  for (const alert of toAskAbout(job, judged, state)) {
    const answer = await attempt(() => askForCause(desk, alert, judged));
    if (!answer.ok) {
      complaints.push(`No guess at an alert was made: ${answer.failure.message}. ${answer.failure.remedy}`);
      break;
    }
    if (answer.value.kind === 'not_asked') continue;
    asked += 1;
    if (answer.value.opinion.hypothesis !== null) told += 1;
    if (answer.value.problem !== null) {
      complaints.push(`No guess at an alert was made: ${answer.value.problem}`);
      break;
    }
  }
  const written = told === 0 ? [] : await writeDown(job, ahead);
  return { complaints: [...complaints, ...written], incomplete: false, done: asked > 0 };
}

/** The gravest first. Alerts that another one explains, or that nobody wants to be told of, are left out. */
function toAskAbout(job: WatchJob, { alerts }: Judgement, state: LedgerState): readonly Alert[] {
  const { triage: floor } = job.config.opinion;
  const since = after(job.now, -NEW);
  if (floor === 'off') return [];
  return Object.values(alerts.alerts)
    .filter((alert) => alert.state === 'active' && alert.activeAt !== null && alert.activeAt >= since)
    .filter(({ facts }) => reaches(facts.severity, floor) && facts.explainedBy === null)
    .filter((alert) => silenceOn(alert, alerts, job.now) === null)
    .filter(({ fingerprint, episode }) => roundOf(state, { kind: 'alert', fingerprint, episode }) !== null)
    .sort((a, b) => compareSeverity(b.facts.severity, a.facts.severity) || (a.fingerprint < b.fingerprint ? -1 : 1))
    .slice(0, MOST_QUESTIONS);
}

async function askForCause(desk: OpinionDesk, alert: Alert, { alerts, facts }: Judgement): Promise<Asked> {
  const { model } = desk.config.opinion;
  const about = { kind: 'alert', fingerprint: alert.fingerprint, episode: alert.episode } as const;
  const evidence = caseEvidence(alert, Object.values(alerts.alerts), facts, desk.now);
  if (evidence.length === 0) return { kind: 'not_asked', why: 'Nothing is on record that a guess could rest on.' };
  return await askModel(desk, about, () => {
    const terms = { model, maxTokens: MOST_ANSWER_TOKENS, mark: markOf(desk, about) };
    const { question, ids, asked } = askAboutAlert(alert, evidence, terms);
    return { about, question, asked, unseen: [], read: (answer) => readTriage(answer, ids) };
  });
}

/** Updates the issues now: it is not known when the next run comes. */
async function writeDown(job: WatchJob, ahead: ReadAhead): Promise<readonly string[]> {
  const again = await judge(job, ahead);
  const receipts = await act(job, again);
  await rememberOutcome(job, receipts, again.ledger);
  return receipts.flatMap(({ error }) => (error === null ? [] : [`a guess was not written down: ${error}`]));
}
