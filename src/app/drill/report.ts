import { writeFile } from 'node:fs/promises';
import type { DrillRecord } from '../../core/halt-events.ts';
import { formatQuantity } from '../../core/quantity.ts';
import { plainLine } from '../../core/text.ts';
import type { Ledger } from '../../ledger/port.ts';
import { lastLiveDrill } from '../../metrics/drills.ts';
import { drillBadge } from '../../surfaces/badge.ts';
import type { LedgerState } from '../state.ts';
import type { Decision, DryDrill } from './dry-drill.ts';

/** A moment of a made-up incident when something was decided. */
interface DecisionReport extends Omit<Decision, 'after'> {
  readonly afterMs: number;
}

/** What `drill --json` prints. A stable contract: members may be added, none changes its meaning. */
export interface DrillReport {
  readonly repo: string;
  readonly mode: DrillRecord['mode'];
  readonly ok: boolean;
  /** Null when the drill did not get that far. */
  readonly timeToDetectMs: number | null;
  readonly timeToStopMs: number | null;
  readonly timeToRecoverMs: number | null;
  readonly detail: string;
  /** What was decided in the made-up incident; only after a dry drill. */
  readonly incident?: {
    readonly agent: string;
    readonly noticed: DecisionReport | null;
    readonly stop: DecisionReport | null;
  };
}

/** A drill for programs; `dry` is what a dry drill saw, apart from its record. */
export function drillReport(repo: string, record: DrillRecord, dry: Omit<DryDrill, 'record'> | null): DrillReport {
  const { mode, ok, timeToDetect, timeToStop, timeToRecover, detail } = record;
  return {
    ...{ repo, mode, ok, detail },
    timeToDetectMs: timeToDetect,
    timeToStopMs: timeToStop,
    timeToRecoverMs: timeToRecover,
    ...(dry === null
      ? {}
      : { incident: { agent: dry.agent, noticed: decision(dry.noticed), stop: decision(dry.stop) } }),
  };
}

function decision(made: Decision | null): DecisionReport | null {
  if (made === null) return null;
  const { after: afterMs, ...rest } = made;
  return { ...rest, afterMs };
}

/** A drill for people, in a few lines. */
export function drillText(report: DrillReport): string {
  const { repo, mode, ok, detail } = report;
  const rows: readonly (readonly [string, number | null])[] =
    mode === 'dry'
      ? [['noticed after', report.timeToDetectMs]]
      : [
          ['seen after', report.timeToDetectMs],
          ['stopped in', report.timeToStopMs],
          ['resumed in', report.timeToRecoverMs],
        ];
  const lines = rows.map(
    ([label, time]) => `  ${label.padEnd(14)} ${time === null ? '-' : formatQuantity(time, 'ms')}`,
  );
  const head = `The ${mode} drill of the stop for ${plainLine(repo)} ${ok ? 'went well' : 'FAILED'}.`;
  return `${[head, ...lines, `  ${detail}`].join('\n')}\n`;
}

/** Writes the badge of the last live drill in the ledger. */
export async function writeBadge(path: string, ledger: Ledger<LedgerState>): Promise<void> {
  const { drills } = (await ledger.read()).state.drills;
  await writeFile(path, `${JSON.stringify(drillBadge(lastLiveDrill(drills)))}\n`);
}
