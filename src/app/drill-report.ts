import { writeFile } from 'node:fs/promises';
import type { DrillRecord } from '../core/event.ts';
import { formatQuantity } from '../core/quantity.ts';
import { plainLine } from '../core/text.ts';
import type { Ledger } from '../ledger/port.ts';
import { lastLiveDrill } from '../metrics/drills.ts';
import { drillBadge } from '../surfaces/badge.ts';
import type { DryDrill } from './dry-drill.ts';
import type { LedgerState } from './state.ts';

/** What `drill --json` prints. A stable contract: members may be added, none changes its meaning. */
export interface DrillReport extends DrillRecord {
  readonly repo: string;
  /** What was decided in the made-up incident; only after a dry drill. */
  readonly incident?: Omit<DryDrill, 'record'>;
}

/** A drill for people, in a few lines. */
export function drillText({ repo, mode, ok, detail, ...times }: DrillReport): string {
  const rows: readonly (readonly [string, number | null])[] =
    mode === 'dry'
      ? [['noticed after', times.timeToDetect]]
      : [
          ['seen after', times.timeToDetect],
          ['stopped in', times.timeToStop],
          ['resumed in', times.timeToRecover],
        ];
  const lines = rows.map(
    ([label, time]) => `  ${label.padEnd(14)} ${time === null ? '-' : formatQuantity(time, 'ms')}`,
  );
  const head = `The ${mode} drill of the stop for ${plainLine(repo)} ${ok ? 'went well' : 'FAILED'}.`;
  return `${[head, ...lines, `  ${detail}`].join('\n')}\n`;
}

/** Writes the badge of the last live drill that the ledger knows. */
export async function writeBadge(path: string, ledger: Ledger<LedgerState>): Promise<void> {
  const { drills } = (await ledger.read()).state.drills;
  await writeFile(path, `${JSON.stringify(drillBadge(lastLiveDrill(drills)))}\n`);
}
