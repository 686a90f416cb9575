import type { Agent } from '../../core/agent.ts';
import type { AgentSign, JudgedWorkflow } from '../../core/judged-workflow.ts';
import { plainLine } from '../../core/text.ts';
import type { RemoteWorkflow } from '../../github/port.ts';
import { DYNAMIC_AGENTS } from './known.ts';

/** An agent named in the configuration. */
export interface ConfiguredAgent {
  readonly name: string;
  /** Path of its workflow file. */
  readonly workflow: string;
}

interface Candidate extends AgentSign {
  readonly workflow: string;
  readonly blob: string | null;
  readonly wished: string;
}

/**
 * All agents of a repository by workflow path, each with a unique name: the files that run one, those that call such a file, those
 * that GitHub runs itself, and those in the configuration. Configured names win, then the names that workflows have in the ledger,
 * because a new file must not take over another one's history and budget.
 */
export function nameAgents(
  files: readonly JudgedWorkflow[],
  dynamic: readonly Candidate[],
  configured: readonly ConfiguredAgent[],
  known: readonly Agent[] = [],
): readonly Agent[] {
  const names = new Map<string, string>();
  for (const { workflow, name } of configured) {
    if (!names.has(workflow)) names.set(workflow, plainLine(name));
  }
  const wanted = new Set(names.values());
  const found = [...fileCandidates(files), ...dynamic];
  const missing = [...names.keys()].filter((path) => !found.some(({ workflow }) => workflow === path));
  const all = [...found, ...missing.map((path) => configuredCandidate(path, files))].sort(byWorkflow);
  for (const { workflow, name } of known) {
    const lives = all.some((candidate) => candidate.workflow === workflow);
    if (lives && !names.has(workflow) && !wanted.has(name)) names.set(workflow, name);
  }
  const taken = new Set(names.values());
  return all.map(({ wished, workflow, engine, means, reason, blob }) => {
    const name = names.get(workflow) ?? freeName(wished, workflow, taken);
    taken.add(name);
    return { name, workflow, engine, means, reason, blob };
  });
}

function byWorkflow(a: Candidate, b: Candidate): number {
  return a.workflow < b.workflow ? -1 : 1;
}

function fileCandidates(files: readonly JudgedWorkflow[]): readonly Candidate[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return files.flatMap((file) => {
    const sign = file.onlyCalled ? null : (file.sign ?? calledSign(file, byPath));
    return sign === null ? [] : [{ ...sign, workflow: file.path, blob: file.blob, wished: baseName(file.path) }];
  });
}

/** A workflow that calls an agent's workflow is where its runs show up. GitHub allows such calls ten levels deep. */
function calledSign(file: JudgedWorkflow, byPath: ReadonlyMap<string, JudgedWorkflow>, depth = 0): AgentSign | null {
  for (const path of depth < 10 ? file.calls : []) {
    const called = byPath.get(path);
    const sign = called === undefined ? null : (called.sign ?? calledSign(called, byPath, depth + 1));
    if (sign !== null) return { ...sign, reason: `calls ${plainLine(path)}, which ${sign.reason}`, jobs: [] };
  }
  return null;
}

function configuredCandidate(path: string, files: readonly JudgedWorkflow[]): Candidate {
  return {
    engine: null,
    means: 'configured',
    reason: 'named in the configuration',
    jobs: [],
    workflow: path,
    blob: files.find((file) => file.path === path)?.blob ?? null,
    wished: baseName(path),
  };
}

/** The agents among the workflows without a file, which GitHub runs itself. */
export function dynamicAgents(workflows: readonly RemoteWorkflow[]): readonly Candidate[] {
  return workflows.flatMap(({ path }) => {
    const known = DYNAMIC_AGENTS.find(({ prefix }) => path.startsWith(prefix));
    if (known === undefined) return [];
    const sign: AgentSign = { engine: known.engine, means: 'action', reason: 'GitHub runs it itself', jobs: [] };
    return [{ ...sign, workflow: path, blob: null, wished: known.name }];
  });
}

function baseName(path: string): string {
  return fileName(path).replace(/(\.lock)?\.ya?ml$/i, '');
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function freeName(wished: string, workflow: string, taken: ReadonlySet<string>): string {
  const base = plainLine(wished) || 'agent';
  if (!taken.has(base)) return base;
  const whole = plainLine(fileName(workflow)) || base;
  if (!taken.has(whole)) return whole;
  let number = 2;
  while (taken.has(`${base}-${number}`)) number += 1;
  return `${base}-${number}`;
}
