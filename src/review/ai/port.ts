import type { z } from 'zod';
import type { Failure } from '../../core/failure.ts';

/** One question to a model. It gets no tools, and nobody but us reads its answer. */
export interface Question<T> {
  readonly model: string;
  /** Ours. */
  readonly system: string;
  /** Holds the data of others, fenced: see `fenced`. */
  readonly text: string;
  /** What the answer must look like. */
  readonly answer: z.ZodType<T>;
  /** The longest answer. */
  readonly maxTokens: number;
}

/** What a question used, as the provider bills it. `input` is what was not cached. */
export interface AnswerUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
}

/** What came back. `usage` is null where the answer tells none that can be believed. */
export type Reply<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly usage: AnswerUsage | null }
  | { readonly kind: 'refused' | 'cut_off' | 'unreadable'; readonly usage: AnswerUsage | null }
  | {
      readonly kind: 'unavailable';
      readonly failure: Failure;
      /** Whether the provider may bill what it did all the same, as for an answer that never arrived. */
      readonly charged: 'nothing' | 'unknown';
    };

/** A model that can be asked for an opinion. Whatever goes wrong outside is in the reply; nothing is thrown but bugs. */
export interface Opinions {
  ask<T>(question: Question<T>): Promise<Reply<T>>;
}
