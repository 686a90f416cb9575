import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inertMarkdown, plainLine } from '../../core/text.ts';
import type { ActionEvent } from '../../github/event.ts';
import { spoolFolder } from '../../track/place.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { ledgerAddressOf } from '../ledger/place.ts';
import type { ActionHost } from '../shell/action-host.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { connect } from '../shell/connect.ts';
import { loadRemoteConfig } from '../shell/load-config.ts';
import { EXIT, type World } from '../shell/world.ts';
import { entriesIn } from './entry.ts';
import { record, recordText } from './record.ts';

/** `record` as the runner calls it: the lines of CHECKREIN_RECORD, or the spool when it is empty. */
export async function recordAction(host: ActionHost, { repo }: ActionEvent, world: World): Promise<number> {
  const given = entriesIn(world.env['CHECKREIN_RECORD'] ?? '');
  const withToken = { ...world, env: { ...world.env, GITHUB_TOKEN: host.input('github-token') } };
  const github = await connect(repo, withToken, null);
  const { config } = await loadRemoteConfig(github, host.input('config') || CONFIG_PATH);
  const address = ledgerAddressOf(repo, null, config.ledger, world);
  const { now } = world;
  const ledger = await openLedger(address, { world: withToken, now, repo, github });
  const entries = given.length === 0 ? [{ kind: 'spool' } as const] : given;
  const report = await record({ repo, ledger, entries, spool: spoolFolder(world.env), now }, world);
  for (const complaint of report.complaints) host.warning(plainLine(complaint, 1_000));
  const path = join(world.env['RUNNER_TEMP'] ?? '.', 'checkrein-report.json');
  await writeFile(path, `${JSON.stringify(report, null, 2)}\n`);
  host.output('report', path);
  const lines = recordText(report).split('\n');
  await host.summary(`## Recorded\n\n${lines.map((line) => inertMarkdown(line, 1_000)).join('\n\n')}\n`);
  return EXIT.done;
}
