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
  const text = await readFile(path ?? CONFIG_PATH, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && path === null) return null;
    throw new UsageError(`The configuration ${path ?? CONFIG_PATH} cannot be read (${error.code ?? error.message}).`);
  });
  return read(text, path ?? CONFIG_PATH);
}

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
