import { describe, test } from 'vitest';
import { after, HOUR, MINUTE } from '../../src/core/time.ts';
import { eventsOf, JOB_STARTED, startGuarded, violationsIn } from './guarded.ts';
import { EVENING, plantPlot, readLedger } from './plot.ts';

const GUARDED = `name: fixer
on: { schedule: [{ cron: '0 3 * * *' }] }
jobs:
  agent:
    runs-on: ubuntu-latest
    steps:
      - name: Guard
        uses: checkrein/checkrein@v1
        with: { command: guard, agent: fixer }
      - name: Run the agent
        uses: anthropics/claude-code-action@v1
`;

const EARLIER = after(JOB_STARTED, -HOUR);
const LATER = after(JOB_STARTED, MINUTE);
const NEXT = after(EVENING, HOUR);

describe('a run of which neither the ledger nor an artifact holds a word of its guard', () => {
  test.for([
    ['is a critical violation where GitHub lists that its guard let it work', GUARDED, EARLIER, 1],
    ['is none where the workflow has no guard', GUARDED.replace('command: guard', 'command: watch'), EARLIER, 0],
    ['is none where the ledger is younger than the run', GUARDED, LATER, 0],
  ] as const)('%s', async ([, workflow, seen, expected], { expect }) => {
    await using plot = await plantPlot({ runs: 0 });
    await plot.github.commitFile('main', '.github/workflows/fixer.yml', workflow);
    plot.clock.now = seen;
    await plot.watch();
    // As after a push that set the branch back to before the guard, and took the record out of the artifacts.
    await using job = await startGuarded(plot, { inLedger: false });
    plot.clock.now = EVENING;
    const watched = await plot.watch();
    expect(watched.exitCode, watched.stdout).toBe(0);
    const ledger = await readLedger(plot);
    const run = job.run.id;
    expect(violationsIn(ledger)).toMatchObject(
      Array(expected).fill({
        kind: 'tampering',
        severity: 'critical',
        agent: 'fixer',
        run,
        signs: [{ what: 'decision_gone' }],
      }),
    );
    expect(plot.github.world.issues.map(({ title }) => title)).toEqual(
      Array(expected).fill(expect.stringContaining('An agent went beyond what it may do: fixer')),
    );
    // It is told once.
    plot.clock.now = NEXT;
    await plot.watch();
    expect(eventsOf(await readLedger(plot), 'violation.found')).toHaveLength(expected);
  });
});
