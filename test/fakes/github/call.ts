import type { Instant } from '../../../src/core/time.ts';
import type { BareRepository } from './git.ts';
import type { Rates } from './rates.ts';
import type { FakeToken, FakeUser, World } from './world.ts';

/** One request on its way to the handler of its route. */
export interface Call {
  readonly world: World;
  readonly git: BareRepository;
  readonly rates: Rates;
  /** `http://127.0.0.1:PORT`. */
  readonly baseUrl: string;
  /** Another origin, as GitHub keeps zips elsewhere: clients must not carry the token there. */
  readonly storageUrl: string;
  /** The path without the query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed and found valid by the schema; null when there was none. */
  readonly body: unknown;
  readonly token: FakeToken;
  readonly now: Instant;
}

/** Whoever the token acts as. */
export function actorOf(call: Call): FakeUser {
  return call.token.user;
}

/** The body as the type its schema promises. */
export function bodyOf<T>(call: Call): T {
  return call.body as T;
}

/** A parameter of the path. */
export function param(call: Call, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`The route has no parameter ${name}`);
  return value;
}
