import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import { parse } from '../../sources/sessions/json/document.ts';
import { asObject, type JsonObject } from '../../sources/sessions/json/fields.ts';
import { readPlain } from '../../sources/sessions/plain-file.ts';
import type { HookEntry } from './engines.ts';

/** An engine's settings have some kilobytes. */
export const MOST_SETTINGS = 10_000_000;

/** Writes a text to a file and creates its folder if needed. Throws an error with the system's code on failure. */
type Writer = (path: string, text: string) => void;

/**
 * Adds a hook to a settings file, next to whatever is in it.
 * @returns why that failed, in our words; null when the hook is in the file.
 */
export function addHook(path: string, hook: HookEntry, key: string): string | null {
  return changeAlone(path, (settings) => withHook(settings, hook, key));
}

/**
 * Adds a hook to the machine's settings, which only root may write, so it needs root or `sudo` without a password. Only for a
 * machine that is ours alone and is thrown away after the job, like GitHub's own.
 */
export function addMachineHook(path: string, hook: HookEntry, key: string): string | null {
  return change(path, (settings) => withHook(settings, hook, key), replaceAsRoot);
}

/** Removes the hooks of a meter. A missing file is fine, and a file that was created for them is deleted. */
export function removeHooks(path: string, key: string): string | null {
  return existsSync(path) ? changeAlone(path, (settings) => withoutHooks(settings, key)) : null;
}

function withHook(settings: JsonObject | null, { event, entry, head }: HookEntry, key: string): JsonObject {
  const before = settings === null ? head : settings;
  const hooks = asObject(before['hooks']) ?? {};
  return { ...before, hooks: { ...hooks, [event]: [...othersThan(hooks[event], key), entry] } };
}

function withoutHooks(settings: JsonObject | null, key: string): JsonObject | null {
  if (settings === null || !JSON.stringify(settings).includes(key)) return null;
  const left = Object.entries(asObject(settings['hooks']) ?? {}).flatMap(([event, list]) => {
    const others = othersThan(list, key);
    if (!Array.isArray(list) || others.length === list.length) return [[event, list]];
    return others.length === 0 ? [] : [[event, others]];
  });
  const { hooks: _, ...rest } = settings;
  return left.length === 0 ? rest : { ...rest, hooks: Object.fromEntries(left) };
}

function othersThan(list: unknown, key: string): readonly unknown[] {
  return Array.isArray(list) ? list.filter((entry) => !JSON.stringify(entry).includes(key)) : [];
}

/** What is left of a file that was created only for hooks. Empty user settings may have been there before. */
const NOTHING_ELSE: readonly string[] = ['{"version":1}', '{"hooksConfig":{"enabled":true}}'];

function isLeftOver(path: string, settings: JsonObject): boolean {
  const text = JSON.stringify(settings);
  return NOTHING_ELSE.includes(text) || (text === '{}' && basename(path) !== 'settings.json');
}

/** Null when nothing has to change. */
type Edit = (settings: JsonObject | null) => JsonObject | null;

function change(path: string, edit: Edit, write: Writer): string | null {
  try {
    const text = readOrNull(path);
    if (text === undefined) return 'its settings are no file, or a giant one, and were left alone';
    const settings = text === null || text.trim() === '' ? null : parse(text);
    if (settings !== null && asObject(settings) === null)
      return 'its settings cannot be read as JSON, and were left alone';
    const changed = edit(asObject(settings));
    if (changed === null) return null;
    if (isLeftOver(path, changed)) rmSync(path);
    else write(path, `${JSON.stringify(changed, null, 2)}\n`);
    return null;
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return `its settings cannot be written (${error.code})`;
  }
}

/** How long jobs that start at once wait for each other, and after what time one must have died, in milliseconds. */
const [PATIENCE, DEAD] = [2_000, 10_000] as const;
const PAUSE = 5;
const BUSY = 'its settings are being changed by somebody else';

/**
 * Changes a file that other jobs of this user may change at the same time. Only whoever has created the file next to it may read
 * and edit, and ends that by moving it into place.
 */
function changeAlone(path: string, edit: Edit): string | null {
  const next = `${path}.checkrein`;
  let held = false;
  try {
    mkdirSync(dirname(path), { recursive: true });
    held = taken(next, statSync(path, { throwIfNoEntry: false })?.mode ?? 0o600);
    if (!held) return BUSY;
    return change(path, edit, (_path, text) => {
      writeFileSync(next, text);
      renameSync(next, path);
      held = false;
    });
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return `its settings cannot be written (${error.code})`;
  } finally {
    if (held) rmSync(next, { force: true });
  }
}

/** Whether a file could be created, which only one of several can at a time. */
function taken(path: string, mode: number): boolean {
  for (const until = performance.now() + PATIENCE; performance.now() < until; pause()) {
    try {
      closeSync(openSync(path, 'wx', mode));
      return true;
    } catch (error) {
      if (!isOfSystem(error) || error.code !== 'EEXIST') throw error;
      const since = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
      if (since < Date.now() - DEAD) rmSync(path, { recursive: true, force: true });
    }
  }
  return false;
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
}

/** The machine's settings are readable by everybody and writable by root only: some engines check that. */
function replaceAsRoot(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o644 });
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    const sudo = (words: readonly string[], input = ''): boolean =>
      spawnSync('sudo', ['-n', ...words], { input, stdio: ['pipe', 'ignore', 'ignore'], timeout: 2_000 }).status === 0;
    if (!sudo(['mkdir', '-p', dirname(path)]) || !sudo(['tee', path], text)) throw error;
  }
}

/** Null when there is no file; undefined when there is one that must not be read. */
function readOrNull(path: string): string | null | undefined {
  try {
    return readPlain(path, MOST_SETTINGS)?.toString('utf8');
  } catch (error) {
    if (isOfSystem(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}

function isOfSystem(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code));
}
