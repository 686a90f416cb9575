import { inertMarkdown, plainLine } from '../../core/text.ts';
import type { Kept } from './waiting.ts';

/** For a screen or an annotation. */
export function keptWords({ failure, place, added }: Kept): string {
  const kept = `${added} ${added === 1 ? 'event waits' : 'events wait'} in ${place}`;
  return plainLine(
    `The ledger is away: ${failure.message}. ${failure.remedy}. Nothing was judged and nobody was notified; ${kept} until the ledger is back.`,
    1_000,
  );
}

/** The job summary of a run that could not reach its ledger. */
export function keptSummary(kept: Kept): string {
  const { repo, failure, place, added, complaints } = kept;
  return [
    '## Checkrein: ⚪ the ledger is away',
    '',
    `${inertMarkdown(repo)}: ${inertMarkdown(failure.message, 500)}.`,
    '',
    `- **What was kept:** ${added} ${added === 1 ? 'event' : 'events'} in \`${place}\`. The first run that reaches the ledger again moves them there.`,
    '- **What was not done:** no alert was looked at, no issue was opened or closed, no agent was stopped: what happened before is in the ledger.',
    `- **What to do:** ${inertMarkdown(failure.remedy, 500)}.`,
    ...complaints.map((complaint) => `- ${inertMarkdown(complaint, 400)}`),
    '',
  ].join('\n');
}

/** The report for programs. */
export function keptReport({ repo, failure, place, added, complaints }: Kept): Readonly<Record<string, unknown>> {
  return { repo, status: 'unknown', ledger: null, failure, waiting: { place, added }, complaints };
}
