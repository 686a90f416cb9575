import { readFile } from 'node:fs/promises';
import type { Config } from '../config/schema.ts';
import type { GitHub } from '../github/port.ts';
import { UsageError } from './world.ts';

/** Where the configuration of a repository is when nothing else is said. */
export const CONFIG_PATH = '.github/checkrein.yml';

/** A configuration and what a person should look at in it, one line each. */
export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly string[];
}

/**
 * Reads a configuration file of this machine. Only a file that was asked for by name must exist.
 * @throws UsageError that lists all that is wrong with it.
 */
export async function loadLocalConfig(path: string | null): Promise<LoadedConfig> {
  const text = await readLocalText(path ?? CONFIG_PATH);
  if (typeof text !== 'string' && !(path === null && text.missing)) throw new UsageError(text.reason);
  return read(typeof text === 'string' ? text : null, path ?? CONFIG_PATH);
}

/** Why a configuration file of this machine cannot be read, in a sentence with what to do. */
export interface UnreadableConfig {
  readonly missing: boolean;
  readonly reason: string;
}

/** The text of a configuration file of this machine, or why there is none. */
export function readLocalText(path: string): Promise<string | UnreadableConfig> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const missing = error.code === 'ENOENT';
    if (missing) return { missing, reason: `There is no configuration ${path}; name the file that you mean.` };
    return { missing, reason: `The configuration ${path} cannot be read (${WHY[error.code ?? ''] ?? error.message}).` };
  });
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
};

/**
 * Reads the configuration of a repository from its default branch: never from a checkout, which a pull request can change.
 * A repository without one works with the defaults.
 * @throws UsageError that lists all that is wrong with it.
 */
export async function loadRemoteConfig(github: GitHub, path: string): Promise<LoadedConfig> {
  const bytes = await github.contents.file(path);
  return read(bytes === null ? null : new TextDecoder().decode(bytes), path);
}

async function read(text: string | null, path: string): Promise<LoadedConfig> {
  const { parseConfig, defaultConfig } = await import('../config/parse.ts');
  if (text === null) return { config: defaultConfig(), warnings: [] };
  const { formatProblem } = await import('../config/problem.ts');
  const parsed = parseConfig(text, path);
  if (parsed.ok) return { config: parsed.config, warnings: parsed.warnings.map(formatProblem) };
  const errors = parsed.errors.map(formatProblem);
  throw new UsageError(
    `The configuration has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}:\n${errors.join('\n')}`,
  );
}
