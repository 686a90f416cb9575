import type { AgentTerms } from '../core/agent-terms.ts';
import type { Money } from '../core/money.ts';
import type { ChangedFile, Risk } from '../core/passport.ts';
import type { PassportTerms } from '../core/passport-terms.ts';
import type { Authorship, ReviewMark } from '../core/pull.ts';
import type { SessionOutcome } from '../core/session.ts';
import type { Instant } from '../core/time.ts';
import type { PatchLine } from './patch.ts';

/** A file of a change, with its lines. */
export interface ReadFile extends ChangedFile {
  /** Empty if there was nothing to read, or nothing could be. For content stored elsewhere, the pointer to it. */
  readonly lines: readonly PatchLine[];
  readonly modeBefore: string | null;
  /** Another path after the change that differs only in case; null if there is none, or nobody could look. */
  readonly twin: string | null;
  /** `text` when all its lines are known, `same` when none changed, `binary` and `unread` when it is unknown what changed. */
  readonly reading: 'text' | 'same' | 'binary' | 'unread';
}

/** What the base branch recently changed in a file, in lines. */
export interface Gain {
  readonly path: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Another open pull request. */
export interface OtherChange {
  readonly number: number;
  readonly title: string;
  readonly files: readonly ReadFile[];
}

/** What reviews use of an agent's session. */
export interface WorkMark {
  /** Id of its event. */
  readonly id: string;
  readonly run: number | null;
  readonly agent: string;
  readonly at: Instant;
  readonly outcome: SessionOutcome;
  readonly cutOff: boolean;
  readonly cost: Money;
  /** In a form safe to keep. */
  readonly models: readonly string[];
}

/** What is known about the work behind a pull request. */
export interface WorkKnown {
  /** Sessions of the run that made it; empty if none is recorded. */
  readonly sessions: readonly WorkMark[];
  /** Whether that run may still be in progress, or has not been read yet. */
  readonly awaited: boolean;
  /** The 95th percentile of the cost of the agent's sessions, in dollars; null if too few are known. */
  readonly usualUsd: number | null;
}

/** Everything by which a change is judged. Titles, paths and lines are hostile. */
export interface Matter {
  readonly number: number;
  readonly title: string;
  readonly head: string;
  /** Whether its head is in another repository. */
  readonly fromFork: boolean;
  /** As GitHub has it. */
  readonly baseRef: string;
  /** Null if it could not be read. */
  readonly mergeBase: string | null;
  readonly authorship: Authorship;
  readonly files: readonly ReadFile[];
  /** What the configuration lets its agent do; empty if unknown. */
  readonly agentTerms: AgentTerms;
  readonly terms: PassportTerms;
  /** How many commits the base is ahead; null if that could not be read. */
  readonly behind: number | null;
  /** What the base got in the weeks before the change branched off; null if that could not be read. */
  readonly gained: readonly Gain[] | null;
  readonly others: readonly OtherChange[];
  readonly work: WorkKnown;
  /** People's reviews; null if unknown. */
  readonly reviews: readonly ReviewMark[] | null;
}

/** What a check finds. */
export interface Found {
  readonly risk: Risk;
  readonly path: string | null;
  readonly line: number | null;
  readonly reason: string;
}

/** One check of the floor: its question and how it answers it. Pure. */
export interface ReviewCheck {
  readonly name: string;
  readonly title: string;
  /** The question, for the docs. */
  readonly question: string;
  /** What a reviewer can do, in a short imperative sentence. */
  readonly remedy: string;
  readonly find: (matter: Matter) => readonly Found[];
}
