import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type SessionWatch, watchSessions } from './session-files.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkrein-session-files-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A watch each of whose looks takes so much, in milliseconds. */
function watchOf(look: { readonly time: number; readonly processor: number }): SessionWatch {
  let [time, processor] = [0, 0];
  const effort = () => {
    [time, processor] = [time + look.time, processor + look.processor];
    return { time, processor };
  };
  const counting = { price: () => null, since: '2026-11-22T12:00:00.000Z' };
  return watchSessions({ claude: [folder], codex: [], gemini: [] }, counting, () => false, effort);
}

describe('a new file is found', () => {
  test.each([
    ['half a second after the last look', { time: 2, processor: 2 }, 500],
    ['later where looks need much of a processor', { time: 10, processor: 10 }, 2_000],
    ['soon where a look only waited for the processor', { time: 600, processor: 2 }, 1_800],
  ])('%s', (_name, takes, pause) => {
    const watch = watchOf(takes);
    watch.look(10_000);
    writeFileSync(join(folder, 'a.jsonl'), '{}\n');
    watch.look(10_000 + pause - 1);
    expect(watch.read()).toBe(false);
    watch.look(10_000 + pause);
    expect(watch.read()).toBe(true);
  });
});
