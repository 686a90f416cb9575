import type { Agent } from '../../core/agent.ts';
import { canonicalJson } from '../../core/canonical.ts';
import type { LedgerEvent } from '../../core/event.ts';
import { attempt, type Failure, OutsideFailure, type Result } from '../../core/failure.ts';
import type { DeclaredPowers, JudgedWorkflow } from '../../core/judged-workflow.ts';
import { agentSubject, repositorySubject } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import type { GitHub, RemoteFile, RemoteWorkflow } from '../../github/port.ts';
import { type Gathered, gather, type SourceMoment, type SourceReading } from '../progress.ts';
import type { AgentsState } from './fold.ts';
import { JUDGE, judgeWorkflow } from './judge.ts';
import { type ConfiguredAgent, dynamicAgents, nameAgents } from './name.ts';
import { yamlValue } from './yaml-value.ts';

const FOLDER = '.github/workflows';

/** GitHub itself refuses larger workflow files. */
const MAX_BYTES = 1_048_576;

export interface AgentsRequest {
  readonly github: GitHub;
  readonly now: Instant;
  /** What the ledger already knows. */
  readonly state: AgentsState;
  readonly configured: readonly ConfiguredAgent[];
}

export interface GatheredAgents extends Gathered {
  /** The current agents, as far as they could be read. */
  readonly agents: readonly Agent[];
}

/**
 * Finds the workflows that run an agent. Only files with changed content are fetched, so a quiet run makes two requests: for the
 * folder and for the workflows that GitHub runs itself.
 */
export async function gatherAgents(request: AgentsRequest): Promise<GatheredAgents> {
  const { github, now, state, configured } = request;
  let agents = state.agents;
  const gathered = await gather('agents', { repo: github.repo, now }, async () => {
    const found = await findAgents(request);
    agents = found.agents;
    return found;
  });
  // A repository that cannot be read still has the agents named in its configuration.
  return { ...gathered, agents: agents.length > 0 ? agents : nameAgents([], [], configured) };
}

async function findAgents(request: AgentsRequest): Promise<SourceReading & { readonly agents: readonly Agent[] }> {
  const { github, now, state, configured } = request;
  const [listed, workflows] = await Promise.all([
    github.contents.folder(FOLDER),
    attempt(() => github.actions.workflows()),
  ]);
  // If neither list shows anything, a wrong name looks the same as a repository without workflows.
  if (listed.length === 0 && !workflows.ok) throw new OutsideFailure(workflows.failure);
  const remote = workflows.ok ? workflows.value : [];
  refuseBlindness(listed, remote);
  const judged = await judgeFiles(request, listed.filter(isWorkflowFile));
  const dynamic = workflows.ok
    ? dynamicAgents(remote)
    : dynamicAgents(state.agents.map(({ workflow, name }) => ({ id: 0, name, path: workflow, state: 'unknown' })));
  const agents = nameAgents(judged.files, dynamic, configured, state.agents);
  const moment = { repo: github.repo, now };
  return {
    agents,
    events: [...judgedEvents(judged.files, state, moment), ...agentEvents(agents, state.agents, moment)],
    complaints: [
      ...judged.complaints,
      ...(workflows.ok ? [] : [workflows.failure.message]),
      ...missingFiles(judged.files, dynamic, configured),
    ],
    watermark: null,
    items: listed.length,
    failure: judged.failure,
  };
}

function isWorkflowFile({ path }: RemoteFile): boolean {
  return /\.ya?ml$/i.test(path);
}

/** An empty folder next to workflows that come from it means that we lack access, not that there is nothing. */
function refuseBlindness(listed: readonly RemoteFile[], workflows: readonly RemoteWorkflow[]): void {
  const fromFiles = workflows.filter(({ path, state }) => path.startsWith(`${FOLDER}/`) && state === 'active');
  if (listed.length > 0 || fromFiles.length === 0) return;
  throw new OutsideFailure({
    kind: 'not_found',
    message: `GitHub lists ${fromFiles.length} workflows but shows no file in ${FOLDER} of the default branch`,
    remedy: 'Add `contents: read` to the `permissions:` block of the workflow that runs Checkrein',
    retry: false,
  });
}

interface JudgedFiles {
  readonly files: readonly JudgedWorkflow[];
  readonly complaints: readonly string[];
  /** Why further files were not read. Those keep their previous judgement. */
  readonly failure: Failure | null;
}

