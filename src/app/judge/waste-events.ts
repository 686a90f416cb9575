import type { EventOf, LedgerEvent } from '../../core/event.ts';
import type { Facts } from '../../core/facts.ts';
import { agentSubject } from '../../core/subject.ts';
import { dayOf, type Instant } from '../../core/time.ts';
import { newSavings, outcomeOf, savings } from '../../metrics/waste/advice.ts';

/** The savings this run reports to people, and the outcome of those reported 28 days ago. Pure. */
export function wasteEvents(repo: string, facts: Facts, now: Instant): readonly LedgerEvent[] {
  const pieces = facts.work();
  const advised = savings(facts.waste());
  const predicted = newSavings(advised, facts.savings, now).map((saving): EventOf<'saving.predicted'> => {
    const id = `saving:${saving.agent}:${saving.trigger}:${dayOf(now)}`;
    return { ...head(id, saving.agent, repo, now), kind: 'saving.predicted', data: { saving } };
  });
  const scored = facts.savings.flatMap((mark): readonly EventOf<'saving.scored'>[] => {
    const outcome = outcomeOf(mark, pieces, now);
    if (outcome === null) return [];
    const data = { saving: mark.id, outcome };
    return [{ ...head(`${mark.id}:scored`, mark.agent, repo, now), kind: 'saving.scored', data }];
  });
  return [...predicted, ...scored];
}

function head(
  id: string,
  agent: string,
  repo: string,
  now: Instant,
): Pick<LedgerEvent, 'v' | 'id' | 'at' | 'seen' | 'repo' | 'subject'> {
  return { v: 1, id, at: now, seen: now, repo, subject: agentSubject(agent) };
}
