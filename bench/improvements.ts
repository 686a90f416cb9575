import { type Effect, FLEETS, judged, NO_EFFECT } from '../test/kit/changes.ts';

/**
 * Prints, for each kind of agent, how often a change gets each verdict: one without effect, one that makes it worse by half, one that
 * takes two fifths off. `node bench/improvements.ts [CHANGES]`
 */
const changes = Number(process.argv[2] ?? 500);

const WORSE: Effect = { times: 1.5, points: 0.2 };
const BETTER: Effect = { times: 0.6, points: -0.1 };

function share(fleet: (typeof FLEETS)[number], effect: Effect, wanted: readonly string[]): string {
  let hits = 0;
  for (let seed = 0; seed < changes; seed += 1) {
    if (wanted.includes(judged(fleet, effect, 10_000 + seed).verdict)) hits += 1;
  }
  return `${((100 * hits) / changes).toFixed(1)} %`;
}

const rows = FLEETS.map((fleet) => ({
  'kind of agent': fleet.name,
  'false verdicts': share(fleet, NO_EFFECT, ['better', 'worse']),
  'half more is seen': share(fleet, WORSE, ['worse']),
  'two fifths less is seen': share(fleet, BETTER, ['better']),
}));
console.table(rows);
