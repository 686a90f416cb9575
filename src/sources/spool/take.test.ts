import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import type { EventOf, LedgerEvent } from '../../core/event.ts';
import { OutsideFailure } from '../../core/failure.ts';
import { encodeSpoolLine } from '../../core/spool-line.ts';
import { after, DAY, type Duration, type Instant } from '../../core/time.ts';
import { type SpoolTake, takeSpool } from './take.ts';

const NOW: Instant = '2026-11-21T10:00:00.000Z';
const AT: Instant = '2026-11-21T09:30:15.250Z';
const FUTURE: Instant = after(NOW, 2 * DAY);
const LONG_AGO: Instant = after(NOW, -31 * DAY);

function line(tool = 't', at = AT): string {
  return encodeSpoolLine({ v: 1, kind: 'call', at, server: 's', tool, ms: 5, ok: true });
}

function take(
  folder: string,
  now = NOW,
  sleep: (duration: Duration) => Promise<void> = async () => undefined,
): Promise<SpoolTake> {
  return takeSpool(folder, { repo: 'octo/garden', now }, { now: () => now, sleep });
}

/** The number of calls of each tool, over all minutes. */
function callsOf(events: readonly LedgerEvent[]): Readonly<Record<string, number>> {
  const calls: Record<string, number> = {};
  for (const { labels, metric, aggregate } of events.filter(isMetrics).flatMap(({ data }) => data.measures)) {
    const tool = labels['tool'] ?? '';
    if (metric === 'tool.latency') calls[tool] = (calls[tool] ?? 0) + aggregate.count;
  }
  return calls;
}

function isMetrics(event: LedgerEvent): event is EventOf<'metrics.recorded'> {
  return event.kind === 'metrics.recorded';
}

