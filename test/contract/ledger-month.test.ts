import { describe, expect, test } from 'vitest';
import { stateFold } from '../../src/app/state.ts';
import { after, DAY, type Instant } from '../../src/core/time.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import { measure } from '../../src/metrics/current.ts';
import { buildFacts } from '../../src/metrics/facts.ts';
import { ROLLED_UP } from '../../src/metrics/row.ts';
import { type DemoFleet, demoFleet } from '../../src/sources/demo/fleet.ts';
import { SITES, type SiteKind } from './ledger-sites.ts';

const END: Instant = '2026-11-20T18:00:00.000Z';
const DAYS = 30;
const fleet: DemoFleet = demoFleet({ seed: 1, until: END, days: DAYS });

/** Lives through the month in ten looks, and says what a process that comes afterwards finds. */
async function month({ make }: SiteKind): Promise<unknown> {
  await using site = await make();
  const options = { repo: fleet.repo, now: () => END };
  const ledger = treeLedger(site.store(), stateFold, options);
  for (let look = 0; look < DAYS; look += 3) {
    const [from, to] = [look === 0 ? '' : after(END, (look - DAYS) * DAY), after(END, (look + 3 - DAYS) * DAY)];
    await ledger.append(() => fleet.events.filter(({ seen }) => seen > from && seen <= to));
  }
  const later = treeLedger(site.store(), stateFold, options);
  const { state, head } = await later.read();
  const factsAt = (now: Instant) =>
    buildFacts({ ...state, repo: fleet.repo, agents: fleet.agents, sources: state.sources.sources, now });
  const subjects = [
    { kind: 'repository', name: fleet.repo } as const,
    ...fleet.agents.map(({ name }) => ({ kind: 'agent', name }) as const),
  ];
  const series = subjects.flatMap((subject) =>
    ROLLED_UP.flatMap((metric) =>
      (['hour', 'day'] as const).map((step) =>
        factsAt(END).series(metric, subject, step, after(END, -DAYS * DAY), END),
      ),
    ),
  );
  const metrics = Array.from({ length: DAYS }, (_, day) =>
    measure(factsAt(after(END, -day * DAY)), after(END, -day * DAY)),
  );
  const { ok, events, batches } = await later.verify();
  return { head, ok, events, batches, metrics, series };
}

describe('the demo month', () => {
  test('gives the same chain, the same metrics of every day and the same series from every store', {
    timeout: 120_000,
  }, async () => {
    expect(SITES.map(({ name }) => name)).toEqual(['memory', 'directory', 'git branch', 'PostgreSQL']);
    const [first, ...others] = await Promise.all(SITES.map(month));
    expect(first).toMatchObject({ ok: true, batches: 10, events: fleet.events.length });
    for (const other of others) expect(other).toEqual(first);
  });
});
