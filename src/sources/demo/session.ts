import type { Dice } from '../../core/dice.ts';
import type { Money } from '../../core/money.ts';
import type { WorkflowRun } from '../../core/run.ts';
import type { Session, SessionCertainty, SessionOutcome, Tokens, ToolUse } from '../../core/session.ts';
import { sketchOf } from '../../core/sketch.ts';
import { between } from '../../core/time.ts';
import type { AbsenceReason } from '../../core/work-events.ts';
import { type Character, type DemoEngine, ENGINES } from './cast.ts';

/** The inside of a run. */
export interface Inside {
  readonly character: Character;
  readonly run: WorkflowRun;
  readonly outcome: SessionOutcome;
  /** How large the session was. 1 is typical for its engine. */
  readonly size: number;
}

/** A plausible account of a run. A session that was cut off has an estimated cost, and tokens that are a lower bound. */
export function demoSession({ character, run, outcome, size }: Inside, dice: Dice): Session {
  const engine = engineOf(character);
  const traits = ENGINES[engine];
  const cutOff = outcome === 'timed_out';
  const tokens = tokensOf(engine, size);
  const turns = Math.max(1, Math.round(14 * size * dice.skewed(0.2)));
  const cost: Money = { usd: costOf(engine, tokens), basis: cutOff ? 'estimated' : traits.basis };
  return {
    id: `session:${run.id}:${run.attempt}:1`,
    agent: character.agent.name,
    workflow: run.workflow,
    run: run.id,
    attempt: run.attempt,
    job: 'agent',
    engine,
    format: traits.format,
    engineSession: null,
    models: [traits.model],
    startedAt: run.startedAt,
    endedAt: cutOff ? null : run.updatedAt,
    duration: cutOff ? null : between(run.startedAt, run.updatedAt),
    outcome,
    turns: cutOff ? null : turns,
    tokens,
    cost,
    reportedCost: traits.basis === 'billed' && !cutOff ? cost : { usd: null, basis: 'unknown' },
    tools: character.tools.flatMap((tool) => toolUse(tool, turns, outcome, dice)),
    denials: dice.chance(0.06) ? dice.whole(1, 3) : 0,
    state: cutOff ? CUT_OFF : WHOLE,
  };
}

const WHOLE: SessionCertainty = { tokens: 'exact', cost: 'exact', turns: 'exact', tools: 'exact', latency: 'exact' };
const CUT_OFF: SessionCertainty = {
  tokens: 'lower_bound',
  cost: 'estimate',
  turns: 'unknown',
  tools: 'lower_bound',
  latency: 'partial',
};

function engineOf(character: Character): DemoEngine {
  const { engine } = character.agent;
  if (engine === 'codex' || engine === 'gemini') return engine;
  return 'claude';
}

function tokensOf(engine: DemoEngine, size: number): Tokens {
  const { usualTokens } = ENGINES[engine];
  const input = Math.round(usualTokens.input * size);
  const output = Math.round(usualTokens.output * size);
  const cacheRead = Math.round(usualTokens.cacheRead * size);
  const cacheWrite5m = Math.round(usualTokens.cacheWrite * size);
  const total = input + output + cacheRead + cacheWrite5m;
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h: 0, total };
}

/** Dollars to the hundredth of a cent. */
function costOf(engine: DemoEngine, tokens: Tokens): number {
  const { usdPerMillion } = ENGINES[engine];
  const usd =
    ((tokens.input ?? 0) * usdPerMillion.input +
      (tokens.output ?? 0) * usdPerMillion.output +
      (tokens.cacheRead ?? 0) * usdPerMillion.cacheRead +
      (tokens.cacheWrite5m ?? 0) * usdPerMillion.cacheWrite) /
    1_000_000;
  return Math.round(usd * 10_000) / 10_000;
}

function toolUse(
  tool: Character['tools'][number],
  turns: number,
  outcome: SessionOutcome,
  dice: Dice,
): readonly ToolUse[] {
  const calls = Math.round(tool.callsPerTurn * turns * dice.skewed(0.3));
  if (calls === 0) return [];
  const errorRate = outcome === 'failed' ? 0.35 : 0.03;
  let errors = 0;
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    if (dice.chance(errorRate)) errors++;
    times.push(Math.round(tool.ms * dice.skewed(0.6)));
  }
  return [{ server: tool.server, tool: tool.tool, calls, errors, latency: sketchOf(times) }];
}

/** Why a run of the demonstration left no account. */
export function demoAbsence(dice: Dice): { readonly reason: AbsenceReason; readonly detail: string } {
  const throwOf = dice.next();
  if (throwOf < 0.6) return { reason: 'no_artifact', detail: 'the run uploaded no artifact' };
  if (throwOf < 0.85) return { reason: 'not_found_inside', detail: '1 artifact, no session file in it' };
  return { reason: 'unreadable', detail: 'the session file ends in the middle of a record' };
}
