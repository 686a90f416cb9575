import type { LedgerEvent } from '../../../src/core/event.ts';
import { outcomeOfRun, type WorkflowRun } from '../../../src/core/run.ts';
import type { Session, Tokens, ToolUse } from '../../../src/core/session.ts';
import { sketchOf } from '../../../src/core/sketch.ts';
import { agentSubject } from '../../../src/core/subject.ts';
import { after, fromMs, MINUTE, SECOND } from '../../../src/core/time.ts';
import type { Dice } from '../../../src/core/dice.ts';
import { type Character, SERVER, type ToolHabit } from './cast.ts';
import type { Effect } from './incidents.ts';

export const REPO = 'octo/fleet';

/** One session before it is told. */
export interface Start {
  readonly character: Character;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly effect: Effect;
  /** Started by an incident, not by the agent's rhythm. */
  readonly extra: boolean;
}

const WHOLE = { tokens: 'exact', cost: 'exact', turns: 'exact', tools: 'exact', latency: 'exact' } as const;

/** The run and the record of a session, in the order in which they are learned. */
export function tellSession({ character, at, effect, extra }: Start, id: number, dice: Dice): readonly LedgerEvent[] {
  const failed = dice.chance(effect.failureRate ?? character.failureRate);
  const heavy = dice.chance(character.heavy) ? 2 + 2 * dice.next() : 1;
  const size = character.size * dice.skewed(character.spread) * heavy * (failed ? 0.3 + 0.7 * dice.next() : 1);
  const ends = at + Math.round(character.minutes * dice.skewed(0.4) * MINUTE);
  const run = runOf(character, { id, at, ends, extra, failed });
  const subject = agentSubject(run.agent);
  const base = { v: 1, at: run.startedAt, repo: REPO, subject } as const;
  const learned = after(run.updatedAt, 20 * SECOND);
  const begun: WorkflowRun = { ...run, status: 'in_progress', conclusion: null, updatedAt: run.startedAt };
  const events: LedgerEvent[] = [
    {
      ...base,
      id: `run:${id}:1:started`,
      kind: 'run.started',
      seen: after(run.startedAt, 5 * SECOND),
      data: { run: begun },
    },
    { ...base, id: `run:${id}:1`, kind: 'run.completed', seen: learned, data: { run } },
  ];
  const outcome = outcomeOfRun(run.conclusion);
  if (dice.chance(character.untold)) {
    const data = {
      run: id,
      attempt: 1,
      agent: run.agent,
      outcome,
      reason: 'no_artifact',
      detail: 'no artifact',
    } as const;
    events.push({ ...base, id: `absent:${id}:1`, kind: 'session.absent', seen: learned, data });
  } else {
    const session = sessionOf({ character, run, effect }, size * (effect.size ?? 1), dice);
    events.push({ ...base, id: session.id, kind: 'session.recorded', seen: learned, data: { session } });
  }
  return events;
}

interface RunTerms {
  readonly id: number;
  readonly at: number;
  readonly ends: number;
  readonly extra: boolean;
  readonly failed: boolean;
}

function runOf({ agent, trigger }: Character, { id, at, ends, extra, failed }: RunTerms): WorkflowRun {
  return {
    id,
    attempt: 1,
    workflow: agent.workflow,
    agent: agent.name,
    trigger: extra ? 'issue_comment' : trigger,
    actor: actorOf(extra ? 'bot' : trigger),
    status: 'completed',
    conclusion: failed ? 'failure' : 'success',
    createdAt: fromMs(at - 3 * SECOND),
    startedAt: fromMs(at),
    updatedAt: fromMs(ends),
    url: `https://github.com/${REPO}/actions/runs/${id}`,
  };
}

/** What people set off, and what a bot, a schedule or the end of another run does. */
function actorOf(by: string): WorkflowRun['actor'] {
  return ['issues', 'pull_request', 'issue_comment'].includes(by)
    ? { id: 583_231, login: 'octocat', type: 'User' }
    : { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' };
}

interface Inside {
  readonly character: Character;
  readonly run: WorkflowRun;
  readonly effect: Effect;
}

function sessionOf({ character, run, effect }: Inside, size: number, dice: Dice): Session {
  const { traits, engine } = character;
  const tokens = tokensOf(character, size, effect, dice);
  const { usdPerMillion: price } = traits;
  const usd =
    ((effect.dearer ?? 1) *
      ((tokens.input ?? 0) * price.input +
        (tokens.output ?? 0) * price.output +
        (tokens.cacheRead ?? 0) * price.cacheRead +
        (tokens.cacheWrite5m ?? 0) * price.cacheWrite)) /
    1e6;
  const turns = Math.max(1, Math.round(14 * size * dice.skewed(0.2)));
  return {
    id: `session:${run.id}:1:0`,
    agent: run.agent,
    workflow: run.workflow,
    run: run.id,
    attempt: 1,
    job: 'agent',
    engine,
    format: traits.format,
    engineSession: null,
    models: [effect.dearer === undefined ? traits.model : `${traits.model}-large`],
    startedAt: run.startedAt,
    endedAt: run.updatedAt,
    duration: Date.parse(run.updatedAt) - Date.parse(run.startedAt),
    outcome: outcomeOfRun(run.conclusion),
    turns,
    tokens,
    cost: { usd: Math.round(usd * 1e4) / 1e4, basis: traits.basis },
    reportedCost: { usd: null, basis: 'unknown' },
    tools: character.tools.flatMap((tool) => useOf(tool, effect, dice)),
    denials: 0,
    state: WHOLE,
  };
}

/** What is not read from the cache any more is written to it again where the engine bills that, else paid as input. */
function tokensOf({ traits }: Character, size: number, { cache }: Effect, dice: Dice): Tokens {
  const { usualTokens: usual } = traits;
  const kept = (cache ?? 1) * Math.min(1, dice.skewed(0.05));
  const read = usual.cacheRead * size;
  const lost = read * (1 - kept);
  const input = Math.round(usual.input * size * dice.skewed(0.15) + (usual.cacheWrite > 0 ? 0 : lost));
  const output = Math.round(usual.output * size * dice.skewed(0.2));
  const cacheRead = Math.round(read - lost);
  const cacheWrite5m = Math.round(usual.cacheWrite * size + (usual.cacheWrite > 0 ? lost : 0));
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h: 0, total: input + output + cacheRead + cacheWrite5m };
}

function useOf(habit: ToolHabit, effect: Effect, dice: Dice): readonly ToolUse[] {
  const own = habit.server === SERVER;
  if (own && effect.noServer === true) return [];
  const repeats = habit.tool === 'Bash' ? (effect.repeats ?? 0) : 0;
  const usual = dice.chance(habit.used) ? Math.round(habit.calls * dice.skewed(0.5)) : 0;
  const calls = usual + repeats;
  if (calls === 0) return [];
  const rate = own ? (effect.serverErrors ?? habit.errors) : habit.errors;
  let errors = 0;
  const times: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    if (dice.chance(rate)) errors += 1;
    times.push(Math.round(habit.ms * dice.skewed(0.5)));
  }
  return [{ server: habit.server, tool: habit.tool, calls, errors, latency: sketchOf(times) }];
}

/** What a session of an agent costs in the middle, in US dollars. */
export function usualUsd({ traits: { usualTokens: usual, usdPerMillion: price }, size }: Character): number {
  const { input, output, cacheRead, cacheWrite } = usual;
  const usd = input * price.input + output * price.output + cacheRead * price.cacheRead + cacheWrite * price.cacheWrite;
  return (size * usd) / 1e6;
}
