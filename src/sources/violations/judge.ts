import type { AgentTerms } from '../../core/agent-terms.ts';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { DeclaredPowers } from '../../core/judged-workflow.ts';
import { compareSeverity, type Severity } from '../../core/outcome.ts';
import type { Session } from '../../core/session.ts';
import { agentSubject } from '../../core/subject.ts';
import type { Violation, ViolationKind, ViolationSign } from '../../core/violation.ts';
import { limitSigns, timeSigns } from './limits.ts';
import { readOnlySigns } from './read-only.ts';
import { scopeSigns } from './scope.ts';
import type { WeighedSign } from './terms.ts';

/** The known terms of an agent, by its name and its workflow. */
export interface TermsBook {
  readonly configured: readonly (AgentTerms & { readonly name: string; readonly workflow: string })[];
  /** What the workflow file allows its agents, including the files that it calls. Null when unknown. */
  readonly declared: (workflow: string) => DeclaredPowers | null;
}

/** At most this many signs of one violation are kept. */
const MOST_SIGNS = 20;

/**
 * The violations in session records, and runs that timed out. Ids derive from the record and the kind, so the same record always
 * yields the same violation. Pure.
 */
export function violationsIn(events: readonly LedgerEvent[], book: TermsBook): readonly LedgerEvent[] {
  return events.flatMap((event): readonly LedgerEvent[] => {
    if (event.kind === 'session.recorded') return violationsOf(event, book);
    return event.kind === 'session.absent' ? timedOutUnseen(event) : [];
  });
}

function violationsOf(event: EventOf<'session.recorded'>, book: TermsBook): readonly LedgerEvent[] {
  const { session } = event.data;
  if (session.agent === null) return [];
  const terms = termsOf(session, book);
  const declared = session.workflow === null ? null : book.declared(session.workflow);
  // Tampering is found by checking a job's guard, not in the record of a session.
  const found: Readonly<Record<Exclude<ViolationKind, 'tampering'>, readonly WeighedSign[]>> = {
    readOnly: readOnlySigns(session, terms),
    scope: scopeSigns(session, terms, declared),
    resource: limitSigns(session, terms),
    timeout: timeSigns(session, terms),
  };
  const { run, attempt } = session;
  return Object.entries(found).flatMap(([kind, signs]) =>
    signs.length === 0
      ? []
      : [violationEvent(event, { kind: kind as ViolationKind, agent: session.agent ?? '', run, attempt }, signs)],
  );
}

function termsOf({ agent, workflow }: Session, { configured }: TermsBook): AgentTerms {
  return configured.find((one) => one.name === agent || one.workflow === workflow) ?? {};
}

/** A run that timed out and left no record of its session. */
function timedOutUnseen(event: EventOf<'session.absent'>): readonly LedgerEvent[] {
  const { agent, run, attempt, outcome, reason } = event.data;
  if (outcome !== 'timed_out' || reason === 'skipped') return [];
  const sign: WeighedSign = { what: 'timed_out', name: null, amount: 1, limit: null, severity: 'warning' };
  return [violationEvent(event, { kind: 'timeout', agent, run, attempt }, [sign])];
}

/** Whose violation it is, and of what kind. */
export type ViolationHead = Pick<Violation, 'kind' | 'agent' | 'run' | 'attempt'>;

/** The violation in an event, with its most severe signs first. */
export function violationEvent(
  source: Pick<LedgerEvent, 'id' | 'at' | 'seen' | 'repo'>,
  head: ViolationHead,
  signs: readonly WeighedSign[],
): LedgerEvent {
  const sorted = [...signs].sort((a, b) => compareSeverity(b.severity, a.severity) || b.amount - a.amount);
  const violation: Violation = {
    ...head,
    source: source.id,
    severity: sorted.reduce<Severity>((worst, { severity }) => worse(worst, severity), 'info'),
    signs: sorted
      .slice(0, MOST_SIGNS)
      .map(({ what, name, amount, limit }): ViolationSign => ({ what, name, amount, limit })),
    moreSigns: Math.max(0, sorted.length - MOST_SIGNS),
  };
  return {
    v: 1,
    id: `violation:${source.id}:${head.kind}`,
    kind: 'violation.found',
    at: source.at,
    seen: source.seen,
    repo: source.repo,
    subject: agentSubject(head.agent),
    data: { violation },
  };
}

function worse(a: Severity, b: Severity): Severity {
  return compareSeverity(a, b) >= 0 ? a : b;
}
