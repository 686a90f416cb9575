import type { AlertProblem, AlertReport } from '../../config/alerts-file.ts';
import type { ParsedConfig, SoundConfig } from '../../config/parse.ts';
import { type ConfigProblem, formatProblem, problemLine } from '../../config/problem.ts';
import type { Config } from '../../config/schema.ts';
import { plainLine } from '../../core/text.ts';
import type { GitHub } from '../../github/port.ts';
import { CONFIG_PATH } from './config-path.ts';
import { UsageError } from './world.ts';

/** Returns the text of another file in the same place, or why there is none. */
type ReadBeside = (path: string) => Promise<string | UnreadableConfig>;

/** A configuration and what a person should look at in it, one line each. */
export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly string[];
  /** The warnings that mean a rule is not asked, somebody is not told, or a default is used instead of what was written. */
  readonly unsound: readonly string[];
}

/**
 * Like `loadLocalConfig`, for commands that show or test what is written and need all of it.
 * @throws UsageError also when a section would be left out.
 */
export async function loadWholeConfig(path: string | null): Promise<LoadedConfig> {
  return whole(await loadLocalConfig(path));
}

/**
 * A configuration of which nothing is left out.
 * @throws UsageError that lists what would be.
 */
export function whole(loaded: LoadedConfig): LoadedConfig {
  const leftOut = loaded.unsound.filter((line) => line.startsWith(LEFT_OUT));
  if (leftOut.length > 0) throw new UsageError(leftOut.join('\n'));
  return loaded;
}

const LEFT_OUT = 'A part of the configuration is left out';

/**
 * Reads a configuration file on this machine. Only a file that was named explicitly must exist.
 * @throws UsageError that lists everything wrong with it.
 */
export async function loadLocalConfig(path: string | null): Promise<LoadedConfig> {
  const text = await readLocalText(path ?? CONFIG_PATH);
  if (typeof text !== 'string' && !(path === null && text.missing)) throw new UsageError(text.reason);
  return read(typeof text === 'string' ? text : null, path ?? CONFIG_PATH, readLocalText);
}

/** Why a configuration file on this machine cannot be read, in a sentence with what to do. */
export interface UnreadableConfig {
  readonly missing: boolean;
  readonly reason: string;
}

/** The text of a file on this machine, or why there is none. `what` is what a person was asked to name. */
export async function readLocalText(path: string, what = 'configuration'): Promise<string | UnreadableConfig> {
  const { localText } = await import('./local-file.ts');
  return await localText(path).catch((error: NodeJS.ErrnoException) => {
    const missing = error.code === 'ENOENT';
    if (missing)
      return { missing, reason: `There is no ${what} ${plainLine(path, 300)}; name the file that you mean.` };
    return {
      missing,
      reason: `The ${what} ${plainLine(path, 300)} cannot be read (${WHY[error.code ?? ''] ?? error.message}).`,
    };
  });
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
};

/**
 * Reads the configuration of a repository from its default branch: never from a checkout, which a pull request can change. A
 * repository without one works with the defaults.
 * @throws UsageError that lists everything wrong with it.
 */
export async function loadRemoteConfig(github: GitHub, path: string): Promise<LoadedConfig> {
  const fileAt = async (path: string): Promise<string | null> => {
    const bytes = await github.contents.file(path);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  };
  return read(await fileAt(path), path, async (beside) => {
    const reason = `There is no file ${beside} on the default branch.`;
    return (await fileAt(beside)) ?? { missing: true, reason };
  });
}

/**
 * Reads the text of a configuration without the rules file it may name, for commands that ask no rules; null is no file.
 * @throws UsageError that lists everything wrong with it.
 */
export async function readSettings(text: string | null, path: string): Promise<Config> {
  const { parseConfig, defaultConfig } = await import('../../config/parse.ts');
  if (text === null) return defaultConfig();
  const parsed = parseConfig(text, path);
  if (!parsed.ok) throw refusal([...parsed.errors, ...errorsOf(parsed.rest?.alerts.problems ?? [])]);
  return parsed.config;
}

