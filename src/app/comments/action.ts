import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandRecord } from '../../core/command-record.ts';
import { attempt, OutsideFailure } from '../../core/failure.ts';
import { inertMarkdown, plainLine } from '../../core/text.ts';
import { parseInstant } from '../../core/time.ts';
import type { ActionEvent } from '../../github/event.ts';
import type { GitHub } from '../../github/port.ts';
import { readComment } from '../../people/parse.ts';
import { type LedgerOptions, openLedger, shortLived } from '../ledger/open-ledger.ts';
import { ledgerAddressOf } from '../ledger/place.ts';
import type { ActionHost } from '../shell/action-host.ts';
import { readKinds } from '../shell/apply-kinds.ts';
import { CONFIG_PATH } from '../shell/config-path.ts';
import { connect } from '../shell/connect.ts';
import { type LoadedConfig, loadRemoteConfig } from '../shell/load-config.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import { type AnsweredComments, answerTold } from './command.ts';
import type { Desk, Told } from './desk.ts';

/** Answers the command in the comment that triggered an event. */
export async function commandAction(host: ActionHost, event: ActionEvent, world: World): Promise<number> {
  const told = commentToldBy(event);
  if (told === null) {
    host.output('status', 'unknown');
    return EXIT.done;
  }
  const desk = await openDesk(host, event, {
    ...world,
    env: { ...world.env, GITHUB_TOKEN: host.input('github-token') },
  });
  const answered = await answerTold(desk, told);
  const written = await attempt(() => desk.ledger.append(() => answered.events));
  const complaints = [
    ...answered.complaints,
    ...(written.ok
      ? []
      : [`What was answered is not in the ledger: ${written.failure.message}. ${written.failure.remedy}`]),
  ];
  await tell(host, world, { ...answered, complaints });
  if (answered.records.some(({ verb, outcome }) => verb === 'stop' && outcome === 'failed')) return EXIT.stopIncomplete;
  return answered.incomplete || !written.ok ? EXIT.failed : EXIT.done;
}

/**
 * The comment an event is about; null when it is not addressed to us. Its author and text are read from the API: only the id, the
 * moment and the action are taken from the payload.
 * @throws UsageError for an event without a comment.
 */
export function commentToldBy({ name, payload }: Pick<ActionEvent, 'name' | 'payload'>): Told | null {
  const { action, comment } = payload;
  if (name !== 'issue_comment' || typeof comment !== 'object' || comment === null) {
    throw new UsageError(
      `The command 'command' answers comments: it works on the event issue_comment, not on '${name}'.`,
    );
  }
  const { id, created_at: createdAt, body } = comment as Readonly<Record<string, unknown>>;
  const at = parseInstant(createdAt);
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || at === null || typeof action !== 'string') {
    throw new UsageError('The event of this run holds no comment that could be answered.');
  }
  const isSilent = typeof body !== 'string' || readComment(body).kind === 'none';
  return isSilent || action === 'deleted' ? null : { comment: id, at, action };
}

async function openDesk(host: ActionHost, { repo }: ActionEvent, world: World): Promise<Desk> {
  const configPath = host.input('config') || CONFIG_PATH;
  const github = await connect(repo, world, null);
  const { config, warnings } = await configOf(github, configPath);
  for (const warning of warnings) host.warning(plainLine(warning, 1_000));
  const address = ledgerAddressOf(repo, null, config.ledger, world);
  const remark = shortLived(address, world);
  if (remark !== null) host.warning(remark);
  return {
    github,
    ledger: await openLedgerAt(address, { world, now: world.now, repo, github }),
    config,
    configPath,
    world,
    apply: readKinds(world.env['CHECKREIN_APPLY'] ?? null, 'CHECKREIN_APPLY'),
    progress: () => undefined,
  };
}

/**
 * When the configured ledger cannot be opened, nobody knows what was answered and what is stopped. A stop is carried out anyway
 * and finds a place to be recorded. Everything else waits until the configuration is fixed.
 */
async function openLedgerAt(address: string, options: LedgerOptions): Promise<Desk['ledger']> {
  try {
    return await openLedger(address, options);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { unusableLedger } = await import('../ledger/unusable-ledger.ts');
    const message = `The ledger of the configuration could not be opened: ${error.message.replace(/\.$/, '')}`;
    return unusableLedger('nowhere', {
      ...{ kind: 'invalid', message, retry: false },
      remedy: 'Correct `ledger` in the configuration, or leave it out',
    });
  }
}

/** Not a valid login, so nobody is a lead. */
const NOBODY = '?';

/** A broken configuration must not prevent a stop. But it does not say who may do more, so nobody may. */
async function configOf(github: GitHub, path: string): Promise<LoadedConfig> {
  try {
    return await loadRemoteConfig(github, path);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof OutsideFailure)) throw error;
    const { defaultConfig } = await import('../../config/parse.ts');
    const warning = `The configuration ${path} could not be used, so nobody counts as a lead. ${error.message}`;
    return { config: { ...defaultConfig(), leads: [NOBODY] }, warnings: [warning], unsound: [] };
  }
}

async function tell(host: ActionHost, world: World, { records, stops, complaints }: AnsweredComments): Promise<void> {
  for (const text of complaints) host.warning(plainLine(text, 1_000));
  const stopped = stops.length > 0;
  const path = join(world.env['RUNNER_TEMP'] ?? '.', 'checkrein-report.json');
  await writeFile(path, `${JSON.stringify({ commands: records }, null, 2)}\n`);
  host.output('status', stopped ? 'stopped' : 'unknown');
  host.output('decision', stopped ? 'deny' : '');
  host.output('report', path);
  const lines = records.map(recordLine);
  await host.summary(
    `## Commands of people\n\n${lines.length === 0 ? 'None was left to answer.' : lines.join('\n')}\n`,
  );
}

function recordLine({ issue, actor, verb, outcome, reason }: CommandRecord): string {
  const who = inertMarkdown(actor?.login ?? 'somebody');
  const what = verb === null ? 'a text that is no command' : `'${verb}'`;
  const result = outcome.replace('_', ' ');
  return `- ${who}, issue ${issue}, ${inertMarkdown(what)}: **${result}**. ${inertMarkdown(reason, 400)}`;
}
