import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createFixture } from 'fs-fixture';
import { expect, test } from 'vitest';
import { ROOT } from '../drivers/process.ts';

/** The files of the bundle that are loaded with `path` at once, and how many bytes they have together. */
async function loadedWith(path: string, files = new Map<string, number>()): Promise<ReadonlyMap<string, number>> {
  if (files.has(path)) return files;
  const text = await readFile(path, 'utf8');
  files.set(path, text.length);
  for (const [, name = ''] of text.matchAll(/(?:from|import)\s*["'](\.[^"']+)["']/g)) {
    await loadedWith(join(dirname(path), name), files);
  }
  return files;
}

test('watch as an action asks GitHub before it loads the rules, the schema of the configuration and the ledger', async () => {
  const files = await loadedWith(join(ROOT, 'dist/chunks/watch-action.js'));
  expect(files.size).toBeGreaterThan(5);
  const heavy = [...files.keys()].filter((file) =>
    /\/(?:zod|yaml|state|open-job|watch|folded|sessions|open-ledger)\.js$/.test(file),
  );
  expect(heavy).toEqual([]);
  // Beside the connection to GitHub, which is loaded next; action.js itself has the toolkit of the runner in it.
  const beside = [...files].filter(([file]) => !file.endsWith('action.js') || file.endsWith('watch-action.js'));
  expect(beside.reduce((sum, [, bytes]) => sum + bytes, 0)).toBeLessThan(230_000);
});

test('ingest reads transcripts without the readers of other formats and the library of prices', async () => {
  const files = new Map<string, number>();
  for (const chunk of ['ingest-command', 'ingest-report'])
    await loadedWith(join(ROOT, `dist/chunks/${chunk}.js`), files);
  const names = [...files.keys()].map((file) => basename(file));
  expect(names).toEqual(expect.arrayContaining(['ingest-report.js', 'folded.js', 'skim.js']));
  expect(names.filter((name) => /^(?:formats|sessions|core|price-library|zod|yaml)\./.test(name))).toEqual([]);
});

/** Names every file of the bundle that the process loads. */
const TELLING = `import { registerHooks } from 'node:module';
registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });`;

test('ingest passes over another small file in a folder without loading the readers of other formats for it', async () => {
  const row = { type: 'user', sessionId: 's1', uuid: 'u1', message: { role: 'user', content: 'hello' } };
  await using files = await createFixture({
    's1.jsonl': `${JSON.stringify(row)}\n`,
    'settings.json': '{"theme":"dark"}',
  });
  const preload = `data:text/javascript,${encodeURIComponent(TELLING)}`;
  const words = ['--import', preload, join(ROOT, 'dist/cli.js'), 'ingest', files.path, '--json'];
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect(JSON.parse(stdout)).toMatchObject({ sessions: [{ id: 's1' }], complaints: [] });
  const loaded = stderr.split('\n').map((url) => basename(url));
  expect(loaded).toContain('sessions.js');
  expect(loaded).not.toContain('formats.js');
});
