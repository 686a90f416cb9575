import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { coldStart } from './cold-start.ts';
import { fleetBench } from './fleet.ts';
import { guardBench, guardRow } from './guard.ts';
import { yearBench } from './ledger-year.ts';
import { spreadText } from './measure.ts';
import { queryBench } from './measures.ts';
import { meterBench, meterRows } from './meter.ts';
import { recordBench, recordRow } from './record.ts';
import { stopBench } from './stop.ts';
import { watchBench } from './watch.ts';
import type { ProcessFigures } from './whole-process.ts';

/** Nodes to measure on: the one that runs this, and those named as arguments (for example the system's Node 20). */
const nodes = [process.execPath, ...process.argv.slice(2)];

console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${process.platform} ${process.arch}\n`);
for (const node of nodes) {
  const version = execFileSync(node, ['--version']).toString().trim();
  const { action, bare } = await coldStart(node, 11);
  console.log(
    `| action, Node ${version}: start to first request, ms | ${spreadText(action)} | bare Node: ${spreadText(bare)} | bound 300 |`,
  );
}
for (const sessionsADay of [0, 100, 286]) console.log(guardRow(await guardBench(sessionsADay, 11)));
const { first, oneMore, again } = await watchBench(process.execPath);
const row = (what: string, { seconds, peakMb }: ProcessFigures): string =>
  `| ${what} | ${seconds.toFixed(2)} s | peak ${peakMb.toFixed(0)} MB | bound 512 MB |`;
console.log(row('watch, 10,000 new session files of 90 days', first));
console.log(row('watch, one more session on top of them', oneMore));
console.log(row('watch, all the files again', again));
const stopped = await stopBench();
const minutes = (duration: number): string => (duration / 60_000).toFixed(1);
console.log(
  `| stop of ${stopped.workflows} workflows with ${stopped.runs} live runs | ${stopped.requests} requests, ${stopped.writes} of them writes; ` +
    `${minutes(stopped.timeToStop)} minutes until nothing was alive, ${minutes(stopped.whole)} until the receipt | ` +
    `at most ${stopped.points} points in a minute | bounds 1,000 requests, 900 points |`,
);
for (const line of meterRows(await meterBench(process.execPath, 20))) console.log(line);
// The ten minutes that the design asks for: `npm run bench:record`.
console.log(recordRow(await recordBench(0.25)));
const fleet = await fleetBench({ repos: 1_000, days: 90 });
for (const [question, times] of Object.entries(fleet.questions)) {
  console.log(
    `| 1,000 repositories × 90 days (${fleet.rows} rows) in PostgreSQL: ${question}, ms | ${spreadText(times)} | bound 1,000 |`,
  );
}
const { month } = fleet;
console.log(
  `| one repository's month in PostgreSQL, ${month.sessions} sessions | append with rollups, ms: ${spreadText(month.append)}; bytes a session: events ` +
    `${month.events.toFixed(0)}, rollups by minute ${month.minutes.toFixed(0)}, by hour ${month.hours.toFixed(0)}, by day ${month.days.toFixed(0)}; pages ` +
    `${Object.values(month.pages).map(Math.round).join(' + ')}; checkpoint ` +
    `${month.checkpoint} bytes; a rollup by day of the fleet ${fleet.bytesOfRollup.toFixed(0)} bytes | no bound |`,
);
const asked = await queryBench();
console.log(
  `| 24 h of 10,000 metrics a minute: one tool by the minute, ms | ${spreadText(asked.oneTool)}, cold ${asked.cold.toFixed(0)} | ` +
    `a server: ${spreadText(asked.oneServer)}; all by the hour: ${spreadText(asked.everything)} | ` +
    `rollups ${megabytes(asked.bytes)}, state ${megabytes(asked.stateBytes)} | bound 100 |`,
);
const year = await yearBench();
console.log(
  `| a year of 200 sessions a day | files ${megabytes(year.files)}, as git keeps them ${megabytes(year.deflated)} | ` +
    `state ${megabytes(year.state)}, cut ${megabytes(year.base)}; a commit adds ${megabytes(year.commit)} | ` +
    `without compaction the history: ${megabytes(year.everything)}; slowest compaction ${(year.slowestCompaction / 1_000).toFixed(1)} s |`,
);

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
