import { needsQuarters, ownerQueries } from '../../budgets/others.ts';
import type { Config } from '../../config/schema.ts';
import { WORK_KEPT } from '../../core/budget.ts';
import type { MeasureRow } from '../../core/measure-row.ts';
import type { Rule } from '../../core/rule.ts';
import type { LabelSets, SeriesRequest } from '../../core/series-request.ts';
import { after, type Instant } from '../../core/time.ts';
import type { Ledger } from '../../ledger/port.ts';
import { SERVER_CALLS, serverQueries } from '../../metrics/health/servers.ts';
import { answersOf, errandsFor, labelSetsOf, NOTHING_READ, type ReadAhead } from '../../metrics/measured-series.ts';
import { qualityRequests } from '../../metrics/quality.ts';
import { conditionNeeds } from '../../rules/conditions/judge.ts';
import { RULES } from '../../rules/registry.ts';
import type { LedgerState } from '../state.ts';
import { conditionsOf } from './conditions.ts';

/** What is asked, and of which ledger. */
export interface Reading {
  readonly repo: string;
  readonly now: Instant;
  readonly config: Config;
  readonly ledger: Pick<Ledger<LedgerState>, 'measures' | 'owner'>;
}

/**
 * Reads the series the rules name before they are asked, since judges are pure and synchronous. The data stays the same when the
 * ledger asks them again because somebody else wrote in between.
 * @throws OutsideFailure when the ledger cannot be read.
 */
export async function readAhead(
  { repo, now, config, ledger }: Reading,
  { measures }: Pick<LedgerState, 'measures'>,
  rules: readonly Pick<Rule<unknown>, 'name' | 'needs'>[] = RULES,
): Promise<ReadAhead> {
  const read = await readSeries({ repo, now, ledger }, measures, (labelSets) => [
    ...requestsOf(rules, config, labelSets),
    ...conditionNeeds(conditionsOf(config), labelSets),
  ]);
  const asked = ownerQueries(config.budgets, now);
  if (asked.length === 0 || ledger.owner === undefined) return read;
  const others = await ledger.owner.read(asked);
  const since = after(now, -WORK_KEPT);
  return {
    ...{ ...read, others },
    othersByQuarter: needsQuarters(config.budgets, now) ? await ledger.owner.quarters(since) : null,
  };
}

/**
 * Reads the series that `needs` asks for, given which labels exist, along with what the catalogue says of measures and what the
 * health of MCP servers is judged by.
 * @throws OutsideFailure when the ledger cannot be read.
 */
export async function readSeries(
  { repo, now, ledger }: Omit<Reading, 'config'>,
  measures: LedgerState['measures'],
  needs: (labelSets: LabelSets) => readonly SeriesRequest[],
): Promise<ReadAhead> {
  const labelSets = labelSetsOf(measures);
  const errands = errandsFor([...needs(labelSets), ...qualityRequests(labelSets)], now);
  const answers = await Promise.all(
    errands.map(async (errand) => answersOf(errand, await ledger.measures(errand.query), repo, now)),
  );
  const serverRows = await readServers(ledger, labelSets, now);
  return { ...NOTHING_READ, series: new Map(answers.flat()), labelSets, serverRows };
}

/** When no session ever called a server there is nothing to read. */
async function readServers(
  ledger: Reading['ledger'],
  labelSets: LabelSets,
  now: Instant,
): Promise<readonly MeasureRow[]> {
  if (!labelSets(SERVER_CALLS).some((labels) => Object.hasOwn(labels, 'server'))) return [];
  const rows = await Promise.all(serverQueries(now).map((query) => ledger.measures(query)));
  return rows.flat();
}

function requestsOf(
  rules: readonly Pick<Rule<unknown>, 'name' | 'needs'>[],
  config: Config,
  labelSets: LabelSets,
): readonly SeriesRequest[] {
  return rules.flatMap((rule) => rule.needs?.(config.rules[rule.name], labelSets) ?? []);
}
