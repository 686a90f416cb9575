import { type SessionReading, UNKNOWN_DETAIL } from '../../../core/session.ts';
import { between, type Instant } from '../../../core/time.ts';
import { notingPrices, type PriceList } from '../../prices/price-list.ts';
import { keptModels } from '../claude/detail.ts';
import type { Complaint, JoinedReading, JoinedSession, SessionPiece } from '../format.ts';
import { sumKnown } from '../json/fields.ts';
import { billedUnitsIn, chooseCost, chooseTokens, computeCost, reportedMoney } from './figures.ts';
import { gatewayTools } from './gateway.ts';
import { kindOf, saysSomething } from './records.ts';
import { factsOf, type PhaseFacts, type RunFacts, type RunInfo } from './run.ts';

/** The name of the format in readings. */
export const GH_AW_USAGE = 'gh-aw-usage';

/**
 * Reads all files that gh-aw left of one run together. Its totals and the lines of its proxy contain the same figures twice, so
 * they are compared, never added. Threat detection is a session of its own: a different model working in another job.
 */
export function readGhAwRun(pieces: readonly SessionPiece[], price: PriceList): JoinedReading {
  const facts = factsOf(pieces.filter((piece) => !isOfNewShape(piece)));
  const complaints = pieces.filter(isOfNewShape).map(({ path }) => complaintOf(path, shapeIsNew(facts.info.engine)));
  const known = facts.phases.map((phase) => readPhase(phase, facts, price, complaints));
  const onlyTools = facts.phases.every(({ phase }) => phase !== 'agent') && facts.calls !== null;
  const sessions = onlyTools ? [...known, toolsAlone(pieces, facts, price, complaints)] : known;
  if (sessions.length === 0 && facts.info.firewall === false) {
    complaints.push(complaintOf(pieces[0]?.path ?? '', `${NOT_MEASURED}: nothing is known of what the run used`));
  }
  return { sessions, complaints };
}

const NOT_MEASURED = 'gh-aw ran without its firewall, which is what counts tokens';

function readPhase(phase: PhaseFacts, facts: RunFacts, price: PriceList, complaints: Complaint[]): JoinedSession {
  const tokens = chooseTokens(phase);
  const noting = notingPrices(price);
  const computed = computeCost(phase, noting.price);
  const cost = chooseCost(phase, price);
  const billedUnits = billedUnitsIn(phase);
  const unmeasured = tokens.state === 'unknown' && cost.state === 'unknown' && billedUnits === null;
  const reasons = [...tokens.oddities, ...cost.oddities];
  if (unmeasured) reasons.push(facts.info.firewall === false ? NOT_MEASURED : EMPTY);
  complaints.push(...reasons.map((reason) => complaintOf(phase.path, reason)));
  const tools = gatewayTools(facts.calls, facts.activity);
  const isAgent = phase.phase === 'agent';
  const reading: SessionReading = {
    engine: 'gh-aw',
    format: GH_AW_USAGE,
    engineSession: sessionId(facts.info, phase.phase),
    models: modelsOf(phase, facts.info),
    ...timesOf([...(phase.requests ?? []), ...(isAgent ? (facts.calls ?? []) : [])].map(({ at }) => at)),
    outcome: 'unknown',
    turns: null,
    tokens: tokens.value,
    cost: cost.value,
    reportedCost: reportedMoney(phase),
    tools: isAgent ? tools.tools : [],
    denials: null,
    state: {
      tokens: tokens.state,
      cost: cost.state,
      turns: 'unknown',
      tools: isAgent ? tools.state : 'unknown',
      latency: isAgent ? tools.latency : 'unknown',
    },
    detail: {
      ...UNKNOWN_DETAIL,
      billedUnits,
      apiDuration: sumKnown((phase.requests ?? []).map(({ duration }) => duration)),
      computedCost: computed.value,
      computedState: computed.state,
      unpricedModels: keptModels(noting.unpriced()),
    },
  };
  return { path: phase.path, reading, detection: !isAgent };
}

const EMPTY = 'the usage is empty: nothing was measured';

/** A run that only has the gateway's log. */
function toolsAlone(
  pieces: readonly SessionPiece[],
  facts: RunFacts,
  price: PriceList,
  complaints: Complaint[],
): JoinedSession {
  const log = pieces.find(({ document }) => document.records.some((record) => kindOf(record) === 'call'));
  const path = log?.path ?? '';
  const nothing = { phase: 'agent', requests: null, totals: null, totalsDiffer: false, damaged: false, path } as const;
  return readPhase(nothing, facts, price, complaints);
}

function sessionId({ run }: RunInfo, phase: PhaseFacts['phase']): string | null {
  if (run === null) return null;
  return phase === 'agent' ? `gh-aw:${run}` : `gh-aw:${run}:${phase}`;
}

function modelsOf({ requests, totals }: PhaseFacts, info: RunInfo): readonly string[] {
  const asked = (requests ?? []).map(({ model }) => model);
  const told = (totals ?? []).map((record) => record['primary_model'] ?? record['model']);
  const used = [...asked, ...told].filter((model) => typeof model === 'string');
  return keptModels(used.length > 0 ? used : [info.model ?? '']);
}

function timesOf(moments: readonly (Instant | null)[]): Pick<SessionReading, 'startedAt' | 'endedAt' | 'duration'> {
  const known = moments.filter((at) => at !== null).sort();
  const [startedAt, endedAt] = [known[0] ?? null, known.at(-1) ?? null];
  const same = startedAt === null || endedAt === null || startedAt === endedAt;
  return { startedAt, endedAt, duration: same ? null : between(startedAt, endedAt) };
}

/** True for a file that has gh-aw's mark but none of the fields of any of its versions. */
function isOfNewShape({ document: { records } }: SessionPiece): boolean {
  return records.every((record) => {
    const kind = kindOf(record);
    return kind === null || !saysSomething(record, kind);
  });
}

/** The complaint that a gh-aw file has a shape unknown to this version. `engine` is the engine that gh-aw drives, if known. */
export function shapeIsNew(engine: string | null): string {
  const driven = engine === null ? '' : ` with ${engine}`;
  return `format not recognised: a usage file of gh-aw (engine gh-aw${driven}) in a shape that this version does not know`;
}

function complaintOf(path: string, reason: string): Complaint {
  return { path, line: null, byte: null, reason };
}
