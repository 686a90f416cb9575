import type { LedgerEvent } from '../../core/event.ts';
import type { RunMark } from '../../core/facts.ts';
import { attempt, type Failure } from '../../core/failure.ts';
import { sha256 } from '../../core/hash.ts';
import type { SessionReading } from '../../core/session.ts';
import { plainLine } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import type { AbsenceReason } from '../../core/work-events.ts';
import type { RemoteArtifact, RemoteJob } from '../../github/port.ts';
import type { SessionPiece } from '../sessions/format.ts';
import { absentEvent, beginOf, isLeftover, sessionEvents } from './bind.ts';
import { readGuards } from './read-guards.ts';
import type { RunReader, RunSession, ZipReading } from './run-reader.ts';
import { type RunSpool, startRunSpool } from './run-spool.ts';

/** Artifacts larger than this are read one at a time, because each is held in memory in full. */
const LARGE = 8 * 1_048_576;

/** The result of looking for the sessions of a run. */
export type RunOutcome =
  | { readonly kind: 'settled'; readonly events: readonly LedgerEvent[]; readonly complaints: readonly string[] }
  /** A temporary failure: the run stays awaited. */
  | { readonly kind: 'awaited'; readonly failure: Failure }
  /** Its data may still be on the way, and the next look will find it. */
  | { readonly kind: 'later' };

/** Searches the artifacts of an attempt for sessions and for measurements by its programs. */
export async function readRun(
  reader: RunReader,
  mark: RunMark,
  artifacts: readonly RemoteArtifact[],
): Promise<RunOutcome> {
  const spool = startRunSpool(mark, reader.moment);
  const outcome = await readRecords(reader, mark, artifacts, spool);
  if (outcome.kind !== 'settled') return outcome;
  return {
    kind: 'settled',
    events: [...outcome.events, ...spool.events()],
    complaints: [...outcome.complaints, ...spool.complaints()],
  };
}

async function readRecords(
  reader: RunReader,
  mark: RunMark,
  artifacts: readonly RemoteArtifact[],
  spool: RunSpool,
): Promise<RunOutcome> {
  const pieces: SessionPiece[] = [];
  const inside: RunSession[] = [];
  const complaints: string[] = [];
  const records: Uint8Array[] = [];
  const absences: Absence[] =
    artifacts.length === 0 ? [{ reason: 'no_artifact', detail: 'the run left no artifact' }] : [];
  for (const artifact of artifacts) {
    const found = await readArtifact(reader, artifact, beginOf(mark));
    if (found.kind === 'failed') return { kind: 'awaited', failure: found.failure };
    complaints.push(...found.complaints.map((complaint) => `run ${mark.run}: ${complaint}`));
    await spool.add(found.spools);
    records.push(...found.records);
    pieces.push(...found.pieces);
    inside.push(...found.sessions);
    if (found.absence !== null) absences.push(found.absence);
  }
  const all = await reader.joinPieces(pieces, inside, beginOf(mark));
  complaints.push(...all.complaints.map((complaint) => `run ${mark.run}: ${complaint}`));
  const own = all.sessions.filter((session) => !isLeftover(mark, session));
  if (own.length < all.sessions.length) absences.push(LEFTOVER);
  const guards = await readGuards(reader, mark, records, own);
  if (guards.kind !== 'read') return guards;
  const claimed = guards.claimed.filter((session) => !isLeftover(mark, session));
  const sessions = [...own, ...claimed];
  if (sessions.length > 0) {
    const cutOff = sessions.some(isCutOff) ? [`run ${mark.run}: ${CUT_OFF}`] : [];
    const events = sessionEvents(mark, [own, claimed], onlyJob(reader.agentJobs(mark.workflow)), reader.moment);
    return { kind: 'settled', events: [...events, ...guards.events], complaints: [...complaints, ...cutOff] };
  }
  const absence = await settleAbsence(reader, mark, weightiest(absences), complaints);
  return absence.kind === 'settled' ? { ...absence, events: [...absence.events, ...guards.events] } : absence;
}

const LEFTOVER: Absence = {
  reason: 'not_found_inside',
  detail: 'its artifacts hold the record of an earlier run only',
};

/** The job of a session is known only if the workflow has a single job that runs an agent. */
function onlyJob(jobs: readonly string[]): string | null {
  return jobs.length === 1 ? (jobs[0] ?? null) : null;
}

const CUT_OFF =
  'the record has no end, so its session used at least what is shown: upload it in a step with `if: always()` after the one that runs the agent';

/** These never say for certain how a session ended, however complete they are. */
const WITHOUT_END: readonly string[] = ['claude-transcript', 'gh-aw-usage'];

function isCutOff({ format, outcome, state }: SessionReading): boolean {
  if (WITHOUT_END.includes(format) && state.tokens !== 'partial') return false;
  return outcome === 'unknown' && (state.tokens === 'lower_bound' || state.tokens === 'partial');
}

interface Absence {
  readonly reason: AbsenceReason;
  /** One line in our own words. */
  readonly detail: string;
}

type ArtifactOutcome =
  | {
      readonly kind: 'read';
      readonly sessions: readonly RunSession[];
      readonly complaints: readonly string[];
      readonly pieces: readonly SessionPiece[];
      readonly spools: readonly Uint8Array[];
      readonly records: readonly Uint8Array[];
      readonly absence: Absence | null;
    }
  | { readonly kind: 'failed'; readonly failure: Failure };

