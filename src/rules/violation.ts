import { z } from 'zod';
import type { Facts, RunMark, ViolationMark } from '../core/facts.ts';
import type { Evidence, FactEvidence, Finding } from '../core/finding.ts';
import { compareSeverity, type Severity } from '../core/outcome.ts';
import { formatQuantity } from '../core/quantity.ts';
import type { Rule } from '../core/rule.ts';
import { agentSubject, repositorySubject } from '../core/subject.ts';
import { plainLine } from '../core/text.ts';
import { after, dayOf, type Instant, MINUTE } from '../core/time.ts';
import type { Unit } from '../core/unit.ts';
import {
  type SignKind,
  signWords,
  VIOLATION_KINDS,
  type ViolationKind,
  type ViolationSign,
} from '../core/violation.ts';
import { attemptKey } from '../metrics/attempt.ts';
import { blindness } from '../metrics/sight.ts';
import { durationOption, enabledOption, readDuration } from './options.ts';
import { runEvidence } from './run-evidence.ts';

export interface ViolationOptions {
  readonly enabled: boolean;
  readonly window: string;
}

const options: z.ZodObject = z.strictObject({
  enabled: enabledOption(),
  window: durationOption(
    '24h',
    '7d',
    'Violations within this time are reported together; the alert ends once there are none left in it.',
  ),
});

/**
 * Whether something went beyond the limits is settled when a session is read. This rule reports it per agent and kind of violation.
 * The severity depends on the evidence. A change by an agent that may change nothing is critical, as is twice the limit of money,
 * tokens, turns or time. A tool, a server or a file outside the lists is a warning. Refused calls, and running without asking
 * anybody where nothing is configured, are for information. Signs of interference with the guard itself are critical.
 */
export const violation: Rule<ViolationOptions, z.ZodObject> = {
  name: 'violation',
  title: 'An agent went beyond what it may do',
  question: 'Did a session of an agent go beyond its scope, its limits or its time?',
  remedy: [
    'Open the newest of the runs and see what the agent changed; revert what it should not have.',
    'If the agent needs what it used, say so: `scope` and `limits` of the agent in `.github/checkrein.yml`, and the list of tools in its workflow.',
    'If it does not, take it away: leave the tool out of the workflow, drop switches such as `--dangerously-skip-permissions`, give the job `permissions: contents: read`.',
    'If its guard was tampered with, believe nothing that job says: look at what it changed on GitHub, rotate what it could read, and give it no `contents: write` where it needs none.',
    'If text from strangers may have led it there, stop the agent before its next run: `/checkrein stop AGENT`.',
  ],
  options,
  judge(facts: Facts, settings: ViolationOptions, now: Instant): readonly Finding[] {
    if (!settings.enabled) return [];
    const agents = [...new Set(facts.violations.map(({ agent }) => agent))].sort();
    return agents.length === 0 ? [none(facts)] : agents.flatMap((agent) => judgeAgent(facts, agent, settings, now));
  },
};

/** The single answer if no violation is on record. */
function none(facts: Facts): Finding {
  const subject = repositorySubject(facts.repo);
  const base = { rule: 'violation', subject, labels: {}, value: 0, limit: null, unit: 'sessions' as const };
  const blind = blindness(facts);
  const reason = 'No session went beyond what its agent may do within the last 14 days';
  if (blind === null) return { ...base, outcome: 'ok', reason: `${reason}.` };
  return { ...base, outcome: 'unknown', reason: `${reason} as far as is known, but ${blind}.` };
}

/**
 * Only kinds that an agent was lately found to have violated get an answer, so that a well-behaved fleet does not produce a long
 * list.
 */
function judgeAgent(facts: Facts, agent: string, settings: ViolationOptions, now: Instant): readonly Finding[] {
  const own = facts.violations.filter((mark) => mark.agent === agent);
  return VIOLATION_KINDS.filter((kind) => own.some((mark) => mark.kind === kind)).map((kind) => {
    const since = after(now, -readDuration(settings.window));
    const marks = own.filter((mark) => mark.kind === kind && mark.at > since);
    return marks.length === 0 ? calm(facts, agent, kind, settings) : violated(facts, agent, kind, marks);
  });
}

function baseOf(agent: string, kind: ViolationKind, value: number) {
  const unit: Unit = 'sessions';
  return { rule: 'violation', subject: agentSubject(agent), labels: { kind }, value, limit: null, unit };
}

function calm(facts: Facts, agent: string, kind: ViolationKind, { window }: ViolationOptions): Finding {
  const reason = `No session of ${plainLine(agent)} went beyond ${BEYOND[kind]} within ${window}`;
  const blind = blindness(facts);
  const base = baseOf(agent, kind, 0);
  return blind === null
    ? { ...base, outcome: 'ok', reason: `${reason}.` }
    : { ...base, outcome: 'unknown', reason: `${reason} as far as is known, but ${blind}.` };
}

const BEYOND: Readonly<Record<ViolationKind, string>> = {
  readOnly: 'being read-only',
  scope: 'its scope',
  resource: 'its limits',
  timeout: 'its time',
  tampering: 'what its guard allows',
};

/** How many signs the sentence names. */
const MOST_TOLD = 3;

