import { join } from 'node:path';
import type { Engine } from '../../core/session.ts';
import { readPlain } from '../../sources/sessions/plain-file.ts';
import type { Environment } from '../later-steps.ts';
import { type HookEntry, type HookedEngine, type HookTerms, hookedEngines } from './engines.ts';
import { HOOK_PLACES } from './places.ts';
import { addHook, addMachineHook, MOST_SETTINGS } from './settings-file.ts';

/** The files that should contain the hooks for one engine. */
export interface HookPlan {
  readonly engine: HookedEngine;
  readonly user: string | null;
  /** Null on a machine that is shared. */
  readonly machine: string | null;
}

/** Where hooks are installed. */
export interface Machine {
  readonly shared: boolean;
  /** Where the machine's settings are: `/etc`, except in tests. */
  readonly etc: string;
}

/** Engines whose hooks also work outside of Unix. The others need commands of a Unix shell. */
const ANYWHERE: readonly HookedEngine[] = ['claude'];

/** Where hooks should go, before anything is written. */
export function planHooks(engine: Engine | null, env: Environment, { shared, etc }: Machine): readonly HookPlan[] {
  const home = env['HOME'] ?? env['USERPROFILE'];
  const isWindows = process.platform === 'win32';
  return hookedEngines(engine)
    .filter((one) => !isWindows || ANYWHERE.includes(one))
    .map((one) => {
      const { ofUser, ofMachine } = HOOK_PLACES[one];
      const user = home === undefined || ofUser === null ? null : ofUser(env, home);
      return { engine: one, user, machine: shared || isWindows ? null : join(etc, ofMachine) };
    });
}

/** All files of a plan. */
export function filesOf(plans: readonly HookPlan[]): readonly string[] {
  return plans.flatMap(({ user, machine }) => [user, machine].filter((path) => path !== null));
}

/** The result of a plan. */
export interface Installed {
  /** The files that contain hooks now. */
  readonly files: readonly string[];
  /** What could not be done, in our words. */
  readonly notes: readonly string[];
}

/** Writes the planned hooks: for the machine first, and for the user if the engine can handle both or that failed. */
export function installHooks(plans: readonly HookPlan[], terms: HookTerms, env: Environment): Installed {
  const each = plans.map((plan) => installOne(plan, HOOK_PLACES[plan.engine].entry(terms, env), terms.key));
  // If the engine is unknown, naming those that may not be there at all would not help.
  const notes = plans.length === 1 ? each.flatMap((one) => one.notes) : [];
  return { files: each.flatMap(({ files }) => files), notes };
}

function installOne({ engine, user, machine }: HookPlan, hook: HookEntry, key: string): Installed {
  const { name, asksOnce } = HOOK_PLACES[engine];
  const files: string[] = [];
  const faults: string[] = [];
  const put = (path: string, fault: string | null): void => {
    if (fault === null) files.push(path);
    else faults.push(`${name}: ${fault}, so that no hook of it is asked before its tools are used`);
  };
  if (machine !== null) put(machine, addMachineHook(machine, hook, key));
  if (user !== null && (asksOnce || files.length === 0)) put(user, addHook(user, hook, key));
  if (machine === null && user === null)
    faults.push(
      `${name} heeds hooks of the machine alone, which are set on machines of GitHub's own: no hook of it is asked before its tools are used`,
    );
  return { files, notes: files.length === 0 ? faults : [] };
}

/** Whether any of these files contains a hook of this meter. */
export function isHooked(files: readonly string[], key: string): boolean {
  return files.some((path) => holdsHook(path, key));
}

/** Whether a file contains a hook of this meter. */
export function holdsHook(path: string, key: string): boolean {
  try {
    return readPlain(path, MOST_SETTINGS)?.includes(key) === true;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return false;
    throw error;
  }
}
