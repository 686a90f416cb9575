import { dayOf } from '../../../../core/time.ts';
import { sumKnown } from '../../json/fields.ts';
import { addUsage, type TokenKinds } from '../usage.ts';
import type { TranscriptResponse } from './responses.ts';

/** What the requests of a session to one model used on one day. */
export interface UsageShare {
  /** As written. Null when the record does not say. */
  readonly model: string | null;
  /** The UTC day. Null when the requests have no time. */
  readonly day: string | null;
  readonly tokens: TokenKinds;
  /** The list price in US dollars, or null if there is none. */
  readonly usd: number | null;
}

/** The shares of responses, in the order in which models came, and the days of each. */
export function sharesOf(responses: readonly TranscriptResponse[]): readonly UsageShare[] {
  const byModel = new Map<string | null, Map<string | null, TranscriptResponse[]>>();
  for (const response of responses) {
    const day = response.at === null ? null : dayOf(response.at);
    const days = byModel.get(response.model) ?? new Map<string | null, TranscriptResponse[]>();
    byModel.set(response.model, days);
    const group = days.get(day);
    if (group === undefined) days.set(day, [response]);
    else group.push(response);
  }
  return [...byModel].flatMap(([model, days]) => [...days].map(([day, group]) => shareOf(model, day, group)));
}

function shareOf(model: string | null, day: string | null, responses: readonly TranscriptResponse[]): UsageShare {
  const usages = responses.map(({ usage }) => usage).filter((usage) => usage !== null);
  return { model, day, tokens: addUsage(usages), usd: sumKnown(responses.map(({ usd }) => usd)) };
}
