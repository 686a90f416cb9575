import { writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { dirname, isAbsolute, join } from 'node:path';
import type { MeterCause, MeterReport } from '../core/guard.ts';
import { HOOKS_UNASKED } from '../core/guard-record.ts';
import { fromMs, SECOND } from '../core/time.ts';
import type { PriceList } from '../sources/prices/price-list.ts';
import { endAgent } from './end-agent.ts';
import { cancelRun } from './github-calls.ts';
import { pollHalt } from './halt-poll.ts';
import { STOPPED_FILE } from './hooks/claude.ts';
import { DIALECTS, type Question } from './hooks/dialects.ts';
import type { HookedEngine } from './hooks/engines.ts';
import { isHooked } from './hooks/install.ts';
import { removeHooks } from './hooks/settings-file.ts';
import { causeOf } from './judge.ts';
import { type Meter, openMeter } from './meter.ts';
import type { MeterPlan, MeterReady } from './plan.ts';
import { environmentOf, isAlive, processOf } from './processes.ts';
import { openReceiver } from './receiver.ts';
import { proofOfEnd, sealed, writeReport } from './report-file.ts';
import { sessionRoots } from './roots.ts';
import { standingReport } from './standing.ts';
import { type Heard, isSomething, type MeteredUse, mostOf } from './use.ts';

/** How often to look at files, to report being alive, and to look for the agent's processes. */
const TICK = 250;
const BEAT = 5 * SECOND;
const SEARCH = 3 * SECOND;
/** Once the agent is found, the search slows down. After a stop it speeds up, because the agent may come back. */
const SEARCH_RARELY = 20 * SECOND;
const PATROL = SECOND;

/**
 * Follows the agent's session until the job ends: receives its reports, reads its files, answers its hooks, and ends it when
 * it exceeds a limit or the emergency stop comes into force. Calls `ready` when it listens.
 */
export async function runMeter(
  plan: MeterPlan,
  openPrices: () => Promise<PriceList>,
  ready: (ready: MeterReady) => void,
): Promise<void> {
  let prices: PriceList | null = null;
  const meter = openMeter(plan, (model, usage, at) => prices?.(model, usage, at) ?? null);
  const ended = new Promise<void>((resolve) => {
    meter.end = resolve;
  });
  const { server, port } = await listen(meter);
  tell(meter);
  ready({ port, pid: process.pid, born: processOf(process.pid)?.born ?? '' });
  // The step before the agent does not wait for prices; no file is read before they are loaded.
  prices = await openPrices();
  meter.told.changed();
  const timers = [
    setInterval(() => tick(meter), TICK),
    setInterval(() => beat(meter), BEAT),
    watchLedger(meter),
    setTimeout(() => leave(meter), plan.most),
  ];
  await ended;
  for (const timer of timers) clearInterval(timer);
  server.close();
  server.closeAllConnections();
}

async function listen(meter: Meter): Promise<{ readonly server: Server; readonly port: number }> {
  const { plan, hooks, telemetry, standing, agent } = meter;
  const opened = await openReceiver(plan.key, {
    hook: (asked, engine, mark) => {
      // On a machine with other jobs, their sessions may read the same settings.
      if (plan.shared && mark !== plan.mark) return {};
      if (asked === null) return hooks.unread(engine);
      const question = DIALECTS[engine].read(asked);
      followTranscript(meter, question, engine);
      hooks.hear(question, engine);
      standing.asked = true;
      notice(meter);
      endHidden(meter);
      return hooks.answer(question, engine, standing.stop?.cause ?? null, fromMs(Date.now()));
    },
    telemetry: (record) => {
      if (!telemetry.take(record)) return false;
      meter.told.changed();
      standing.heard.add('telemetry');
      notice(meter);
      endHidden(meter);
      return true;
    },
    end: (proof) => (proof === proofOfEnd(plan.seal) ? sealed(plan.seal, finish(meter)) : null),
    peer: (remotePort) => agent.notePeer(remotePort, opened.port),
    odd: (what) => standing.problems.add(what),
  });
  return opened;
}

/** How many transcripts in unusual places are followed when hooks name them. */
const MOST_TOLD = 20;

function followTranscript({ sessions, standing }: Meter, { transcript }: Question, engine: HookedEngine): void {
  if (transcript === null || !isAbsolute(transcript) || engine === 'copilot') return;
  if (!/\.jsonl?$/.test(transcript) || standing.told.size >= MOST_TOLD) return;
  const folder = dirname(transcript);
  if (standing.told.has(folder)) return;
  standing.told.add(folder);
  sessions.addRoots({ claude: [], codex: [], gemini: [], [engine]: [folder] });
}

/** Something was heard from the agent. */
function notice(meter: Meter): void {
  const { life, standing } = meter;
  // Soon, because it may not live long.
  if (!life.hasBegun()) standing.nextSearch = 0;
  life.heard(performance.now());
  weigh(meter);
}

function tick(meter: Meter): void {
  const { sessions, standing } = meter;
  const now = performance.now();
  sessions.look(now);
  const changed = sessions.read();
  if (changed) meter.told.changed();
  if (changed && (standing.heard.has('files') || isSomething(sessions.heard()))) {
    standing.heard.add('files');
    notice(meter);
  } else weigh(meter);
  if (now >= standing.nextSearch) search(meter, now);
}

/** Looks for the agent regularly, and ends one that came back after its end. */
function search(meter: Meter, now: number): void {
  const { agent, life, standing, plan } = meter;
  lookForAgent(meter);
  const stopped = standing.stop !== null && plan.handover.mode === 'enforce';
  standing.nextSearch = now + (stopped ? PATROL : life.hasBegun() ? SEARCH_RARELY : SEARCH);
  if (stopped && !standing.ending && agent.tree().length > 0) void end(meter);
}

/** The agent's processes show that it has begun, whether it has left, and where it writes. */
function lookForAgent({ agent, life, sessions }: Meter): void {
  const roots = agent.roots();
  const [found, known] = [roots.length > 0, agent.isKnown()];
  // What it left running works for it, or an agent could escape its minutes by forking twice.
  life.looked({ found: found || (known && agent.tree().length > 0), known }, performance.now());
  for (const { pid } of roots) {
    const env = environmentOf(pid);
    if (env !== null) sessions.addRoots(sessionRoots((name) => env.get(name)));
  }
}

/** Compares what was used so far with the limits. */
function weigh(meter: Meter): void {
  const { plan, standing } = meter;
  if (standing.stop !== null) return;
  const { mode } = plan.handover;
  const cause = causeFor(meter);
  if (cause === null) return;
  standing.stop = { cause, at: fromMs(Date.now()), mode, hands: [], took: null };
  standing.stopped = performance.now();
  if (mode === 'enforce') {
    raiseFlag(meter);
    void end(meter);
  }
  tell(meter);
}

/** Why the session must end. Before it does for its minutes, the agent is looked for, since it may have left. */
function causeFor(meter: Meter): MeterCause | null {
  const { plan, standing, told } = meter;
  const judged = (): MeterCause | null => causeOf(plan.handover.limits, useOf(meter, told.heard()), standing);
  const cause = judged();
  if (cause?.kind !== 'limit' || cause.limit !== 'minutes') return cause;
  lookForAgent(meter);
  return judged();
}

function useOf({ hooks, burn, life }: Meter, told: Heard): MeteredUse {
  const now = performance.now();
  const heard = mostOf(told, hooks.heard());
  burn.note(heard.usd, now);
  return { ...heard, minutes: life.minutes(now), usdPerMinute: burn.rate(now) };
}

/** For the hook that can only look at a file. */
function raiseFlag({ plan, standing }: Meter): void {
  try {
    writeFileSync(join(plan.folder, STOPPED_FILE), '');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    standing.problems.add('The flag for hooks could not be written');
  }
}

/** Ends the agent and notes how that went. If it comes back it is ended again, but the run is cancelled only once. */
async function end(meter: Meter): Promise<void> {
  const { plan, standing, agent, hooks } = meter;
  const { github, handover } = plan;
  const first = standing.stop?.hands.length === 0;
  standing.ending = true;
  const cancel = async (): Promise<boolean> => {
    const why = github === null ? NO_TOKEN : await cancelRun(github, handover.repo, handover.errand.run);
    if (why !== null) standing.problems.add(why);
    return why === null;
  };
  const { hands, gone } = await endAgent({
    agent,
    mayHaveLeft: () => agent.isKnown() && !standing.hidden,
    mayLeave: () => hooks.mayLeave(),
    wasTold: () => hooks.wasTold(),
    cancelRun: first ? cancel : null,
  });
  standing.ending = false;
  standing.nextSearch = 0;
  if (standing.stop === null || !first) return;
  const took = gone ? Math.round(performance.now() - standing.stopped) : null;
  standing.stop = { ...standing.stop, hands, took };
  tell(meter);
}

/** What was sent before the agent left may be heard as long afterwards. */
const ECHO = 2 * SECOND;

/**
 * An agent that seemed to have left before it was ended, and reports or asks again, works where its processes are not found. A
 * file proves nothing: it may be found late.
 */
function endHidden(meter: Meter): void {
  const { stop, stopped, ending, hidden } = meter.standing;
  if (stop === null || stop.took === null || stop.hands.length > 0 || ending || hidden) return;
  if (performance.now() < stopped + stop.took + ECHO) return;
  meter.standing.hidden = true;
  void end(meter);
}

const NO_TOKEN = 'The agent could not be ended, and there is no token by which the run could be cancelled';

function watchLedger(meter: Meter): NodeJS.Timeout | undefined {
  const { plan, standing } = meter;
  return pollHalt(plan, {
    problem: (text) => standing.problems.add(text),
    halted: (generation) => {
      standing.halt = generation;
      weigh(meter);
    },
    lost: (how) => {
      if (plan.ledgerLoss === 'tell') return;
      standing.lost = how;
      weigh(meter);
    },
  });
}

/** Reports being alive. A meter whose job is gone has nobody to wait for. */
function beat(meter: Meter): void {
  const { worker } = meter.plan;
  tell(meter);
  if (worker !== null && !isAlive(worker)) leave(meter);
}

/** Ends without the end of the job, and removes its hooks, because nobody else would. */
function leave(meter: Meter): void {
  const { plan } = meter;
  for (const path of plan.settings) removeHooks(path, plan.key);
  finish(meter);
}

/** The end of a job has ten seconds in all. */
const LAST_READING = 3 * SECOND;

function finish(meter: Meter): MeterReport {
  // Reads what was written last, but does not wait for an endless writer.
  meter.sessions.look(Number.POSITIVE_INFINITY);
  const until = performance.now() + LAST_READING;
  while (meter.sessions.read() && performance.now() < until);
  lookForAgent(meter);
  if (wasPassedBy(meter)) meter.standing.problems.add(HOOKS_UNASKED);
  meter.standing.endedAt = fromMs(Date.now());
  const report = tell(meter);
  meter.end();
  return report;
}

/** Whether tools were called in enforce mode without asking the hooks. */
function wasPassedBy({ plan, told, standing }: Meter): boolean {
  if (plan.handover.mode !== 'enforce' || standing.asked || !isHooked(plan.settings, plan.key)) return false;
  return (told.anew().calls ?? 0) > 0;
}

function tell(meter: Meter): MeterReport {
  const { plan, hooks, sessions, telemetry, standing } = meter;
  for (const problem of [...sessions.problems(), ...telemetry.problems()]) standing.problems.add(problem);
  const use = useOf(meter, meter.told.anew());
  const report = standingReport(standing, use, hooks.refused(), fromMs(Date.now()));
  const why = writeReport(plan.folder, plan.seal, report);
  if (why !== null) standing.problems.add(`The meter's report could not be written for a while (${why})`);
  return report;
}
