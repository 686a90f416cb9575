import type { SessionOutcome } from '../../../../core/session.ts';
import type { Instant } from '../../../../core/time.ts';
import { sumKnown } from '../../json/fields.ts';
import type { ToolCall } from '../../tool-uses.ts';
import { changesIn, deniedIn, summariseTools, type ToolEvents, type ToolTally } from '../tools.ts';
import { addUsage, type TokenKinds } from '../usage.ts';
import type { Noted } from './noted.ts';
import type { TranscriptPart } from './part.ts';
import type { TranscriptResponse } from './responses.ts';
import type { TurnMark } from './turns.ts';

/** Everything that a session's reading is made of: what its files say, summed. */
export interface SessionSums {
  /** The engine's session id, in the form that may be stored. */
  readonly session: string | null;
  readonly usage: UsageSums;
  readonly work: WorkSums;
  readonly turns: TurnSums;
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  /** How the main conversation ended. Null when only subagents are there. */
  readonly outcome: SessionOutcome | null;
  readonly answered: boolean;
  readonly subagents: boolean;
  readonly compacted: boolean;
  readonly unguarded: boolean | null;
  readonly noted: Noted | null;
  readonly damaged: boolean;
}

/** The responses of a session, summed. */
export interface UsageSums {
  /** Null when no response holds usage. */
  readonly tokens: TokenKinds | null;
  /** Their list price in US dollars. Null when none has one. */
  readonly usd: number | null;
  readonly responses: number;
  /** Responses with a price. */
  readonly priced: number;
  /** Responses that say that they were finished, with what they used. */
  readonly whole: number;
  /** The different models as written, in the order in which they came, and those that used something without a known price. */
  readonly models: readonly string[];
  readonly unpriced: readonly string[];
}

/** What a session did with tools. */
export interface WorkSums {
  readonly tally: ToolTally;
  /** The places of changed files. */
  readonly places: readonly string[];
  /** The calls that were not allowed. */
  readonly denied: readonly Pick<ToolCall, 'server' | 'tool'>[];
  /** Whether a subagent did what it was asked to do. */
  readonly delegated: boolean;
}

export interface TurnSums {
  /** What the user said. */
  readonly asked: number;
  /** Turns that the engine closed, and those of them whose duration it notes. */
  readonly ended: number;
  readonly timed: number;
  /** The sum of the noted durations in milliseconds. */
  readonly ms: number;
}

/** Sums what a session's files say. */
export function sumsOf(part: TranscriptPart): SessionSums {
  const { session, startedAt, endedAt, answered, subagents, compacted, unguarded, noted, damaged } = part;
  return {
    session,
    usage: sumUsage(part.responses),
    work: sumWork(part.tools),
    turns: sumTurns(part.turns),
    startedAt,
    endedAt,
    outcome: part.ending?.outcome ?? null,
    answered,
    subagents,
    compacted,
    unguarded,
    noted,
    damaged,
  };
}

/** Sums responses. */
export function sumUsage(responses: readonly TranscriptResponse[]): UsageSums {
  const usages = responses.map(({ usage }) => usage).filter((usage) => usage !== null);
  const unpriced = responses.filter(({ usd, usage }) => usd === null && usage !== null);
  return {
    tokens: usages.length === 0 ? null : addUsage(usages),
    usd: sumKnown(responses.map(({ usd }) => usd)),
    responses: responses.length,
    priced: responses.filter(({ usd }) => usd !== null).length,
    whole: responses.filter(isWhole).length,
    models: modelsOf(responses),
    unpriced: modelsOf(unpriced),
  };
}

function isWhole({ final, usage }: TranscriptResponse): boolean {
  return final && usage !== null && usage.input !== null && usage.output !== null;
}

function modelsOf(responses: readonly TranscriptResponse[]): readonly string[] {
  return [...new Set(responses.flatMap(({ model }) => model ?? []))];
}

const SUBAGENT_TOOLS: readonly (string | null)[] = ['Task', 'Agent'];

/** True for a tool that has a subagent do the work. */
export function isDelegating({ tool }: Pick<ToolCall, 'tool'>): boolean {
  return SUBAGENT_TOOLS.includes(tool);
}

function sumWork(events: ToolEvents): WorkSums {
  const { calls, results } = events;
  const delegated = [...calls].some(([id, { named }]) => isDelegating(named) && results.get(id)?.error === null);
  return { tally: summariseTools(events), places: changesIn(events), denied: deniedIn(events), delegated };
}

function sumTurns(turns: readonly TurnMark[]): TurnSums {
  const ended = turns.filter(({ kind }) => kind === 'ended');
  const timed = ended.flatMap(({ ms }) => ms ?? []);
  return {
    asked: turns.length - ended.length,
    ended: ended.length,
    timed: timed.length,
    ms: timed.reduce((sum, ms) => sum + ms, 0),
  };
}
