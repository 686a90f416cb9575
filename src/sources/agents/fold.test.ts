import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LedgerEvent } from '../../core/event.ts';
import type { JudgedWorkflow } from '../../core/judged-workflow.ts';
import { after, DAY } from '../../core/time.ts';
import { agentsFold, everKnown } from './fold.ts';

const AT = '2026-11-21T09:00:00.000Z';
const base = { v: 1, at: AT, seen: AT, repo: 'o/r', subject: { kind: 'repository', name: 'o/r' } } as const;

function observed(name: string, workflow: string): LedgerEvent {
  const agent = { name, workflow, engine: null, means: 'cli', reason: 'r', blob: 'b' } as const;
  return { ...base, id: `${name}${workflow}`, kind: 'agent.observed', data: { agent } };
}

function gone(workflow: string): LedgerEvent {
  return { ...base, id: `gone${workflow}`, kind: 'agent.gone', data: { name: 'x', workflow } };
}

function judged(judge: number): LedgerEvent {
  const files: readonly JudgedWorkflow[] = [{ path: 'p', blob: 'b', sign: null, calls: [], onlyCalled: false }];
  return { ...base, id: `judged${judge}`, kind: 'workflows.judged', data: { judge, files: files.slice(judge) } };
}

test('agents are kept by workflow, sorted, and the newest word counts', () => {
  const state = agentsFold.apply(agentsFold.initial, [
    observed('b', '2.yml'),
    observed('a', '__proto__'),
    observed('c', '1.yml'),
    observed('d', '2.yml'),
    gone('1.yml'),
    judged(0),
  ]);
  expect(state.agents.map(({ name, workflow }) => [name, workflow])).toEqual([
    ['d', '2.yml'],
    ['a', '__proto__'],
  ]);
  expect(state).toMatchObject({ judge: 0, files: [{ path: 'p' }] });
});

test('an agent is known since it was first seen, however often it changes, until it goes', () => {
  const at = (moment: string, event: LedgerEvent): LedgerEvent => ({ ...event, at: moment });
  const { since } = agentsFold.apply(agentsFold.initial, [
    at('2026-11-21T09:00:00.000Z', observed('b', '2.yml')),
    at('2026-11-21T10:00:00.000Z', observed('a', '1.yml')),
    at('2026-11-21T11:00:00.000Z', observed('renamed', '2.yml')),
    at('2026-11-21T12:00:00.000Z', gone('1.yml')),
    at('2026-11-21T13:00:00.000Z', observed('back', '1.yml')),
  ]);
  expect(since).toEqual(['2026-11-21T13:00:00.000Z', '2026-11-21T09:00:00.000Z']);
});

test('who went lately is known as long as a run of theirs may go on, unless they are back', () => {
  const state = agentsFold.apply(agentsFold.initial, [
    observed('a', '1.yml'),
    observed('b', '2.yml'),
    observed('c', '3.yml'),
    gone('1.yml'),
    gone('2.yml'),
    gone('never seen.yml'),
    observed('back', '2.yml'),
  ]);
  // GitHub ends a run after 35 days: https://docs.github.com/en/actions/reference/limits
  expect(everKnown(state, after(AT, 35 * DAY)).map(({ name }) => name)).toEqual(['back', 'c', 'a']);
  expect(everKnown(state, after(AT, 36 * DAY)).map(({ name }) => name)).toEqual(['back', 'c']);
});

test('agents that are made and removed without end are not remembered without end', () => {
  const events = Array.from({ length: 300 }, (_, i) => [observed(`a${i}`, `${i}.yml`), gone(`${i}.yml`)]).flat();
  const { gone: kept } = agentsFold.apply(agentsFold.initial, events);
  expect([kept.length, kept[0]?.agent.name, kept.at(-1)?.agent.name]).toEqual([200, 'a100', 'a299']);
});

test('the fold does not depend on how events are cut into batches', () => {
  const all = [observed('a', '1'), observed('b', '1'), observed('c', '2'), gone('1'), gone('2'), judged(0), judged(1)];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...all)), fc.nat(20), (events, cut) => {
      const halves = agentsFold.apply(agentsFold.apply(agentsFold.initial, events.slice(0, cut)), events.slice(cut));
      expect(halves).toEqual(agentsFold.apply(agentsFold.initial, events));
    }),
  );
});
