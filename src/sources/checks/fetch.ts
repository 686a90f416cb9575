import type { LedgerEvent } from '../../core/event.ts';
import { attempt } from '../../core/failure.ts';
import type { PullRecord } from '../../core/pull.ts';
import { after, DAY, type Duration, HOUR, type Instant } from '../../core/time.ts';
import type { ChecksApi, RemoteCheckRun } from '../../github/checks-port.ts';
import { type Gathered, gather, type SourceMoment, type SourcesState, watermarkOf } from '../progress.ts';
import { checksEvent } from './parse.ts';
import { type ChecksPlace, formatPlace, parsePlace } from './place.ts';

/** Its name as a source. */
export const CHECKS = 'checks';

/** At most this many heads are checked in one run, starting with those checked least recently. */
const MOST_HEADS = 5;
/** A head without any checks by then has none. */
const BEGINS_WITHIN: Duration = HOUR;
/** Checks that have not ended by then no longer count, and older heads are ignored. */
const ENDS_WITHIN: Duration = DAY;

export interface ChecksRequest {
  readonly api: ChecksApi;
  readonly moment: SourceMoment;
  readonly sources: SourcesState;
  readonly pulls: readonly PullRecord[];
  /** Whether this many requests may still be made. */
  readonly canAfford: (requests: number) => boolean;
}

/**
 * Reads the check results for the heads of agents' pull requests. This takes one request per head until all its checks have ended,
 * and none without a new head. A failure is only reported, because it hides nothing of what agents spend.
 */
export async function gatherChecks(request: ChecksRequest): Promise<Gathered> {
  const { moment, sources, canAfford } = request;
  const before = parsePlace(watermarkOf(sources, CHECKS));
  const young = request.pulls.filter((pull) => isYoung(pull, moment.now));
  const waiting = waitingOf(young, before).slice(0, MOST_HEADS);
  if (waiting.length === 0 || !canAfford(waiting.length)) return { events: [], complaints: [] };
  const looks = await lookAtAll(request, waiting);
  const keys = new Set(young.map(keyOf));
  return await gather(CHECKS, moment, async () => ({
    events: looks.flatMap(({ events }) => events),
    complaints: looks.flatMap(({ complaints }) => complaints),
    watermark: formatPlace(nextPlace(before, looks, keys, moment.now)),
    items: looks.length,
    failure: null,
  }));
}

function isYoung({ standing, headSince }: PullRecord, now: Instant): boolean {
  return standing?.verdict === 'agent' && headSince > after(now, -2 * ENDS_WITHIN);
}

function keyOf({ number, head }: Pick<PullRecord, 'number' | 'head'>): string {
  return `${number}:${head}`;
}

/** Heads that were never checked come first, newest first, then those checked longest ago. */
function waitingOf(pulls: readonly PullRecord[], { done, asked }: ChecksPlace): readonly PullRecord[] {
  const over = new Set(done);
  return pulls
    .filter((pull) => !over.has(keyOf(pull)))
    .map((pull) => ({ pull, last: asked[keyOf(pull)] ?? '' }))
    .sort((a, b) => (a.last === b.last ? b.pull.number - a.pull.number : a.last < b.last ? -1 : 1))
    .map(({ pull }) => pull);
}

/**
 * Stops at the first failure, since a permission missing for one head is missing for the next. That head comes last the next time.
 */
async function lookAtAll(request: ChecksRequest, pulls: readonly PullRecord[]): Promise<readonly Look[]> {
  const looks: Look[] = [];
  for (const pull of pulls) {
    const look = await attempt(() => lookAt(request, pull));
    if (look.ok) {
      looks.push(look.value);
      continue;
    }
    const { message, remedy } = look.failure;
    const complaints = [`What checks found is not known: ${message}. ${remedy}.`];
    return [...looks, { key: keyOf(pull), isOver: false, events: [], complaints }];
  }
  return looks;
}

interface Look {
  readonly key: string;
  /** Whether nothing more is to come. */
  readonly isOver: boolean;
  readonly events: readonly LedgerEvent[];
  readonly complaints: readonly string[];
}

async function lookAt({ api, moment }: ChecksRequest, pull: PullRecord): Promise<Look> {
  const { runs, total } = await api.ofCommit(pull.head);
  const key = keyOf(pull);
  if (!isOver(runs, pull.headSince, moment.now)) return { key, isOver: false, events: [], complaints: [] };
  const event = checksEvent({ pull: pull.number, head: pull.head, agent: pull.agent, runs }, moment);
  return {
    key,
    isOver: true,
    events: event === null ? [] : [event],
    complaints:
      total > runs.length
        ? [`Of the ${total} checks of pull request ${pull.number} the last ${runs.length} count.`]
        : [],
  };
}

function isOver(runs: readonly RemoteCheckRun[], since: Instant, now: Instant): boolean {
  if (since <= after(now, -ENDS_WITHIN)) return true;
  return runs.length === 0 ? since <= after(now, -BEGINS_WITHIN) : runs.every(({ completed }) => completed);
}

/** Heads too old to be checked are forgotten. */
function nextPlace(before: ChecksPlace, looks: readonly Look[], keys: ReadonlySet<string>, now: Instant): ChecksPlace {
  const over = looks.filter((look) => look.isOver).map(({ key }) => key);
  const open = looks.filter((look) => !look.isOver).map(({ key }) => [key, now] as const);
  const asked = Object.entries({ ...before.asked, ...Object.fromEntries(open) });
  return {
    done: [...new Set([...before.done, ...over])].filter((key) => keys.has(key)),
    asked: Object.fromEntries(asked.filter(([key]) => keys.has(key) && !over.includes(key))),
  };
}
