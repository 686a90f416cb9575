import type { Facts } from '../../core/facts.ts';
import { type Finding, findingKey } from '../../core/finding.ts';
import type { LabelSets, SeriesRequest } from '../../core/series-request.ts';
import { agentSubject, repositorySubject } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import { after, DAY, type Duration, type Instant } from '../../core/time.ts';
import { agentNames } from '../../metrics/sight.ts';
import { serversIn } from '../anomaly/watched.ts';
import { fine, type Said, unsure, wrong } from '../answer.ts';
import { type RateFloors, type RateShift, rateShift } from './rates.ts';

/** How improbable a rate must be, in digits, before it is reported. */
interface Asked {
  readonly digits: number;
}

const HOURS: Duration = 14 * DAY;
const OF_FAILURES: RateFloors = { hits: 3, rate: 0.3, before: 15 };
const OF_ERRORS: RateFloors = { hits: 5, rate: 0.1, before: 100 };
/** An active alert ends once the rate is less improbable than this part of the line. */
const CLEARLY_BELOW = 0.7;

function serverRequest(server: string): SeriesRequest {
  return { metric: 'session.tool.errors', labels: { server }, step: 'hour', lookBack: HOURS };
}

/** The series of MCP servers that `judgeErrors` is going to request. */
export function errorRequests(labelSets: LabelSets): readonly SeriesRequest[] {
  return serversIn(labelSets).map(serverRequest);
}

/** Whether more of each agent's last sessions failed than before. */
export function judgeFailures(facts: Facts, asked: Asked, now: Instant): readonly Finding[] {
  return agentNames(facts).map((agent) => {
    const subject = agentSubject(agent);
    const series = facts.series('sessions.failureRate', subject, 'hour', after(now, -HOURS), after(now, 1));
    const said = saidOf({ subject, labels: { metric: 'failures' } });
    // What those rules report is the same story, nearer to its cause.
    const teller = findingKey({ rule: 'failures-in-a-row', subject, labels: {} });
    return answer(said, rateShift(series, OF_FAILURES, now), asked, {
      what: `sessions of ${plainLine(agent)}`,
      teller,
    });
  });
}

/** Whether more of each MCP server's last calls failed than before. */
export function judgeErrors(facts: Facts, asked: Asked, now: Instant): readonly Finding[] {
  return serversIn(facts.labelSets).map((server) => {
    const said = saidOf({ subject: repositorySubject(facts.repo), labels: { metric: 'tool-errors', server } });
    const shift = rateShift(facts.measured(serverRequest(server)), OF_ERRORS, now);
    return answer(said, shift, asked, { what: `calls of the MCP server ${plainLine(server)}`, teller: null });
  });
}

function saidOf(of: Pick<Said, 'subject'> & { readonly labels: Finding['labels'] }): Said {
  return { ...of, rule: 'session-shift', value: null, limit: null, unit: 'ratio', reason: '' };
}

interface Telling {
  readonly what: string;
  /** The finding that may report the same story. */
  readonly teller: string | null;
}

function answer(said: Said, shift: RateShift | null | string, { digits }: Asked, { what, teller }: Telling): Finding {
  if (typeof shift === 'string') return unsure({ ...said, reason: `Of the ${what}, ${shift}.` });
  if (shift === null) return fine({ ...said, reason: `No more of the last ${what} failed than usual.` });
  const value = shift.hits / shift.all;
  const reason = `${shift.hits} of ${shift.all} ${what} in a row failed, where ${percent(shift.usual)} are usual.`;
  const known = { ...said, value, limit: shift.usual, reason };
  if (shift.digits < digits) return fine(known, shift.digits >= CLEARLY_BELOW * digits);
  return wrong(
    known,
    'warning',
    {
      facts: [
        { label: 'Failed', value: shift.hits, unit: 'count' },
        { label: 'Of', value: shift.all, unit: 'count' },
        { label: 'Share that failed', value, unit: 'ratio' },
        { label: 'Usual share', value: shift.usual, unit: 'ratio' },
        { label: 'Confidence that it is no chance', value: 1 - 10 ** -shift.digits, unit: 'ratio' },
      ],
    },
    teller,
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
