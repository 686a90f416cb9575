import type { WatchJob } from '../../src/app/job.ts';
import { lifeEvents, liveOn } from '../../src/app/judge/live-on.ts';
import { type LedgerState, STATE_TERMS, stateFold } from '../../src/app/state.ts';
import { tell } from '../../src/app/tell/tell.ts';
import { defaultConfig } from '../../src/config/parse.ts';
import type { Config } from '../../src/config/schema.ts';
import type { LedgerEvent } from '../../src/core/event.ts';
import { type Finding, NO_EVIDENCE } from '../../src/core/finding.ts';
import type { Deliverer, Delivery, Notice } from '../../src/core/notice.ts';
import type { Severity } from '../../src/core/outcome.ts';
import { after, type Instant, MINUTE } from '../../src/core/time.ts';
import { type MemoryFiles, memoryStore } from '../../src/ledger/memory-store.ts';
import type { Ledger } from '../../src/ledger/port.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import type { TreeStore } from '../../src/ledger/tree-store.ts';
import { REPO, watchRan } from './happenings.ts';

export const START: Instant = '2026-11-21T12:00:00.000Z';

/** The moment so many minutes after the start. */
export function minute(count: number): Instant {
  return after(START, count * MINUTE);
}

interface Wish {
  readonly severity?: Severity;
  readonly agent?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly trueSince?: Instant;
  readonly explainedBy?: string;
}

/** The answer of a rule that people wrote. */
export function answer(outcome: Finding['outcome'], rule = 'disk_full', wish: Wish = {}): Finding {
  const { severity = 'warning', agent = 'fixer', labels = {}, trueSince, explainedBy = null } = wish;
  const base = { rule, subject: { kind: 'agent', name: agent }, labels, value: 9, limit: 5, unit: 'count' } as const;
  const reason = `It is ${outcome}.`;
  if (outcome !== 'violated') return { ...base, outcome, reason };
  const since = trueSince === undefined ? {} : { trueSince };
  return { ...base, outcome, severity, reason, evidence: NO_EVIDENCE, explainedBy, ...since };
}

/** A receiver that writes down what it hears, as a page, a reminder or an end of one. */
export interface Pager {
  readonly heard: Notice[];
  /** Of each message heard, whether its sender knew that it may have arrived before. */
  readonly again: boolean[];
  readonly deliver: Deliverer;
  /** What it answers from now on; null: that it went well. */
  fails: Exclude<Delivery, { ok: true }> | null;
}

export function pager(): Pager {
  const heard: Notice[] = [];
  const one: Pager = {
    heard,
    again: [],
    fails: null,
    deliver: async (notice, _previous, isAgain = false) => {
      if (one.fails !== null) return one.fails;
      heard.push(notice);
      one.again.push(isAgain);
      return { ok: true, receiver: { ts: String(heard.length) } };
    },
  };
  return one;
}

/** A refusal of a receiver. */
export function refusal(wish: Partial<Exclude<Delivery, { ok: true }>> = {}): Exclude<Delivery, { ok: true }> {
  return { ok: false, error: 'it answered 503', retry: true, unsure: false, waitFor: null, ...wish };
}

export interface Duty {
  readonly files: MemoryFiles;
  readonly pager: Pager;
  config: Config;
  given: WatchJob['given'];
  /** One run: the answers of all rules at a moment, planned, sent and written down. */
  run(now: Instant, findings: readonly Finding[], means?: Means): Promise<void>;
  /** Words of people. */
  say(events: readonly LedgerEvent[]): Promise<void>;
  state(): Promise<LedgerState>;
  events(): Promise<readonly LedgerEvent[]>;
  /** What the pager heard as `channel kind because`. */
  lines(): readonly string[];
  job(now: Instant, means?: Means): WatchJob;
}

export interface Means {
  readonly deliver?: Deliverer | null;
  readonly store?: (store: TreeStore) => TreeStore;
  readonly by?: string;
  /** The clock on the wall, where it is another time. */
  readonly clock?: Instant;
}

/** A repository with a rule, a channel `ops` for it and nothing else. */
export function duty(settings: Partial<Config> = {}): Duty {
  const files: MemoryFiles = { version: 0, files: new Map() };
  const receiver = pager();
  let processes = 0;
  const ledgerOf = (now: Instant, means: Means): Ledger<LedgerState> =>
    treeLedger((means.store ?? ((same) => same))(memoryStore(files)), stateFold, {
      repo: REPO,
      now: () => now,
      sleep: async () => undefined,
      ...STATE_TERMS,
    });
  const one: Duty = {
    files,
    pager: receiver,
    config: { ...defaultConfig(), ...settings },
    given: { policies: {}, routes: routesTo(['ops']) },
    job: (now, means = {}) => {
      processes += 1;
      return {
        ...{ repo: REPO, now, by: means.by ?? `process-${processes}`, config: one.config, given: one.given },
        rollback: null,
        rerun: null,
        trigger: { name: 'schedule', run: null, late: null },
        ledger: ledgerOf(now, means),
        ...{
          waiting: null,
          hear: null,
          sources: [],
          sample: null,
          apply: ['issue'],
          issues: null,
          stop: null,
          eyes: null,
        },
        opinions: null,
        deliver: means.deliver === undefined ? receiver.deliver : means.deliver,
        heartbeat: null,
        home: 'https://example.com/checkrein',
        clock: () => means.clock ?? now,
        sleep: async () => undefined,
        requests: () => 0,
        progress: () => undefined,
      };
    },
    run: async (now, findings, means) => {
      const job = one.job(now, means);
      await job.ledger.append(() => [{ ...watchRan(now), id: `watch:${now}:${job.by}` }]);
      const { state } = await job.ledger.append((before) => lifeEvents(job, liveOn(job, before, findings)));
      await tell(job, state);
    },
    say: async (events) => void (await ledgerOf(START, {}).append(() => events)),
    state: async () => (await ledgerOf(START, {}).read()).state,
    events: async () => {
      const events: LedgerEvent[] = [];
      for await (const event of ledgerOf(START, {}).events()) events.push(event);
      return events;
    },
    lines: () => receiver.heard.map(({ channel, kind, because }) => `${channel} ${kind} ${because}`),
  };
  return one;
}

/** The rules of people that tests use, each told in these channels. */
export function routesTo(channels: readonly string[]): WatchJob['given']['routes'] {
  const route = { channels, escalation: null, runbook: null };
  return { disk_full: route, disk_slow: route, 'notification-failed': { ...route, channels: ['backup'] } };
}
