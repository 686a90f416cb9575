import { type Money, UNKNOWN_MONEY } from '../../../core/money.ts';
import type { Certainty } from '../../../core/outcome.ts';
import { type SessionReading, type Tokens, UNKNOWN_TOKENS } from '../../../core/session.ts';
import { between, type Duration, type Instant } from '../../../core/time.ts';
import { notingPrices, type PriceList } from '../../prices/price-list.ts';
import { keptModels } from '../claude/detail.ts';
import { addUsage, withTotal } from '../claude/usage.ts';
import type { FormatReading } from '../format.ts';
import type { JsonDocument } from '../json/document.ts';
import { asText, sumKnown } from '../json/fields.ts';
import { keptId } from '../kept-id.ts';
import { toolUsesOf } from '../tool-uses.ts';
import { rolloutDetail } from './detail.ts';
import { type ModelRequest, type PricedRequests, priceRequests, requestsOf } from './requests.ts';
import { type Rollout, type Row, rolloutOf, threadsOf } from './rows.ts';
import { type ToolTally, tallyTools } from './tools.ts';
import { type Turn, turnsOf } from './turns.ts';
import { kindsOf } from './usage.ts';

/** The name of the format in readings. */
export const CODEX_ROLLOUT = 'codex-rollout';

/** At most this many threads are read from one file. */
const MAX_THREADS = 100;

/** Reads the records that Codex keeps of threads, usually one in a file. They have tokens as a running total, and no cost. */
export function readCodexRollout(document: JsonDocument, price: PriceList, since: Instant | null): FormatReading {
  const threads = threadsOf(document.records);
  const more = threads.length > MAX_THREADS ? [`holds more than ${MAX_THREADS} threads: the rest was not read`] : [];
  const read = threads
    .slice(0, MAX_THREADS)
    .map((records) => readThread(rolloutOf(records, since), document.damaged, price, since));
  return {
    sessions: read.map(({ session }) => session),
    complaints: [...more, ...read.flatMap(({ complaints }) => complaints)],
    resumed: read.map(({ resumed }) => resumed),
  };
}

interface ReadThread {
  readonly session: SessionReading;
  readonly complaints: readonly string[];
  readonly resumed: boolean;
}

function readThread(rollout: Rollout, damaged: boolean, price: PriceList, since: Instant | null): ReadThread {
  const { meta, inherited, own } = rollout;
  const requests = requestsOf(inherited, own);
  const turns = turnsOf(inherited, own);
  const tools = tallyTools(own);
  const state = stateOfTokens(requests, turns, damaged);
  const noting = notingPrices(price);
  const priced = priceRequests(requests, noting.price);
  const cost = costOf(priced, state);
  const whole = isWhole(turns, damaged);
  const stateOfTools = stateOfTally(tools, own, whole);
  const session: SessionReading = {
    engine: 'codex',
    format: CODEX_ROLLOUT,
    engineSession: keptId(asText(meta?.['id'])),
    models: modelsOf(requests, own),
    ...times(own, turns),
    outcome: turns.at(-1)?.outcome ?? 'unknown',
    turns: turns.length === 0 ? null : turns.length,
    tokens: tokensOf(requests),
    cost: cost.value,
    reportedCost: UNKNOWN_MONEY,
    tools: toolUsesOf(tools.calls),
    denials: tools.denials,
    state: {
      tokens: state,
      cost: cost.state,
      turns: stateOfTurns(turns, damaged),
      tools: stateOfTools,
      latency: stateOfLatency(tools, stateOfTools),
    },
    detail: rolloutDetail(rollout, turns, tools, {
      whole,
      unpriced: noting.unpriced(),
      computedCost: cost.value,
      computedState: cost.state,
    }),
  };
  const resumed = since !== null && inherited.some(({ at }) => at !== null && at < since);
  return { session, complaints: oddities(requests, priced, inherited, own), resumed };
}

