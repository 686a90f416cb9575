import type { Opinions, Reply } from '../../review/ai/port.ts';
import type { World } from '../shell/world.ts';

/** The environment variable that holds the key. The input `anthropic-api-key` takes precedence. */
export const ANTHROPIC_KEY = 'ANTHROPIC_API_KEY';

const PUBLIC_ADDRESS = 'https://api.anthropic.com';

/**
 * The provider of opinions; null without a key. The library is loaded with the first question, so that runs which ask nothing do
 * not pay for it.
 */
export function opinionsOf({ env }: Pick<World, 'env'>): Opinions | null {
  const apiKey = (env[ANTHROPIC_KEY] ?? '').trim();
  if (apiKey === '') return null;
  const baseUrl = env['ANTHROPIC_BASE_URL'] || PUBLIC_ADDRESS;
  const problem = /^[\x21-\x7e]{1,500}$/.test(apiKey)
    ? addressProblem(baseUrl)
    : 'The key holds characters that no key has';
  if (problem !== null) return { ask: async () => unusable(problem) };
  return {
    ask: async (question) =>
      (await import('../../review/ai/anthropic.ts')).anthropicOpinions({ apiKey, baseUrl }).ask(question),
  };
}

function addressProblem(baseUrl: string): string | null {
  return /^https?:\/\//.test(baseUrl) && URL.canParse(baseUrl) ? null : 'ANTHROPIC_BASE_URL is no web address';
}

function unusable(message: string): Extract<Reply<never>, { kind: 'unavailable' }> {
  const remedy = 'Set the input anthropic-api-key from a secret that holds the key alone';
  return { kind: 'unavailable', failure: { kind: 'invalid', message, remedy, retry: false }, charged: 'nothing' };
}

/** The workflow run of this process; 0 when there is none. */
export function ownRun({ env }: Pick<World, 'env'>): { readonly id: number; readonly attempt: number } {
  const numberOf = (text: string | undefined): number => (/^\d{1,15}$/.test(text ?? '') ? Number(text) : 0);
  return { id: numberOf(env['GITHUB_RUN_ID']), attempt: Math.max(1, numberOf(env['GITHUB_RUN_ATTEMPT'])) };
}
