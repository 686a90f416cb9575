import type { z } from 'zod';
import type { Failure } from '../../core/failure.ts';

/** One question to a model. It has no tools, and nobody but us reads its answer. */
export interface Question<T> {
  readonly model: string;
  /** Ours. */
  readonly system: string;
  /** Contains other people's data, fenced: see `fenced`. */
  readonly text: string;
  /** The schema of the answer. */
  readonly answer: z.ZodType<T>;
  /** The longest answer, in tokens. */
  readonly maxTokens: number;
}

/** What a question used, as billed by the provider. `input` is what was not cached. */
export interface AnswerUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/** The reply. `usage` is null if the answer has none that can be trusted. */
export type Reply<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly usage: AnswerUsage | null }
  | { readonly kind: 'refused' | 'cut_off' | 'unreadable'; readonly usage: AnswerUsage | null }
  | {
      readonly kind: 'unavailable';
      readonly failure: Failure;
      /** Whether the provider may bill it anyway, as for an answer that never arrived. */
      readonly charged: 'nothing' | 'unknown';
    };

/** A model that can be asked for an opinion. Outside failures are in the reply; it throws only for bugs. */
export interface Opinions {
  ask<T>(question: Question<T>): Promise<Reply<T>>;
}