describe('taking in', () => {
  test('complains of what only bears the name of a file that was taken, and takes the others in', async () => {
    const taken = (name: string): string => `checkrein-spool-${name}.ndjson.0123abcd.100-1795255200000.taken`;
    await using folder = await createFixture({ 'checkrein-spool-b.ndjson': line('b') });
    await mkdir(join(folder.path, taken('folder')));
    await symlink('/dev/zero', join(folder.path, taken('link')));
    execFileSync('/usr/bin/mkfifo', [join(folder.path, taken('pipe'))]);
    const took = await take(folder.path);
    expect(callsOf(took.events)).toEqual({ b: 1 });
    expect(took.complaints).toEqual([
      'checkrein-spool-folder.ndjson: no plain file: not taken in; remove it',
      'checkrein-spool-link.ndjson: cannot be read (ELOOP); remove it',
      'checkrein-spool-pipe.ndjson: no plain file: not taken in; remove it',
    ]);
  });

  test('sums all files up, and they go when that is in the ledger', async () => {
    await using folder = await createFixture({
      'checkrein-spool-a.ndjson': line('a') + line('a'),
      'checkrein-spool-b.ndjson': line('b'),
      'notes.txt': 'not ours',
    });
    const taken = await take(folder.path);
    expect(taken).toMatchObject({ files: 2, lines: 3, complaints: [] });
    expect(callsOf(taken.events)).toEqual({ a: 2, b: 1 });
    expect((await readdir(folder.path)).sort()).toEqual([
      expect.stringMatching(/^checkrein-spool-a\.ndjson\.[0-9a-f]{8}\.\d+-1795255200000\.taken$/),
      expect.stringMatching(/\.taken$/),
      'notes.txt',
    ]);
    await taken.remove();
    expect(await readdir(folder.path)).toEqual(['notes.txt']);
  });

  test('gives the same events again when what it gave was lost, at any time', async () => {
    await using folder = await createFixture({ 'checkrein-spool-a.ndjson': line('a') + line('b') });
    const first = await take(folder.path);
    const again = await take(folder.path, after(NOW, 40 * DAY));
    expect(again.events.map(({ seen, ...rest }) => rest)).toEqual(first.events.map(({ seen, ...rest }) => rest));
  });

  test('takes no line twice and none away that is written in between', async () => {
    await using folder = await createFixture({ 'checkrein-spool-a.ndjson': line('a') });
    const first = await take(folder.path);
    await writeFile(join(folder.path, 'checkrein-spool-a.ndjson'), line('a') + line('a'));
    await first.remove();
    const second = await take(folder.path);
    expect(callsOf(second.events)).toEqual({ a: 2 });
    expect(second.events[0]?.id).not.toBe(first.events[0]?.id);
  });

  test('waits for a batch that is on its way, and counts nothing that comes later', async () => {
    await using folder = await createFixture({ 'checkrein-spool-a.ndjson': line('a') });
    const append = async (): Promise<void> => {
      const [name = ''] = await readdir(folder.path);
      await writeFile(join(folder.path, name), line('late'), { flag: 'a' });
    };
    const first = await take(folder.path, NOW, append);
    expect(callsOf(first.events)).toEqual({ a: 1, late: 1 });
    await append();
    expect(callsOf((await take(folder.path)).events)).toEqual({ a: 1, late: 1 });
  });

  test('goes on with a file that a run before was killed over', async () => {
    await using folder = await createFixture({
      'checkrein-spool-a.ndjson.0badc0de.claimed': line('a'),
      [`checkrein-spool-b.ndjson.0badc0de.${line('b').length}-${Date.parse(NOW)}.taken`]: line('b') + line('beyond'),
    });
    const taken = await take(folder.path);
    expect(callsOf(taken.events)).toEqual({ a: 1, b: 1 });
    await taken.remove();
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('by several at once gives each line once', async () => {
    const files = Array.from({ length: 40 }, (_, i) => [`checkrein-spool-${i}.ndjson`, line(`t${i}`)]);
    await using folder = await createFixture(Object.fromEntries(files));
    const all = await Promise.all([1, 2, 3, 4].map(() => take(folder.path)));
    const byId = new Map(all.flatMap(({ events }) => events).map((event) => [event.id, event]));
    expect(callsOf([...byId.values()])).toEqual(Object.fromEntries(files.map((_, i) => [`t${i}`, 1])));
    await Promise.all(all.map(({ remove }) => remove()));
    expect(await readdir(folder.path)).toEqual([]);
  });

  test.each(['1969-07-20T20:17:00.000Z', '2001-09-08T00:00:00.000Z', '9999-12-31T23:59:59.999Z'])(
    'on a machine where it is %s strands no file',
    async (now) => {
      await using folder = await createFixture({ 'checkrein-spool-a.ndjson': line('a') });
      await take(folder.path, now);
      const again = await take(folder.path);
      expect(again.files).toBe(1);
      await again.remove();
      expect(await readdir(folder.path)).toEqual([]);
    },
  );

  test('of a folder that is not there gives nothing', async () => {
    await using folder = await createFixture({});
    expect(await take(join(folder.path, 'none'))).toMatchObject({ events: [], files: 0, complaints: [] });
  });

  test('of a file in place of a folder says what to do', async () => {
    await using folder = await createFixture({ spool: '' });
    const failed = take(join(folder.path, 'spool'));
    await expect(failed).rejects.toThrow(OutsideFailure);
    await expect(failed).rejects.toThrow('cannot be read (ENOTDIR). Name a folder that may be read and written');
  });
});

describe('a file', () => {
  test('whose last line was torn loses that line alone, without a word', async () => {
    await using folder = await createFixture({
      'checkrein-spool-a.ndjson': line('a') + line('a') + line('b').slice(0, 40),
    });
    const taken = await take(folder.path);
    expect(callsOf(taken.events)).toEqual({ a: 2 });
    expect(taken.complaints).toEqual([]);
  });

  test('whose last line only lacks its end keeps that line', async () => {
    await using folder = await createFixture({ 'checkrein-spool-a.ndjson': line('a') + line('b').trimEnd() });
    expect(callsOf((await take(folder.path)).events)).toEqual({ a: 1, b: 1 });
  });

  test('with damage in the middle keeps all other lines, and says how many are lost', async () => {
    const text = `${line('a')}${line('b').slice(0, 30)}\n\u0000\n\n${line('c')}`;
    await using folder = await createFixture({ 'checkrein-spool-a.ndjson': text });
    const taken = await take(folder.path);
    expect(callsOf(taken.events)).toEqual({ a: 1, c: 1 });
    expect(taken.complaints).toEqual([
      'checkrein-spool-a.ndjson: 2 lines could not be read; the first is line 2: the line is no JSON',
    ]);
    const measures = taken.events.filter(isMetrics).flatMap(({ data }) => data.measures);
    const lost = measures.find(({ metric }) => metric === 'spool.unreadable');
    expect(lost).toMatchObject({ minute: '2026-11-21T10:00:00.000Z', aggregate: { count: 1, sum: 2 } });
  });

  test('with times that cannot be right keeps the others', async () => {
    const text = line('a') + line('future', FUTURE) + line('past', LONG_AGO);
    await using folder = await createFixture({ 'checkrein-spool-a.ndjson': text });
    const taken = await take(folder.path);
    expect(callsOf(taken.events)).toEqual({ a: 1 });
    expect(taken.complaints.join()).toContain(
      '2 lines could not be read; the first is line 2: its time cannot be right',
    );
  });

  test('of two days gives an event for each day, so that ids are found where the ledger looks for them', async () => {
    const text = line('a', '2026-11-20T23:59:59.000Z') + line('a', '2026-11-21T00:00:01.000Z');
    await using folder = await createFixture({ 'checkrein-spool-a.ndjson': text });
    const { events } = await take(folder.path);
    expect(events.map(({ at }) => at)).toEqual(['2026-11-20T23:59:00.000Z', '2026-11-21T00:00:00.000Z']);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
  });

  test('with very many tools is cut into events of a size that can be read', async () => {
    const text = Array.from({ length: 900 }, (_, i) => line(`t${i}`)).join('');
    await using folder = await createFixture({ 'checkrein-spool-a.ndjson': text });
    const { events } = await take(folder.path);
    expect(events.filter(isMetrics).map(({ data }) => data.measures.length)).toEqual([500, 500, 500, 300]);
    expect(Object.values(callsOf(events)).reduce((a, b) => a + b)).toBe(900);
  });

  test('that somebody prepared to lead elsewhere, or to hold us up, is left alone and named', async () => {
    await using folder = await createFixture({ 'secret.txt': line('stolen') });
    const at = (name: string): string => join(folder.path, name);
    await symlink(at('secret.txt'), at('checkrein-spool-link.ndjson'));
    await mkdir(at('checkrein-spool-folder.ndjson'));
    execFileSync('sh', ['-c', 'mkfifo checkrein-spool-pipe.ndjson'], { cwd: folder.path });
    const taken = await take(folder.path);
    expect(taken.events).toEqual([]);
    expect([...taken.complaints].sort()).toEqual([
      'checkrein-spool-folder.ndjson: no plain file: not taken in; remove it',
      'checkrein-spool-link.ndjson: a link: not followed; remove it',
      'checkrein-spool-pipe.ndjson: no plain file: not taken in; remove it',
    ]);
    await taken.remove();
    expect(await readFile(at('secret.txt'), 'utf8')).toBe(line('stolen'));
  });

  test.each([
    'checkrein-spool-a.ndjson.0badc0de.999999999999-1795255200000.taken',
    'checkrein-spool-a.ndjson.0badc0de.5-.taken',
    'other.ndjson.0badc0de.claimed',
    'checkrein-spool-a.ndjson.bak',
  ])('with the name %s is none of ours', async (name) => {
    await using folder = await createFixture({ [name]: line('a') });
    expect(await take(folder.path)).toMatchObject({ events: [], files: 0 });
    expect(await readdir(folder.path)).toEqual([name]);
  });
});