async function readArtifact(reader: RunReader, artifact: RemoteArtifact, since: Instant): Promise<ArtifactOutcome> {
  if (artifact.expired) return absent('expired', 'its artifact has expired');
  if (artifact.bytes > reader.maxBytes) return absent('too_large', sizeDetail(artifact.bytes, reader.maxBytes));
  const work = (): Promise<ArtifactOutcome> => readZip(reader, artifact, since);
  return artifact.bytes > LARGE ? await reader.alone(work) : await work();
}

async function readZip(
  { github, maxBytes, readSessions }: RunReader,
  { id, digest, name }: RemoteArtifact,
  since: Instant,
): Promise<ArtifactOutcome> {
  const zip = await attempt(() => github.actions.artifactZip(id, maxBytes));
  if (!zip.ok) return ofDownload(zip.failure, maxBytes);
  if (!isWhole(zip.value, digest)) return { kind: 'failed', failure: DAMAGED };
  const read = await attempt(() => readSessions(zip.value, name, since));
  const refused = read.ok ? read.value.refused : read.failure;
  const reading: ZipReading = read.ok ? read.value : { sessions: [], complaints: [] };
  const { sessions, complaints, pieces = [], spools = [], records = [] } = reading;
  const told = refused === undefined ? complaints : [...complaints, `${refused.message}. ${refused.remedy}`];
  const absence = absenceIn(sessions, complaints, refused);
  return { kind: 'read', sessions, complaints: told, pieces, spools, records, absence };
}

/** A download that was cut off must not pass for a record that the agent never finished. */
const DAMAGED: Failure = {
  kind: 'unreadable',
  message: 'Could not download an artifact: its bytes are not those that GitHub lists the digest of',
  remedy: "The next run tries again; if it stays, see what stands between the runner and GitHub's storage",
  retry: true,
};

function isWhole(zip: Uint8Array, digest: string | null): boolean {
  return digest === null || !digest.startsWith('sha256:') || digest === `sha256:${sha256(zip)}`;
}

function absenceIn(
  sessions: readonly RunSession[],
  complaints: readonly string[],
  refused: Failure | undefined,
): Absence | null {
  if (refused !== undefined) return { reason: 'unreadable', detail: plainLine(refused.message, 160) };
  if (sessions.length > 0) return null;
  return complaints.length > 0
    ? { reason: 'unreadable', detail: 'its artifact holds a session file that could not be read' }
    : { reason: 'not_found_inside', detail: 'its artifacts hold no session file' };
}

function absent(reason: AbsenceReason, detail: string): ArtifactOutcome {
  return {
    kind: 'read',
    sessions: [],
    complaints: [],
    pieces: [],
    spools: [],
    records: [],
    absence: { reason, detail },
  };
}

function ofDownload(failure: Failure, maxBytes: number): ArtifactOutcome {
  const { kind } = failure;
  if (kind === 'gone' || kind === 'not_found') return absent('expired', 'its artifact is gone from GitHub');
  if (kind === 'too_large') return absent('too_large', sizeDetail(null, maxBytes));
  if (failure.retry || kind === 'unauthorized' || kind === 'forbidden') return { kind: 'failed', failure };
  return absent('unreadable', plainLine(failure.message, 160));
}

function sizeDetail(bytes: number | null, maxBytes: number): string {
  const mib = (size: number): string => `${Math.ceil(size / 1_048_576)} MiB`;
  return `its artifact is ${bytes === null ? 'larger' : mib(bytes)}${bytes === null ? ' than' : ', above'} the limit of ${mib(maxBytes)}`;
}

/** The reason that a person can do most about comes first. */
const WEIGHT: readonly AbsenceReason[] = [
  'unreadable',
  'too_large',
  'expired',
  'not_found_inside',
  'no_artifact',
  'skipped',
];

function weightiest(absences: readonly Absence[]): Absence {
  const [first] = [...absences].sort((a, b) => WEIGHT.indexOf(a.reason) - WEIGHT.indexOf(b.reason));
  return first ?? { reason: 'no_artifact', detail: 'the run left no artifact' };
}

/**
 * A job that never began has spent nothing. GitHub gives no other proof of that. This is the normal case where a gate decides
 * whether to call the agent, and where runs are cancelled while queued.
 */
async function settleAbsence(
  reader: RunReader,
  mark: RunMark,
  absence: Absence,
  complaints: readonly string[],
): Promise<RunOutcome> {
  const { github, moment, agentJobs } = reader;
  const settled = ({ reason, detail }: Absence): RunOutcome => ({
    kind: 'settled',
    events: [absentEvent(mark, reason, detail, moment)],
    complaints,
  });
  if (absence.reason !== 'no_artifact') return settled(absence);
  const jobs = await attempt(() => github.actions.jobs(mark.run, mark.attempt));
  if (!jobs.ok)
    return jobs.failure.kind === 'not_found' ? settled(absence) : { kind: 'awaited', failure: jobs.failure };
  const idle = idleness(jobs.value, agentJobs(mark.workflow));
  return settled(idle === null ? absence : { reason: 'skipped', detail: idle });
}

/** Why a run cannot have spent anything. Null when it may have. */
function idleness(jobs: readonly RemoteJob[], agentJobs: readonly string[]): string | null {
  if (!jobs.some(({ began }) => began)) return 'none of its jobs began';
  const own = jobs.filter(({ name }) => agentJobs.some((start) => name === start || name.startsWith(`${start} `)));
  return own.length > 0 && !own.some(({ began }) => began) ? 'the job that runs the agent did not begin' : null;
}
