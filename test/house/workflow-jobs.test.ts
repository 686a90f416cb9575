import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { diagnose } from '../../src/app/doctor/judge.ts';
import { ownJobs } from '../../src/app/doctor/workflow.ts';
import { MINUTE } from '../../src/core/time.ts';

const ROOT = join(import.meta.dirname, '..', '..');

interface Job {
  readonly if?: string;
  readonly 'timeout-minutes'?: number;
  readonly concurrency?: string | { readonly group: string; readonly queue?: string };
  readonly permissions: Readonly<Record<string, string>>;
}

/** The workflows that run Checkrein, with the configuration that asks the most of them: one that stops. */
const FILES = [
  '.github/workflows/checkrein.yml',
  'config/workflows/checkrein.yml',
  'config/workflows/checkrein-drill.yml',
] as const;
const ENFORCING = {
  reruns: true,
  stops: true,
  builds: false,
  rollsBack: false,
  ledgerHere: true,
  variable: null,
  env: [],
  deadline: 15 * MINUTE,
  channels: [],
};
const SPLIT = 'config/workflows/checkrein.yml';

function workflow(path: string): Readonly<Record<string, unknown>> & { readonly jobs: Readonly<Record<string, Job>> } {
  return parse(readFileSync(join(ROOT, path), 'utf8'));
}

function diagnosed(path: string): ReturnType<typeof diagnose> {
  const jobs = ownJobs(path, workflow(path));
  return diagnose(
    { repo: null, files: [path], jobs, unreadable: [], whole: path.endsWith('/checkrein.yml') },
    ENFORCING,
  );
}

const groupOf = ({ concurrency }: Job): string => (typeof concurrency === 'object' ? concurrency.group : '');

describe('the workflows that run Checkrein', () => {
  test.each(FILES)('%s: each job has the permissions that its inputs need, and no other', (path) => {
    const report = diagnosed(path);
    expect(report.jobs.length).toBe(Object.keys(workflow(path).jobs).length);
    expect(report.jobs.flatMap(({ lacks, more, faults, notes }) => [...lacks, ...more, ...faults, ...notes])).toEqual(
      [],
    );
    expect(report).toMatchObject({ ok: true, missing: [] });
  });

  test.each(FILES)('%s: each job ends by itself, and holds a token of nothing but what it lists', (path) => {
    const { permissions, jobs } = workflow(path);
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeLessThanOrEqual(30);
  });

  test('those of the repository itself and those for others are split alike', () => {
    const [ours, theirs] = [FILES[0], FILES[1]].map((path) =>
      Object.entries(workflow(path).jobs).map(([name, job]) => [name, job.permissions, groupOf(job)]),
    );
    expect(ours).toEqual(theirs);
  });
});

describe('the workflow that is split by permission', () => {
  const { jobs } = workflow(SPLIT);

  test('has a job for each hand: what gathers holds no issues, and of the jobs of watch only enforce holds actions: write', () => {
    expect(Object.keys(jobs)).toEqual(['collect', 'respond', 'enforce', 'stop', 'resume', 'command']);
    const holders = (permission: string, access: string): readonly string[] =>
      Object.keys(jobs).filter((name) => jobs[name]?.permissions[permission] === access);
    expect(holders('actions', 'write')).toEqual(['enforce', 'stop', 'resume', 'command']);
    expect(holders('issues', 'write')).toEqual(['respond', 'enforce', 'stop', 'resume', 'command']);
    const reads = { actions: 'read', checks: 'read', issues: 'read', 'pull-requests': 'read', statuses: 'read' };
    expect(jobs['collect']?.permissions).toEqual({ ...reads, contents: 'write' });
  });

  test('what watch does is dealt out: no two of its jobs do the same', () => {
    const does = diagnosed(SPLIT).jobs.map((job) => [job.job, ...job.does]);
    expect(does).toEqual([
      ['collect', 'watch (gather)'],
      ['respond', 'watch (issue)'],
      ['enforce', 'watch (stop, rerun)'],
      ['stop', 'stop'],
      ['resume', 'resume'],
      ['command', 'command'],
    ]);
  });

  test('no job waits in the queue of another, and none of a queue is dropped', () => {
    const groups = Object.values(jobs).map(groupOf);
    expect(new Set(groups).size).toBe(groups.length);
    expect(groups).not.toContain('');
    for (const { concurrency } of Object.values(jobs)) {
      expect(concurrency).toMatchObject({ queue: 'max' });
      expect(concurrency).not.toHaveProperty('cancel-in-progress');
    }
    expect(workflow(SPLIT)).not.toHaveProperty('concurrency');
  });

  test('strangers cannot delay the command of another person: each has a queue, by number', () => {
    expect(groupOf(jobs['command'] as Job)).toMatch(/^checkrein-command-\$\{\{ github\.event\.comment\.user\.id \}\}$/);
  });

  test('a stop by hand and a comment start nothing else', () => {
    expect(jobs['collect']?.if).toContain("github.event_name != 'issue_comment'");
    expect(jobs['stop']?.if).toBe("github.event_name == 'workflow_dispatch' && inputs.command == 'stop'");
    expect(jobs['command']?.if).toContain("github.event_name == 'issue_comment'");
    for (const name of ['respond', 'enforce']) expect(jobs[name]?.if).toContain("needs.collect.result != 'skipped'");
  });
});
