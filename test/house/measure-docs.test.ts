import { expect, test } from 'vitest';
import type { LedgerEvent } from '../../src/core/event.ts';
import type { Measure } from '../../src/core/measure.ts';
import type { SpoolLine } from '../../src/core/spool-line.ts';
import type { RemoteRun } from '../../src/github/remote.ts';
import { MEASURES } from '../../src/metrics/measure-catalogue.ts';
import { readingOf } from '../../src/metrics/measured.ts';
import { buildEvent } from '../../src/sources/builds/parse.ts';
import { checksEvent } from '../../src/sources/checks/parse.ts';
import { readReport } from '../../src/sources/reports/read.ts';
import { startSum } from '../../src/sources/spool/sum.ts';
import { sessionRecorded } from '../kit/happenings.ts';

const AT = '2026-11-20T12:00:00.000Z';

/** What is measured under a name of Checkrein's own, with the labels that it comes with. */
function measured(): ReadonlyMap<string, readonly string[]> {
  const call = {
    v: 1,
    kind: 'call',
    server: 'github',
    tool: 'get_issue',
    at: AT,
    ms: 7,
    resource: 'octo/garden#7',
  } as const;
  const lines: readonly SpoolLine[] = [
    { ...call, ok: true },
    { ...call, ok: false, error: 'timeout' },
    { v: 1, kind: 'dropped', at: AT, count: 3 },
  ];
  const sum = startSum();
  for (const line of lines) sum.add(line);
  sum.addUnreadable(1, AT);
  const event = sessionRecorded({ run: 1, at: AT });
  const tool = { server: 'github', tool: 'get_issue', calls: 2, errors: 1, denials: 0, latency: null };
  const session = { ...event.data.session, tools: [tool] };
  const recorded: LedgerEvent = {
    ...event,
    id: 'event:1',
    kind: 'event.recorded',
    data: { type: 'release.published', labels: { target: 'npm' } },
  };
  const all = [
    ...sum.measures(),
    ...buildMeasures(),
    ...checkMeasures(),
    ...reportValues(),
    ...readingOf({ ...event, data: { ...event.data, session } }).measured,
    ...readingOf(recorded).measured,
  ];
  return new Map(all.map(({ metric, labels }) => [metric, Object.keys(labels)]));
}

function checkMeasures(): readonly Measure[] {
  const run = { name: 'unit', completed: true, conclusion: 'success', completedAt: AT, title: '3 passed' } as const;
  const checked = { pull: 1, head: 'a'.repeat(40), agent: 'fixer', runs: [run] };
  return checksEvent(checked, { repo: 'octo/garden', now: AT })?.data.measures ?? [];
}

function buildMeasures(): ReturnType<typeof buildEvent>['data']['measures'] {
  const step = {
    name: 'npm test',
    conclusion: 'success',
    startedAt: AT,
    completedAt: '2026-11-20T12:01:00.000Z',
  } as const;
  const times = { createdAt: AT, startedAt: AT, completedAt: '2026-11-20T12:01:00.000Z' };
  const job = { id: 1, name: 'test', conclusion: 'success', ...times, steps: [step] } as const;
  const run: RemoteRun = {
    ...{ id: 1, attempt: 1, workflowId: 1, path: '.github/workflows/ci.yml', trigger: 'push', actor: null, url: '' },
    ...{ status: 'completed', conclusion: 'success', createdAt: AT, startedAt: AT, updatedAt: AT },
  };
  return buildEvent(
    { run, jobs: [job], failures: ['exit code 1'], analyses: [{ job: 'lint', annotations: [] }] },
    { repo: 'octo/garden', now: AT },
  ).data.measures;
}

function reportValues(): readonly { readonly metric: string; readonly labels: object }[] {
  const reports = [
    '<testsuite><testcase time="1"/></testsuite>',
    JSON.stringify({ version: '2.1.0', runs: [{}] }),
    JSON.stringify([{ name: 'parse', unit: 'ms', value: 1 }]),
  ];
  return reports.flatMap((text) => {
    const reading = readReport(Buffer.from(text), 'smaller');
    return reading.ok ? reading.values : [];
  });
}

test('docs/metrics.md lists all measures, with their labels, and no others', () => {
  const found = measured();
  const listed = MEASURES.filter(({ name }) => name !== '*');
  expect(listed.map(({ name }) => name).sort()).toEqual([...found.keys()].sort());
  for (const { name, labels } of listed)
    for (const label of found.get(name) ?? []) expect(labels.split(/[ ,()]+/), `${name}: ${label}`).toContain(label);
});