async function read(text: string | null, path: string, beside: ReadBeside): Promise<LoadedConfig> {
  const { parseConfig, defaultConfig } = await import('../../config/parse.ts');
  if (text === null) return { config: defaultConfig(), warnings: [], unsound: [] };
  const parsed = parseConfig(text, path);
  if (!parsed.ok) throw refusal(await everyError(parsed, beside));
  const { config, problems } = await withAlertsFile(parsed, beside);
  const unsound = ruleFaults(problems);
  const remarks = problems.filter(({ weight }) => weight === 'warning').map(problemLine);
  return { config, warnings: [...parsed.warnings.map(formatProblem), ...remarks, ...unsound], unsound };
}

/** Everything wrong with an unusable configuration, including its rules. */
async function everyError(
  { errors, rest }: Extract<ParsedConfig, { readonly ok: false }>,
  beside: ReadBeside,
): Promise<readonly ConfigProblem[]> {
  const problems = rest === null ? [] : (await withAlertsFile(rest, beside)).problems;
  return [...errors, ...errorsOf(problems)];
}

function errorsOf(problems: readonly AlertProblem[]): readonly AlertProblem[] {
  return problems.filter(({ weight }) => weight !== 'warning');
}

function refusal(problems: readonly ConfigProblem[]): UsageError {
  const errors = problems.map(formatProblem);
  return new UsageError(
    `The configuration has ${errors.length === 1 ? 'an error' : `${errors.length} errors`}:\n${errors.join('\n')}`,
  );
}

/** A configuration with all its rules read, including those of its rules file. */
export async function withAlertsFile(
  { config, alerts: report, channelProblems }: SoundConfig,
  beside: ReadBeside,
): Promise<{ readonly config: Config } & Pick<AlertReport, 'problems' | 'written'>> {
  if (report.file === null) {
    const { written, channelsLeftOut: leftOut } = report;
    const untold = channelProblems({ names: Object.keys(config.channels), leftOut });
    return { config, problems: [...untold, ...report.problems], written };
  }
  const { readAlertsFile, withoutAlertsFile } = await import('../../config/alerts-file.ts');
  const text = await beside(report.file);
  if (typeof text !== 'string') {
    const { problems, written } = withoutAlertsFile(report.file, text.reason);
    return { config, problems: [...report.problems, ...problems], written };
  }
  const {
    problems,
    written,
    channelsLeftOut: leftOut,
    ...added
  } = readAlertsFile(text, report.file, config, report.channelsLeftOut);
  const untold = channelProblems({ names: Object.keys(added.channels), leftOut });
  return { config: { ...config, ...added }, problems: [...report.problems, ...untold, ...problems], written };
}

/** What faulty rules mean for a run: a line for each fault, and one for all missing channels of a rule. */
function ruleFaults(problems: readonly AlertProblem[]): readonly string[] {
  const missing = new Map<string, AlertProblem[]>();
  const others = problems.flatMap((problem) => {
    const { rule, weight } = problem;
    if (weight === 'channel' && rule !== null) missing.set(rule, [...(missing.get(rule) ?? []), problem]);
    const whose = faultOf(problem);
    const instead = problem.instead === undefined ? '' : `; ${problem.instead}`;
    return whose === null ? [] : [`${whose}: ${problemLine(problem)}${instead}`];
  });
  const lacking = [...missing].map(([rule, [first, ...more]]) => {
    const rest = more.length === 0 ? '' : `, and ${more.length} more of its channels`;
    return `The rule ${rule} only opens issues: ${first === undefined ? '' : problemLine(first)}${rest}`;
  });
  return [...others, ...lacking];
}

/** What a fault means; null when it is reported elsewhere. */
function faultOf({ rule, weight }: AlertProblem): string | null {
  switch (weight) {
    case 'error':
      return rule === null ? 'Rules of yours cannot be asked' : `The rule ${rule} cannot be asked`;
    case 'policy':
      return `The rule ${rule ?? ''} is escalated as one that names no policy`;
    case 'section':
      return LEFT_OUT;
    case 'channel':
      return rule === null ? 'No message goes there' : null;
    case 'warning':
      return null;
    default:
      return weight satisfies never;
  }
}
