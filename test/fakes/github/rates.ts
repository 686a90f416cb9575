import { after, HOUR, type Instant, MINUTE, toMs } from '../../../src/core/time.ts';
import { Refusal } from './reply.ts';
import type { Switches } from './switches.ts';
import type { FakeToken, TokenKind } from './world.ts';

export type RateResource = 'core' | 'graphql';

/** One pool of requests. Change `used` or `limit` to play a second consumer that drains it. */
interface RatePool {
  limit: number;
  used: number;
  /** Null until the first request of a window. */
  resetsAt: Instant | null;
}

export interface RateOverview {
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Seconds since 1970. */
  readonly reset: number;
}

/** All limits of one fake. All `GITHUB_TOKEN`s of the repository share a pool, all App and all personal tokens another. */
export interface Rates {
  pool(kind: TokenKind, resource: RateResource): RatePool;
  /** Takes one request out of the pool; false when it is empty. */
  take(token: FakeToken, resource: RateResource, now: Instant): boolean;
  /** Gives it back: a 304 is free. */
  giveBack(token: FakeToken, resource: RateResource): void;
  overview(token: FakeToken, resource: RateResource, now: Instant): RateOverview;
  /** Counts a write of content; throws the refusal of the secondary limit. */
  writeContent(token: FakeToken, switches: Switches, now: Instant): void;
}

const LIMITS: Readonly<Record<TokenKind, number>> = { github_token: 1_000, app: 5_000, user: 5_000 };

/** Secondary limits on writes of content. */
const CONTENT_LIMITS = [
  { within: MINUTE, most: 80 },
  { within: HOUR, most: 500 },
];

export function makeRates(): Rates {
  const pools = new Map<string, RatePool>();
  const writes: { readonly kind: TokenKind; readonly at: number }[] = [];
  const pool = (kind: TokenKind, resource: RateResource): RatePool => {
    const key = `${kind} ${resource}`;
    const known = pools.get(key) ?? { limit: LIMITS[kind], used: 0, resetsAt: null };
    pools.set(key, known);
    return known;
  };
  return {
    pool,
    take(token, resource, now) {
      const current = inWindow(pool(token.kind, resource), now);
      if (current.used >= current.limit) return false;
      current.used += 1;
      return true;
    },
    giveBack(token, resource) {
      const current = pool(token.kind, resource);
      current.used = Math.max(0, current.used - 1);
    },
    overview(token, resource, now) {
      const { limit, used, resetsAt } = inWindow(pool(token.kind, resource), now);
      return { limit, used, remaining: Math.max(0, limit - used), reset: Math.floor(toMs(resetsAt ?? now) / 1000) };
    },
    writeContent(token, switches, now) {
      const mine = writes.filter((write) => write.kind === token.kind);
      for (const { within, most } of CONTENT_LIMITS) {
        if (mine.filter((write) => write.at > toMs(now) - within).length >= most) throw secondaryLimit(switches);
      }
      writes.push({ kind: token.kind, at: toMs(now) });
    },
  };
}

function inWindow(pool: RatePool, now: Instant): RatePool {
  if (pool.resetsAt !== null && now >= pool.resetsAt) {
    pool.used = 0;
    pool.resetsAt = null;
  }
  pool.resetsAt ??= after(now, HOUR);
  return pool;
}

function secondaryLimit(switches: Switches): Refusal {
  return new Refusal(
    switches.rateLimitStatus,
    'You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.',
    { headers: switches.secondaryRetryAfter ? { 'retry-after': '60' } : {} },
  );
}

/** The refusal of an empty pool. */
export function exhausted(switches: Switches): Refusal {
  return new Refusal(switches.rateLimitStatus, 'API rate limit exceeded for installation ID 1.');
}

export function rateHeaders(overview: RateOverview, resource: RateResource): Record<string, string> {
  return {
    'x-ratelimit-limit': String(overview.limit),
    'x-ratelimit-remaining': String(overview.remaining),
    'x-ratelimit-used': String(overview.used),
    'x-ratelimit-reset': String(overview.reset),
    'x-ratelimit-resource': resource,
  };
}
