import type { LimitHit, SessionDetail } from '../../../core/session.ts';
import { UNKNOWN_DETAIL } from '../../../core/session.ts';
import { filesChangedOf, placeInWorkspace } from '../changed-files.ts';
import { keptModels } from '../claude/detail.ts';
import { asObject, asText } from '../json/fields.ts';
import { repeatsOf } from '../repeats.ts';
import { deniedToolsOf } from '../tool-uses.ts';
import type { Rollout, Row } from './rows.ts';
import type { ToolTally } from './tools.ts';
import type { Turn } from './turns.ts';

/** Details from a thread's own rows, other than tokens, cost and tools. */
export function rolloutDetail(
  { meta, own }: Rollout,
  turns: readonly Turn[],
  tools: ToolTally,
  {
    whole,
    unpriced,
    ...computed
  }: Pick<SessionDetail, 'computedCost' | 'computedState'> & {
    /** True when every request of the thread was answered and the record is complete. */
    readonly whole: boolean;
    readonly unpriced: readonly string[];
  },
): SessionDetail {
  const cwd = own.map(({ payload }) => asText(payload['cwd'])).find((path) => path !== null) ?? asText(meta?.['cwd']);
  const places = tools.changed.map((path) => placeInWorkspace(path, cwd));
  const limits = limitsIn(own);
  return {
    ...UNKNOWN_DETAIL,
    limitsHit: limits.length > 0 || whole ? limits : null,
    cutOff: turns.length === 0 ? null : turns.some(({ outcome }) => outcome === null),
    filesChanged: filesChangedOf(places, whole),
    deniedTools: tools.denials === null ? null : deniedToolsOf(tools.denied),
    repeats: repeatsOf(tools.calls),
    unguarded: isUnguarded(own),
    ...computed,
    unpricedModels: keptModels(unpriced),
  };
}

/** Codex's words for a limit that ended a turn. */
const LIMITS: ReadonlyMap<unknown, LimitHit> = new Map([
  ['budget_limited', 'tokens'],
  ['context_window_exceeded', 'context'],
]);

function limitsIn(own: readonly Row[]): readonly LimitHit[] {
  const words = own.flatMap(({ type, payload }) =>
    type === 'event_msg' ? [payload['reason'], payload['codex_error_info']] : [],
  );
  return [...new Set(words.flatMap((word) => LIMITS.get(word) ?? []))];
}

/** Whether a turn ran without a sandbox. Null when no row mentions a sandbox. */
function isUnguarded(own: readonly Row[]): boolean | null {
  const policies = own
    .filter(({ type }) => type === 'turn_context')
    .map(({ payload }) => asObject(payload['sandbox_policy']))
    .filter((policy) => policy !== null);
  if (policies.length === 0) return null;
  return policies.some((policy) => (policy['type'] ?? policy['mode']) === 'danger-full-access');
}
