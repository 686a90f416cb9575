import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from '../sources/sessions/json/document.ts';
import { asObject, type JsonObject } from '../sources/sessions/json/fields.ts';
import { MARK } from './agent-processes.ts';
import type { MeterReady } from './plan.ts';

/** What the hooks in Claude Code's settings are made of. */
export interface HookTerms extends MeterReady {
  readonly key: string;
  readonly mark: string;
  readonly folder: string;
  readonly shared: boolean;
  /** In shadow mode a meter that is gone holds nobody up. */
  readonly mode: 'shadow' | 'enforce';
}

/** A file that says that no call may happen any more, for the hook that has no other way to know. */
export const STOPPED_FILE = 'stopped';

/** Seconds: a hook that hangs must not hold up an agent that is allowed to work. */
const TIMEOUT = 5;

/**
 * The hooks that ask the meter before each call of a tool. The first asks it over HTTP; Claude Code goes on where nobody answers, so
 * that in enforce mode a second one refuses each call while the meter is not there. It is written with what every shell brings itself,
 * because a program of its own would cost each call more than the question.
 */
export function preToolUse(terms: HookTerms): JsonObject {
  const { port, key, shared } = terms;
  const ask = {
    type: 'http',
    url: `http://127.0.0.1:${port}/${key}/hook`,
    timeout: TIMEOUT,
    ...(shared ? { headers: { [MARK_HEADER]: `$${MARK}` }, allowedEnvVars: [MARK] } : {}),
  };
  const fence = { type: 'command', command: fenceCommand(terms), timeout: TIMEOUT };
  return { matcher: '*', hooks: terms.mode === 'enforce' ? [ask, fence] : [ask] };
}

/** On a machine with other jobs, tells whose session asks. */
export const MARK_HEADER = 'x-checkrein-meter';

function fenceCommand({ pid, born, mark, key, folder, shared }: HookTerms): string {
  const gone = 'Checkrein: the meter that watches this agent is gone, so no tool may be used';
  // `key` is in it so that it can be found and taken out again. A meter that was stopped (T) or has died (Z) answers nobody.
  const lives =
    born === ''
      ? `kill -0 ${pid} 2>/dev/null`
      : `{ read -r s < /proc/${pid}/stat; } 2>/dev/null && case "$s" in *") "[TtZX]" "*) false;; *" ${born} "*) :;; *) false;; esac`;
  const ours = shared ? `[ "$${MARK}" = ${quoted(mark)} ] || exit 0; ` : '';
  const free = `[ ! -e ${quoted(join(folder, STOPPED_FILE))} ]`;
  return `: ${key}; ${ours}if ${free} && ${lives}; then exit 0; fi; echo ${quoted(gone)} >&2; exit 2`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Where the settings of Claude Code's users are. */
export function userSettings(configDir: string | undefined, home: string): string {
  return join(configDir === undefined || configDir === '' ? join(home, '.claude') : configDir, 'settings.json');
}

/**
 * Adds hooks to a file of settings, beside whatever stands there.
 * @returns why that could not be done, in our words; null when they stand there.
 */
export function addHooks(path: string, terms: HookTerms): string | null {
  return edit(path, (settings) => withHooks(settings, [...othersThan(settings, terms.key), preToolUse(terms)]));
}

/** Takes the hooks of a meter out again; a file that is gone needs nothing. */
export function removeHooks(path: string, key: string): string | null {
  return edit(path, (settings) => {
    const others = othersThan(settings, key);
    return others.length === hooksIn(settings).length ? null : withHooks(settings, others);
  });
}

/** The folder in which the machine's owner puts settings that no user and no project can switch off. */
export const MANAGED_FOLDER = '/etc/claude-code/managed-settings.d';

/**
 * Writes hooks where neither the user's nor the project's settings can switch them off. Only for a machine that is ours alone and is
 * thrown away after the job, as GitHub's own are: needs to be root, or `sudo` without a password.
 * @returns whether they stand there.
 */
export function addManagedHooks(folder: string, terms: HookTerms): boolean {
  const text = `${JSON.stringify(withHooks({}, [preToolUse(terms)]))}\n`;
  const path = join(folder, '90-checkrein.json');
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, text);
    return true;
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    const sudo = (words: readonly string[], input = ''): boolean =>
      spawnSync('sudo', ['-n', ...words], { input, stdio: ['pipe', 'ignore', 'ignore'], timeout: 2_000 }).status === 0;
    return sudo(['mkdir', '-p', folder]) && sudo(['tee', path], text);
  }
}

function hooksIn(settings: JsonObject): readonly unknown[] {
  const list = asObject(settings['hooks'])?.['PreToolUse'];
  return Array.isArray(list) ? list : [];
}

function othersThan(settings: JsonObject, key: string): readonly unknown[] {
  return hooksIn(settings).filter((entry) => !JSON.stringify(entry).includes(key));
}

function withHooks(settings: JsonObject, list: readonly unknown[]): JsonObject {
  const { PreToolUse: _, ...others } = asObject(settings['hooks']) ?? {};
  const hooks = list.length === 0 ? others : { ...others, PreToolUse: list };
  const { hooks: __, ...rest } = settings;
  return Object.keys(hooks).length === 0 ? rest : { ...rest, hooks };
}

function edit(path: string, change: (settings: JsonObject) => JsonObject | null): string | null {
  try {
    const text = readOrNull(path);
    const settings = text === null || text.trim() === '' ? {} : asObject(parse(text));
    if (settings === null) return 'the settings of Claude Code cannot be read as JSON, and were left alone';
    const changed = change(settings);
    if (changed === null) return null;
    mkdirSync(dirname(path), { recursive: true });
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0o600;
    writeFileSync(`${path}.checkrein`, `${JSON.stringify(changed, null, 2)}\n`, { mode });
    renameSync(`${path}.checkrein`, path);
    return null;
  } catch (error) {
    if (!isOfSystem(error)) throw error;
    return `the settings of Claude Code cannot be written (${error.code})`;
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isOfSystem(error) && error.code === 'ENOENT') return null;
    throw error;
  }
}

function isOfSystem(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && /^E[A-Z]+$/.test(String(error.code));
}
