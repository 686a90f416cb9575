import type { Engine } from '../../core/session.ts';
import type { JsonObject } from '../../sources/sessions/json/fields.ts';
import type { MeterReady } from '../plan.ts';

/** An engine that asks a hook before it calls a tool. */
export type HookedEngine = Exclude<Engine, 'gh-aw'>;

const HOOKED: readonly HookedEngine[] = ['claude', 'codex', 'gemini', 'copilot'];

/** The engines whose hooks are wanted where this one runs; all of them where nobody knows which it is, or where it runs any of them. */
export function hookedEngines(engine: Engine | null): readonly HookedEngine[] {
  return engine === null || engine === 'gh-aw' ? HOOKED : [engine];
}

/** What hooks are made of. */
export interface HookTerms extends MeterReady {
  readonly key: string;
  readonly mark: string;
  readonly folder: string;
  readonly shared: boolean;
  /** In shadow mode a meter that is gone holds nobody up. */
  readonly mode: 'shadow' | 'enforce';
}

/** What stands in the settings of an engine: under the name of what happens, a list of what is asked then. */
export interface HookEntry {
  readonly event: string;
  readonly entry: JsonObject;
  /** What a file of settings begins with that we make. */
  readonly head: JsonObject;
}

/** On a machine with other jobs, tells whose session asks. */
export const MARK_HEADER = 'x-checkrein-meter';

const HOOK_PATH = 'hook';

/** Where the hook of an engine asks. */
export function hookAddress(engine: HookedEngine, { port, key }: Pick<HookTerms, 'port' | 'key'>): string {
  return `http://127.0.0.1:${port}/${key}/${HOOK_PATH}${engine === 'claude' ? '' : `/${engine}`}`;
}

/** Whose hook asks at a path; null where none does. */
export function engineAsking(path: string): HookedEngine | null {
  if (path === HOOK_PATH) return 'claude';
  return HOOKED.find((engine) => path === `${HOOK_PATH}/${engine}`) ?? null;
}

/** A word of a shell that stands for itself. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
