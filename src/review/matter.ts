import type { AgentTerms } from '../core/agent-terms.ts';
import type { Money } from '../core/money.ts';
import type { ChangedFile, Risk } from '../core/passport.ts';
import type { PassportTerms } from '../core/passport-terms.ts';
import type { Authorship, ReviewMark } from '../core/pull.ts';
import type { SessionOutcome } from '../core/session.ts';
import type { Instant } from '../core/time.ts';
import type { PatchLine } from './patch.ts';

/** A file of a change, read. */
export interface ReadFile extends ChangedFile {
  /** Empty where there was nothing to read, or nothing could be. Of content that is kept elsewhere, what points to it. */
  readonly lines: readonly PatchLine[];
  readonly modeBefore: string | null;
  /** Another path after the change that differs from its own in capitals alone; null where there is none, or nobody could look. */
  readonly twin: string | null;
  /** `text` when all its lines are known, `same` when none changed, `binary` and `unread` when nobody knows what changed. */
  readonly reading: 'text' | 'same' | 'binary' | 'unread';
}

/** What the base branch got lately in a file, in lines. */
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

/** A session of an agent, as far as reviews go by it. */
export interface WorkMark {
  /** Id of its event. */
  readonly id: string;
  readonly run: number | null;
  readonly agent: string;
  readonly at: Instant;
  readonly outcome: SessionOutcome;
  readonly cutOff: boolean;
  readonly cost: Money;
  /** As they may be kept. */
  readonly models: readonly string[];
}

/** What is known of the work that a pull request came from. */
export interface WorkKnown {
  /** Of the run that made it; empty where none is on record. */
  readonly sessions: readonly WorkMark[];
  /** Whether that run may still be going on, or was not read yet. */
  readonly awaited: boolean;
  /** The 95th percentile of what a session of the agent costs, in dollars; null where too few are known. */
  readonly usualUsd: number | null;
}

/** All that a change is judged by. Titles, paths and lines are hostile. */
export interface Matter {
  readonly number: number;
  readonly title: string;
  readonly head: string;
  /** Whether its head lies in another repository. */
  readonly fromFork: boolean;
  /** As GitHub has it. */
  readonly baseRef: string;
  /** Null where it could not be read. */
  readonly mergeBase: string | null;
  readonly authorship: Authorship;
  readonly files: readonly ReadFile[];
  /** What the configuration lets its agent do; empty where that is not known. */
  readonly agentTerms: AgentTerms;
  readonly terms: PassportTerms;
  /** Commits that the base is ahead; null where that could not be read. */
  readonly behind: number | null;
  /** What the base got in the weeks before the change parted from it; null where that could not be read. */
  readonly gained: readonly Gain[] | null;
  readonly others: readonly OtherChange[];
  readonly work: WorkKnown;
  /** What people said of it; null where that is not known. */
  readonly reviews: readonly ReviewMark[] | null;
}

/** What a check finds. */
export interface Found {
  readonly risk: Risk;
  readonly path: string | null;
  readonly line: number | null;
  readonly reason: string;
}

/** One check of the floor: what it asks and how it answers. Pure. */
export interface ReviewCheck {
  readonly name: string;
  readonly title: string;
  /** What it asks, for the documents. */
  readonly question: string;
  /** What a reviewer can do, in a short imperative sentence. */
  readonly remedy: string;
  readonly find: (matter: Matter) => readonly Found[];
}
