import type { NoticeLog, OpenNotice } from '../../alerts/notice-log.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { attempt } from '../../core/failure.ts';
import type { Deliverer, Delivery, Notice } from '../../core/notice.ts';
import { keptName } from '../../core/redact.ts';
import { plainLine } from '../../core/text.ts';
import { after, between, DAY, type Duration, type Instant, MINUTE } from '../../core/time.ts';
import { isForgetful } from '../../responses/channels/forgetful.ts';
import type { WatchJob } from '../job.ts';
import { deadEvent, deliveryEvent, takenEvent } from '../judge/notice-events.ts';
import { issueOf } from '../judge/notice-input.ts';
import type { LedgerState } from '../state.ts';
import type { Upheld } from '../stop/upheld.ts';

const NOTHING: Upheld = { complaints: [], incomplete: false, done: false };

/** A message that another process took longer ago than this is taken over: that process has died. */
const TAKE_LASTS: Duration = 3 * MINUTE;

/** The most messages of one run, so that taken ones are sent before anybody takes them over. */
const MOST = 40;

/** Sending ends after this long. The rest is left to the next run. */
const LONGEST: Duration = 2 * MINUTE;

const MAX_ERROR = 300;
const MOST_ATTEMPTS = 10;
const LONGEST_TRY: Duration = DAY;

/**
 * Sends what the ledger says is to be sent, oldest first, so what earlier runs left comes first. A message is taken in the ledger
 * before it is sent, which only one of several runs can do. Its receipt is written afterwards: at once if the receiver would show
 * it twice, else with the others. A run that dies in between leaves a message of unknown outcome, which is sent once more under
 * the same key.
 * @throws OutsideFailure when the ledger cannot be read or written.
 */
export async function tell(job: WatchJob, state: LedgerState): Promise<Upheld> {
  const { deliver } = job;
  if (deliver === null || dueNotices(job, state.notices).length === 0) return NOTHING;
  const taken = await take(job);
  if (taken.length === 0) return NOTHING;
  const receivers = new Map(Object.entries(state.notices.receivers).map(([thread, { data }]) => [thread, data]));
  const events: LedgerEvent[] = [];
  const complaints: string[] = [];
  const begin = job.clock();
  const due = receiptsDue(job, taken);
  for (const [i, open] of taken.entries()) {
    if (between(begin, job.clock()) > LONGEST) {
      complaints.push(`${taken.length} messages were too many for one run: the next one goes on`);
      break;
    }
    // The message before it in the thread may have gone out a moment ago.
    const previous = receivers.get(open.notice.thread) ?? null;
    const delivery = await sendOne(deliver, withIssues(open.notice, state), previous, mayBeThere(open));
    events.push(...outcome(job, open, delivery));
    if (delivery.ok) receivers.set(open.notice.thread, delivery.receiver);
    else complaints.push(complaint(open, delivery.error));
    if (due.has(i)) {
      const written = events.splice(0);
      await job.ledger.append(() => written);
    }
  }
  await job.ledger.append(() => events);
  return { complaints, incomplete: complaints.length > 0, done: true };
}

/** Writing to the ledger takes several GitHub requests, so a burst of messages shares them. */
const MOST_RECEIPTS = 10;

/**
 * The messages after which the receipts so far are written. A receiver that does not recognise repeats would show all of them
 * twice if the run died before the end. The last message is followed by a receipt anyway.
 */
function receiptsDue({ config }: WatchJob, taken: readonly OpenNotice[]): ReadonlySet<number> {
  const plain = taken.flatMap(({ notice }, i) => {
    const channel = Object.hasOwn(config.channels, notice.channel) ? config.channels[notice.channel] : undefined;
    return channel !== undefined && isForgetful(channel.type) && i < taken.length - 1 ? [i] : [];
  });
  const share = Math.ceil(plain.length / MOST_RECEIPTS);
  return new Set(plain.filter((_, n) => (n + 1) % share === 0));
}

/** What is to be sent and taken by nobody, oldest first. Among messages of the same age, ends come last. */
function dueNotices({ now, by, clock }: WatchJob, { open }: NoticeLog): readonly OpenNotice[] {
  const wall = clock();
  return Object.values(open)
    .filter(({ notBefore }) => notBefore === null || notBefore <= now)
    .filter(({ taken }) => taken === null || taken.by === by || Math.abs(between(taken.at, wall)) >= TAKE_LASTS)
    .sort((a, b) => compare(`${a.plannedAt} ${rank(a)} ${a.notice.key}`, `${b.plannedAt} ${rank(b)} ${b.notice.key}`))
    .slice(0, MOST);
}

function rank({ notice }: OpenNotice): number {
  return notice.kind === 'resolve' ? 1 : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Takes messages in the ledger: of two runs that try, one gets each of them. */
async function take(job: WatchJob): Promise<readonly OpenNotice[]> {
  const mine: { taken: readonly OpenNotice[] } = { taken: [] };
  await job.ledger.append((state) => {
    mine.taken = dueNotices(job, state.notices);
    return mine.taken.length === 0
      ? []
      : [
          takenEvent(
            job,
            mine.taken.map(({ notice }) => notice.key),
            job.clock(),
          ),
        ];
  });
  return mine.taken;
}

/** Whether somebody has tried before with unknown outcome. */
function mayBeThere({ unsure, taken }: OpenNotice): boolean {
  return unsure || taken !== null;
}

/** Adds the issue: for a new alert it was opened after the message was planned. */
function withIssues(notice: Notice, { responses }: LedgerState): Notice {
  const alerts = notice.alerts.map((alert) => ({
    ...alert,
    issue: alert.issue ?? issueOf(responses, alert.fingerprint),
  }));
  return { ...notice, alerts };
}

/** A channel that throws instead of answering is recorded too: it is not known what arrived. */
export async function sendOne(
  deliver: Deliverer,
  notice: Notice,
  previous: Parameters<Deliverer>[1],
  isAgain = false,
): Promise<Delivery> {
  const sent = await attempt(() => deliver(notice, previous, isAgain));
  if (sent.ok) return sent.value.ok ? sent.value : { ...sent.value, error: keptName(sent.value.error, MAX_ERROR) };
  const { message, retry, retryAfter } = sent.failure;
  return { ok: false, error: keptName(message, MAX_ERROR), retry, unsure: true, waitFor: retryAfter ?? null };
}

function outcome(job: WatchJob, open: OpenNotice, delivery: Delivery): readonly LedgerEvent[] {
  const { key } = open.notice;
  const attempts = open.attempts + 1;
  const wait = delivery.ok ? 0 : (delivery.waitFor ?? 0);
  const told = deliveryEvent(job, key, delivery, { attempts, notBefore: after(job.now, wait) });
  const because = delivery.ok ? null : whyDead(open, delivery.retry, attempts, job.now);
  if (delivery.ok || because === null) return [told];
  const { error, unsure } = delivery;
  return [told, deadEvent(job, { key, because, error, unsure: unsure || open.unsure })];
}

function whyDead(open: OpenNotice, retry: boolean, attempts: number, now: Instant): 'refused' | 'given_up' | null {
  if (!retry) return 'refused';
  const isLong = between(open.plannedAt, now) >= LONGEST_TRY;
  return attempts >= MOST_ATTEMPTS || isLong ? 'given_up' : null;
}

function complaint({ notice }: OpenNotice, error: string): string {
  return `a message to the channel ${plainLine(notice.channel)} did not arrive: ${error}`;
}
