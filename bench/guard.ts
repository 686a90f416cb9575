import type { LedgerEvent } from '../src/core/event.ts';
import { after, DAY, type Duration, HOUR, MINUTE } from '../src/core/time.ts';
import { type Gate, plantGate } from '../test/kit/gate.ts';
import { NOON } from '../test/kit/halts.ts';
import { runCompleted, sessionRecorded } from '../test/kit/happenings.ts';
import { type FastGitHub, fastGitHub } from './fast-github.ts';
import { type Spread, spreadOf, spreadText } from './measure.ts';

const CONFIG = `version: 1
mode: enforce
budgets: [{ name: repo-day, period: day, usd: 1000000 }, { name: repo-month, period: month, usd: 1000000 }]
agents: [{ name: fixer, workflow: .github/workflows/fixer.yml, limits: { usd: 2 } }]
`;
const DAYS = 35;
/** So many events are written at once: more at a time than a request of GitHub takes would be no ledger that can be. */
const AT_ONCE = 5_000;

/** Moments of one guard, in milliseconds from the start of its process, and the part of them that GitHub had. */
interface Moments {
  /** The first request comes. */
  readonly asked: Duration;
  /** The branch has been moved: decision and lease are in the ledger. */
  readonly written: Duration;
  /** The meter listens, and the decision is told: the line in the log, with which the outputs are written. */
  readonly told: Duration;
  /** The process has ended. */
  readonly ended: Duration;
  /** How much of the time until it was written requests were with GitHub. */
  readonly github: Duration;
}

/** What guards cost. */
export interface GuardFigures {
  /** Sessions that the ledger knows, of the last 35 days. */
  readonly sessions: number;
  readonly requests: number;
  readonly spread: Readonly<Record<keyof Moments, Spread>>;
  /** One guard against the fake GitHub itself, which starts git for each request. */
  readonly slow: Moments;
}

/** Guards of the built action, one after another, against a GitHub on this machine that answers from memory. */
export async function guardBench(sessionsADay: number, rounds: number): Promise<GuardFigures> {
  await using gate = await plantGate(CONFIG);
  const events = past(sessionsADay);
  for (let from = 0; from < events.length; from += AT_ONCE) await gate.remember(events.slice(from, from + AT_ONCE));
  await using fast = await fastGitHub(gate.github.url);
  // This one fills the memory of the fast GitHub, and warms the files of the disk.
  const slow = await guardOnce(gate, fast);
  const found: Moments[] = [];
  for (let round = 0; round < rounds; round++) {
    found.push(await guardOnce(gate, fast));
    if (fast.log.some(({ remembered }) => !remembered))
      throw new Error('a guard asked for what no other has asked for');
  }
  const over = (key: keyof Moments): Spread => spreadOf(found.map((moments) => moments[key]));
  return {
    sessions: sessionsADay * DAYS,
    requests: fast.log.length,
    spread: {
      asked: over('asked'),
      written: over('written'),
      told: over('told'),
      ended: over('ended'),
      github: over('github'),
    },
    slow,
  };
}

async function guardOnce(gate: Gate, fast: FastGitHub): Promise<Moments> {
  fast.forget();
  let told = Number.NaN;
  const hear = (text: string): void => {
    if (text.includes('fixer may start')) told = performance.now();
  };
  const began = performance.now();
  const github = { ...gate.github, url: fast.url };
  const { exitCode, stdout } = await gate.guard({ run: 100_000_000, phases: ['main'], github, hear });
  const ended = performance.now();
  const moved = fast.log.findLast(({ request }) => request.startsWith('PATCH'));
  if (exitCode !== 0 || moved === undefined) throw new Error(`the guard denied: ${stdout}`);
  const asked = Math.min(...fast.log.map(({ from }) => from));
  return {
    asked: asked - began,
    written: moved.to - began,
    told: told - began,
    ended: ended - began,
    github: busyWith(fast),
  };
}

/** How long at least one request was under way: two at once count once. */
function busyWith({ log }: FastGitHub): Duration {
  let busy = 0;
  let until = 0;
  for (const { from, to } of log.toSorted((a, b) => a.from - b.from)) {
    busy += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return busy;
}

/** The figures as a row of a table. */
export function guardRow({ sessions, requests, spread, slow }: GuardFigures): string {
  const { asked, written, told, ended, github } = spread;
  return (
    `| guard, ledger of ${sessions} sessions, ms from the start of the process: decision and lease written | ${spreadText(written)} | ` +
    `told ${spreadText(told)}, ended ${spreadText(ended)}, first request ${spreadText(asked)}; of it with GitHub ${spreadText(github)} | ` +
    `${requests} requests; where each starts git: written ${slow.written.toFixed(0)}, of it with GitHub ${slow.github.toFixed(0)} | bound 1,000 |`
  );
}

function past(sessionsADay: number): readonly LedgerEvent[] {
  return Array.from({ length: DAYS * sessionsADay }, (_, n) => {
    const at = after(NOON, -HOUR - n * (DAY / sessionsADay) - MINUTE);
    const agent = n % 3 === 0 ? 'fixer' : 'triage';
    return [runCompleted({ id: n + 1, at, agent }), sessionRecorded({ run: n + 1, at, agent, usd: 0.5 })];
  }).flat();
}
