import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { asObject, asText, type JsonObject, objectsOf } from '../sources/sessions/json/fields.ts';
import type { Place } from './call-judge.ts';

/** The fields in which tools name a file. */
const FIELDS: readonly string[] = ['file_path', 'notebook_path', 'path', 'absolute_path', 'filename', 'destination'];
/** How many files of one call are checked. If there are more, they count as one outside file. */
const MOST = 500;

/** What the location of files depends on. */
export interface Ground {
  readonly workspace: string;
  /** Folders and files that restrict the agent. */
  readonly own: readonly string[];
}

/** Where the files that a call names are, with links, `..` and the call's folder resolved as the system will. */
export function placesIn(input: JsonObject | null, cwd: string | null, ground: Ground): readonly Place[] {
  const named = pathsIn(input);
  const places = named.slice(0, MOST).map((path) => placeOf(path, cwd, ground));
  return named.length > MOST ? [...places, { kind: 'outside', path: '', own: false }] : places;
}

function pathsIn(input: JsonObject | null): readonly string[] {
  if (input === null) return [];
  const listed = [...objectsOf(input['files']), ...objectsOf(input['edits'])].flatMap((entry) =>
    pathsIn(asObject(entry)),
  );
  const texts = Array.isArray(input['files']) ? input['files'].filter((entry) => typeof entry === 'string') : [];
  return [...FIELDS.flatMap((field) => asText(input[field]) ?? []), ...texts, ...listed, ...pathsOfPatch(input)];
}

/** A patch of Codex and Copilot names its files on separate lines. */
const PATCH_LINE = /^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+?)\s*$/gm;
const PATCH_FIELDS: readonly string[] = ['command', 'input', 'patch'];

function pathsOfPatch(input: JsonObject): readonly string[] {
  const patches = PATCH_FIELDS.flatMap((field) => asText(input[field]) ?? []).filter((text) =>
    text.trimStart().startsWith('*** Begin Patch'),
  );
  return patches.flatMap((text) => [...text.matchAll(PATCH_LINE)].map(([, path = '']) => path));
}

function placeOf(path: string, cwd: string | null, { workspace, own }: Ground): Place {
  const home = realOf(workspace);
  const from = cwd !== null && isAbsolute(cwd) ? cwd : home;
  const real = realOf(resolve(from, path));
  const inside = relative(home, real);
  const isInside = inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
  if (isInside) return { kind: 'inside', path: inside.split(sep).join('/') };
  return { kind: 'outside', path: real, own: own.some((each) => isBelow(real, realOf(each))) };
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}${sep}`);
}

/** The path with links resolved. For a file that does not exist yet, its existing parent folders are resolved. */
function realOf(path: string): string {
  const missing: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    const real = realOrNull(at);
    if (real !== null) return join(real, ...missing);
    if (at === dirname(at)) return resolve(path);
    missing.unshift(basename(at));
  }
}

/** Null for what does not exist. Circular links and invalid names lead nowhere either. */
function realOrNull(path: string): string | null {
  try {
    return realpathSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ERR_INVALID_ARG_VALUE' || /^E[A-Z]+$/.test(code)) return null;
    throw error;
  }
}
