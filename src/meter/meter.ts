import type { PriceList } from '../sources/prices/price-list.ts';
import { ofOtherRunner } from '../sources/sessions/other-runner.ts';
import { type AgentProcesses, agentProcesses } from './agent-processes.ts';
import { type BurnWindow, burnWindow } from './burn.ts';
import { type HookJudge, hookJudge } from './hook.ts';
import { type AgentLife, agentLife } from './life.ts';
import type { MeterPlan } from './plan.ts';
import { type Recount, recount } from './recount.ts';
import { type SessionWatch, watchSessions } from './session-files.ts';
import { newStanding, type Standing } from './standing.ts';
import { type TelemetryListener, telemetryListener } from './telemetry.ts';
import { mostOf } from './use.ts';

/** The parts of a running meter. */
export interface Meter {
  readonly plan: MeterPlan;
  readonly sessions: SessionWatch;
  readonly telemetry: TelemetryListener;
  /** What files and telemetry tell. */
  readonly told: Recount;
  readonly hooks: HookJudge;
  readonly agent: AgentProcesses;
  readonly burn: BurnWindow;
  readonly life: AgentLife;
  readonly standing: Standing;
  /** Lets the meter's program finish. */
  end: () => void;
}

/** A meter that has not heard anything yet. */
export function openMeter(plan: MeterPlan, price: PriceList): Meter {
  const { handover, mark, worker } = plan;
  const isOthers = plan.shared ? ofOtherRunner(plan.workspace) : () => false;
  const sessions = watchSessions(plan.roots, { price, since: handover.startedAt }, isOthers);
  const telemetry = telemetryListener(price);
  return {
    ...{ plan, sessions, telemetry },
    told: recount(() => mostOf(sessions.heard(), telemetry.heard())),
    hooks: hookJudge(plan),
    agent: agentProcesses({ mark, worker, engine: handover.engine }),
    burn: burnWindow(),
    life: agentLife(),
    standing: newStanding(Date.now()),
    end: () => undefined,
  };
}