/** True when every request of the thread was answered and the record is complete. */
function isWhole(turns: readonly Turn[], damaged: boolean): boolean {
  return !damaged && turns.length > 0 && turns.every(({ outcome }) => outcome !== null);
}

function tokensOf(requests: readonly ModelRequest[]): Tokens {
  return requests.length === 0 ? UNKNOWN_TOKENS : withTotal(addUsage(requests.map(({ used }) => kindsOf(used))));
}

/** The last request of a failed or aborted turn is not in the total. */
function stateOfTokens(requests: readonly ModelRequest[], turns: readonly Turn[], damaged: boolean): Certainty {
  if (requests.length === 0) return 'unknown';
  if (damaged) return 'partial';
  const complete =
    isWhole(turns, damaged) && turns.every(({ outcome, aborted }) => outcome === 'completed' && !aborted);
  return complete ? 'exact' : 'lower_bound';
}

function costOf(
  { usd, unpriced }: PricedRequests,
  tokens: Certainty,
): { readonly value: Money; readonly state: Certainty } {
  if (usd === null) return { value: UNKNOWN_MONEY, state: 'unknown' };
  if (tokens === 'exact' && unpriced === 0) return { value: { usd, basis: 'list' }, state: 'estimate' };
  return { value: { usd, basis: 'estimated' }, state: tokens === 'partial' ? 'partial' : 'lower_bound' };
}

function stateOfTurns(turns: readonly Turn[], damaged: boolean): Certainty {
  if (turns.length === 0) return 'unknown';
  return damaged ? 'partial' : 'exact';
}

/** The absence of calls proves that there were none only if the conversation is complete. */
function stateOfTally({ calls, judged }: ToolTally, own: readonly Row[], whole: boolean): Certainty {
  if (calls.length === 0 && !own.some(({ type }) => type === 'response_item')) return 'unknown';
  if (!whole) return 'partial';
  return judged === calls.length ? 'exact' : 'lower_bound';
}

function stateOfLatency({ calls }: ToolTally, tools: Certainty): Certainty {
  const timed = calls.filter(({ latency }) => latency !== null).length;
  if (timed === 0) return 'unknown';
  return timed === calls.length && tools !== 'partial' ? 'exact' : 'partial';
}

function modelsOf(requests: readonly ModelRequest[], own: readonly Row[]): readonly string[] {
  const used = requests.map(({ model }) => model).filter((model) => model !== null);
  const asked = own.filter(({ type }) => type === 'turn_context').map(({ payload }) => asText(payload['model']));
  return keptModels(used.length > 0 ? used : asked.filter((model) => model !== null));
}

interface Times {
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly duration: Duration | null;
}

/** When the thread began and ended. Its duration is the sum of its turns, otherwise the time between its rows. */
function times(own: readonly Row[], turns: readonly Turn[]): Times {
  const moments = own.map(({ at }) => at).filter((at) => at !== null);
  moments.sort();
  const [startedAt = null] = moments;
  const endedAt = moments.at(-1) ?? null;
  const measured = startedAt === null || endedAt === null ? 0 : between(startedAt, endedAt);
  return { startedAt, endedAt, duration: workedFor(turns) ?? (measured === 0 ? null : measured) };
}

function workedFor(turns: readonly Turn[]): Duration | null {
  const durations = turns.map(({ duration }) => duration);
  return durations.includes(null) ? null : sumKnown(durations);
}

/** Describes whatever does not add up, as sentences. */
function oddities(
  requests: readonly ModelRequest[],
  { unpriced }: PricedRequests,
  inherited: readonly Row[],
  own: readonly Row[],
): readonly string[] {
  const found: string[] = [];
  if (unpriced > 0)
    found.push(`${unpriced} of ${requests.length} requests have no known price: the cost leaves them out`);
  if (inherited.length > 0 && own.length === 0) {
    found.push('holds nothing but what the thread took over from another one: nothing is known of its own work');
  }
  return found;
}
