import type { AgentTerms } from '../../core/agent-terms.ts';
import type { Severity } from '../../core/outcome.ts';
import { namingIn, type ServerNaming } from '../../core/server-names.ts';
import { detailOf, type Session, type ToolUse } from '../../core/session.ts';
import { isListed, powerOf, type ToolPower, toolName } from '../../core/tool-powers.ts';
import type { SignKind } from '../../core/violation.ts';
import type { WeighedSign } from './terms.ts';

/**
 * What a read-only agent did regardless. A shell or the network may be harmless and is no sign if the agent's own list allows it. A
 * refused call is a sign that it tried.
 */
export function readOnlySigns(session: Session, { scope }: AgentTerms): readonly WeighedSign[] {
  if (scope?.read_only !== true) return [];
  const detail = detailOf(session);
  const allowed = scope.tools ?? [];
  const naming = namingIn(session.engine);
  const denied = (detail.deniedTools ?? []).filter((tool) => powerOf(tool) !== 'none');
  const changed = detail.filesChanged?.count ?? 0;
  return [
    ...session.tools.flatMap((use) => toolSign(use, allowed, naming)),
    ...(changed === 0 ? [] : [sign('files_changed', null, changed, 'critical')]),
    ...denied.map((tool) => sign('denied_tool', toolName(tool), tool.calls, 'info')),
    ...(detail.unguarded === true ? [sign('unguarded', null, 1, 'warning')] : []),
  ];
}

const SIGNS: Readonly<Record<Exclude<ToolPower, 'none'>, readonly [SignKind, Severity]>> = {
  write: ['write_tool', 'critical'],
  shell: ['shell_tool', 'warning'],
  network: ['network_tool', 'warning'],
};

/** Failed calls are taken to have changed nothing, except those of a command. */
function toolSign(use: ToolUse, allowed: readonly string[], naming: ServerNaming): readonly WeighedSign[] {
  const power = powerOf(use);
  if (power === 'none' || (power !== 'write' && isListed(allowed, use, naming))) return [];
  const calls = power === 'shell' ? use.calls - refusals(use) : use.calls - use.errors;
  if (calls <= 0) return [];
  const [what, severity] = SIGNS[power];
  // The name is the only hint at what a server's tool does.
  return [sign(what, toolName(use), calls, use.server === null ? severity : 'warning')];
}

function refusals({ errorsByClass = {} }: ToolUse): number {
  const { denied = 0, rejected = 0, misuse = 0 } = errorsByClass;
  return denied + rejected + misuse;
}

function sign(what: SignKind, name: string | null, amount: number, severity: Severity): WeighedSign {
  return { what, name, amount, limit: null, severity };
}
