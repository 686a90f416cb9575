import type { Config } from '../../config/schema.ts';
import type { Lease } from '../../core/budget.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import { OutsideFailure } from '../../core/failure.ts';
import { sha256 } from '../../core/hash.ts';
import { type Money, UNKNOWN_MONEY } from '../../core/money.ts';
import { aboutKey, type Opinion, type OpinionAbout, OWN_AGENT } from '../../core/opinion.ts';
import { keptName } from '../../core/redact.ts';
import type { Session, SessionOutcome, Tokens } from '../../core/session.ts';
import { UNKNOWN_TOKENS } from '../../core/session.ts';
import { agentSubject } from '../../core/subject.ts';
import { between, type Instant } from '../../core/time.ts';
import { opinionsAbout } from '../../metrics/opinions.ts';
import { mostTokens } from '../../review/ai/data.ts';
import type { AnswerUsage, Opinions, Question, Reply } from '../../review/ai/port.ts';
import { openPriceList } from '../../sources/prices/genai-prices.ts';
import type { PriceList } from '../../sources/prices/price-list.ts';
import { insistently } from '../shell/insist.ts';
import { leaseForQuestion, type MostUse, type Purchase, roundOf, type WalletDesk } from './opinion-wallet.ts';

/** What is needed to ask models. */
export interface OpinionDesk extends WalletDesk {
  readonly config: Pick<Config, 'budgets' | 'mode' | 'opinion' | 'prices'>;
  readonly opinions: Opinions;
  /** Unique for each process, and not predictable. */
  readonly by: string;
  /** The wall clock. */
  readonly clock: () => Instant;
  readonly run: Purchase['run'];
}

/** A question, with everything needed to keep its answer. */
export interface Inquiry<T> {
  readonly about: OpinionAbout;
  readonly question: Question<T>;
  /** What is sent, apart from the mark of the call. */
  readonly asked: string;
  readonly unseen: readonly string[];
  readonly read: (answer: T) => Partial<Pick<Opinion, 'findings' | 'hypothesis'>> & Pick<Opinion, 'dropped'>;
}

/** The outcome: an opinion, new or from an earlier run, or a sentence saying why nobody was asked. */
export type Asked =
  | { readonly kind: 'given'; readonly opinion: Opinion; readonly isNew: boolean; readonly problem: string | null }
  | { readonly kind: 'not_asked'; readonly why: string };

/** The mark of a call, which the author of the data could not foresee. */
export function markOf({ by, now }: Pick<OpinionDesk, 'by' | 'now'>, about: OpinionAbout): string {
  return sha256(`${by} ${now} ${aboutKey(about)}`).slice(0, 32);
}

/**
 * Asks a model once about one thing, within the wallet: takes a lease before, and afterwards records what was used, whatever the
 * answer was worth. A question that was asked before is not asked again.
 * @throws OutsideFailure when the ledger cannot be read or written.
 */
export async function askModel<T>(desk: OpinionDesk, about: OpinionAbout, inquire: () => Inquiry<T>): Promise<Asked> {
  const { state } = await desk.ledger.read();
  const round = roundOf(state, about);
  const before = opinionsAbout(state.opinions, about).at(-1);
  if (round === null && before !== undefined) return { kind: 'given', opinion: before, isNew: false, problem: null };
  const inquiry = inquire();
  const prices = openPriceList(desk.now, desk.config.prices);
  const most = mostUse(prices, inquiry.question, desk.now);
  if (most === null) return { kind: 'not_asked', why: unpriced(inquiry.question.model) };
  const lease = await leaseForQuestion(desk, { about, most, run: desk.run, by: desk.by }, round ?? 1);
  if (typeof lease === 'string') return { kind: 'not_asked', why: lease };
  const reply = await desk.opinions.ask(inquiry.question);
  const opinion = opinionOf(inquiry, reply, {
    at: lease.at,
    ...billOf(reply, inquiry.question.model, prices, most, lease.at),
  });
  await write(desk, lease, opinion, reply);
  const problem = reply.kind === 'unavailable' ? `${reply.failure.message}. ${reply.failure.remedy}` : null;
  return { kind: 'given', opinion, isNew: true, problem };
}

function unpriced(model: string): string {
  return `The model ${keptName(model)} has no known price, so that no budget can hold it: set one under prices.`;
}

const NOTHING_CACHED = { cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, webSearches: 0, fast: false };

/** What a structured answer adds to our own text: the schema, and what the provider says about it. */
const OVERHEAD_TOKENS = 2_000;

function mostUse(
  prices: PriceList,
  { model, system, text, maxTokens }: Question<unknown>,
  at: Instant,
): MostUse | null {
  const input = mostTokens(system) + mostTokens(text) + OVERHEAD_TOKENS;
  const usd = prices(model, { ...NOTHING_CACHED, input, output: maxTokens }, at);
  return usd === null || usd <= 0 ? null : { usd, tokens: input + maxTokens };
}

