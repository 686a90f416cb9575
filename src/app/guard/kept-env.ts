import { plainLine } from '../../core/text.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The name under which the step before the agent saves its environment (`saveState`). */
export const KEPT_ENV = 'checkrein-env';

/**
 * Variables that make a program load other code, trust somebody else or connect elsewhere, and those that set where our own files
 * go. Anything that runs in a step can set them for all later steps (`GITHUB_ENV`), including our own last one. Nobody else can
 * set what the runner itself sets (`GITHUB_*`, `RUNNER_*`, inputs, states).
 */
const BENDING: readonly RegExp[] = [
  /^(?:LD|DYLD)_/,
  /^OPENSSL_(?:CONF|MODULES|ENGINES)$/,
  /^SSL_CERT_(?:FILE|DIR)$/,
  /^NODE_(?:OPTIONS|PATH|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED|USE_ENV_PROXY|USE_SYSTEM_CA)$/,
  /^(?:https?|all|no)_proxy$/i,
  // GitHub Enterprise Server sets none, so the first step to set one would be believed.
  /^ACTIONS_RESULTS_URL$/,
  /^CHECKREIN_SPOOL$/,
];

/** Variables that say where engines keep their sessions. */
const HOMES: readonly string[] = [
  'HOME',
  'USERPROFILE',
  'CLAUDE_CONFIG_DIR',
  'XDG_CONFIG_HOME',
  'CODEX_HOME',
  'COPILOT_HOME',
];

/** What the end of the job needs to know of the initial environment, as text. It contains no secret of ours. */
export function keptEnv(env: Env): string {
  const kept = Object.entries(env).filter(
    ([name, value]) => value !== undefined && (isBending(name) || HOMES.includes(name)),
  );
  return JSON.stringify(Object.fromEntries(kept));
}

/** The environment at the end of the job, restored to what it was at the beginning. */
export interface UnbentEnv {
  readonly env: Readonly<Record<string, string>>;
  /** The names of the restored variables, for people. */
  readonly names: string;
}

/** The environment without what was changed since; null when nothing was changed, or nothing was kept. */
export function unbent(env: Env, kept: string): UnbentEnv | null {
  if (kept === '') return null;
  const before = envIn(kept);
  const all = new Set([...Object.keys(env), ...Object.keys(before)]);
  const names = [...all].filter((name) => isBending(name) && env[name] !== before[name]).sort();
  if (names.length === 0) return null;
  const held = Object.entries(env).filter(([name, value]) => value !== undefined && !names.includes(name));
  const again = names.flatMap((name) => (before[name] === undefined ? [] : [[name, before[name]]]));
  return { env: Object.fromEntries([...held, ...again]), names: plainLine(names.join(', '), 500) };
}

/** Where engines kept their sessions when the job began, by variable name. */
export function homesIn(kept: string): Env {
  const before = kept === '' ? {} : envIn(kept);
  return Object.fromEntries(HOMES.flatMap((name) => (before[name] === undefined ? [] : [[name, before[name]]])));
}

function isBending(name: string): boolean {
  return BENDING.some((one) => one.test(name));
}

/** The runner gives the state of a step to nobody else, so it has the shape in which we wrote it. */
function envIn(kept: string): Env {
  return JSON.parse(kept) as Env;
}
