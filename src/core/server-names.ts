import { matchesGlob } from './glob.ts';
import type { Engine, ToolUse } from './session.ts';

/**
 * How servers are named in tool calls: `exact`, as they are configured, or joined with the tool in one word, for which Claude Code
 * and Codex rewrite what does not fit into such a word.
 */
export type ServerNaming = 'exact' | 'claude' | 'codex';

/**
 * What becomes `_`, each character for itself; `*` and `?` stay because lists hold globs. The versions of Codex differ in hyphens,
 * so both forms of a name are its own.
 */
const REWRITTEN: Readonly<Record<ServerNaming, readonly RegExp[]>> = {
  exact: [],
  claude: [/[^a-zA-Z0-9_*?-]/g],
  codex: [/[^a-zA-Z0-9_*?-]/g, /[^a-zA-Z0-9_*?]/g],
};

/**
 * How the sessions of an engine name servers. Some rows of Codex have the server apart from the tool, as it is configured, others the
 * name of the call. The records of gh-aw come from any of these engines and from its gateway.
 */
export function namingIn(engine: Engine): ServerNaming {
  if (engine === 'claude') return 'claude';
  return engine === 'codex' || engine === 'gh-aw' ? 'codex' : 'exact';
}

/** A name or glob from a list as tool calls may have it: as it is, and rewritten. */
export function spellingsOf(listed: string, naming: ServerNaming): readonly string[] {
  return [...new Set([listed, ...REWRITTEN[naming].map((characters) => listed.replace(characters, '_'))])];
}

/** The server and the tool of a call. A joined name is split at its first `__`. */
type NamedCall = Pick<ToolUse, 'server' | 'tool'>;

/** Whether a declared server, which may be a glob, is the one that a tool call names. */
export function isServerOf(declared: string, call: NamedCall, naming: ServerNaming): boolean {
  return toolOf(declared, call, naming) !== null;
}

/**
 * The tool that a call names if the declared server is its server, else null. A server with `__` in its name is recognised by the
 * whole joined name, but only if it is declared without wildcards: one that stood for `__` too would let a foreign server choose
 * names for its tools that make it look like a declared one.
 */
export function toolOf(declared: string, { server, tool }: NamedCall, naming: ServerNaming): string | null {
  if (server === null || declared === '') return null;
  const spellings = spellingsOf(declared, naming);
  if (spellings.some((spelling) => matchesGlob(spelling, server))) return tool;
  if (naming === 'exact' || /[*?]/.test(declared)) return null;
  const joined = `${server}__${tool}`;
  const prefix = spellings
    .map((spelling) => `${spelling}__`)
    .find(
      (start) => joined.length > start.length && joined.slice(0, start.length).toLowerCase() === start.toLowerCase(),
    );
  return prefix === undefined ? null : joined.slice(prefix.length);
}
