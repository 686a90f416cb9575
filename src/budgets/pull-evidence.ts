import type { Facts } from '../core/facts.ts';
import type { Evidence, FactEvidence } from '../core/finding.ts';
import { plainLine } from '../core/text.ts';
import { between, type Instant } from '../core/time.ts';
import { openPulls } from './open-pulls.ts';
import { isOf, type Standing } from './standing.ts';

/** How many are open, and which have been open longest. */
export function pullEvidence(facts: Facts, standing: Standing, now: Instant): Evidence {
  const { terms, spend } = standing;
  return {
    facts: [
      { label: 'Open pull requests', value: spend.known, unit: 'count' },
      { label: 'Limit', value: terms.limit, unit: 'count' },
      { label: 'Of an unknown maker', value: spend.unplaced, unit: 'count' },
      ...pullFacts(facts, standing, now),
    ],
    runs: [],
    moreRuns: 0,
    chart: null,
  };
}

const MOST_SHOWN = 10;

/** Those that have been open longest, for the table of an alert. */
function pullFacts(facts: Facts, standing: Standing, now: Instant): readonly FactEvidence[] {
  const records = openPulls(facts)?.records ?? [];
  return records
    .filter((record) => isOf(standing, record, record.own))
    .sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)))
    .slice(0, MOST_SHOWN)
    .map(({ own, agent, at }) => ({
      label: `Pull request ${own} of ${plainLine(agent)}, open for`,
      value: between(at, now),
      unit: 'ms',
    }));
}