interface Bill {
  readonly cost: Money;
  readonly usage: AnswerUsage | null;
}

/** What an answer costs by the list. What may be billed but is not known counts at its maximum. */
function billOf(reply: Reply<unknown>, model: string, prices: PriceList, most: MostUse, at: Instant): Bill {
  if (reply.kind === 'unavailable' && reply.charged === 'nothing')
    return { cost: { usd: 0, basis: 'list' }, usage: null };
  const usage = reply.kind === 'unavailable' ? null : reply.usage;
  const usd = usage === null ? null : prices(model, { ...NOTHING_CACHED, ...usage }, at);
  return { cost: usd === null ? { usd: most.usd, basis: 'estimated' } : { usd, basis: 'list' }, usage };
}

function opinionOf<T>(
  { about, question, asked, unseen, read }: Inquiry<T>,
  reply: Reply<T>,
  { at, cost, usage }: Bill & { readonly at: Instant },
): Opinion {
  const taken = reply.kind === 'answered' ? read(reply.value) : { dropped: 0 };
  return {
    ...{ about, at, model: keptName(question.model), end: reply.kind, asked: sha256(asked), cost, unseen },
    tokens: usage === null ? null : totalOf(usage),
    findings: [],
    hypothesis: null,
    ...taken,
  };
}

function totalOf({ input, output, cacheRead, cacheWrite5m, cacheWrite1h }: AnswerUsage): number {
  return input + output + cacheRead + cacheWrite5m + cacheWrite1h;
}

/** The opinion, its cost as a session of ours, and the end of its lease, all or nothing. */
async function write(desk: OpinionDesk, lease: Lease, opinion: Opinion, reply: Reply<unknown>): Promise<void> {
  const { repo, ledger } = desk;
  const seen = desk.clock() < lease.at ? lease.at : desk.clock();
  const base = { v: 1, at: lease.at, seen, repo, subject: agentSubject(OWN_AGENT) } as const;
  const given: EventOf<'opinion.given'> = {
    ...base,
    id: `opinion:${lease.id}`,
    kind: 'opinion.given',
    data: { opinion },
  };
  const settled: EventOf<'lease.settled'> = {
    ...{ ...base, at: seen, id: `${lease.id}:settled`, kind: 'lease.settled' },
    data: { lease: lease.id, spent: { usd: opinion.cost.usd, tokens: opinion.tokens, minutes: null } },
  };
  const events: readonly LedgerEvent[] = [given, ...sessionEvents(base, lease, opinion, reply), settled];
  const written = await insistently(desk, () => ledger.append(() => events));
  if (!written.ok) throw new OutsideFailure(written.failure);
}

type EventBase = Pick<LedgerEvent, 'v' | 'at' | 'seen' | 'repo' | 'subject'>;

/** None for a question that was never accepted: it used nothing. */
function sessionEvents(base: EventBase, lease: Lease, opinion: Opinion, reply: Reply<unknown>): readonly LedgerEvent[] {
  if (reply.kind === 'unavailable' && reply.charged === 'nothing') return [];
  const id = `session:${lease.id}`;
  const usage = reply.kind === 'unavailable' ? null : reply.usage;
  const known = usage === null ? 'unknown' : 'exact';
  const session: Session = {
    ...{ id, agent: OWN_AGENT, workflow: null, run: lease.run, attempt: lease.attempt, job: lease.job },
    ...{ engine: 'claude', format: 'checkrein-opinion', engineSession: null, models: [opinion.model] },
    ...{ startedAt: base.at, endedAt: base.seen, duration: between(base.at, base.seen) },
    outcome: outcomeOf(reply.kind),
    turns: 1,
    tokens: tokensOf(usage),
    cost: opinion.cost,
    reportedCost: UNKNOWN_MONEY,
    tools: [],
    denials: 0,
    state: {
      tokens: known,
      cost: usage === null ? 'estimate' : 'exact',
      turns: 'exact',
      tools: 'exact',
      latency: 'unknown',
    },
  };
  return [{ ...base, id, kind: 'session.recorded', data: { session } }];
}

function outcomeOf(end: Reply<unknown>['kind']): SessionOutcome {
  switch (end) {
    case 'answered':
      return 'completed';
    case 'refused':
    case 'unreadable':
      return 'failed';
    case 'cut_off':
      return 'stopped_by_limit';
    case 'unavailable':
      return 'timed_out';
    default:
      return end satisfies never;
  }
}

function tokensOf(usage: AnswerUsage | null): Tokens {
  return usage === null ? UNKNOWN_TOKENS : { ...usage, total: totalOf(usage) };
}
