import type { MeterCause, RefusedCall } from '../core/guard.ts';
import { keptName } from '../core/redact.ts';
import type { ServerNaming } from '../core/server-names.ts';
import type { Instant } from '../core/time.ts';
import { toolName } from '../core/tool-powers.ts';
import { inputHash } from '../sources/sessions/input-hash.ts';
import { asObject } from '../sources/sessions/json/fields.ts';
import { type RepeatCounter, repeatCounter } from '../sources/sessions/repeats.ts';
import { type Refusal, refusalOf } from './call-judge.ts';
import { DIALECTS, type Question } from './hooks/dialects.ts';
import type { HookedEngine } from './hooks/engines.ts';
import { type Ground, placesIn } from './place.ts';
import type { MeterPlan } from './plan.ts';
import { HEARD_NOTHING, type Heard } from './use.ts';
import { causeText, refusalText } from './words.ts';

/** Answers the engine's question whether a tool call may happen. */
export interface HookJudge {
  /** Counts a call that is asked about. */
  readonly hear: (question: Question, engine: HookedEngine) => void;
  /** The answer to send, in the engine's format. */
  readonly answer: (question: Question, engine: HookedEngine, cause: MeterCause | null, now: Instant) => object;
  /** The answer to a question that is too large to read: what cannot be judged is refused. */
  readonly unread: (engine: HookedEngine) => object;
  readonly heard: () => Heard;
  readonly refused: () => { readonly first: readonly RefusedCall[]; readonly more: number };
  /** Whether an engine has asked that ends its session when told to. */
  readonly mayLeave: () => boolean;
  /** Whether an engine was told to end. */
  readonly wasTold: () => boolean;
}

const UNREAD = 'Checkrein: this call is too large to be judged, so it may not happen';

/** How many refused calls are kept individually. */
const MOST_REFUSED = 100;
const MAX_PATH = 200;
/** The most sessions whose calls are compared; calls from further ones are not. */
const MOST_SESSIONS = 100;

/** A judge that has not been asked yet. */
export function hookJudge({ handover, workspace, folder, settings }: MeterPlan): HookJudge {
  const ground: Ground = { workspace, own: [folder, ...settings] };
  const rows = new Map<string, RepeatCounter>();
  const first: RefusedCall[] = [];
  let [calls, repeats, more, told, mayLeave] = [0, 0, 0, false, false];
  const note = (refused: RefusedCall): void => {
    if (first.length < MOST_REFUSED) first.push(refused);
    else more++;
  };
  return {
    hear: ({ session, names, input }, engine) => {
      calls++;
      mayLeave ||= DIALECTS[engine].dismiss !== null;
      const row = rows.get(session) ?? (rows.size < MOST_SESSIONS ? repeatCounter() : null);
      if (row === null) return;
      rows.set(session, row);
      row.note({ ...names[0], input: inputHash(input) });
      repeats = Math.max(repeats, row.told()?.inARow.calls ?? 0);
    },
    answer: (question, engine, cause, now) => {
      const refusal = refusalIn(question, DIALECTS[engine].naming, handover, ground, cause);
      if (refusal === null) return {};
      const path = refusal.path === null ? null : keptName(refusal.path, MAX_PATH);
      const because = refusal.because;
      note({ at: now, tool: keptName(toolName(question.names[0])) || '(no name)', because, path });
      if (handover.mode === 'shadow') return {};
      const { deny, dismiss } = DIALECTS[engine];
      if (cause === null) return deny(refusalText({ because, path }));
      told ||= dismiss !== null;
      return (dismiss ?? deny)(causeText(cause));
    },
    unread: (engine) => (handover.mode === 'shadow' ? {} : DIALECTS[engine].deny(UNREAD)),
    heard: () => (calls === 0 ? HEARD_NOTHING : { ...HEARD_NOTHING, calls, repeats }),
    refused: () => ({ first: [...first], more }),
    mayLeave: () => mayLeave,
    wasTold: () => told,
  };
}

/**
 * Why a call is refused. If the engine does not say which part of a name is the server, a read-only agent is restricted by
 * any reading of it. For everything else, every reading must be against the call.
 */
function refusalIn(
  { names, cwd, input }: Question,
  naming: ServerNaming,
  { scope }: MeterPlan['handover'],
  ground: Ground,
  cause: MeterCause | null,
): Refusal | null {
  const refusals = names.map((name) => {
    // For servers, paths start at the root of the repository, whatever folder the engine works in.
    const places = placesIn(asObject(input), name.server === null ? cwd : null, ground);
    return refusalOf({ ...name, naming, places }, scope, cause?.kind ?? null);
  });
  const readOnly = refusals.find((refusal) => refusal?.because === 'read_only');
  return readOnly ?? (refusals.includes(null) ? null : (refusals[0] ?? null));
}
