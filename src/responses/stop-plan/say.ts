import { formatMoment } from '../../core/quantity.ts';
import { inertMarkdown } from '../../core/text.ts';
import { sayWord } from '../remedy/word.ts';
import type { SparedAgent, StopVerdict } from './plan.ts';

/** The stop that a rule asks for, as one line of inert markdown for the alert's issue. */
export function sayStop(verdict: StopVerdict): string {
  switch (verdict.kind) {
    case 'would_have':
      return `in shadow mode nothing was stopped. With \`mode: enforce\` Checkrein **would have stopped** ${names(verdict.agents)}.${spare(verdict.spared)}`;
    case 'planned':
      return `the rule asks for a stop of ${names(verdict.agents)}, which is being carried out.${spare(verdict.spared)}`;
    case 'done':
      return `the agents that this is about were **stopped** on ${formatMoment(verdict.at)} (stop ${verdict.generation}). Within one episode a rule stops once.`;
    case 'in_force':
      return `stop ${verdict.generation} was in force already and holds for the agents that this is about.`;
    case 'resumed':
      return `nothing more: the agents that this is about were resumed by a person on ${formatMoment(verdict.at)}, while this alert was active.`;
    case 'held':
      return `**not stopped:** the rule asks for a stop of ${names(verdict.agents)}, but rules may stop only ${often(verdict.most)} within 24 hours (\`${verdict.by}\`). A person can: \`checkrein stop\`.`;
    case 'cooling':
      return `**not stopped:** the rule asks for a stop of ${names(verdict.agents)}, but the last one for this alert was too lately; until ${formatMoment(verdict.until)} only a person can: \`checkrein stop\`.`;
    case 'awaits_approval':
      return `**not stopped yet:** the rule asks for a stop of ${names(verdict.agents)}. ${sayWord(verdict.word)}`;
    case 'rejected':
      return `**not stopped:** the rule asks for a stop, and ${inertMarkdown(verdict.by)} said no.`;
    case 'nothing':
      return `the rule asks for a stop, but there is nothing that may be stopped.${spare(verdict.spared)}`;
    default:
      return verdict satisfies never;
  }
}

function often(times: number): string {
  return times === 1 ? 'once' : `${times} times`;
}

function names(agents: readonly string[]): string {
  const shown = agents.slice(0, MOST_NAMES).map((name) => inertMarkdown(name, 60));
  const more = agents.length - shown.length;
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`;
}

const MOST_NAMES = 20;

function spare(spared: readonly SparedAgent[]): string {
  const told = spared
    .slice(0, MOST_NAMES)
    .map(({ agent, reason }) => `${inertMarkdown(agent, 60)} (${inertMarkdown(reason, 160)})`);
  return told.length === 0 ? '' : ` Left alone: ${told.join(', ')}.`;
}
