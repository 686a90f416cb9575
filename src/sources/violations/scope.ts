import type { AgentTerms } from '../../core/agent-terms.ts';
import { matchesGlob } from '../../core/glob.ts';
import type { DeclaredPowers } from '../../core/judged-workflow.ts';
import type { Severity } from '../../core/outcome.ts';
import { isServerOf, namingIn, type ServerNaming } from '../../core/server-names.ts';
import { detailOf, type Session, type SessionDetail, type ToolUse } from '../../core/session.ts';
import { isGiven, isHousekeeping, isListed, powerOf, toolName } from '../../core/tool-powers.ts';
import type { SignKind } from '../../core/violation.ts';
import type { WeighedSign } from './terms.ts';

type Scope = NonNullable<AgentTerms['scope']>;

/** What a session used or touched beyond what the configuration and the workflow file allow its agent. */
export function scopeSigns(
  session: Session,
  { scope = {} }: AgentTerms,
  declared: DeclaredPowers | null,
): readonly WeighedSign[] {
  const detail = detailOf(session);
  const naming = namingIn(session.engine);
  const readOnly = scope.read_only === true;
  const denied = (detail.deniedTools ?? []).filter((tool) => !(readOnly && powerOf(tool) !== 'none'));
  return [
    ...session.tools.filter((use) => isUndeclared(use, naming, scope, declared)).map(toolSign),
    ...serverSigns(session, detail, scope.mcp_servers ?? declared?.servers ?? null),
    ...denied.map((tool) => sign('denied_tool', toolName(tool), tool.calls, 'info')),
    ...unguardedSigns(detail, declared, scope),
    ...fileSigns(detail, scope),
  ];
}

/** The configuration's list is complete. A workflow's list leaves out the engine's built-in tools. */
function isUndeclared(use: ToolUse, naming: ServerNaming, { tools }: Scope, declared: DeclaredPowers | null): boolean {
  if (isHousekeeping(use) || use.calls - refusals(use) <= 0) return false;
  if (tools !== undefined) return !isListed(tools, use, naming);
  if (declared?.tools == null || isGiven(use)) return false;
  return !isListed(declared.tools, use, naming);
}

function toolSign(use: ToolUse): WeighedSign {
  return sign('undeclared_tool', toolName(use), use.calls - refusals(use), 'warning');
}

function refusals({ errorsByClass = {} }: ToolUse): number {
  return (errorsByClass.denied ?? 0) + (errorsByClass.rejected ?? 0) + (errorsByClass.misuse ?? 0);
}

/**
 * Servers that were called or connected but are on no list. A list of connected servers has their own names. What a call names is
 * such a server if the list has it, even if the name could also be a declared one as the engine rewrites it.
 */
function serverSigns(
  { engine, tools }: Session,
  { servers }: SessionDetail,
  allowed: readonly string[] | null,
): readonly WeighedSign[] {
  if (allowed === null) return [];
  const naming = namingIn(engine);
  const connected = (servers ?? []).filter(({ status }) => status === 'connected').map(({ name }) => name);
  const strange = new Map(
    connected.filter((name) => !allowed.some((glob) => matchesGlob(glob, name))).map((name) => [name, 0]),
  );
  for (const use of tools) {
    if (use.server === null) continue;
    if (!strange.has(use.server) && allowed.some((declared) => isServerOf(declared, use, naming))) continue;
    strange.set(use.server, (strange.get(use.server) ?? 0) + use.calls);
  }
  return [...strange].map(([server, count]) => sign('undeclared_server', server, count, 'warning'));
}

/** Asking nobody is normal in a job. It matters more if that overrides limits. */
function unguardedSigns(
  { unguarded }: SessionDetail,
  declared: DeclaredPowers | null,
  { read_only, tools }: Scope,
): readonly WeighedSign[] {
  const severity: Severity = read_only === true || tools !== undefined ? 'warning' : 'info';
  const switches = (declared?.unguarded ?? []).map((name) => sign('unguarded', name, 1, severity));
  return switches.length > 0 || unguarded !== true ? switches : [sign('unguarded', null, 1, severity)];
}

function fileSigns({ filesChanged }: SessionDetail, { paths, max_files }: Scope): readonly WeighedSign[] {
  if (filesChanged === null) return [];
  const strange =
    paths === undefined ? [] : filesChanged.paths.filter((path) => !paths.some((glob) => matchesGlob(glob, path)));
  const many = max_files !== undefined && filesChanged.count > max_files;
  return [
    ...strange.map((path) => sign('path_out_of_scope', path, 1, 'warning')),
    ...(many ? [{ ...sign('too_many_files', null, filesChanged.count, 'warning'), limit: max_files }] : []),
  ];
}

function sign(what: SignKind, name: string | null, amount: number, severity: Severity): WeighedSign {
  return { what, name, amount, limit: null, severity };
}
