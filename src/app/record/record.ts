import type { LedgerEvent } from '../../core/event.ts';
import { repositorySubject } from '../../core/subject.ts';
import type { Instant } from '../../core/time.ts';
import type { Head, Ledger } from '../../ledger/port.ts';
import type { SourceMoment } from '../../sources/progress.ts';
import { type ReportTake, takeReports } from '../../sources/reports/take.ts';
import { measureOf } from '../../sources/spool/sum.ts';
import { type SpoolTake, takeSpool } from '../../sources/spool/take.ts';
import type { World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import type { RecordEntry } from './entry.ts';

/** What to record, and where. */
export interface RecordJob {
  readonly repo: string;
  readonly ledger: Ledger<LedgerState>;
  readonly entries: readonly RecordEntry[];
  /** The folder of the spool. */
  readonly spool: string;
  readonly now: () => Instant;
}

/** What `record --json` prints. */
export interface RecordReport {
  readonly repo: string;
  readonly ledger: { readonly place: string; readonly head: Head | null; readonly appended: number };
  /** Metrics and events that were given by name. */
  readonly metrics: number;
  readonly events: number;
  /** Report files of tests, analysers and benchmarks that were read. */
  readonly reports: number;
  /** What was taken in; null when not asked for. `known` counts events the ledger already had. */
  readonly spool: {
    readonly folder: string;
    readonly files: number;
    readonly lines: number;
    readonly known: number;
  } | null;
  readonly complaints: readonly string[];
}

/**
 * Writes metrics and events to the ledger in one batch, and takes in the spool. Spool files are removed once their content is in
 * the ledger. A run that dies in between leaves them to the next one, which counts nothing twice.
 * @throws OutsideFailure when the ledger or the spool cannot be read or written; the spool is intact then.
 */
export async function record(job: RecordJob, world: Pick<World, 'by' | 'sleep'>): Promise<RecordReport> {
  const { repo, ledger, entries, now } = job;
  const moment = { repo, now: now() };
  const given = entries.flatMap((entry, index) => eventOf(entry, `${world.by}:${index + 1}`, moment) ?? []);
  const reports = await allReports(entries, world.by, moment);
  const spool = entries.some(({ kind }) => kind === 'spool')
    ? await takeSpool(job.spool, moment, { now, sleep: world.sleep })
    : null;
  const { appended, head } = await ledger.append(() => [...given, ...reports.events, ...(spool?.events ?? [])]);
  await spool?.remove();
  return {
    repo,
    ledger: { place: ledger.place, head, appended: appended.length },
    metrics: entries.filter(({ kind }) => kind === 'metric').length,
    events: entries.filter(({ kind }) => kind === 'event').length,
    reports: reports.files,
    spool: spool === null ? null : { folder: job.spool, ...countsOf(spool, appended) },
    complaints: [...reports.complaints, ...(spool?.complaints ?? [])],
  };
}

async function allReports(entries: readonly RecordEntry[], by: string, moment: SourceMoment): Promise<ReportTake> {
  const takes: ReportTake[] = [];
  for (const [index, entry] of entries.entries()) {
    if (entry.kind === 'report') takes.push(await takeReports(entry, `${by}:${index + 1}`, moment));
  }
  return {
    events: takes.flatMap(({ events }) => events),
    complaints: takes.flatMap(({ complaints }) => complaints),
    files: takes.reduce((sum, { files }) => sum + files, 0),
  };
}

function countsOf(
  { files, lines, events }: SpoolTake,
  appended: readonly LedgerEvent[],
): { readonly files: number; readonly lines: number; readonly known: number } {
  const ids = new Set(appended.map(({ id }) => id));
  return { files, lines, known: events.filter(({ id }) => !ids.has(id)).length };
}

/** Null for an entry that is not an event itself. `mark` is unique for each entry that was ever given. */
function eventOf(
  entry: RecordEntry,
  mark: string,
  { repo, now }: { readonly repo: string; readonly now: Instant },
): LedgerEvent | null {
  const base = { v: 1, at: now, seen: now, repo, subject: repositorySubject(repo) } as const;
  switch (entry.kind) {
    case 'metric': {
      const measures = [measureOf(entry.name, entry.labels, now, [entry.value])];
      return { ...base, id: `metric:${mark}`, kind: 'metrics.recorded', data: { measures } };
    }
    case 'event':
      return { ...base, id: `event:${mark}`, kind: 'event.recorded', data: { type: entry.type, labels: entry.labels } };
    case 'report':
    case 'spool':
      return null;
    default:
      return entry satisfies never;
  }
}

/** For people: one line for each thing that was recorded. */
export function recordText({ metrics, events, reports, spool, ledger }: RecordReport): string {
  const many = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
  const given = [
    ...(metrics === 0 ? [] : [many(metrics, 'metric')]),
    ...(events === 0 ? [] : [many(events, 'event')]),
    ...(reports === 0 ? [] : [many(reports, 'report')]),
  ].join(' and ');
  const known = spool === null || spool.known === 0 ? '' : '; part of it was in the ledger already and counts once';
  return [
    ...(given === '' ? [] : [`Recorded ${given} in ${ledger.place}.`]),
    ...(spool === null
      ? []
      : [
          spool.files === 0
            ? `Nothing is in the spool ${spool.folder}.`
            : `Took ${many(spool.lines, 'line')} of ${many(spool.files, 'file')} from the spool ${spool.folder} into ${ledger.place}${known}.`,
        ]),
  ].join('\n');
}
