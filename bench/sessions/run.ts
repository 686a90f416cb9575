import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { spreadOf } from '../measure.ts';
import { type Truth, writeCorpus } from './corpus.ts';
import { ccusage, type Found, ownReaders, type Reader, tokscale } from './readers.ts';

const { values } = parseArgs({
  options: {
    mb: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '7' },
    tokscale: { type: 'string', multiple: true, default: [] },
  },
});
const scratch = mkdtempSync(join(tmpdir(), 'checkrein-sessions-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
const home = join(scratch, 'home');
const truth = writeCorpus(home, Number(values.mb), Number(values.seed));
const peers = [ccusage(scratch), tokscale(home, values.tokscale)].filter((reader) => reader !== null);
const readers = [...ownReaders(home), ...peers];

/** Each round runs every reader once, so that whatever else the machine does falls on all of them alike. */
const rounds = Array.from({ length: Number(values.rounds) + 1 }, () => readers.map((reader) => measure(reader))).slice(
  1,
);
const secondsOf = (reader: Reader): readonly number[] =>
  rounds.map((round) => round[readers.indexOf(reader)]?.seconds ?? Number.NaN);
const [fastest] = [...peers].sort((a, b) => spreadOf(secondsOf(a)).median - spreadOf(secondsOf(b)).median);

console.log(
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} usable, load ${loadavg()[0]?.toFixed(1)}; Node ${process.version}`,
);
console.log(
  `${(truth.bytes / 1e6).toFixed(1)} MB in ${truth.files} files, ${truth.rows} rows, ${truth.responses} responses, ${truth.toolCalls} calls of tools; seed ${values.seed}, ${rounds.length} rounds\n`,
);
console.log(
  `| reader | whole process, s | peak MB | CPU, s | of the time of ${fastest?.name ?? 'the fastest peer'} | wrong by |`,
);
console.log('|---|---|---|---|---|---|');
for (const reader of readers) {
  const own = rounds.flatMap((round) => round[readers.indexOf(reader)] ?? []);
  const { min, median, max } = spreadOf(secondsOf(reader));
  const ratios =
    fastest === undefined
      ? []
      : secondsOf(reader).map((seconds, index) => seconds / (secondsOf(fastest)[index] ?? Number.NaN));
  const ratio = ratios.length === 0 ? '?' : spreadOf(ratios).median.toFixed(2);
  const [cpu, peak] = [spreadOf(own.map((one) => one.cpu)).median, Math.max(...own.map((one) => one.peakMb))];
  const errors = own.map(({ found }) => errorsOf(found)).at(-1);
  console.log(
    `| ${reader.name} | ${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)}) | ${peak.toFixed(0)} | ${cpu.toFixed(2)} | ${ratio} | ${errors} |`,
  );
}
if (!peers.some(({ name }) => name.startsWith('ccusage')))
  console.log('\nccusage has no program for this system: it was not measured.');
if (!peers.some(({ name }) => name.startsWith('tokscale')))
  console.log('\nThe core of tokscale is not installed: it was not measured. See bench/README.md.');

interface Measured {
  readonly seconds: number;
  readonly cpu: number;
  readonly peakMb: number;
  readonly found: Found;
}

function measure({ name, command, found }: Reader): Measured {
  const [program, ...words] = command;
  const started = performance.now();
  // GNU time tells what a finished child took; without it only the clock is known.
  const { status, stdout, stderr } = spawnSync('/usr/bin/time', ['-f', '%U %S %M', program, ...words], {
    env: { HOME: home, PATH: process.env['PATH'] ?? '' },
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const seconds = (performance.now() - started) / 1_000;
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  const [user = Number.NaN, system = Number.NaN, peak = Number.NaN] =
    stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  return { seconds, cpu: user + system, peakMb: peak / 1_024, found: found(stdout) };
}

/** How far off each figure is that a reader tells. */
function errorsOf(found: Found): string {
  const wrong = (Object.keys(found) as (keyof Found & keyof Truth)[]).flatMap((kind) => {
    const told = found[kind];
    if (told === null || told === truth[kind]) return [];
    return [`${kind} ${(((told - truth[kind]) / truth[kind]) * 100).toFixed(3)} %`];
  });
  return wrong.length === 0 ? 'nothing' : wrong.join(', ');
}
