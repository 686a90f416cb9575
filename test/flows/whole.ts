import { expect } from 'vitest';
import type { ActionResult } from '../drivers/run-action.ts';
import { type LedgerContent, learned, type Plot, plantPlot, readLedger } from './plot.ts';

/** That a plot has come to the state which it has when nothing goes wrong, but for what is said about the trouble itself. */
export async function expectWhole(plot: Plot, last: ActionResult): Promise<void> {
  expect(last.outputs, last.stdout).toMatchObject({ status: 'critical', 'cost-usd': '12' });
  const about = plot.github.world.issues.filter(({ title }) => title.includes('$12.00'));
  expect(about).toMatchObject([{ state: 'open', comments: [] }]);
  const ledger = await readLedger(plot);
  expect(ledger.verification).toMatchObject({ ok: true, quarantined: [] });
  expect(new Set(ledger.events.map(({ id }) => id)).size).toBe(ledger.events.length);
  expect(facts(ledger)).toEqual(facts(await healthyLedger()));
}

/**
 * What the ledger knows of runs, sessions and agents: every alert about blindness is part of the trouble. Runs at once each
 * tell of an agent that was new to them; all that is counted has an id in its line.
 */
function facts(ledger: LedgerContent): readonly string[] {
  return [...new Set(learned(ledger).filter((line) => !line.startsWith('alert')))];
}

let reference: Promise<LedgerContent> | null = null;

/** What the ledger of a plot holds without any trouble; made once for each file of tests. */
function healthyLedger(): Promise<LedgerContent> {
  reference ??= runHealthily();
  return reference;
}

async function runHealthily(): Promise<LedgerContent> {
  await using plot = await plantPlot();
  await plot.watch();
  return await readLedger(plot);
}
