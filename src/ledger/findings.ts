import type { LedgerEvent } from '../core/event.ts';
import { sha256 } from '../core/hash.ts';
import type { Quarantined } from '../core/ledger-events.ts';
import type { Instant } from '../core/time.ts';
import type { Damage } from './port.ts';

/** What is wrong with a ledger, as far as it was read. */
export interface Findings {
  readonly damages: readonly Damage[];
  readonly quarantined: readonly Quarantined[];
}

export const NO_FINDINGS: Findings = { damages: [], quarantined: [] };

/** Everything that several looks at a ledger found. */
export function joinFindings(all: readonly Findings[]): Findings {
  return {
    damages: all.flatMap(({ damages }) => damages),
    quarantined: all.flatMap(({ quarantined }) => quarantined),
  };
}

/** The most reports in one batch, so that a ruined file cannot flood the ledger. */
const MAX_REPORTS = 100;

/** The events for findings that are not in `reported` yet. */
export function reportEvents(
  findings: Findings,
  reported: readonly string[],
  repo: string,
  now: Instant,
): readonly LedgerEvent[] {
  const done = new Set(reported);
  const events: LedgerEvent[] = [];
  const base = { v: 1, at: now, seen: now, repo, subject: { kind: 'checkrein', name: 'ledger' } } as const;
  for (const event of [
    ...findings.quarantined.map(
      (data): LedgerEvent => ({ ...base, kind: 'ledger.quarantined', id: quarantineId(data), data }),
    ),
    ...findings.damages.map((data): LedgerEvent => ({ ...base, kind: 'ledger.damaged', id: damageId(data), data })),
  ]) {
    if (done.has(event.id) || events.length >= MAX_REPORTS) continue;
    done.add(event.id);
    events.push(event);
  }
  return events;
}

/** The ids of the reports among events. */
export function reportsAmong(events: readonly LedgerEvent[]): readonly string[] {
  return events
    .filter((event) => event.kind === 'ledger.quarantined' || event.kind === 'ledger.damaged')
    .map((event) => event.id);
}

function quarantineId(found: Quarantined): string {
  return `quarantine:${found.path}:${found.byte}:${found.sha256}`;
}

/** One id per place and reason. The batch is left out, since the same damage may be found from a later head. */
function damageId(damage: Damage): string {
  return `damaged:${damage.path}:${sha256(damage.reason).slice(0, 16)}`;
}
