import type { BilledUnits, SessionDetail } from '../../../core/session.ts';
import { UNKNOWN_DETAIL } from '../../../core/session.ts';
import { filesChangedOf, placeInWorkspace } from '../changed-files.ts';
import { asAmount, asCount, asObject, asText, type JsonObject } from '../json/fields.ts';
import { deniedToolsOf, type ToolCall } from '../tool-uses.ts';
import type { ToolTally } from './tools.ts';

/**
 * Details from the events, other than tokens and tools. `denied` are the decisions that allowed nothing. Null when no decision is
 * recorded.
 */
export function eventDetail(
  events: readonly JsonObject[],
  tally: ToolTally,
  denied: readonly JsonObject[] | null,
): SessionDetail {
  const cutOff = isCutOff(events);
  const asked = requestsIn(events);
  return {
    ...UNKNOWN_DETAIL,
    apiDuration: totalOf(amountsIn(events, SHUTDOWN, 'totalApiDurationMs', asCount)),
    cutOff,
    filesChanged: filesIn(events, !cutOff),
    deniedTools: denied === null ? null : deniedToolsOf(denied.map((event) => toolOf(event, asked, tally))),
    repeats: tally.repeats,
  };
}

const SHUTDOWN: readonly unknown[] = ['session.shutdown'];
/** Events with running totals. */
const COUNTS: readonly unknown[] = ['session.usage_checkpoint', 'session.shutdown'];
const ACTIVE = /^(?:assistant|tool|subagent|user)\./;

/** True when something happened after the last shutdown, or when there is none. */
function isCutOff(events: readonly JsonObject[]): boolean {
  const end = events.findLastIndex(({ type }) => type === 'session.shutdown');
  return end === -1 || events.slice(end + 1).some(({ type }) => ACTIVE.test(asText(type) ?? ''));
}

function amountsIn(
  events: readonly JsonObject[],
  kinds: readonly unknown[],
  field: string,
  read: (value: unknown) => number | null,
): readonly number[] {
  return events.flatMap(({ type, data }) => (kinds.includes(type) ? (read(asObject(data)?.[field]) ?? []) : []));
}

/** Sums running totals. One that fell started over when the session was resumed. Null if there are none. */
function totalOf(totals: readonly number[]): number | null {
  if (totals.length === 0) return null;
  return totals.reduce((sum, total, index) => {
    const before = index === 0 ? 0 : (totals[index - 1] ?? 0);
    return sum + (total < before ? total : total - before);
  }, 0);
}

const NANO = 1e9;

/** What Copilot bills. This is not money, since the cost of a unit depends on the plan. Null when no event since `earlier` says. */
export function unitsSince(earlier: readonly JsonObject[], events: readonly JsonObject[]): BilledUnits | null {
  const nano = since(earlier, events, 'totalNanoAiu', asCount);
  const requests = since(earlier, events, 'totalPremiumRequests', asAmount);
  if (nano === null && requests === null) return null;
  return { aiUnits: nano === null ? null : nano / NANO, premiumRequests: requests === null ? null : rounded(requests) };
}

/** How much a running total grew since the earlier events. */
function since(
  earlier: readonly JsonObject[],
  events: readonly JsonObject[],
  field: string,
  read: (value: unknown) => number | null,
): number | null {
  const totals = amountsIn(events, COUNTS, field, read);
  const before = amountsIn(earlier, COUNTS, field, read);
  if (totals.length === before.length) return null;
  const all = totalOf(totals);
  return all === null ? null : all - (totalOf(before) ?? 0);
}

/** A request counts by its model's multiplier, which has two decimals. Further digits of a sum are rounding errors. */
function rounded(requests: number): number {
  return Math.round(requests * 1e4) / 1e4;
}

/** Only a shutdown says which files were changed. */
function filesIn(events: readonly JsonObject[], ended: boolean): SessionDetail['filesChanged'] {
  const context = asObject(
    events.map(({ data }) => asObject(data)?.['context']).find((each) => asObject(each) !== null),
  );
  const root = asText(context?.['gitRoot']) ?? asText(context?.['cwd']);
  const lists = events.flatMap(({ type, data }) => {
    const files = type === 'session.shutdown' ? asObject(asObject(data)?.['codeChanges'])?.['filesModified'] : null;
    return Array.isArray(files) ? [files] : [];
  });
  const paths = lists.flat().flatMap((path) => asText(path) ?? []);
  return filesChangedOf(
    paths.map((path) => placeInWorkspace(path, root)),
    ended && lists.length > 0,
  );
}

/** The permissions that were asked for, by the ids of the requests. Of several with one id the first one counts. */
function requestsIn(events: readonly JsonObject[]): ReadonlyMap<string, JsonObject | null> {
  const asked = new Map<string, JsonObject | null>();
  for (const { type, data } of events) {
    const id = type === 'permission.requested' ? asText(asObject(data)?.['requestId']) : null;
    if (id !== null && !asked.has(id)) asked.set(id, asObject(asObject(data)?.['permissionRequest']));
  }
  return asked;
}

/** The tool that a decision is about: from the call, otherwise from the request in the engine's own words. */
function toolOf(
  decision: JsonObject,
  asked: ReturnType<typeof requestsIn>,
  { named }: ToolTally,
): Pick<ToolCall, 'server' | 'tool'> {
  const data = asObject(decision['data']);
  const request = asText(data?.['requestId']);
  const wanted = request === null ? null : (asked.get(request) ?? null);
  const call = asText(data?.['toolCallId']) ?? asText(wanted?.['toolCallId']);
  return (call === null ? null : named(call)) ?? { server: null, tool: asText(wanted?.['kind']) };
}
