import type { Engine } from '../../core/session.ts';
import type { JsonObject } from '../../sources/sessions/json/fields.ts';
import type { MeterReady } from '../plan.ts';

/** An engine that asks a hook before it calls a tool. */
export type HookedEngine = Exclude<Engine, 'gh-aw'>;

const HOOKED: readonly HookedEngine[] = ['claude', 'codex', 'gemini', 'copilot'];

/** The engines that need hooks when this one runs; all of them when the engine is unknown or may be any of them. */
export function hookedEngines(engine: Engine | null): readonly HookedEngine[] {
  return engine === null || engine === 'gh-aw' ? HOOKED : [engine];
}

/** The inputs for making hooks. */
export interface HookTerms extends MeterReady {
  readonly key: string;
  readonly mark: string;
  readonly folder: string;
  readonly shared: boolean;
  /** In shadow mode, a missing meter blocks nobody. */
  readonly mode: 'shadow' | 'enforce';
}

/** An entry in an engine's settings: a list of hooks under the name of the event. */
export interface HookEntry {
  readonly event: string;
  readonly entry: JsonObject;
  /** The beginning of a settings file that we create. */
  readonly head: JsonObject;
}

/** On a machine with other jobs, says which session is asking. */
export const MARK_HEADER = 'x-checkrein-meter';

const HOOK_PATH = 'hook';

/** The address that an engine's hook calls. */
export function hookAddress(engine: HookedEngine, { port, key }: Pick<HookTerms, 'port' | 'key'>): string {
  return `http://127.0.0.1:${port}/${key}/${HOOK_PATH}${engine === 'claude' ? '' : `/${engine}`}`;
}

/** The engine whose hook calls a path; null when there is none. */
export function engineAsking(path: string): HookedEngine | null {
  if (path === HOOK_PATH) return 'claude';
  return HOOKED.find((engine) => path === `${HOOK_PATH}/${engine}`) ?? null;
}

/** A shell word that is taken literally. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
