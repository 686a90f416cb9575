import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsPage } from './docs/commands.ts';
import { configPage, schemaFile } from './docs/config.ts';
import { metricsPage } from './docs/metrics.ts';
import { readmePage } from './docs/readme.ts';
import { reviewPage } from './docs/review.ts';
import { rulesPage } from './docs/rules.ts';

const ROOT = join(import.meta.dirname, '..');
const BIOME = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');

/** Every generated file, with the function that makes it. */
const PAGES: Readonly<Record<string, () => string>> = {
  'docs/rules.md': rulesPage,
  'docs/config.md': configPage,
  'docs/metrics.md': metricsPage,
  'docs/commands.md': commandsPage,
  'docs/review.md': () => reviewPage(read('docs/review.md')),
  'config/schema.json': () => formatted('config/schema.json', schemaFile()),
  'README.md': () => readmePage(read('README.md'), read('action.yml')),
};

function read(path: string): string {
  return existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), 'utf8') : '';
}

function formatted(path: string, text: string): string {
  const words = [BIOME, 'format', `--stdin-file-path=${path}`];
  return execFileSync(process.execPath, words, { cwd: ROOT, input: text, encoding: 'utf8' });
}

const stale = Object.entries(PAGES)
  .map(([path, make]) => ({ path, text: make() }))
  .filter(({ path, text }) => text !== read(path));

if (process.argv.includes('--check')) {
  for (const { path } of stale) console.error(`${path} is out of date: run 'npm run docs'.`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const { path, text } of stale) {
    writeFileSync(join(ROOT, path), text);
    console.log(`wrote ${path}`);
  }
}