function violated(facts: Facts, agent: string, kind: ViolationKind, marks: readonly ViolationMark[]): Finding {
  const signs = together(marks);
  const told = signs.slice(0, MOST_TOLD).map((sign) => plainLine(signWords(sign), 160));
  const more = signs.length - told.length + marks.reduce((sum, { moreSigns }) => sum + moreSigns, 0);
  const since = dayOf(marks[0]?.at ?? '');
  const rest = more === 0 ? '' : `, and ${more} more`;
  return {
    ...baseOf(agent, kind, marks.length),
    outcome: 'violated',
    severity: marks.reduce<Severity>((worst, { severity }) => worse(worst, severity), 'info'),
    reason:
      `${plainLine(agent)} went beyond ${BEYOND[kind]} in ${formatQuantity(marks.length, 'sessions')} ` +
      `since ${since}: ${told.join('; ')}${rest}.`,
    evidence: evidenceOf(facts, marks, signs),
    explainedBy: null,
  };
}

function worse(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) >= 0 ? a : b;
}

/** What one session uses up says nothing about another, so the highest counts; calls and files add up. */
const HIGHEST: ReadonlySet<SignKind> = new Set<SignKind>([
  ...(['usd', 'tokens', 'turns', 'minutes', 'too_many_files', 'too_many_lines'] as const),
  ...(['meter_killed', 'session_shrunk', 'meter_saw_more', 'lease_low', 'times_apart'] as const),
]);

/** The signs of several violations, each once, those of the worst violations first. */
function together(marks: readonly ViolationMark[]): readonly ViolationSign[] {
  const signs = new Map<string, ViolationSign>();
  const worstFirst = [...marks].sort((a, b) => compareSeverity(b.severity, a.severity));
  for (const sign of worstFirst.flatMap((mark) => mark.signs)) {
    const key = `${sign.what} ${sign.name ?? ''}`;
    const before = signs.get(key)?.amount ?? 0;
    const amount = HIGHEST.has(sign.what) ? Math.max(before, sign.amount) : before + sign.amount;
    signs.set(key, { ...sign, amount });
  }
  return [...signs.values()];
}

/** How many rows show what was measured. */
const MOST_FACTS = 20;

function evidenceOf(facts: Facts, marks: readonly ViolationMark[], signs: readonly ViolationSign[]): Evidence {
  const ofAttempt = new Map<string, ViolationMark[]>();
  for (const mark of marks) {
    if (mark.run === null) continue;
    const key = attemptKey(mark.run, mark.attempt ?? 1);
    ofAttempt.set(key, [...(ofAttempt.get(key) ?? []), mark]);
  }
  const runs = facts.runs.filter(({ run, attempt }) => ofAttempt.has(attemptKey(run, attempt)));
  const noteOf = ({ run, attempt }: RunMark): string =>
    together(ofAttempt.get(attemptKey(run, attempt)) ?? [])
      .slice(0, MOST_TOLD)
      .map(signWords)
      .join('; ');
  return {
    facts: [{ label: 'Sessions', value: marks.length, unit: 'sessions' }, ...signs.slice(0, MOST_FACTS).map(factOf)],
    ...runEvidence(facts, [...runs].reverse(), (run) => plainLine(noteOf(run), 160)),
    chart: null,
  };
}

const LABELS: Readonly<Record<SignKind, readonly [label: string, unit: Unit]>> = {
  write_tool: ['Calls that change something', 'count'],
  shell_tool: ['Calls of the shell', 'count'],
  network_tool: ['Calls of the network', 'count'],
  files_changed: ['Files changed', 'count'],
  undeclared_tool: ['Calls of a tool that no list allows', 'count'],
  undeclared_server: ['Calls of a server that no list allows', 'count'],
  denied_tool: ['Calls that were refused', 'count'],
  unguarded: ['Sessions that asked for no permission', 'count'],
  path_out_of_scope: ['Sessions that changed a file outside', 'count'],
  control_plane: ['Changed what steers agents', 'count'],
  too_many_files: ['Most files changed', 'count'],
  too_many_lines: ['Most lines changed', 'count'],
  usd: ['Most money of a session', 'usd'],
  tokens: ['Most tokens of a session', 'tokens'],
  turns: ['Most turns of a session', 'count'],
  minutes: ['Longest session', 'ms'],
  timed_out: ['Timed out', 'sessions'],
  meter_killed: ['Longest silence of the meter before the end', 'ms'],
  meter_gone: ['Meters of which nothing is left', 'count'],
  hooks_removed: ['Hooks that were taken out', 'count'],
  hooks_unasked: ['Calls of tools that no hook was asked about', 'count'],
  record_missing: ['Jobs that left no record', 'count'],
  record_forged: ['Records that are not those of the guard', 'count'],
  decision_gone: ['Decisions that the ledger lost', 'count'],
  session_shrunk: ['Fewest tokens in a record', 'tokens'],
  meter_saw_more: ['Most that was seen', 'count'],
  lease_low: ['Settled at', 'tokens'],
  times_apart: ['Furthest outside of the job', 'ms'],
  session_old: ['Jobs with old records only', 'count'],
  ledger_rewritten: ['Times that the ledger was rewritten', 'count'],
};

function factOf({ what, name, amount }: ViolationSign): FactEvidence {
  const [label, unit] = LABELS[what];
  const value = what === 'minutes' ? amount * MINUTE : amount;
  return { label: name === null ? label : `${label}: ${plainLine(name, 120)}`, value, unit };
}
