import type { Severity } from './outcome.ts';
import { formatQuantity } from './quantity.ts';

/**
 * What an agent violated: that it may change nothing, what it may touch and use, what it may use up, how long it may take, and that
 * it must leave alone what watches it.
 */
export type ViolationKind = 'readOnly' | 'scope' | 'resource' | 'timeout' | 'tampering';

export const VIOLATION_KINDS: readonly ViolationKind[] = ['readOnly', 'scope', 'resource', 'timeout', 'tampering'];

/** The evidence for a violation. */
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
  | 'timed_out'
  | TamperSign;

/** Signs that somebody interfered with what the guard of a job says; `guard-check.ts` describes the comparisons. */
export type TamperSign =
  | 'meter_killed'
  | 'meter_gone'
  | 'hooks_removed'
  | 'hooks_unasked'
  | 'record_missing'
  | 'record_forged'
  | 'decision_gone'
  | 'session_shrunk'
  | 'meter_saw_more'
  | 'lease_low'
  | 'times_apart'
  | 'session_old'
  | 'ledger_rewritten';

/** One piece of evidence: names and counts, never content. */
export interface ViolationSign {
  readonly what: SignKind;
  /** A tool (`server/tool`), a server, a path or a switch; null if a number says it all. */
  readonly name: string | null;
  /** Calls, files or the amount that was used. */
  readonly amount: number;
  /** What was allowed; null if nothing was. */
  readonly limit: number | null;
}

/** An agent outside its limits, in one session. */
export interface Violation {
  readonly kind: ViolationKind;
  readonly agent: string;
  /** Id of the event that shows it: the session, its absence, or the passport of a pull request. */
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
  tampering: 'guard',
};

/** One or two words for a kind, for tables. */
export function violationWord(kind: ViolationKind): string {
  return KINDS[kind];
}

/** A sign for people: `Edit used 3 times`, `$7.00 used, at most $5.00`. Names from outside appear as they were kept. */
export function signWords(sign: ViolationSign): string {
  const { what, name, amount, limit } = sign;
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
      return tamperWords(what, name, amount, limit);
  }
}

/** Signs of tampering describe what was found, never who did it. */
function tamperWords(what: TamperSign, name: string | null, amount: number, limit: number | null): string {
  switch (what) {
    case 'meter_killed':
      return `the meter stopped ${minutesBefore(amount)} the end of the job without a word`;
    case 'meter_gone':
      return 'nothing is left of the meter that ran beside the agent';
    case 'hooks_removed':
      return 'the hooks of the guard were taken out of the settings of the engine';
    case 'hooks_unasked':
      return `tools were called ${times(amount)}, and the engine never asked the hook of the guard`;
    case 'record_missing':
      return 'the job ended, and its guard left no record: the post step was taken away, or its record was';
    case 'record_forged':
      return `a record of the guard that is not the one that the guard made: ${name ?? 'it was changed'}`;
    case 'decision_gone':
      return 'the ledger does not hold what the guard wrote into it before the agent began';
    case 'session_shrunk':
      return `${name ?? 'a record'} tells of ${formatQuantity(amount, 'tokens')} where another record of the same session tells of ${formatQuantity(limit ?? 0, 'tokens')}`;
    case 'meter_saw_more':
      return `${meterQuantity(name, amount)} seen while the agent ran, ${meterQuantity(name, limit ?? 0)} on record`;
    case 'lease_low':
      return `the lease was settled at ${formatQuantity(amount, 'tokens')}, where ${formatQuantity(limit ?? 0, 'tokens')} were seen`;
    case 'times_apart':
      return `${name ?? 'a time'} lies ${formatQuantity(amount, 'ms')} outside of the job`;
    case 'session_old':
      return 'the only record of a session is of before the job began';
    case 'ledger_rewritten':
      return name ?? 'the ledger was rewritten while the agent ran';
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

function minutesBefore(ms: number): string {
  return `${formatQuantity(ms, 'ms')} before`;
}

function meterQuantity(unit: string | null, amount: number): string {
  return formatQuantity(amount, unit === 'usd' ? 'usd' : 'tokens');
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function quantity(what: 'usd' | 'tokens' | 'turns' | 'minutes', amount: number): string {
  return what === 'usd' || what === 'tokens'
    ? formatQuantity(amount, what)
    : `${formatQuantity(amount, 'count')} ${what}`;
}
