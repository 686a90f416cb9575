import type { LedgerEvent } from '../src/core/event.ts';
import { after, DAY, type Duration, HOUR, MINUTE } from '../src/core/time.ts';
import { plantGate } from '../test/kit/gate.ts';
import { runCompleted, sessionRecorded } from '../test/kit/happenings.ts';
import { NOON } from '../test/kit/halts.ts';
import { type Spread, spreadOf } from './measure.ts';

const CONFIG = `version: 1
mode: enforce
budgets: [{ name: repo-day, period: day, usd: 1000000 }, { name: repo-month, period: month, usd: 1000000 }]
agents: [{ name: fixer, workflow: .github/workflows/fixer.yml, limits: { usd: 2 } }]
`;
const DAYS = 35;

/** What one guard costs. */
export interface GuardFigures {
  /** Sessions that the ledger knows, of the last 35 days. */
  readonly sessions: number;
  /** From the start of the process to its end, with the decision told and written down; in milliseconds. */
  readonly whole: Spread;
  readonly requests: number;
}

/** Guards of the built action, one after another, against a GitHub on this machine. */
export async function guardBench(sessionsADay: number, rounds: number): Promise<GuardFigures> {
  await using gate = await plantGate(CONFIG);
  if (sessionsADay > 0) await gate.remember(past(sessionsADay));
  const times: Duration[] = [];
  let requests = 0;
  for (let run = 0; run <= rounds; run++) {
    gate.github.log.length = 0;
    const began = performance.now();
    const { exitCode, stdout } = await gate.guard({ run: 100_000_000 + run, phases: ['main'] });
    if (exitCode !== 0) throw new Error(`the guard denied: ${stdout}`);
    // The first one warms the files of the disk.
    if (run > 0) times.push(performance.now() - began);
    requests = gate.github.log.length;
  }
  return { sessions: sessionsADay * DAYS, whole: spreadOf(times), requests };
}

function past(sessionsADay: number): readonly LedgerEvent[] {
  return Array.from({ length: DAYS * sessionsADay }, (_, n) => {
    const at = after(NOON, -HOUR - n * (DAY / sessionsADay) - MINUTE);
    const agent = n % 3 === 0 ? 'fixer' : 'triage';
    return [runCompleted({ id: n + 1, at, agent }), sessionRecorded({ run: n + 1, at, agent, usd: 0.5 })];
  }).flat();
}
