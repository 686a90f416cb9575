import type { MeterCause, RefusedCall } from '../core/guard.ts';
import { keptName } from '../core/redact.ts';
import type { Instant } from '../core/time.ts';
import { toolName } from '../core/tool-powers.ts';
import { inputHash } from '../sources/sessions/input-hash.ts';
import { asObject, asText, type JsonObject } from '../sources/sessions/json/fields.ts';
import { type RepeatCounter, repeatCounter } from '../sources/sessions/repeats.ts';
import { splitToolName } from '../sources/sessions/tool-uses.ts';
import { type AskedCall, refusalOf } from './call-judge.ts';
import { type Ground, placesIn } from './place.ts';
import type { MeterPlan } from './plan.ts';
import { HEARD_NOTHING, type Heard } from './use.ts';
import { causeText, refusalText } from './words.ts';

/** Answers the engine's question whether a call of a tool may happen. */
export interface HookJudge {
  /** Counts a call that is asked about. */
  readonly hear: (question: JsonObject) => void;
  /** The answer to be sent, in the form that Claude Code reads. */
  readonly answer: (question: JsonObject, cause: MeterCause | null, now: Instant) => object;
  readonly heard: () => Heard;
  readonly refused: () => { readonly first: readonly RefusedCall[]; readonly more: number };
  /** Whether the end was handed to an engine. */
  readonly wasTold: () => boolean;
}

/** So many refused calls are kept one by one. */
const MOST_REFUSED = 100;
const MAX_PATH = 200;
/** Sessions whose calls are compared with each other; what comes from more of them is not. */
const MOST_SESSIONS = 100;

/** A judge who was not asked yet. */
export function hookJudge({ handover, workspace, folder, settings }: MeterPlan): HookJudge {
  const ground: Ground = { workspace, own: [folder, ...settings] };
  const rows = new Map<string, RepeatCounter>();
  const first: RefusedCall[] = [];
  let [calls, more, told] = [0, 0, false];
  const note = (refused: RefusedCall): void => {
    if (first.length < MOST_REFUSED) first.push(refused);
    else more++;
  };
  return {
    hear: (question) => {
      calls++;
      const session = `${asText(question['session_id']) ?? ''} ${asText(question['agent_id']) ?? ''}`;
      const row = rows.get(session) ?? (rows.size < MOST_SESSIONS ? repeatCounter() : null);
      if (row === null) return;
      rows.set(session, row);
      row.note({ ...splitToolName(asText(question['tool_name']) ?? ''), input: inputHash(question['tool_input']) });
    },
    answer: (question, cause, now) => {
      const call = callIn(question, ground);
      const refusal = refusalOf(call, handover.scope, cause?.kind ?? null);
      if (refusal === null) return {};
      const path = refusal.path === null ? null : keptName(refusal.path, MAX_PATH);
      const because = refusal.because;
      note({ at: now, tool: keptName(toolName(call)) || '(no name)', because, path });
      if (handover.mode === 'shadow') return {};
      told ||= cause !== null;
      return cause === null ? denial(refusalText({ because, path })) : farewell(causeText(cause));
    },
    heard: () => {
      const longest = [...rows.values()].map((row) => row.told()?.inARow.calls ?? 0);
      return calls === 0 ? HEARD_NOTHING : { ...HEARD_NOTHING, calls, repeats: Math.max(0, ...longest) };
    },
    refused: () => ({ first: [...first], more }),
    wasTold: () => told,
  };
}

/** Refuses a call and lets the engine end its session. */
function farewell(reason: string): object {
  return { ...denial(reason), continue: false, stopReason: reason };
}

function callIn(question: JsonObject, ground: Ground): AskedCall {
  const { server, tool } = splitToolName(asText(question['tool_name']) ?? '');
  // What servers call a path begins at the root of the repository, whatever folder the engine works in.
  const cwd = server === null ? asText(question['cwd']) : null;
  return { server, tool, places: placesIn(asObject(question['tool_input']), cwd, ground) };
}

function denial(reason: string): object {
  return {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: reason,
    },
  };
}
