import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../drivers/process.ts';
import { runAction } from '../drivers/run-action.ts';
import { plantPlot } from '../flows/plot.ts';
import { annotations } from '../flows/words.ts';
import { plantGate } from '../kit/gate.ts';

describe.concurrent('the output cost-usd', () => {
  test('is what is known of the day, to the cent', async ({ expect }) => {
    await using plot = await plantPlot();
    // Three runs at $4 each.
    expect((await plot.watch()).outputs).toMatchObject({ 'cost-usd': '12' });
  });

  test('is 0 where everything was read and nothing ran', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0 });
    const { exitCode, outputs, stdout } = await plot.watch();
    expect(exitCode, stdout).toBe(0);
    expect(outputs).toMatchObject({ 'cost-usd': '0', alerts: '0' });
  });

  test('is empty, not 0, where the runs could not be read', async ({ expect }) => {
    await using plot = await plantPlot({ runs: 0 });
    const fault = { kind: 'status', status: 403, body: { message: 'Resource not accessible by integration' } } as const;
    plot.github.faults.add({ path: /\/actions\//, times: Number.POSITIVE_INFINITY, fault });
    const { outputs, stdout } = await plot.watch();
    expect(outputs['cost-usd'], stdout).toBe('');
    expect(outputs['status']).not.toBe('healthy');
  });

  test('is empty when the run ends before it could look', async ({ expect }) => {
    await using plot = await plantPlot({ config: 'mode: loud\n' });
    const { exitCode, outputs } = await plot.watch();
    expect(exitCode).toBe(2);
    expect(outputs).toMatchObject({ status: 'unknown' });
    expect(outputs['cost-usd'] ?? '').toBe('');
  });
});

describe.concurrent('an input without effect', () => {
  test('is told in a warning, and the rest is done as ever', async ({ expect }) => {
    await using plot = await plantPlot();
    const watched = await plot.watch({ inputs: { agent: 'fixer' } });
    expect(watched.exitCode, watched.stdout).toBe(0);
    expect(watched.outputs).toMatchObject({ status: 'critical', 'cost-usd': '12' });
    expect(annotations(watched)).toContain('The input agent has no effect: the command watch looks at all agents.');
    expect(watched.stdout.match(/^::add-mask::/gm)).toHaveLength(1);
  });

  test('is not spoken of where it is not given', async ({ expect }) => {
    await using plot = await plantPlot();
    expect(annotations(await plot.watch())).not.toContain('The input');
  });

  test('is refused where work would go elsewhere than was asked for', async ({ expect }) => {
    await using plot = await plantPlot();
    const { exitCode, stdout } = await plot.watch({ inputs: { 'database-url': 'mysql://ledger:pw@db.test/x' } });
    expect(exitCode).toBe(2);
    expect(stdout).toContain('The address of the ledger is not one that Checkrein knows');
    expect(stdout.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain('pw@');
    expect(plot.github.log.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test.for([
    [
      'explode',
      "has no command 'explode' in this version. It takes auto, watch, guard, stop, resume, drill, record, review or command.",
    ],
    [
      'ingest',
      "The command 'ingest' works on the command line only. The action takes auto, watch, guard, stop, resume, drill, record, review or command.",
    ],
    [
      'wacth',
      "has no command 'wacth' in this version. Did you mean 'watch'? It takes auto, watch, guard, stop, resume, drill, record, review or command.",
    ],
  ] as const)('the command %s is refused', async ([command, message], { expect }) => {
    const { exitCode, stdout, summary } = await runAction({ inputs: { command } });
    expect(exitCode).toBe(2);
    expect(stdout).toContain(message);
    expect(summary).toContain(message);
  });
});

/** What only the step before an agent says. */
const OF_GUARD = ['reason', 'would-be', 'lease', 'left-usd', 'model'];

test('every output of action.yml is set by watch or by guard, and no other', async ({ expect }) => {
  await using plot = await plantPlot();
  await using gate = await plantGate(null);
  const { outputs } = parse(await readFile(join(ROOT, 'action.yml'), 'utf8'));
  const declared = Object.keys(outputs).sort();
  expect(Object.keys((await plot.watch()).outputs).sort()).toEqual(declared.filter((name) => !OF_GUARD.includes(name)));
  expect(Object.keys((await gate.guard({ phases: ['main'] })).outputs).sort()).toEqual(
    [...OF_GUARD, 'decision', 'report'].sort(),
  );
});
