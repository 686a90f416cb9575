import { readdir } from 'node:fs/promises';
import { plainLine } from '../../core/text.ts';
import type { GitHub } from '../../github/port.ts';
import { yamlValue } from '../../sources/agents/yaml-value.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { connect } from '../shell/connect.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { type LoadedConfig, loadLocalConfig, loadRemoteConfig, whole } from '../shell/load-config.ts';
import { localText, NoWriter } from '../shell/local-file.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { type DoctorReport, diagnose, type Examined } from './judge.ts';
import { askedBy } from './needs.ts';
import { doctorText } from './text.ts';
import { waitingEvents } from './waiting.ts';
import { mentionsUs, ownJobs } from './workflow.ts';

const FOLDER = '.github/workflows';

/**
 * `checkrein doctor`: names every permission a job lacks for what the configuration asks, or tests the channels.
 * @throws UsageError when a named file does not exist, or the configuration is wrong.
 */
export async function doctorCommand(invocation: Invocation, world: World): Promise<number> {
  refuseStray(invocation);
  const repo = invocation.value('repo');
  const github = repo === null ? null : await connect(repo, world, null);
  const loaded = await loadConfig(invocation.value('config'), github);
  const { config, unsound } = loaded;
  if (invocation.has('channels')) {
    whole(loaded);
    const { channelsText, tryChannels } = await import('./channels.ts');
    const tried = await tryChannels(config, world, { repo, github });
    world.out.write(invocation.has('json') ? jsonLine(tried) : channelsText(tried));
    return tried.ok ? EXIT.done : EXIT.failed;
  }
  const place = github === null ? HERE : there(github);
  const examined = await examine(place, invocation.values('workflow'), repo);
  const waiting = github === null ? null : await waitingEvents(github, config, world);
  const diagnosis = diagnose(examined, askedBy(config, repo));
  const report: DoctorReport = { ...diagnosis, ok: diagnosis.ok && unsound.length === 0, unsound, waiting };
  world.out.write(invocation.has('json') ? jsonLine(report) : doctorText(report));
  return report.ok ? EXIT.done : EXIT.failed;
}

function refuseStray(invocation: Invocation): void {
  if (invocation.operands.length > 0) {
    throw new UsageError(
      `'doctor' takes options only, but got ${unexpected(invocation.operands)}. Name a workflow with --workflow.`,
    );
  }
  if (invocation.has('channels') && invocation.has('workflow')) {
    throw new UsageError('--channels looks at no workflow: leave --workflow out.');
  }
}

function loadConfig(path: string | null, github: GitHub | null): Promise<LoadedConfig> {
  return github !== null && path === null ? loadRemoteConfig(github, CONFIG_PATH) : loadLocalConfig(path);
}

/** A place with workflow files. */
interface Place {
  /** Paths of all files in the workflow folder. */
  readonly list: () => Promise<readonly string[]>;
  /** Null when there is no such file. */
  readonly read: (path: string) => Promise<string | null>;
  /** For messages. */
  readonly name: string;
}

const HERE: Place = {
  name: 'in this folder',
  list: async () => {
    const names = await readdir(FOLDER).catch(onlyMissing);
    return (names ?? []).map((name) => `${FOLDER}/${name}`);
  },
  read: (path) => localText(path).catch(onlyMissing),
};

/** The default branch: GitHub takes the workflows that count from there. */
function there({ repo, contents }: GitHub): Place {
  return {
    name: `on the default branch of ${repo}`,
    list: async () => (await contents.folder(FOLDER)).map(({ path }) => path),
    read: async (path) => {
      const bytes = await contents.file(path);
      return bytes === null ? null : new TextDecoder().decode(bytes);
    },
  };
}

function onlyMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
  throw new UsageError(
    `A workflow file cannot be read (${error instanceof NoWriter ? error.message : (error.code ?? error.message)}).`,
  );
}

async function examine(place: Place, named: readonly string[], repo: string | null): Promise<Examined> {
  const paths = named.length > 0 ? named : (await place.list()).filter((path) => /\.ya?ml$/i.test(path)).sort();
  const jobs: Examined['jobs'][number][] = [];
  const unreadable: string[] = [];
  for (const path of new Set(paths)) {
    const text = await place.read(path);
    if (text === null)
      throw new UsageError(`There is no workflow ${plainLine(path, 300)} ${place.name}; name the file that you mean.`);
    const parsed = await yamlValue(text);
    if (parsed !== undefined) jobs.push(...ownJobs(path, parsed));
    else if (named.length > 0 || mentionsUs(text)) unreadable.push(path);
  }
  const files = [...new Set([...jobs.map(({ file }) => file), ...unreadable])];
  return { repo, files, jobs, unreadable, whole: named.length === 0 };
}
