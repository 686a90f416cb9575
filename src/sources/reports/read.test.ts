import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readReport } from './read.ts';
import type { ReportReading } from './reading.ts';

function read(text: string | object, better: 'smaller' | 'bigger' = 'smaller'): ReportReading {
  return readReport(Buffer.from(typeof text === 'string' ? text : JSON.stringify(text)), better);
}

/** Metrics with their labels, and the sum and count of their values. */
function told(reading: ReportReading): object {
  if (!reading.ok) return reading;
  return Object.fromEntries(
    reading.values.map(({ metric, labels, values }) => [
      [metric, ...Object.entries(labels).map(([key, value]) => `${key}=${value}`)].join(' '),
      [values.reduce((sum, value) => sum + value, 0), values.length],
    ]),
  );
}

describe('JUnit XML', () => {
  test('cases are counted one by one, in suites within suites, and their seconds become milliseconds', () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="all" tests="99" failures="99">
        <testsuite name="outer" tests="2" skipped="7">
          <properties><property name="a" value="b"/></properties>
          <testcase classname="a" name="passes" time="1.5"/>
          <testsuite name="inner"><testcase name="fails" time="0.25"><failure message="1 &lt; 2">boom</failure></testcase></testsuite>
          <testcase name="breaks"><error/></testcase>
          <testcase name="waits"><skipped/></testcase>
        </testsuite>
      </testsuites>`;
    expect(told(read(xml))).toEqual({
      'report.tests': [1, 3],
      'report.tests.skipped': [1, 1],
      'report.tests.duration': [1_750, 1],
    });
  });

  // Surefire, "Rerun Failing Tests": a flaky test passes, one that failed every time fails.
  test('a test that passed when it was run again has passed', () => {
    const xml = `<testsuite tests="2" failures="1">
      <testcase name="flaky"><flakyFailure message="first">x</flakyFailure></testcase>
      <testcase name="broken"><failure/><rerunFailure/></testcase>
    </testsuite>`;
    expect(told(read(xml))).toMatchObject({ 'report.tests': [1, 2] });
  });

  test('a suite that lists no cases counts by its attributes, and a report without tests has no pass rate', () => {
    expect(told(read('<testsuite tests="1,010" failures="6" errors="4" skipped="100" time="2"/>'))).toEqual({
      'report.tests': [900, 910],
      'report.tests.skipped': [100, 1],
      'report.tests.duration': [2_000, 1],
    });
    expect(told(read('<testsuites/>'))).toEqual({ 'report.tests.skipped': [0, 1], 'report.tests.duration': [0, 1] });
  });

  test.each([
    ['<testsuite><testcase></testsuite>', 'no well-formed XML'],
    ['<html><body/></html>', 'no test results'],
    ['<!DOCTYPE t [<!ENTITY a "b">]><testsuite><testcase/></testsuite>', 'declares entities'],
    [`${'<testsuite>'.repeat(4_000)}<testcase/>${'</testsuite>'.repeat(4_000)}`, 'nested too deep'],
    ['<testsuite tests="1e9" failures="0"/>', 'more test cases'],
  ])('what is none, or a trap, is refused: %.60s', (xml, problem) => {
    expect(read(xml)).toEqual({ ok: false, problem: expect.stringContaining(problem) });
  });
});

describe('SARIF 2.1.0', () => {
  const run = (results: readonly object[], rules: readonly object[] = []): object => ({
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'ESLint', rules } }, results }],
  });

  test('results count by level: their own, else that of their rule, else a warning', () => {
    const rules = [{ id: 'a', defaultConfiguration: { level: 'error' } }, { id: 'b' }];
    const results = [
      { level: 'note' },
      { ruleId: 'a' },
      { ruleIndex: 0 },
      { ruleId: 'b' },
      { level: 'none' },
      { level: 'blocker' },
    ];
    expect(told(read(run(results, rules)))).toEqual({
      'report.lint tool=ESLint level=error': [2, 1],
      'report.lint tool=ESLint level=warning': [2, 1],
      'report.lint tool=ESLint level=note': [1, 1],
    });
  });

  test('what is suppressed, gone or no failure does not count; a suppression that was rejected is none', () => {
    const results = [
      { suppressions: [{ kind: 'inSource' }] },
      { suppressions: [{ kind: 'external', status: 'rejected' }] },
      { baselineState: 'absent' },
      { kind: 'pass' },
      { kind: 'notApplicable' },
    ];
    expect(told(read(run(results)))).toMatchObject({ 'report.lint tool=ESLint level=warning': [1, 1] });
  });

  test('a clean run is 0, of a tool whose name is kept without secrets or control characters', () => {
    const named = {
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'x\u001b[31m\u202e ghp_0123456789abcdefghijABCDEFGHIJ012345' } } }],
    };
    const text = JSON.stringify(told(read(named)));
    expect(text).toContain('level=error');
    expect(text).not.toMatch(/ghp_0123|\\u001b|\u202e/);
  });

  test('a file without runs is refused', () => {
    expect(read({ version: '2.1.0' })).toMatchObject({ ok: false });
  });
});

describe('benchmarks', () => {
  test('a list of results is read with the direction that was named', () => {
    const list = [
      { name: 'parse', unit: 'ms', value: 12.5, range: '± 1' },
      { name: 'write', unit: '', value: '3' },
    ];
    expect(told(read(list, 'bigger'))).toEqual({
      'report.benchmark benchmark=parse better=bigger unit=ms': [12.5, 1],
      'report.benchmark benchmark=write better=bigger': [3, 1],
    });
  });

  test('of a kept data.js the newest entry of each suite counts, with the direction of its tool', () => {
    const data = {
      entries: {
        go: [
          { tool: 'go', benches: [{ name: 'A', value: 9, unit: 'ns' }] },
          { tool: 'go', benches: [{ name: 'A', value: 8, unit: 'ns' }] },
        ],
        py: [{ tool: 'pytest', benches: [{ name: 'B', value: 7, unit: 'iter/sec' }] }],
      },
    };
    expect(told(read(`window.BENCHMARK_DATA = ${JSON.stringify(data)};\n`))).toEqual({
      'report.benchmark benchmark=go: A better=smaller unit=ns': [8, 1],
      'report.benchmark benchmark=py: B better=bigger unit=iter/sec': [7, 1],
    });
  });

  test.each([
    [[]],
    [[{ name: 'a' }]],
    [[{ value: 1 }]],
    [[{ name: 'a', value: 'fast' }]],
    [[null]],
    [{ entries: { a: [] } }],
  ])('what is not whole is refused: %j', (content) => {
    expect(read(content)).toMatchObject({ ok: false });
  });
});

test.each(['', 'hello', '{', '7', '{"version":"1.0"}'])('what is no report is named as such: %j', (text) => {
  expect(read(text)).toEqual({ ok: false, problem: expect.stringContaining('neither JUnit XML, nor SARIF') });
});

test('whatever bytes come, it answers', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.string().map((text) => `<testsuite>${text}`),
      ),
      (text) => {
        const reading = read(text);
        expect(reading.ok || reading.problem.length > 0).toBe(true);
      },
    ),
    { numRuns: 300, seed: 9 },
  );
});
