import type { AgentTerms } from '../core/agent-terms.ts';
import { matchesGlob } from '../core/glob.ts';
import type { MeterCause, RefusedCall } from '../core/guard.ts';
import { isServerOf, type ServerNaming } from '../core/server-names.ts';
import { isHousekeeping, isListed, powerOf, type ToolPower } from '../core/tool-powers.ts';

/** Where a file that a call would change is, with all links resolved. */
export type Place =
  | { readonly kind: 'inside'; readonly path: string }
  /** `own`: it is one of those that restrict the agent. */
  | { readonly kind: 'outside'; readonly path: string; readonly own: boolean };

/** A tool call that is about to happen. */
export interface AskedCall {
  /** Null for a tool built into the engine. */
  readonly server: string | null;
  readonly tool: string;
  readonly naming: ServerNaming;
  /** The files that it names. */
  readonly places: readonly Place[];
}

type Scope = NonNullable<AgentTerms['scope']>;
/** Why a call is refused, and the offending path. */
export type Refusal = Pick<RefusedCall, 'because' | 'path'>;

/**
 * Why a call is refused; null when it is allowed. The judgement is the same as for violations, made before the call instead
 * of after the session. `stop` means that no calls are allowed any more.
 */
export function refusalOf(call: AskedCall, scope: Scope, stop: MeterCause['kind'] | null): Refusal | null {
  if (stop !== null) return { because: stop, path: null };
  const power = powerOf(call);
  return againstReadOnly(call, power, scope) ?? againstLists(call, scope) ?? againstPaths(call, power, scope);
}

/** A shell may be harmless, so it is allowed if the agent's own list includes it. A tool that writes never is. */
function againstReadOnly(call: AskedCall, power: ToolPower, { read_only, tools = [] }: Scope): Refusal | null {
  if (read_only !== true || (power !== 'write' && power !== 'shell')) return null;
  if (power === 'shell' && isListed(tools, call, call.naming)) return null;
  return { because: 'read_only', path: call.places[0]?.path ?? null };
}

function againstLists(call: AskedCall, { tools, mcp_servers }: Scope): Refusal | null {
  const strangeTool = tools !== undefined && !isHousekeeping(call) && !isListed(tools, call, call.naming);
  const strangeServer =
    call.server !== null &&
    mcp_servers !== undefined &&
    !mcp_servers.some((declared) => isServerOf(declared, call, call.naming));
  return strangeTool || strangeServer ? { because: 'scope', path: null } : null;
}

/** An agent may never edit what restricts it. A built-in tool that writes without saying where could write anywhere. */
function againstPaths({ server, places }: AskedCall, power: ToolPower, { paths }: Scope): Refusal | null {
  if (power !== 'write') return null;
  const own = places.find((place) => place.kind === 'outside' && place.own);
  if (own !== undefined) return { because: 'scope', path: own.path };
  if (paths === undefined) return null;
  const strange = places.find(
    (place) => place.kind === 'outside' || !paths.some((glob) => matchesGlob(glob, place.path)),
  );
  if (strange !== undefined) return { because: 'scope', path: strange.path };
  return places.length === 0 && server === null ? { because: 'scope', path: null } : null;
}