async function judgeFiles({ github, state }: AgentsRequest, listed: readonly RemoteFile[]): Promise<JudgedFiles> {
  const known = new Map(state.files.map((file) => [file.path, file]));
  const files: JudgedWorkflow[] = [];
  const complaints: string[] = [];
  let failure: Failure | null = null;
  for (const file of listed) {
    const before = known.get(file.path) ?? null;
    if (before?.blob === file.blob && state.judge === JUDGE) {
      files.push(before);
      continue;
    }
    const result: Result<Judged> =
      failure === null ? await attempt(() => judgeFile(github, file)) : { ok: false, failure };
    if (result.ok) {
      files.push(result.value.judged);
      complaints.push(...result.value.complaints);
    } else {
      failure = result.failure;
      files.push(...stillUnread(before, file));
    }
  }
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), complaints, failure };
}

/** The previous judgement of a file, changed so that the next run reads the file again. */
function stillUnread(before: JudgedWorkflow | null, file: RemoteFile): readonly JudgedWorkflow[] {
  if (before === null) return [];
  return [before.blob === file.blob ? { ...before, blob: '' } : before];
}

interface Judged {
  readonly judged: JudgedWorkflow;
  readonly complaints: readonly string[];
}

async function judgeFile(github: GitHub, file: RemoteFile): Promise<Judged> {
  const { path, blob } = file;
  if (file.bytes > MAX_BYTES) {
    const complaints = [`${plainLine(path)} is larger than 1 MiB and was not judged: GitHub does not run such a file`];
    return { judged: { path, blob, sign: null, calls: [], onlyCalled: false }, complaints };
  }
  const text = new TextDecoder().decode(await github.git.blob(blob));
  const { sign, calls, onlyCalled, protects, declares, name, follows, guards, complaints } = judgeWorkflow({
    path,
    text,
    parsed: await yamlValue(text),
  });
  const judged = {
    path,
    blob,
    sign,
    calls,
    onlyCalled,
    ...(protects === null ? {} : { protects }),
    ...(declares === null || saysNothing(declares) ? {} : { declares }),
    ...(name === null || sign === null ? {} : { name: plainLine(name) }),
    ...(follows === null ? {} : { follows: follows.map((each) => plainLine(each)) }),
    ...(guards.length === 0 ? {} : { guards }),
  };
  return { judged, complaints };
}

function saysNothing({ tools, servers, unguarded }: DeclaredPowers): boolean {
  return tools === null && servers === null && unguarded.length === 0;
}

function missingFiles(
  files: readonly JudgedWorkflow[],
  dynamic: readonly { readonly workflow: string }[],
  configured: readonly ConfiguredAgent[],
): readonly string[] {
  const there = new Set([...files.map(({ path }) => path), ...dynamic.map(({ workflow }) => workflow)]);
  return configured
    .filter(({ workflow }) => !there.has(workflow))
    .map(({ name, workflow }) => `agent ${plainLine(name)}: there is no ${plainLine(workflow)} on the default branch`);
}

function judgedEvents(
  files: readonly JudgedWorkflow[],
  state: AgentsState,
  moment: SourceMoment,
): readonly LedgerEvent[] {
  if (state.judge === JUDGE && canonicalJson(files) === canonicalJson(state.files)) return [];
  const { repo, now } = moment;
  const event: LedgerEvent = {
    v: 1,
    id: `workflows:${now}`,
    kind: 'workflows.judged',
    at: now,
    seen: now,
    repo,
    subject: repositorySubject(repo),
    data: { judge: JUDGE, files },
  };
  return [event];
}

function agentEvents(agents: readonly Agent[], before: readonly Agent[], moment: SourceMoment): readonly LedgerEvent[] {
  const { repo, now } = moment;
  const base = { v: 1, at: now, seen: now, repo } as const;
  const known = new Map(before.map((agent) => [agent.workflow, canonicalJson(agent)]));
  const observed = agents
    .filter((agent) => known.get(agent.workflow) !== canonicalJson(agent))
    .map((agent): LedgerEvent => {
      // A file may return to an earlier content, and a name may change without the file. The time keeps the ids distinct.
      const id = `agent:${agent.workflow}:${agent.blob ?? 'none'}:${now}`;
      return { ...base, id, kind: 'agent.observed', subject: agentSubject(agent.name), data: { agent } };
    });
  const gone = before
    .filter(({ workflow }) => !agents.some((agent) => agent.workflow === workflow))
    .map(({ name, workflow }): LedgerEvent => {
      const id = `agent-gone:${workflow}:${now}`;
      return { ...base, id, kind: 'agent.gone', subject: agentSubject(name), data: { name, workflow } };
    });
  return [...observed, ...gone];
}
