import type { Money, MoneyBasis } from '../../core/money.ts';
import type { Certainty } from '../../core/outcome.ts';
import {
  type Engine,
  type FilesChanged,
  type SessionCertainty,
  type SessionOutcome,
  type SessionReading,
  type Tokens,
  type ToolUse,
  UNKNOWN_DETAIL,
} from '../../core/session.ts';
import { keptId } from '../sessions/kept-id.ts';
import {
  amountOf,
  countOf,
  type Fields,
  fieldsOf,
  flagOf,
  listOf,
  momentOf,
  NotOurs,
  nameOf,
  orNull,
  textOf,
  wordOf,
} from './fields.ts';

/** The engines that a record may name. */
export const ENGINES: readonly Engine[] = ['claude', 'codex', 'gemini', 'copilot', 'gh-aw'];
/** The degrees of certainty of a number. */
export const CERTAINTIES: readonly Certainty[] = ['exact', 'lower_bound', 'estimate', 'partial', 'unknown'];
const BASES: readonly MoneyBasis[] = ['billed', 'list', 'estimated', 'quota', 'unknown'];
const OUTCOMES: readonly SessionOutcome[] = [
  'completed',
  'failed',
  'cancelled',
  'timed_out',
  'stopped_by_limit',
  'unknown',
];
const MOST_TOOLS = 500;
const MOST_PATHS = 500;

/** Decodes a session from an untrusted record. Records do not include tool latencies. @throws NotOurs */
export function decodeSession(value: unknown): SessionReading {
  const at = fieldsOf(value, 'a session');
  return {
    engine: wordOf(at['engine'], ENGINES, 'its engine'),
    format: nameOf(at['format'], 'its format'),
    engineSession: keptId(orNull(at['engineSession'], 'its id', nameOf)),
    models: listOf(at['models'], 50, 'its models', (model) => nameOf(model, 'a model')),
    startedAt: orNull(at['startedAt'], 'its start', momentOf),
    endedAt: orNull(at['endedAt'], 'its end', momentOf),
    duration: orNull(at['duration'], 'its duration', amountOf),
    outcome: wordOf(at['outcome'], OUTCOMES, 'its outcome'),
    turns: orNull(at['turns'], 'its turns', countOf),
    tokens: tokensOf(fieldsOf(at['tokens'], 'its tokens')),
    cost: moneyOf(at['cost']),
    reportedCost: moneyOf(at['reportedCost']),
    tools: listOf(at['tools'], MOST_TOOLS, 'its tools', toolOf),
    denials: orNull(at['denials'], 'its denials', countOf),
    state: stateOf(fieldsOf(at['state'], 'its certainty')),
    detail: {
      ...UNKNOWN_DETAIL,
      cutOff: orNull(at['cutOff'], 'its end', flagOf),
      unguarded: orNull(at['unguarded'], 'its guard', flagOf),
      filesChanged: orNull(at['filesChanged'], 'its files', filesOf),
    },
  };
}

/** The part of a session that goes into a record: numbers and names. */
export function encodeSession({ detail, tools, ...session }: SessionReading): unknown {
  return {
    ...session,
    tools: tools.slice(0, MOST_TOOLS).map(({ latency: _, ...tool }) => tool),
    cutOff: detail?.cutOff ?? null,
    unguarded: detail?.unguarded ?? null,
    filesChanged: detail?.filesChanged ?? null,
  };
}

function tokensOf(at: Fields): Tokens {
  const count = (name: keyof Tokens): number | null => orNull(at[name], `its ${name} tokens`, amountOf);
  return {
    input: count('input'),
    output: count('output'),
    cacheRead: count('cacheRead'),
    cacheWrite5m: count('cacheWrite5m'),
    cacheWrite1h: count('cacheWrite1h'),
    total: count('total'),
  };
}

function moneyOf(value: unknown): Money {
  const at = fieldsOf(value, 'its cost');
  const usd = orNull(at['usd'], 'its cost', amountOf);
  const basis = wordOf(at['basis'], BASES, 'what its cost rests on');
  if ((usd === null) !== (basis === 'unknown')) throw new NotOurs('its cost and what it rests on do not fit');
  return { usd, basis };
}

function toolOf(value: unknown): ToolUse {
  const at = fieldsOf(value, 'a tool');
  return {
    server: orNull(at['server'], 'a server', nameOf),
    tool: nameOf(at['tool'], 'a tool'),
    calls: countOf(at['calls'], 'its calls'),
    errors: countOf(at['errors'], 'its errors'),
    latency: null,
  };
}

function stateOf(at: Fields): SessionCertainty {
  const known = (name: keyof SessionCertainty): Certainty =>
    wordOf(at[name], CERTAINTIES, `how well ${name} are known`);
  return {
    tokens: known('tokens'),
    cost: known('cost'),
    turns: known('turns'),
    tools: known('tools'),
    latency: known('latency'),
  };
}

function filesOf(value: unknown): FilesChanged {
  const at = fieldsOf(value, 'its files');
  return {
    count: countOf(at['count'], 'how many files it changed'),
    outside: countOf(at['outside'], 'how many of them lie outside'),
    paths: listOf(at['paths'], MOST_PATHS, 'its files', (path) => textOf(200)(path, 'a path')),
  };
}
