import type { EventKind, LedgerEvent } from '../../core/event.ts';
import { EVENT_KINDS } from '../../core/event.ts';
import { subjectKey } from '../../core/subject.ts';
import { plainLine } from '../../core/text.ts';
import type { Ledger } from '../../ledger/port.ts';
import { didYouMean } from '../shell/did-you-mean.ts';
import { type Invocation, unexpected } from '../shell/flags.ts';
import { presentMoment } from '../shell/present-moment.ts';
import { quoted } from '../shell/quoted.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { compactLedger } from './compact-command.ts';
import { DEFAULT_ADDRESS, noLedgerAt, openLedger, openToRead } from './open-ledger.ts';
import { databaseOf } from './place.ts';
import { verifyLedger } from './verify-command.ts';

const VERBS = ['verify', 'rebuild', 'show', 'compact', 'copy'];

/** Flags that only one of the verbs takes. */
const FLAG_OF: Readonly<Record<string, string>> = {
  kind: 'show',
  key: 'verify',
  'signed-since': 'verify',
  config: 'compact',
  from: 'copy',
  to: 'copy',
};

function refuseStrayFlags(verb: string | undefined, invocation: Invocation): void {
  for (const [flag, owner] of Object.entries(FLAG_OF)) {
    if (verb !== owner && invocation.has(flag)) throw new UsageError(`--${flag} goes with 'ledger ${owner}' only.`);
  }
}

/** `checkrein ledger verify | rebuild | show | compact | copy`. */
export async function ledgerCommand(invocation: Invocation, world: World): Promise<number> {
  const [verb, ...extra] = invocation.operands;
  if (extra.length > 0)
    throw new UsageError(`${quoted(`ledger ${verb}`)} takes no further words, but got ${unexpected(extra)}.`);
  refuseStrayFlags(verb, invocation);
  const now = presentMoment(invocation.value('now'), world);
  const address = invocation.value('ledger') ?? databaseOf(world) ?? DEFAULT_ADDRESS;
  const options = { world, now: () => now, repo: null, github: null };
  const open = (): Promise<Ledger<LedgerState>> => openLedger(address, options);
  switch (verb) {
    case 'verify':
      return verifyLedger(invocation, await open(), world);
    case 'rebuild':
      return rebuild(await open(), invocation.has('json'), world);
    case 'compact':
      return compactLedger(invocation, await open(), now, world);
    case 'show':
      return showEvents(kindsOf(invocation), invocation.has('json'), world, () => openToRead(address, options));
    case 'copy':
      return (await import('./copy-command.ts')).copyLedger(invocation, world);
    default:
      throw new UsageError(
        `'ledger' wants one of ${VERBS.join(', ')}${verb === undefined ? '.' : `, not ${quoted(verb)}.${didYouMean(verb, VERBS)}`}`,
      );
  }
}

/** @throws OutsideFailure when there is no ledger, so that a mistyped address does not pass for a remade checkpoint. */
async function rebuild(ledger: Ledger<LedgerState>, json: boolean, world: World): Promise<number> {
  const { head } = await ledger.rebuild();
  if (head === null) throw noLedgerAt(ledger.place, 'there is nothing to remake');
  const text = `checkpoint remade up to batch ${head.batch}, ${head.hash}`;
  world.out.write(json ? jsonLine({ head }) : `${plainLine(`${ledger.place}: ${text}.`, 500)}\n`);
  return EXIT.done;
}

async function showEvents(
  kinds: ReadonlySet<EventKind>,
  json: boolean,
  world: World,
  open: () => Promise<Ledger<LedgerState>>,
): Promise<number> {
  const ledger = await open();
  let shown = 0;
  for await (const event of ledger.events()) {
    if (kinds.size > 0 && !kinds.has(event.kind)) continue;
    world.out.write(json ? jsonLine(event) : `${eventLine(event)}\n`);
    shown += 1;
  }
  if (shown === 0)
    world.err.write(
      `checkrein: ${plainLine(ledger.place, 300)} holds ${kinds.size === 0 ? 'no events' : 'no such event'}.\n`,
    );
  return EXIT.done;
}

function eventLine(event: LedgerEvent): string {
  const cells = [`${event.at} `, event.kind.padEnd(18), plainLine(subjectKey(event.subject)).padEnd(28)];
  return `${cells.join(' ')} ${plainLine(event.id, 300)}`;
}

function kindsOf(invocation: Invocation): ReadonlySet<EventKind> {
  const known: readonly string[] = EVENT_KINDS;
  const isKind = (text: string): text is EventKind => known.includes(text);
  const kinds = new Set<EventKind>();
  for (const text of invocation.values('kind')) {
    if (!isKind(text)) {
      throw new UsageError(
        `There is no event kind ${quoted(text)}.${didYouMean(text, known)} The kinds are: ${known.join(', ')}.`,
      );
    }
    kinds.add(text);
  }
  return kinds;
}
