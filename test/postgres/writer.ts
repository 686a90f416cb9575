/*
 * A process that appends to a ledger in PostgreSQL until it is killed, and prints a line for each append that was acknowledged.
 */
import fs from 'node:fs';
import { OutsideFailure } from '../../src/core/failure.ts';
import { parsePostgresAddress } from '../../src/ledger/postgres/address.ts';
import { openDatabase } from '../../src/ledger/postgres/database.ts';
import { postgresStore } from '../../src/ledger/postgres/store.ts';
import { treeLedger } from '../../src/ledger/tree-ledger.ts';
import { happened, NOW, tallyFold } from '../contract/happened.ts';

const [url = '', name = ''] = process.argv.slice(2);
const address = parsePostgresAddress(url);
if (!address.ok) throw new Error(address.failure.message);

function sleep(duration: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, duration);
  });
}

const store = postgresStore(openDatabase(address.value, { sleep }), {
  repo: 'octo/repo',
  format: 1,
  projection: () => [],
});
const ledger = treeLedger(store, tallyFold, { repo: 'octo/repo', now: () => NOW });

for (let n = 1; ; n++) {
  for (let done = false; !done; ) {
    try {
      await ledger.append(() => [happened(`${name}-${n}`), happened(`${name}-${n}'`, '2026-11-20T00:00:00.000Z')]);
      done = true;
    } catch (error) {
      if (!(error instanceof OutsideFailure)) throw error;
      await sleep(50);
    }
  }
  fs.writeSync(1, `${n}\n`);
  // Whoever writes without a pause lets nobody else in: jobs have something else to do in between.
  await sleep(20 + Math.random() * 60);
}
