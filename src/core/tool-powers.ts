import { matchesGlob } from './glob.ts';
import { type ServerNaming, spellingsOf, toolOf } from './server-names.ts';
import type { ToolUse } from './session.ts';

/** What a tool can do to the world; `none` for those that only look or keep notes. */
export type ToolPower = 'write' | 'shell' | 'network' | 'none';

type Named = Pick<ToolUse, 'server' | 'tool'>;

const WRITES: ReadonlySet<string> = new Set([
  ...['edit', 'multiedit', 'write', 'notebookedit', 'str_replace_editor', 'str_replace_based_edit_tool'],
  ...['apply_patch', 'file_change', 'write_file', 'replace', 'create', 'edit_file', 'create_file', 'delete_file'],
]);
const SHELLS: ReadonlySet<string> = new Set([
  ...['bash', 'shell', 'local_shell', 'exec_command', 'command_execution', 'run_shell_command', 'powershell'],
  ...['write_stdin', 'run_in_terminal', 'write_bash', 'unified_exec'],
]);
const NETWORKS: ReadonlySet<string> = new Set([
  ...['webfetch', 'websearch', 'web_search', 'web_fetch', 'google_web_search', 'fetch', 'fetch_webpage'],
]);

/**
 * How the names of tools that change something begin, across all kinds of servers. What follows `__` may be the beginning: a joined
 * name is split at the first, which may belong to the name of the server.
 */
const CHANGES =
  /(?:^_*|__)(?:add|apply|approve|assign|cancel|close|commit|create|delete|dismiss|edit|enable|disable|execute|fork|insert|lock|merge|move|patch|post|publish|push|remove|rename|replace|request|rerun|resolve|restore|revert|run|save|send|set|submit|transfer|trigger|unlock|update|upload|write)(?:[_-]|$)/;
/** A comment changes nothing in the repository, and an agent that only answers writes one. */
const COMMENTS = /comment|reaction|notification/;
const BROWSERS = /(?:^_*|__)(?:browser_|navigate|fetch|http|request_url|open_url|search_web|web_)/;

/** What a tool can do, judged by its name alone. */
export function powerOf({ server, tool }: Named): ToolPower {
  if (server === null) {
    const name = tool.toLowerCase();
    if (WRITES.has(name)) return 'write';
    if (SHELLS.has(name)) return 'shell';
    return NETWORKS.has(name) ? 'network' : 'none';
  }
  const words = tool.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
  if (COMMENTS.test(words) || COMMENTS.test(server.toLowerCase())) return 'none';
  if (CHANGES.test(words)) return 'write';
  return BROWSERS.test(words) ? 'network' : 'none';
}

/** Tools that engines use for notes and their own work. No tool list needs to name them. */
const HOUSEKEEPING: ReadonlySet<string> = new Set([
  ...['todowrite', 'todoread', 'exitplanmode', 'enterplanmode', 'task', 'agent', 'toolsearch', 'skill', 'slashcommand'],
  ...[
    'bashoutput',
    'killshell',
    'killbash',
    'taskoutput',
    'taskstop',
    'taskcreate',
    'taskupdate',
    'tasklist',
    'taskget',
  ],
  ...['structuredoutput', 'askuserquestion', 'listmcpresourcestool', 'readmcpresourcetool', 'tool_search'],
  ...['update_plan', 'write_todos', 'save_memory', 'report_intent', '(other tools)', '(no name)'],
  ...['(tools of the gateway)'],
]);

/** Whether a tool needs no permission. */
export function isHousekeeping({ server, tool }: Named): boolean {
  return server === null && HOUSEKEEPING.has(tool.toLowerCase());
}

/** What Claude Code allows without being told to, and what claude-code-action adds to every list by itself. */
const GIVEN: ReadonlySet<string> = new Set([
  ...['read', 'glob', 'grep', 'ls', 'notebookread', 'edit', 'multiedit', 'write'],
]);
const GIVEN_SERVERS: ReadonlySet<string> = new Set([
  ...['github_comment', 'github_file_ops', 'github_inline_comment', 'github_ci'],
]);

/** Whether a tool can be used without being named in a workflow's list. */
export function isGiven({ server, tool }: Named): boolean {
  return server === null ? GIVEN.has(tool.toLowerCase()) : GIVEN_SERVERS.has(server.toLowerCase());
}

/** How lists and evidence write a tool: `Bash`, `github/get_issue`. */
export function toolName({ server, tool }: Named): string {
  return server === null ? tool : `${server}/${tool}`;
}

/** Whether a list names a tool: as `Bash`, `github/get_*`, `mcp__github__get_issue`, or by its whole server. */
export function isListed(list: readonly string[], call: Named, naming: ServerNaming): boolean {
  const { server, tool } = call;
  if (server === null) return list.some((glob) => matchesGlob(glob, tool));
  const names = [`${server}/${tool}`, `mcp__${server}__${tool}`, `mcp__${server}`, `${server}/*`];
  return list.some((glob) => {
    const spellings = glob.startsWith('mcp__') ? spellingsOf(glob, naming) : [glob];
    if (spellings.some((spelling) => names.some((name) => matchesGlob(spelling, name)))) return true;
    return naming !== 'exact' && isToolOf(glob, call, naming);
  });
}

/** Whether a glob such as `my.server/get_*` names a tool. Names of servers and of tools may contain slashes themselves. */
function isToolOf(glob: string, call: Named, naming: ServerNaming): boolean {
  return [...glob.matchAll(/\//g)].some(({ index }) => {
    const tool = toolOf(glob.slice(0, index), call, naming);
    return tool !== null && spellingsOf(glob.slice(index + 1), naming).some((spelling) => matchesGlob(spelling, tool));
  });
}
