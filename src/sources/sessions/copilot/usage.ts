import type { Certainty } from '../../../core/outcome.ts';
import { type Tokens, UNKNOWN_TOKENS } from '../../../core/session.ts';
import { addUsage, isComplete, type TokenKinds, withTotal } from '../claude/usage.ts';
import { asCount, asObject, asText, type JsonObject, sumKnown } from '../json/fields.ts';
import { type Metrics, mayContinue, readMetrics, readRequest } from './metrics.ts';

/** What a session used, and how certain that is. */
export interface SessionUsage {
  readonly tokens: Tokens;
  readonly state: Certainty;
  /** The models that a shutdown names. */
  readonly models: readonly string[];
}

/**
 * Only a shutdown reports everything that was used; messages report only their output. So for events after the last shutdown, and
 * for a killed session, the output of the messages is the lower bound. If somebody kept the events that are not normally stored,
 * each request reports its usage.
 */
function usageOf(events: readonly JsonObject[], damaged: boolean): SessionUsage {
  const stretches = stretchesOf(events);
  const shutdowns = stretches.map(({ metrics }) => metrics).filter((metrics) => metrics !== null);
  const models = [...new Set(shutdowns.flatMap((metrics) => [...metrics.models.keys()]))];
  const told = addShutdowns(stretches);
  if (told === null) return { ...unfinishedUsage(stretches, damaged), models };
  const rest = stretches.slice(told.stretches);
  const tokens = addUsage([...told.tokens, ...rest.map(knownIn)]);
  const whole = told.whole && isComplete(tokens) && !rest.some(({ active }) => active);
  const state = whole ? (told.confirmed ? 'exact' : 'estimate') : 'lower_bound';
  return { tokens: withTotal(tokens), state: damaged ? 'partial' : state, models };
}

/** What a session used since `earlier`, the beginning of `events`. Its shutdowns may report the sum of all its runs. */
export function usageSince(
  earlier: readonly JsonObject[],
  events: readonly JsonObject[],
  damaged: boolean,
): SessionUsage {
  const all = usageOf(events, damaged);
  if (earlier.length === 0) return all;
  const before = usageOf(earlier, false);
  // Unknown usage of earlier runs may be part of the totals.
  const state = all.state === 'exact' && before.state !== 'exact' ? 'estimate' : all.state;
  const rest = (kind: keyof TokenKinds): number | null => less(all.tokens[kind], before.tokens[kind]);
  const tokens = withTotal({
    input: rest('input'),
    output: rest('output'),
    cacheRead: rest('cacheRead'),
    cacheWrite5m: rest('cacheWrite5m'),
    cacheWrite1h: rest('cacheWrite1h'),
  });
  return { tokens, state, models: all.models };
}

function less(all: number | null, before: number | null): number | null {
  return all === null ? null : Math.max(0, all - (before ?? 0));
}

/** The events up to a shutdown, or after the last one. */
interface Stretch {
  /** Total output of its messages. Null when no message has any. */
  readonly output: number | null;
  /** Total usage of its requests. Null when no request has any. */
  readonly requests: TokenKinds | null;
  /** True when the model or a tool did something. */
  readonly active: boolean;
  /** True when it ends with a shutdown. */
  readonly isEnded: boolean;
  /** What the shutdown at its end reports. Null without one. */
  readonly metrics: Metrics | null;
}

function stretchesOf(events: readonly JsonObject[]): readonly Stretch[] {
  const stretches: Stretch[] = [];
  const seen = new Set<string>();
  let open: JsonObject[] = [];
  for (const event of events) {
    open.push(event);
    if (event['type'] !== 'session.shutdown') continue;
    const metrics = readMetrics(asObject(event['data']));
    stretches.push({ ...summarise(open, seen), isEnded: true, metrics });
    open = [];
  }
  if (open.length > 0) stretches.push({ ...summarise(open, seen), isEnded: false, metrics: null });
  return stretches;
}

const ACTIVE = /^(?:assistant|tool|subagent)\./;

/** One API response may be written as several messages, each with the output of all. It counts once. */
function summarise(events: readonly JsonObject[], seen: Set<string>): Omit<Stretch, 'metrics' | 'isEnded'> {
  const outputs = new Map<string, number>();
  events.forEach((event, index) => {
    const data = event['type'] === 'assistant.message' ? asObject(event['data']) : null;
    const output = asCount(data?.['outputTokens']) ?? 0;
    const id = asText(data?.['apiCallId']) ?? asText(data?.['messageId']) ?? `${seen.size} ${index}`;
    if (output > 0 && !seen.has(id)) outputs.set(id, Math.max(output, outputs.get(id) ?? 0));
  });
  for (const id of outputs.keys()) seen.add(id);
  const requests = requestsIn(events, seen);
  const active = events.some((event) => ACTIVE.test(asText(event['type']) ?? ''));
  return { output: sumKnown([...outputs.values()]), requests, active };
}

