import type { Engine, SessionReading } from '../../core/session.ts';
import type { Instant } from '../../core/time.ts';
import type { PriceList } from '../prices/price-list.ts';
import type { TranscriptPart } from './claude/transcript/part.ts';
import type { JsonDocument } from './json/document.ts';
import type { TelemetryPart } from './opentelemetry/part.ts';

import type { RunningTotals } from './running-totals.ts';

/** Something that could not be read or does not add up, and where. In our own words, without quoting any content. */
export interface Complaint {
  readonly path: string;
  /** From 1. Null when it concerns the file as a whole. */
  readonly line: number | null;
  /** Offset from the start of the file, from 0. Null when it concerns the file as a whole. */
  readonly byte: number | null;
  readonly reason: string;
}

/** For people: where and why something could not be read. */
export function complaintLine({ path, line, reason }: Complaint): string {
  return `${path}${line === null ? '' : ` line ${line}`}: ${reason}`;
}

/** What a format's reader makes of a document. Complaints are sentences, and the caller adds the path. */
export interface FormatReading {
  readonly sessions: readonly SessionReading[];
  readonly complaints: readonly string[];
  /** Set when other files may hold more of a session: the source of each of `sessions`, in the same order. */
  readonly parts?: readonly TranscriptPart[];
  /** The equivalent for telemetry exports. */
  readonly telemetry?: readonly TelemetryPart[];
  /** Set when totals may continue in a later record of the session: the totals of each of `sessions`, or undefined. */
  readonly running?: readonly (RunningTotals | undefined)[];
  /** Which of `sessions` had something left out that an earlier run did. */
  readonly resumed?: readonly boolean[];
}

/** One kind of session record: how it is recognised by its content, and how it is read. */
interface FormatTraits {
  /** Its name in readings: `claude-execution`. */
  readonly name: string;
  readonly engine: Engine;
  /** For people: `a Claude execution file`. */
  readonly title: string;
  recognises(document: JsonDocument): boolean;
}

/** A format that keeps a whole session in one file. */
interface AloneFormat extends FormatTraits {
  /** Whatever a session did before `since` was counted in the run that it was resumed from. Null counts everything. */
  readonly read: (document: JsonDocument, price: PriceList, since: Instant | null) => FormatReading;
  readonly joined?: never;
}

/** A format that spreads one session over several files. */
interface JoinedFormat extends FormatTraits {
  readonly joined: {
    /** Reads all files of one run. */
    read(pieces: readonly SessionPiece[], price: PriceList): JoinedReading;
    /** The runs that a file says it belongs to. Empty when it does not say. */
    runs(document: JsonDocument): readonly string[];
    /** Why a file that has one of this format's names is not recognised. Null for other names. */
    whyUnknown(path: string): string | null;
  };
}

export type SessionFormat = AloneFormat | JoinedFormat;

/** A file that only yields a session together with others of the same run. */
export interface SessionPiece {
  /** For people. */
  readonly path: string;
  /** Where it was found, with the name of its artifact if known. Distinguishes phases and runs, and is never shown. */
  readonly origin: string;
  readonly hash: string;
  readonly format: SessionFormat;
  readonly document: JsonDocument;
}

/** A session that the files of one run yield together. */
export interface JoinedSession {
  readonly path: string;
  readonly reading: SessionReading;
  /** Whether it is the check of what the agent made, which is work of its own. */
  readonly detection: boolean;
}

/** What the files of one run yield together. */
export interface JoinedReading {
  readonly sessions: readonly JoinedSession[];
  readonly complaints: readonly Complaint[];
}
