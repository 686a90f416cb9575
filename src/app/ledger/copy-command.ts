import { OutsideFailure } from '../../core/failure.ts';
import { plainLine } from '../../core/text.ts';
import { type LedgerAddress, parseLedgerAddress } from '../../ledger/address.ts';
import { copyTree } from '../../ledger/copy.ts';
import type { Ledger, Verification } from '../../ledger/port.ts';
import type { TreeStore } from '../../ledger/tree-store.ts';
import type { Invocation } from '../shell/flags.ts';
import { presentMoment } from '../shell/present-moment.ts';
import { clearLine, progressOn } from '../shell/progress.ts';
import { jsonLine } from '../shell/screen.ts';
import { EXIT, UsageError, type World } from '../shell/world.ts';
import type { LedgerState } from '../state.ts';
import { ledgerAt, storeAt } from './open-ledger.ts';

/** One side of a copy: its files, and the ledger read from them. */
interface Side {
  readonly store: TreeStore;
  readonly ledger: Ledger<LedgerState>;
}

/**
 * `checkrein ledger copy --from A --to B`: copies every batch unchanged, then checks that both sides have the same count and the
 * same head.
 * @throws UsageError when an address cannot be understood; OutsideFailure when the source is damaged or the target holds
 * something else.
 */
export async function copyLedger(invocation: Invocation, world: World): Promise<number> {
  const [from, to] = [addressOf(invocation, 'from'), addressOf(invocation, 'to')];
  if (invocation.value('from') === invocation.value('to')) throw new UsageError('--from and --to are the same place.');
  if (invocation.has('ledger')) throw new UsageError("'ledger copy' takes --from and --to instead of --ledger.");
  const now = presentMoment(invocation.value('now'), world);
  const sideAt = async (address: LedgerAddress, repo: string | null): Promise<Side> => {
    const store = await storeAt(address, { world, github: null, repo });
    return { store, ledger: ledgerAt(store, address, { world, now: () => now, repo }) };
  };
  const source = await sideAt(from, repoIn(to));
  const found = await source.ledger.verify();
  refuseDamaged(found, source.store.place);
  const target = await sideAt(to, repoIn(from) ?? (await source.ledger.read()).state.watched);
  const draw = progressOn(world.err);
  const copied = await copyTree(source.store, target.store, (done, total) => draw('copying', done, total));
  await target.ledger.rebuild();
  clearLine(world.err);
  const made = await target.ledger.verify();
  const same = made.ok && made.head?.hash === found.head?.hash && made.events === found.events;
  const told = {
    ok: same,
    from: source.store.place,
    to: target.store.place,
    ...copied,
    events: made.events,
    head: made.head,
  };
  world.out.write(invocation.has('json') ? jsonLine(told) : `${plainLine(wordsFor(told, found, made), 1_000)}\n`);
  return same ? EXIT.done : EXIT.failed;
}

function addressOf(invocation: Invocation, flag: 'from' | 'to'): LedgerAddress {
  const text = invocation.value(flag);
  if (text === null) throw new UsageError("'ledger copy' needs --from ADDRESS and --to ADDRESS.");
  const parsed = parseLedgerAddress(text);
  if (!parsed.ok) throw new UsageError(`--${flag}: ${parsed.failure.message}. ${parsed.failure.remedy}.`);
  if (parsed.value.kind === 'memory') throw new UsageError('A ledger in memory is gone before anybody could read it.');
  return parsed.value;
}

function repoIn(address: LedgerAddress): string | null {
  return address.kind === 'branch' || address.kind === 'postgres' ? address.repo : null;
}

function refuseDamaged({ ok, head, firstBad }: Verification, place: string): void {
  if (ok && head !== null) return;
  const why =
    firstBad === null ? 'there is no ledger' : `batch ${firstBad.batch}, ${firstBad.path}: ${firstBad.reason}`;
  throw new OutsideFailure({
    kind: head === null ? 'not_found' : 'unreadable',
    message: `${plainLine(`${place} cannot be copied: ${why}`, 500)}. Nothing was written`,
    remedy:
      head === null
        ? 'Look whether --from names the right place'
        : 'Restore it first; `checkrein ledger verify --ledger` with that address shows what is wrong',
    retry: false,
  });
}

interface Told {
  readonly ok: boolean;
  readonly from: string;
  readonly to: string;
  readonly before: number;
  readonly added: number;
}

function wordsFor({ ok, from, to, before, added }: Told, source: Verification, target: Verification): string {
  const earlier = before === 0 ? '' : `, ${before} were there already`;
  if (ok) {
    return `${from} is copied to ${to}: ${added} batches${earlier}; both hold ${target.events} events and end with batch ${target.head?.batch}, ${target.head?.hash}.`;
  }
  return `${to} is NOT the same as ${from}: it ends with batch ${target.head?.batch ?? 0} of ${source.head?.batch ?? 0} and holds ${target.events} of ${source.events} events. If the source has grown meanwhile, run it again.`;
}
