import { expect, test } from 'vitest';
import { after, HOUR, MINUTE } from '../../src/core/time.ts';
import { answer, assistant, type Fields, lines, prompt, usage } from '../kit/transcript-rows.ts';
import { EVENING, plantPlot, readLedger } from './plot.ts';

const INPUT = { command: 'cat /home/somebody/plans-of-the-company.txt' };

/** A transcript of a session that makes one and the same call so often; each call was asked for in a response of its own. */
function transcript(times: number, startedAt: string): string {
  const at = (index: number): Fields => ({ timestamp: after(startedAt, index * 1_000) });
  const rows = Array.from({ length: times }, (_, index) => [
    assistant(
      `m${index}`,
      { model: 'claude-sonnet-4-5', usage: usage(10, 10) },
      [{ type: 'tool_use', id: `t${index}`, name: 'Bash', input: INPUT }],
      at(index),
    ),
    answer(`t${index}`, { is_error: true, content: 'Exit code 1\nno such file' }, at(index)),
  ]);
  return lines([prompt('look', at(0)), ...rows.flat()]);
}

test('a session that makes the same call again and again opens an issue, which ends when it is long over', async () => {
  await using plot = await plantPlot({ config: 'version: 1\n' });
  const startedAt = after(EVENING, -2 * HOUR);
  const run = plot.github.addRun({ workflow: plot.fixer, createdAt: startedAt });
  const files = { 's1.jsonl': transcript(14, startedAt) };
  plot.github.addArtifact(run, 'agent-output', files, { createdAt: after(startedAt, MINUTE) });

  const first = await plot.watch();
  expect(first.exitCode, first.stdout).toBe(0);
  const issue = plot.github.world.issues.find(({ title }) => title.includes('repeats the same call'));
  expect(issue?.body).toContain('Bash with the same input 14 times in a row');
  expect(issue?.state).toBe('open');
  const { events } = await readLedger(plot);
  const kept = events.flatMap((event) => (event.kind === 'session.recorded' ? [event.data.session] : []));
  const told = kept.map(({ detail }) => detail?.repeats).filter((repeats) => repeats?.inARow.calls !== 1);
  expect(told).toEqual([
    { inARow: { server: null, tool: 'Bash', calls: 14 }, most: { server: null, tool: 'Bash', calls: 14 } },
  ]);
  expect(JSON.stringify([events, plot.github.world.issues, first.stdout])).not.toContain('plans-of-the-company');

  plot.clock.now = after(EVENING, 8 * HOUR);
  plot.work(after(plot.clock.now, -HOUR), 1);
  await plot.watch();
  plot.clock.now = after(plot.clock.now, HOUR);
  const last = await plot.watch();
  expect(last.exitCode, last.stdout).toBe(0);
  expect(plot.github.world.issues.find(({ number }) => number === issue?.number)?.state).toBe('closed');
});