/** The total usage of requests, each counted once. */
function requestsIn(events: readonly JsonObject[], seen: Set<string>): TokenKinds | null {
  const used = events.flatMap((event) => {
    const data = event['type'] === 'assistant.usage' ? asObject(event['data']) : null;
    const request = readRequest(data);
    const id = asText(data?.['providerCallId']) ?? asText(data?.['apiCallId']) ?? asText(event['id']);
    if (request === null || (id !== null && seen.has(`request ${id}`))) return [];
    if (id !== null) seen.add(`request ${id}`);
    return [request.tokens];
  });
  return used.length === 0 ? null : addUsage(used);
}

/** What is known to have been used in a stretch without a usable shutdown. */
function knownIn({ output, requests }: Stretch): TokenKinds {
  if (requests === null) return { ...NOTHING_KNOWN, output };
  return { ...requests, output: Math.max(requests.output ?? 0, output ?? 0) };
}

const NOTHING_KNOWN: TokenKinds = {
  input: null,
  output: null,
  cacheRead: null,
  cacheWrite5m: null,
  cacheWrite1h: null,
};
const NOTHING: Tokens = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, total: 0 };

/** For a session without a usable shutdown. If no model is named and nothing was said either, none was used. */
function unfinishedUsage(stretches: readonly Stretch[], damaged: boolean): Omit<SessionUsage, 'models'> {
  const used = addUsage(stretches.map(knownIn));
  if (used.output !== null) return { tokens: withTotal(used), state: damaged ? 'partial' : stateOfSum(stretches) };
  const silent = stretches.every(({ metrics, active }) => !active && (metrics === null || isNone(metrics)));
  const unused = !damaged && silent && stretches.at(-1)?.metrics != null;
  return unused ? { tokens: NOTHING, state: 'exact' } : { tokens: UNKNOWN_TOKENS, state: 'unknown' };
}

/**
 * The sum is complete if the session came to an end and requests account for everything said. Nothing proves that no request is
 * missing.
 */
function stateOfSum(stretches: readonly Stretch[]): Certainty {
  const ended = stretches.length > 0 && stretches.every(({ isEnded, active }) => isEnded || !active);
  const told = stretches.every(({ output, requests }) => requests !== null || output === null);
  return ended && told ? 'estimate' : 'lower_bound';
}

function isNone({ models, silent }: Metrics): boolean {
  return models.size === 0 && silent === 0;
}

interface Told {
  readonly tokens: readonly TokenKinds[];
  /** How many stretches lie before the end of the last shutdown with content. */
  readonly stretches: number;
  /** False when more may have been used. */
  readonly whole: boolean;
  readonly confirmed: boolean;
}

/**
 * Adds up the shutdowns of a resumed session. Later versions continue counting, earlier ones start over. A count has started over
 * if a shutdown has fewer tokens than the previous one, or less output than all messages since. If neither is the case it is taken
 * to continue, which gives the lower bound. Null when no shutdown says anything.
 */
function addShutdowns(stretches: readonly Stretch[]): Told | null {
  const closed: Metrics[] = [];
  let account: Account = { open: null, anew: false, output: 0, gap: false, end: 0, whole: true };
  for (const [index, stretch] of stretches.entries()) {
    const before = account.open;
    account = withStretch(account, stretch, index);
    if (account.anew && before !== null) closed.push(before.metrics);
  }
  const { open, end, whole } = account;
  if (open === null) return null;
  const usages = [...closed, open.metrics].flatMap(({ models }) => [...models.values()]);
  const confirmed = usages.every((usage) => usage.confirmed);
  return { tokens: usages.map(({ tokens }) => tokens), stretches: end, whole, confirmed };
}

interface Account {
  /** The last shutdown, and the output of messages up to it since the count started. */
  readonly open: { readonly metrics: Metrics; readonly output: number } | null;
  /** True when the count started over with this stretch. */
  readonly anew: boolean;
  /** Output of messages since the count started. */
  readonly output: number;
  /** True when work was done that no shutdown has covered yet. */
  readonly gap: boolean;
  readonly end: number;
  readonly whole: boolean;
}

function withStretch(before: Account, { metrics, output: said, active }: Stretch, index: number): Account {
  const output = before.output + (said ?? 0);
  if (metrics === null || metrics.models.size === 0)
    return { ...before, anew: false, output, gap: before.gap || active };
  const { open } = before;
  const goesOn = open !== null && mayContinue(open.metrics, metrics) && output <= outputOf(metrics);
  const anew = open !== null && !goesOn;
  const since = anew ? (said ?? 0) : output;
  const guessed = goesOn && open.output === 0;
  const short = metrics.silent > 0 || before.gap || since > outputOf(metrics);
  return {
    open: { metrics, output: since },
    anew,
    output: since,
    gap: false,
    end: index + 1,
    whole: before.whole && !guessed && !short,
  };
}

function outputOf({ models }: Metrics): number {
  return sumKnown([...models.values()].map(({ tokens }) => tokens.output)) ?? 0;
}
