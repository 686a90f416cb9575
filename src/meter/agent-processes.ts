import type { Engine } from '../core/session.ts';
import type { ProcessId, ProcessInfo } from './process-info.ts';
import { environmentOf, lineOf, MARK, peersAt, processes, processOf, treesOf, wordsOf } from './processes.ts';
import { type JobSigns, straysOf } from './strays.ts';

/** What distinguishes the agent's processes from others. */
export interface AgentSigns extends JobSigns {
  /** Null = any engine. */
  readonly engine: Engine | null;
}

/** The processes of the agent, as far as they can be found. */
export interface AgentProcesses {
  /** Notes which process is at the other end of a connection to us. */
  readonly notePeer: (remotePort: number, localPort: number) => void;
  /** The agent's own processes, without what they started. */
  readonly roots: () => readonly ProcessId[];
  /** Whether a process under an engine's name was ever found: what merely connects to us may be a tool that ends at once. */
  readonly isKnown: () => boolean;
  /** The agent and everything it started, including what has detached from it. */
  readonly tree: () => readonly ProcessInfo[];
}

/** What reports to us is the agent or one of its tools. At most this many peers are remembered. */
const MOST_PEERS = 50;

/**
 * Finding the other end means looking at all open files of the machine. Once a peer is known, that is only done this often.
 */
const PEERS_EVERY = 10_000;

/** Finds the agent by the connections to us and by the names under which engines are started. */
export function agentProcesses(signs: AgentSigns): AgentProcesses {
  const peers = new Map<number, ProcessId>();
  const strays = straysOf(signs);
  let nextLook = 0;
  let known = false;
  const sparedOf = (all: readonly ProcessInfo[]): ReadonlySet<number> =>
    new Set([...lineOf(process.pid, all), ...lineOf(signs.worker?.pid ?? process.pid, all)]);
  const roots = (all: readonly ProcessInfo[]): readonly ProcessInfo[] => {
    const spared = sparedOf(all);
    const isAgent = (one: ProcessInfo): boolean =>
      peers.get(one.pid)?.born === one.born || isNamedLikeEngine(one, signs.engine);
    const found = all.filter((one) => !spared.has(one.pid) && isAgent(one) && isOfJob(one, signs, all));
    for (const one of found) strays.noteAgent(one);
    known ||= found.some((one) => isNamedLikeEngine(one, signs.engine));
    return found;
  };
  return {
    notePeer: (remotePort, localPort) => {
      const now = performance.now();
      if (now < nextLook || peers.size >= MOST_PEERS) return;
      if (peers.size > 0) nextLook = now + PEERS_EVERY;
      const found = peersAt(remotePort, localPort).map(processOf);
      for (const peer of found) {
        if (peer === null || peer.pid === process.pid) continue;
        peers.set(peer.pid, peer);
        strays.noteAgent(peer);
      }
    },
    roots: () => roots(processes()),
    isKnown: () => known,
    tree: () => {
      const all = processes();
      const found = roots(all);
      const spared = sparedOf(all);
      return treesOf(
        [
          ...found,
          ...strays.among(
            all.filter(({ pid }) => !spared.has(pid)),
            all,
          ),
        ],
        all,
      );
    },
  };
}

/** A process of a later step: it has our mark, or descends from what runs the steps of this job and of no other. */
function isOfJob({ pid }: ProcessInfo, { mark, worker }: AgentSigns, all: readonly ProcessInfo[]): boolean {
  if (environmentOf(pid)?.get(MARK) === mark) return true;
  return worker?.oneJob === true && lineOf(pid, all).has(worker.pid);
}

/** Folders of the packages that contain the engines. */
const PACKAGES: Readonly<Record<Engine, RegExp>> = {
  claude: /@anthropic-ai\/claude-(?:code|agent-sdk)\//,
  codex: /@openai\/codex\//,
  gemini: /@google\/gemini-cli\//,
  copilot: /@github\/copilot\//,
  'gh-aw': /@anthropic-ai\/claude-code\/|@openai\/codex\/|@google\/gemini-cli\/|@github\/copilot\//,
};
const NAMES: Readonly<Record<Engine, RegExp>> = {
  claude: /claude/i,
  codex: /codex/i,
  gemini: /gemini/i,
  copilot: /copilot/i,
  'gh-aw': /claude|codex|gemini|copilot/i,
};

/**
 * By its program, or by the script that a program such as Node was given. What later steps read or run (`tail -f claude.log`,
 * `bash post-claude-summary.sh`) only mentions the engine.
 */
export function isNamedLikeEngine({ pid, words: told }: ProcessInfo, engine: Engine | null): boolean {
  const [program = '', ...others] = (told ?? wordsOf(pid)).slice(0, 3);
  const runsScripts = RUNS_SCRIPTS.test(nameIn(program));
  const script = (runsScripts ? others.find((word) => !word.startsWith('-')) : undefined) ?? '';
  const engines = engine === null ? ENGINES : [engine];
  return engines.some(
    (one) =>
      PACKAGES[one].test(program) ||
      NAMES[one].test(nameIn(program)) ||
      PACKAGES[one].test(script) ||
      (IS_ENGINE.test(nameIn(script)) && NAMES[one].test(nameIn(script))),
  );
}

/** A script of nothing but an engine's name: what wraps an engine starts it as a process of its own. */
const IS_ENGINE = /^(?:claude|codex|gemini|copilot)(?:-(?:code|cli))?(?:\.\w+)?$/i;
/** Interpreters, and programs that load others. */
const RUNS_SCRIPTS = /^(?:node(?:js)?|bun|deno|tsx|npx|bunx|python[\d.]*|(?:ba|da|z|k|a)?sh|busybox|env|ld-.*)$/;

function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

const ENGINES: readonly Engine[] = ['claude', 'codex', 'gemini', 'copilot'];
