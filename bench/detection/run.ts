import { existsSync } from 'node:fs';
import { REPORT } from '../../src/detectors/method.ts';
import { FLAGSHIP } from '../../src/detectors/registry.ts';
import { zScore } from '../../src/detectors/z-score.ts';
import { COLLECTIONS, OTHER_COLLECTIONS } from './collections/collections.ts';
import { eventRows } from './collections/compare.ts';
import { type Contender, contenders, PUBLISHED } from './contenders.ts';
import { type LabelledSeries, readCorpus } from './corpus.ts';
import { dayOfDays, dayOfServers, yearOfSeries } from './load.ts';
import { type Ground, groundOf, PROFILES, type Result, scoreAcross, scoreAt, scoreOptimised } from './nab.ts';
import { falseReports } from './normal.ts';
import { KINDS, type Kind, OTHER_KINDS } from './small/kinds.ts';
import { foundWithOwnLines } from './small/split.ts';
import { above, found, knowing, lineAt, tryKinds, watching } from './small/trial.ts';

/** Where the series are: a checkout of the benchmark, or the half of it beside this repository. */
const folder = process.argv[2] ?? '../shared/series/nab';
const STANDARD = PROFILES[0] as (typeof PROFILES)[number];

/** The shares of all normal days that may lie above the line, which is one for all kinds. */
const SHARES = [0.01, 0.05];
/** Series of each kind, with 30 to 90 days before the one that is judged; parameters were set on seeds from 1 on. */
const SHORT = { series: 1_000, lengths: [30, 90], firstSeed: 90_001 } as const;

/** Seeds of collections on which nothing was set. */
const FRESH_SEED = 6_001;

if (existsSync(folder)) printScores(readCorpus(folder));
else
  console.log(`No labelled series in ${folder}: name a checkout of https://github.com/numenta/NAB as the argument.\n`);
for (const [name, kinds] of [
  ['Short daily series', KINDS],
  ['Other shapes of them, on which nothing was set', OTHER_KINDS],
] as const) {
  printShort(name, kinds);
}
printEvents();
printNormal();
printLoad();

function printScores(corpus: readonly LabelledSeries[]): void {
  const grounds = corpus.map(groundOf);
  const points = corpus.reduce((sum, { readings }) => sum + readings.length, 0);
  const windows = grounds.reduce((sum, ground) => sum + ground.windows, 0);
  console.log(`${corpus.length} series, ${points} points, ${windows} windows; one set of parameters\n`);
  console.log(
    '| detector | standard / low FP / low FN | at its own line | threshold of other categories | found, false | µs a point |',
  );
  console.log('|---|---|---|---|---|---|');
  for (const contender of contenders()) printRow(contender, corpus, grounds, points);
  console.log('\nPublished, for all 58 series (these are some of them):\n');
  for (const [name, figures] of PUBLISHED) console.log(`| ${name} | ${figures} |`);
  console.log('');
}

function printRow(
  contender: Contender,
  corpus: readonly LabelledSeries[],
  grounds: readonly Ground[],
  points: number,
): void {
  const started = performance.now();
  const scores = new Map(corpus.map((series) => [series.file, contender.score(series)]));
  const pace = ((performance.now() - started) * 1_000) / points;
  const results = PROFILES.map((profile) => scoreOptimised(grounds, scores, profile));
  const best = results[0] as Result;
  const line = scoreAt(grounds, scores, STANDARD, REPORT);
  const found = best.files.reduce((sum, file) => sum + file.found, 0);
  const wrong = best.files.reduce((sum, file) => sum + file.falseReports, 0);
  const cells = [
    contender.name,
    `${results.map(({ score }) => score.toFixed(1)).join(' / ')} (${spread(grounds, best)})`,
    line.score.toFixed(1),
    scoreAcross(grounds, scores, STANDARD).toFixed(1),
    `${found}, ${wrong}`,
    pace.toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

/** How much the standard score depends on which files there are: 5 % to 95 % of 1,000 draws of as many files. */
function spread(grounds: readonly Ground[], { files }: Result): string {
  let state = 1;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * files.length);
  };
  const scores = Array.from({ length: 1_000 }, () => {
    const drawn = files.map(draw);
    const raw = drawn.reduce((sum, i) => sum + (files[i]?.raw ?? 0), 0);
    const nothing = -drawn.reduce((sum, i) => sum + (files[i]?.countedWindows ?? 0), 0);
    const perfect = drawn.reduce((sum, i) => sum + (grounds[i]?.windows ?? 0), 0);
    return (100 * (raw - nothing)) / Math.max(1, perfect - nothing);
  }).sort((a, b) => a - b);
  return `${scores[50]?.toFixed(0)} to ${scores[950]?.toFixed(0)}`;
}

function printShort(name: string, kinds: readonly Kind[]): void {
  const settings = { sensitivity: 'low', lookBack: '30d' } as const;
  const percent = (share: number): string => (100 * share).toFixed(0);
  const percents = (shares: readonly number[]): string => shares.map((share) => (100 * share).toFixed(1)).join(' / ');
  console.log(`${name}, % found with 1 % and 5 % false alarms a day over all of them; with a line for each kind:\n`);
  for (const [judge, own] of [
    [FLAGSHIP.name, watching(FLAGSHIP, settings)],
    [zScore.name, watching(zScore, settings)],
    ['control: knowing the truth', knowing],
  ] as const) {
    const trials = tryKinds(kinds, own, SHORT);
    const lines = SHARES.map((share) => lineAt(trials, share));
    const one = percents(lines.map((line) => found(trials, line)));
    console.log(`| ${judge} | ${one} | ${percents(SHARES.map((share) => foundWithOwnLines(trials, share)))} |`);
    for (const { kind, normal, incidents } of trials) {
      const cells = [{ size: 'false', scores: normal }, ...incidents].map(
        ({ size, scores }) => `${size} ${lines.map((line) => percent(above(scores, line))).join(' / ')}`,
      );
      console.log(`| ${kind} | ${cells.join(', ')} |`);
    }
  }
  console.log('');
}

function printEvents(): void {
  console.log(
    'Made-up collections: event F1, free of point adjustment (5 % to 95 % over draws of series); found, false:\n',
  );
  for (const collection of [...COLLECTIONS, ...OTHER_COLLECTIONS]) {
    for (const row of eventRows(collection, FRESH_SEED)) console.log(`| ${row.join(' | ')} |`);
  }
  console.log('');
}

function printNormal(): void {
  console.log('Reports for each 1,000 points of series in which nothing is wrong:\n');
  const settings = { sensitivity: 'low', lookBack: '30d' } as const;
  for (const detector of [FLAGSHIP, zScore]) {
    const rates = falseReports(detector, settings).map(([name, rate]) => `${name} ${rate.toFixed(2)}`);
    console.log(`| ${detector.name} | ${rates.join(' | ')} |`);
  }
  console.log('');
}

function printLoad(): void {
  console.log('24 hours of 50 servers, a point every 5 minutes (bound 500 ms):\n');
  dayOfServers();
  for (const [name, ms] of dayOfServers()) console.log(`| ${name} | ${ms.toFixed(0)} ms |`);
  console.log('\nOne day of a daily series, µs of processor time:\n');
  dayOfDays();
  for (const [name, time] of dayOfDays()) console.log(`| ${name} | ${time.toFixed(0)} |`);
  const { microsecondsAPoint, megabytes } = yearOfSeries();
  console.log(
    `\nA year of hours of 200 series at once, flagship: ${microsecondsAPoint.toFixed(0)} µs a point, ${megabytes.toFixed(0)} MB.`,
  );
}
