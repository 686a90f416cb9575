import type { LeaseRequest } from '../../src/budgets/lease.ts';
import type { Amounts, Lease } from '../../src/core/budget.ts';
import type { EventOf } from '../../src/core/event.ts';
import { agentSubject, repositorySubject } from '../../src/core/subject.ts';
import { after, HOUR, type Instant } from '../../src/core/time.ts';
import { REPO } from './happenings.ts';

/** A request of the fixer for one session of at most two dollars. */
export function leaseRequest(run: number, wish: Partial<LeaseRequest> = {}): LeaseRequest {
  return {
    agent: 'fixer',
    workflow: '.github/workflows/fixer.yml',
    run,
    attempt: 1,
    job: null,
    actor: 'ana',
    trigger: 'schedule',
    parent: null,
    lives: HOUR,
    limits: { usd: 2 },
    ...wish,
  };
}

export function leaseTaken(lease: Lease): EventOf<'lease.taken'> {
  return { ...base(lease.id, lease.at), subject: agentSubject(lease.agent), kind: 'lease.taken', data: { lease } };
}

export function leaseSettled(lease: string, at: Instant, spent: Partial<Amounts>): EventOf<'lease.settled'> {
  const amounts = { usd: null, tokens: null, minutes: null, ...spent };
  return { ...base(`${lease}:settled`, at), kind: 'lease.settled', data: { lease, spent: amounts } };
}

/** A lead allows a budget more until a while later. */
export function budgetRaised(
  budget: string,
  to: number,
  at: Instant,
  lasts: number = 24 * HOUR,
): EventOf<'budget.raised'> {
  const raise = { budget, to, unit: 'usd' as const, by: 'lea', at, until: after(at, lasts) };
  return { ...base(`raise:${budget}:${at}`, at), kind: 'budget.raised', data: { raise } };
}

/** That a source was read, so that what is not seen did not happen. */
export function sourceRead(at: Instant): EventOf<'source.read'> {
  const data = { source: 'actions-runs', watermark: null, items: 0 };
  return { ...base(`source:${at}`, at), kind: 'source.read', data };
}

function base(id: string, at: Instant) {
  return { v: 1 as const, id, at, seen: at, repo: REPO, subject: repositorySubject(REPO) };
}
