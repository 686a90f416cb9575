import type { Severity } from './outcome.ts';
import { formatQuantity } from './quantity.ts';

/** What an agent went beyond: that it may change nothing, what it may touch and use, what it may use up, how long it may take. */
export type ViolationKind = 'readOnly' | 'scope' | 'resource' | 'timeout';

export const VIOLATION_KINDS: readonly ViolationKind[] = ['readOnly', 'scope', 'resource', 'timeout'];

/** What a violation is told by. */
export type SignKind =
  | 'write_tool'
  | 'shell_tool'
  | 'network_tool'
  | 'files_changed'
  | 'undeclared_tool'
  | 'undeclared_server'
  | 'denied_tool'
  | 'unguarded'
  | 'path_out_of_scope'
  | 'control_plane'
  | 'too_many_files'
  | 'too_many_lines'
  | 'usd'
  | 'tokens'
  | 'turns'
  | 'minutes'
  | 'timed_out';

/** One piece of evidence: names and counts, never content. */
export interface ViolationSign {
  readonly what: SignKind;
  /** Of a tool (`server/tool`), a server, a path or a switch; null where a number says it all. */
  readonly name: string | null;
  /** Calls, files or the amount that was used. */
  readonly amount: number;
  /** What was allowed; null where nothing was. */
  readonly limit: number | null;
}

/** An agent outside of its limits, in one session. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly agent: string;
  /** Id of the event that shows it: of the session, of its absence, or of the passport of a pull request. */
  readonly source: string;
  readonly run: number | null;
  readonly attempt: number | null;
  readonly severity: Severity;
  /** The weightiest first, at most 20. */
  readonly signs: readonly ViolationSign[];
  readonly moreSigns: number;
}

const KINDS: Readonly<Record<ViolationKind, string>> = {
  readOnly: 'read-only',
  scope: 'scope',
  resource: 'limits',
  timeout: 'time',
};

/** One word or two for a kind, for tables. */
export function violationWord(kind: ViolationKind): string {
  return KINDS[kind];
}

/** A sign for people: `Edit used 3 times`, `$7.00 used, at most $5.00`. Names from outside stand in it as they were kept. */
export function signWords(sign: ViolationSign): string {
  const { what, name, amount } = sign;
  const { tool, file, most } = namesOf(sign);
  switch (what) {
    case 'write_tool':
      return `${tool} used ${times(amount)}`;
    case 'shell_tool':
      return `the shell ${tool} used ${times(amount)}`;
    case 'network_tool':
      return `the network by ${tool} used ${times(amount)}`;
    case 'files_changed':
      return `${amount} ${amount === 1 ? 'file' : 'files'} changed`;
    case 'undeclared_tool':
      return `${tool} used ${times(amount)}, which no list allows`;
    case 'undeclared_server':
      return `the server ${tool}, which no list allows, ${amount === 0 ? 'connected' : `used ${times(amount)}`}`;
    case 'denied_tool':
      return `${tool} refused ${times(amount)}`;
    case 'unguarded':
      return `no permission asked for${name === null ? '' : ` (${name})`}`;
    case 'path_out_of_scope':
      return `${file} changed, which lies outside`;
    case 'control_plane':
      return `${file} changed, which steers agents`;
    case 'too_many_lines':
      return `${amount} lines changed, at most ${most}`;
    case 'too_many_files':
      return `${amount} files changed, at most ${most}`;
    case 'usd':
    case 'tokens':
    case 'turns':
    case 'minutes':
      return `${quantity(what, amount)} used, at most ${quantity(what, most)}`;
    case 'timed_out':
      return 'timed out';
    default:
      return what satisfies never;
  }
}

function namesOf({
  name,
  limit,
}: ViolationSign): Readonly<Record<'tool' | 'file', string>> & { readonly most: number } {
  return { tool: name ?? 'a tool', file: name ?? 'a file', most: limit ?? 0 };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function quantity(what: 'usd' | 'tokens' | 'turns' | 'minutes', amount: number): string {
  return what === 'usd' || what === 'tokens'
    ? formatQuantity(amount, what)
    : `${formatQuantity(amount, 'count')} ${what}`;
}
