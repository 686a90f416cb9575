import type { GateAnswer } from '../core/guard.ts';
import type { Halt, HeldWorkflow, Initiator, Resumption } from '../core/halt.ts';
import { formatMoment } from '../core/quantity.ts';
import { plainLine } from '../core/text.ts';

/** What the gate needs to know about the stop. */
export interface HaltSight {
  /** The stop in force; null when there is none. */
  readonly halt: Halt | null;
  readonly held: readonly HeldWorkflow[];
  /** What has been resumed since. */
  readonly resumptions: readonly Resumption[];
}

/** Denies an agent that the stop in force holds: by name, as one of all agents, or because its workflow is still held. */
export function haltGate({ halt, held, resumptions }: HaltSight, name: string, workflow: string | null): GateAnswer {
  if (halt === null) return { gate: 'halt', decision: 'allow', reason: 'No stop is in force.' };
  const isHeld = held.some(({ path }) => path === workflow);
  const isMeant =
    halt.scope.kind === 'all' || halt.scope.names.some((each) => each.toLowerCase() === name.toLowerCase());
  const isFree = resumptions.some(({ released }) => workflow !== null && released.includes(workflow));
  const stop = `Stop ${halt.generation} (${whoOf(halt.by)}, ${formatMoment(halt.at)})`;
  if (isHeld || (isMeant && !isFree)) {
    const why = plainLine(halt.reason, 200);
    const reason = `${stop} holds ${plainLine(name)}: ${why}${/[.!?]$/.test(why) ? '' : '.'} A lead ends it with \`/checkrein resume\`.`;
    return { gate: 'halt', decision: 'deny', reason };
  }
  const rest = isFree ? `${plainLine(name)} was let go of it` : `it is not about ${plainLine(name)}`;
  return { gate: 'halt', decision: 'allow', reason: `${stop} is in force, but ${rest}.` };
}

/** A stop announced by a repository variable, for a job that can ask nothing else. */
export function variableGate(): GateAnswer {
  const reason =
    'The repository variable of the stop says that everything is stopped. A lead ends it with `/checkrein resume`, ' +
    'which sets the variable back; one that a person has set is set back by a person.';
  return { gate: 'halt', decision: 'deny', reason };
}

function whoOf(by: Initiator): string {
  switch (by.kind) {
    case 'person':
      return plainLine(by.actor.login);
    case 'rule':
      return `the rule ${plainLine(by.rule)}`;
    case 'operator':
      return by.login === null ? 'the holder of the token' : plainLine(by.login);
    default:
      return by satisfies never;
  }
}
