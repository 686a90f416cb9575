import type { EventKind, LedgerEvent } from '../core/event.ts';
import { EVENT_KINDS } from '../core/event.ts';
import { nearest } from '../core/nearest.ts';
import type { Ledger, Verification } from '../ledger/port.ts';
import type { Invocation } from './command-line.ts';
import { DEFAULT_ADDRESS, openLedger, presentMoment } from './open-ledger.ts';
import type { LedgerState } from './state.ts';
import { EXIT, UsageError, type World } from './world.ts';

/** `checkrein ledger verify | rebuild | show`. */
export async function ledgerCommand(invocation: Invocation, world: World): Promise<number> {
  const [verb, ...extra] = invocation.operands;
  if (extra.length > 0) throw new UsageError(`'ledger ${verb}' takes no further words, but got '${extra.join(' ')}'.`);
  const open = (): Promise<Ledger<LedgerState>> => {
    const now = presentMoment(invocation.value('now'), world);
    return openLedger(invocation.value('ledger') ?? DEFAULT_ADDRESS, {
      world,
      now: () => now,
      repo: null,
      github: null,
    });
  };
  switch (verb) {
    case 'verify':
      return verify(await open(), invocation.has('json'), world);
    case 'rebuild':
      return rebuild(await open(), invocation.has('json'), world);
    case 'show':
      return showEvents(await open(), kindsOf(invocation), invocation.has('json'), world);
    default:
      throw new UsageError(
        `'ledger' wants one of verify, rebuild, show${verb === undefined ? '' : `, not '${verb}'`}.`,
      );
  }
}

async function verify(ledger: Ledger<LedgerState>, json: boolean, world: World): Promise<number> {
  const found = await ledger.verify();
  world.out.write(json ? `${JSON.stringify(found)}\n` : verificationText(ledger.place, found));
  return found.ok ? EXIT.done : EXIT.failed;
}

function verificationText(place: string, found: Verification): string {
  const size = `${found.events} events in ${found.batches} batches`;
  if (found.head === null) return `${place}: empty, nothing to verify.\n`;
  const lines = found.quarantined.map(
    ({ path, line, byte, reason }) => `  quarantined: ${path} line ${line} (byte ${byte}): ${reason}`,
  );
  const verdict =
    found.firstBad === null
      ? `${place}: whole. ${size}; head is batch ${found.head.batch}, ${found.head.hash}.`
      : `${place}: DAMAGED at batch ${found.firstBad.batch}, ${found.firstBad.path}: ${found.firstBad.reason}. ${size}.`;
  return `${[verdict, ...lines].join('\n')}\n`;
}

async function rebuild(ledger: Ledger<LedgerState>, json: boolean, world: World): Promise<number> {
  const { head } = await ledger.rebuild();
  const text = head === null ? 'empty, nothing to remake' : `checkpoint remade up to batch ${head.batch}, ${head.hash}`;
  world.out.write(json ? `${JSON.stringify({ head })}\n` : `${ledger.place}: ${text}.\n`);
  return EXIT.done;
}

async function showEvents(
  ledger: Ledger<LedgerState>,
  kinds: ReadonlySet<EventKind>,
  json: boolean,
  world: World,
): Promise<number> {
  for await (const event of ledger.events()) {
    if (kinds.size > 0 && !kinds.has(event.kind)) continue;
    world.out.write(json ? `${JSON.stringify(event)}\n` : `${eventLine(event)}\n`);
  }
  return EXIT.done;
}

function eventLine(event: LedgerEvent): string {
  return `${event.at}  ${event.kind.padEnd(18)} ${`${event.subject.kind}:${event.subject.name}`.padEnd(28)} ${event.id}`;
}

function kindsOf(invocation: Invocation): ReadonlySet<EventKind> {
  const known: readonly string[] = EVENT_KINDS;
  const isKind = (text: string): text is EventKind => known.includes(text);
  const kinds = new Set<EventKind>();
  for (const text of invocation.values('kind')) {
    if (!isKind(text)) {
      const near = nearest(text, known);
      throw new UsageError(`There is no event kind '${text}'.${near === null ? '' : ` Did you mean '${near}'?`}`);
    }
    kinds.add(text);
  }
  return kinds;
}
