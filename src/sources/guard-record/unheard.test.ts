import { describe, expect, test } from 'vitest';
import type { RunMark } from '../../core/facts.ts';
import type { RemoteJob } from '../../github/port.ts';
import { unheardGuards } from './unheard.ts';

const AT = '2026-11-20T12:00:00.000Z';
const MARK = { run: 7, attempt: 2, startedAt: AT, updatedAt: AT, workflow: 'w' } as RunMark;
const EXPECTED = { agent: 'fixer', steps: [{ job: 'agent', step: 'Guard', agents: ['Run the agent'] }] };

type Step = RemoteJob['steps'][number];

function step(name: string, conclusion: Step['conclusion'] = 'success'): Step {
  return { name, conclusion };
}

function found(steps: readonly Step[], name = 'agent'): readonly string[] {
  const job = { status: 'completed', conclusion: 'success', createdAt: AT, startedAt: AT, completedAt: AT } as const;
  const jobs = [{ ...job, name, began: true, whole: true, steps }];
  const events = unheardGuards({ mark: MARK, expected: EXPECTED, jobs }, { repo: 'octo/plot', now: AT });
  return events.flatMap((event) =>
    event.kind === 'violation.found' ? event.data.violation.signs.map(({ what }) => what) : [],
  );
}

describe('a run of whose guard nobody knows', () => {
  test.each<[string, readonly Step[], string?]>([
    ['although it let the agent work', [step('Guard'), step('Run the agent'), step('Post Guard')]],
    ['although the agent failed', [step('Set up job'), step('Guard'), step('x'), step('Run the agent', 'failure')]],
    ['in a job of a matrix', [step('Guard'), step('Run the agent')], 'agent (a)'],
  ])('is a violation %s', (_name, steps, job) => {
    expect(found(steps, job)).toEqual(['decision_gone']);
  });

  test.each<[string, readonly Step[], string?]>([
    ['its guard denied', [step('Guard', 'failure'), step('Run the agent', 'skipped')]],
    ['its guard was skipped', [step('Guard', 'skipped'), step('Run the agent')]],
    ['its guard denied and let the job go on', [step('Guard'), step('Run the agent', 'skipped'), step('Tell')]],
    ['its agent was cancelled before it could say anything', [step('Guard'), step('Run the agent', 'cancelled')]],
    ['its agent worked before the guard', [step('Run the agent'), step('Guard')]],
    ['its file had no guard then', [step('Run the agent')]],
    ['GitHub lists no steps', []],
    ['it is another job', [step('Guard'), step('Run the agent')], 'agents'],
  ])('is none where %s', (_name, steps, job) => {
    expect(found(steps, job)).toEqual([]);
  });
});
