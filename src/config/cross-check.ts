import { BUDGET_RULES } from '../budgets/registry.ts';
import { nearest } from '../core/nearest.ts';
import { FED_BY_RERUNS } from '../core/notice-terms.ts';
import { plainLine } from '../core/text.ts';
import { RULES } from '../rules/registry.ts';
import type { Fault } from './explain.ts';

/** What the parts of a configuration say about each other. */
export interface CrossCheck {
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** Looks at the file as written, so that it works even if the schema rejects other parts of it. */
export function crossCheck(value: unknown): CrossCheck {
  const agents = texts(value, 'agents', 'name');
  return {
    errors: [
      ...repeated('agents', 'name', agents),
      ...repeated('agents', 'workflow', texts(value, 'agents', 'workflow')),
      ...repeated('budgets', 'name', texts(value, 'budgets', 'name')),
      ...repeated('plans', 'name', texts(value, 'plans', 'name')),
      ...misspelt(value),
      ...feeding(value),
      ...unreachable(value),
    ],
    warnings: [
      ...strangers('budgets', texts(value, 'budgets', 'agent'), agents),
      ...strangers('plans', texts(value, 'plans', 'agent'), agents),
      ...policiesOfNobody(value),
    ],
  };
}

/** The text under `key` in each entry of a list, with its position in the list. */
function texts(value: unknown, list: string, key: string): readonly (readonly [number, string])[] {
  const entries = member(value, list);
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry, i) => {
    const text = member(entry, key);
    return typeof text === 'string' ? [[i, text] as const] : [];
  });
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function repeated(list: string, key: string, entries: readonly (readonly [number, string])[]): readonly Fault[] {
  const first = new Map<string, number>();
  return entries.flatMap(([i, text]) => {
    const earlier = first.get(text);
    if (earlier === undefined) first.set(text, i);
    const message = `'${plainLine(text)}' is the ${key} of ${list}[${earlier}] already; each must be unique`;
    return earlier === undefined ? [] : [{ path: [list, i, key], message }];
  });
}

/** Budgets and plans for agents that the file does not name. The agents may be discovered, but a typo is as likely. */
function strangers(
  list: string,
  named: readonly (readonly [number, string])[],
  agents: readonly (readonly [number, string])[],
): readonly Fault[] {
  const known = agents.map(([, name]) => name);
  if (known.length === 0) return [];
  return named
    .filter(([, name]) => !known.includes(name))
    .map(([i, name]) => {
      const near = nearest(name, known);
      const hint = near === null ? '' : ` Did you mean '${near}'?`;
      const message = `no agent in this file is called '${plainLine(name)}'; it counts once one of that name is discovered.${hint}`;
      return { path: [list, i, 'agent'], message };
    });
}

/** A response to a rule whose name is almost one of ours is a typo. Other names are those of other rules. */
function misspelt(value: unknown): readonly Fault[] {
  const known = [...BUDGET_RULES, ...RULES].map(({ name }) => name);
  return keys(value, 'responses')
    .filter((name) => !known.includes(name) && !name.includes('='))
    .flatMap((name) => {
      const near = nearest(name, known);
      const message = `there is no option '${plainLine(name)}'. Did you mean '${near}'?`;
      return near === null ? [] : [{ path: ['responses', name], message }];
    });
}

/** A rule that looks for agents which start too often cannot ask for one more start. */
function feeding(value: unknown): readonly Fault[] {
  const responses = member(value, 'responses');
  return FED_BY_RERUNS.flatMap((name) => {
    const asked = member(responses, name);
    const kind = typeof asked === 'string' ? asked : member(asked, 'do');
    const message = `'${name}' counts starts, so that a run which is run again would feed it: ask for stop, pause-agent or deny`;
    return kind === 'retry-run' || kind === 'rerun-failed' ? [{ path: ['responses', name], message }] : [];
  });
}

const GENERAL_POLICIES = ['default', 'critical', 'warning', 'info'];

/** A policy whose name is almost `default` or a severity would never be used. Other names may be those of rules. */
function policiesOfNobody(value: unknown): readonly Fault[] {
  return keys(value, 'escalation')
    .filter((name) => !GENERAL_POLICIES.includes(name))
    .flatMap((name) => {
      const near = nearest(name, GENERAL_POLICIES);
      const message = `this is the policy of a rule called '${plainLine(name)}' alone. Did you mean '${near}'?`;
      return near === null ? [] : [{ path: ['escalation', name], message }];
    });
}

/** People that an escalation level names must be reachable somewhere. */
function unreachable(value: unknown): readonly Fault[] {
  const known = keys(value, 'contacts');
  const policies = member(value, 'escalation');
  return keys(value, 'escalation').flatMap((policy) => {
    const levels = member(policies, policy);
    if (!Array.isArray(levels)) return [];
    return levels.flatMap((level, i) => strangersOf(level, known).map((fault) => faultAt(policy, i, fault)));
  });
}

type Stranger = Fault & { readonly path: readonly [number] };

function strangersOf(level: unknown, known: readonly string[]): readonly Stranger[] {
  const people = member(level, 'contacts');
  if (!Array.isArray(people)) return [];
  return people.flatMap((person, i): readonly Stranger[] => {
    if (typeof person !== 'string' || known.includes(person)) return [];
    const near = nearest(person, known);
    const hint = near === null ? 'Put them under contacts.' : `Did you mean '${near}'?`;
    return [{ path: [i], message: `there is no contact '${plainLine(person)}'. ${hint}` }];
  });
}

function faultAt(policy: string, level: number, { path, message }: Stranger): Fault {
  return { path: ['escalation', policy, level, 'contacts', ...path], message };
}

function keys(value: unknown, group: string): readonly string[] {
  const entries = member(value, group);
  return typeof entries === 'object' && entries !== null && !Array.isArray(entries) ? Object.keys(entries) : [];
}
