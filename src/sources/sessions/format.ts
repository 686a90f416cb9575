import type { Engine, SessionReading } from '../../core/session.ts';
import type { Instant } from '../../core/time.ts';
import type { PriceList } from '../prices/price-list.ts';
import type { TranscriptPart } from './claude/transcript/part.ts';
import type { JsonDocument } from './json/document.ts';
import type { TelemetryPart } from './opentelemetry/part.ts';

import type { RunningTotals } from './running-totals.ts';

/** Something that could not be read or does not add up, and where. Our own words: nothing of the content is quoted. */
export interface Complaint {
  readonly path: string;
  /** From 1; null when it concerns the file as a whole. */
  readonly line: number | null;
  /** Offset from the start of the file, from 0; null when it concerns the file as a whole. */
  readonly byte: number | null;
  readonly reason: string;
}

/** For people: where and why something could not be read. */
export function complaintLine({ path, line, reason }: Complaint): string {
  return `${path}${line === null ? '' : ` line ${line}`}: ${reason}`;
}

/** What a format's reader makes of a document. Complaints are sentences; the caller adds the path. */
export interface FormatReading {
  readonly sessions: readonly SessionReading[];
  readonly complaints: readonly string[];
  /** Where other files may hold more of a session: what each of `sessions` was read from, in the same order. */
  readonly parts?: readonly TranscriptPart[];
  /** The same for exports of telemetry. */
  readonly telemetry?: readonly TelemetryPart[];
  /** Where totals may go on counting in a later record of the session: those of each of `sessions`, undefined where they do not. */
  readonly running?: readonly (RunningTotals | undefined)[];
  /** Of which of `sessions` something was left out that an earlier run did. */
  readonly resumed?: readonly boolean[];
}

/** One kind of session record: how it is recognised by its content, and how it is read. */
interface FormatTraits {
  /** As it stands in readings: `claude-execution`. */
  readonly name: string;
  readonly engine: Engine;
  /** For people: `a Claude execution file`. */
  readonly title: string;
  /** Texts of which at least one stands in every file of this kind: a cheap test before anything is parsed. */
  readonly marks: readonly string[];
  recognises(document: JsonDocument): boolean;
}

/** A format of which one file tells a session. */
interface AloneFormat extends FormatTraits {
  /** What a session did before `since` was counted in the run that it was resumed from; null counts all. */
  readonly read: (document: JsonDocument, price: PriceList, since: Instant | null) => FormatReading;
  readonly joined?: never;
}

/** A format that spreads one session over several files. */
interface JoinedFormat extends FormatTraits {
  readonly joined: {
    /** Reads all files of one run. */
    read(pieces: readonly SessionPiece[], price: PriceList): JoinedReading;
    /** The runs that a file tells that it is of; empty when it does not tell. */
    runs(document: JsonDocument): readonly string[];
    /** Why a file is not recognised that bears a name of this format; null for another name. */
    whyUnknown(path: string): string | null;
  };
}

export type SessionFormat = AloneFormat | JoinedFormat;

/** A file that tells of a session only together with others of the same run. */
export interface SessionPiece {
  /** For people. */
  readonly path: string;
  /** Where it lay, with the name of its artifact where that is known: tells phases and runs apart, is never shown. */
  readonly origin: string;
  readonly hash: string;
  readonly format: SessionFormat;
  readonly document: JsonDocument;
}

/** What the files of one run tell together. */
export interface JoinedReading {
  readonly sessions: readonly { readonly path: string; readonly reading: SessionReading }[];
  readonly complaints: readonly Complaint[];
}
