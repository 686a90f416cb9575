import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspect, readSources, type SourceFile } from './house/source-file.ts';

const ROOT = `${import.meta.dirname}/..`;

/** Who may import whom. A folder that is not in this table may not exist. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  metrics: ['core'],
  alerts: ['core'],
  people: ['core'],
  surfaces: ['core'],
  detectors: ['core', 'metrics'],
  budgets: ['core', 'metrics'],
  admission: ['core', 'metrics', 'budgets'],
  rules: ['core', 'metrics', 'detectors'],
  config: ['core', 'rules', 'budgets'],
  github: ['core'],
  ledger: ['core', 'github'],
  sources: ['core', 'github'],
  responses: ['core', 'github'],
  review: ['core', 'github'],
  // Runs inside other people's programs, so it stays small.
  track: ['core'],
  // Lives beside the agent as long as it works, so it stays small, too.
  // Of the ledger its layout alone, which Biome holds.
  meter: ['core', 'sources', 'ledger'],
  app: [
    ...['core', 'metrics', 'alerts', 'surfaces', 'detectors', 'budgets', 'admission', 'rules', 'config', 'people'],
    ...['github', 'ledger', 'sources', 'responses', 'review', 'track', 'meter'],
  ],
  // action.ts, cli.ts, meter.ts, post.ts and track.ts
  shell: ['app', 'config', 'track', 'meter'],
};

/**
 * What each folder of src/app may import of the others, beside job.ts and state.ts, which all know. `.` stands for the files above
 * the folders. A folder imports only what stands before it.
 */
const APP_MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  shell: [],
  ledger: ['shell'],
  review: ['shell', 'ledger'],
  stop: ['shell', 'ledger'],
  guard: ['shell', 'ledger', 'stop'],
  judge: ['shell', 'ledger', 'stop', 'guard'],
  gather: ['shell', 'ledger', 'guard', 'review', 'judge'],
  tell: ['shell', 'ledger', 'review', 'stop', 'judge', 'gather'],
  comments: ['shell', 'ledger', 'review', 'stop', 'judge'],
  watch: ['shell', 'ledger', 'review', 'stop', 'judge', 'gather', 'tell', 'comments'],
  drill: ['shell', 'ledger', 'stop', 'judge', 'watch'],
  doctor: ['shell', 'ledger', 'tell', 'watch'],
  reports: ['shell', 'ledger', 'review', 'judge'],
  rules: ['shell', 'ledger', 'judge', 'reports'],
  record: ['shell', 'ledger'],
  ingest: ['shell'],
  // Chooses the command: it knows them all, and none of them knows it.
  entry: [
    ...['shell', 'ledger', 'review', 'stop', 'guard', 'comments', 'watch', 'drill', 'doctor', 'reports', 'rules'],
    ...['record', 'ingest'],
  ],
  '.': ['shell', 'ledger', 'review', 'stop', 'judge', 'gather', 'tell'],
};
/** The two files above the folders that do something: the program, and its stage that changes the world. */
const APP_ACTS: Readonly<Record<string, readonly string[]>> = {
  'src/app/watch.ts': ['watch'],
  'src/app/act.ts': ['.', 'tell'],
};

/** Single files of a folder that may be imported where the folder may not. */
const ALSO: Readonly<Record<string, RegExp>> = {
  // A channel brings the schema of its settings with it.
  config: /^src\/responses\/channels\/settings\.ts$/,
};

/** Judging code: no clock, no chance, no outside. */
const JUDGES = [
  'core',
  'metrics',
  'budgets',
  'admission',
  'detectors',
  'rules',
  'alerts',
  'surfaces',
  'config',
  'people',
];
const OUTSIDE = ['Date', 'process', 'fetch', 'console', 'performance', 'crypto', 'globalThis'];
const TIMERS = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'];

/** Who may import what was not written here. Everything else is refused; `node:` alone stands for all of Node. */
const OWNERS: Readonly<Record<string, RegExp>> = {
  '@anthropic-ai/sdk': /^src\/review\/ai\/anthropic\.ts/,
  '@actions/core': /^src\/app\/shell\/runner-host\.ts/,
  '@actions/github': /^src\/github\//,
  '@octokit/': /^src\/github\//,
  bottleneck: /^src\/github\//,
  '@datadog/sketches-js': /^src\/core\/sketch\.ts/,
  '@pydantic/genai-prices': /^src\/sources\//,
  '@modelcontextprotocol/sdk': /^src\/sources\/mcp-probe\//,
  fflate: /^src\/sources\//,
  'fast-xml-parser': /^src\/sources\/reports\//,
  tinyglobby: /^src\/sources\//,
  kysely: /^src\/ledger\/postgres\//,
  pg: /^src\/ledger\/postgres\//,
  yaml: /^src\/(config|sources)\//,
  zod: /^src\/(rules|budgets|config|responses\/channels|review\/ai)\//,
  nodemailer: /^src\/responses\/channels\/email\/smtp\.ts/,
  'simple-statistics': /^src\/(metrics|detectors|rules|budgets)\//,
  'package.json': /^src\/app\//,
  'node:crypto':
    /^src\/(core\/hash|ledger\/directory-journal|responses\/stop\/signature|sources\/spool\/claim|track\/spool-file|action|post)\.ts/,
  // What loads a part of Node when it is first needed.
  'node:module': /^src\/(core\/hash|meter\/light-http)\.ts/,
  'node:': /^src\/(app|github|ledger|sources|responses|review|track|meter)\/|^src\/(action|cli|post)\.ts/,
};

/** Libraries that a single adapter file meets, so that the rest of the code cannot tell which one it is. */
const ONE_ADAPTER = [
  '@datadog/sketches-js',
  '@pydantic/genai-prices',
  'fflate',
  'fast-xml-parser',
  'tinyglobby',
  '@actions/core',
  'nodemailer',
  '@anthropic-ai/sdk',
];

const sources = readSources(ROOT, ['src']);
const code = sources.filter(({ path }) => !path.endsWith('.test.ts'));
const tests = [...sources, ...readSources(ROOT, ['test'])].filter(({ path }) => path.endsWith('.test.ts'));

function folderOf(path: string): string {
  const [, folder = '', ...rest] = path.split('/');
  return rest.length === 0 ? 'shell' : folder;
}

/** What a file does that its folder may not do, each as a sentence. */
function trespasses(file: SourceFile): readonly string[] {
  const folder = folderOf(file.path);
  const allowed = MAY_IMPORT[folder];
  if (allowed === undefined) return [`${file.path} lies in a folder that the table of layers does not know`];
  const imports = file.imports.flatMap((target) => refusal(target, file.path, [folder, ...allowed]));
  const globals = JUDGES.includes(folder) ? [...OUTSIDE, ...TIMERS].filter((name) => file.names.has(name)) : [];
  return [
    ...imports,
    ...(file.importsUnknown ? [`${file.path} imports something that is not a plain text`] : []),
    ...globals
      .filter((name) => !(name === 'Date' && file.path === 'src/core/time.ts'))
      .map((name) => `${file.path} judges and must not use ${name}`),
    ...(JUDGES.includes(folder) && file.members.has('Math.random') ? [`${file.path} must not use Math.random`] : []),
  ];
}

function refusal(target: string, path: string, allowed: readonly string[]): readonly string[] {
  if (target.startsWith('src/')) {
    const also = ALSO[folderOf(path)]?.test(target) === true;
    return also || allowed.includes(folderOf(target)) ? [] : [`${path} may not import ${target}`];
  }
  const owner = Object.keys(OWNERS)
    .filter(
      (name) => target === name || target.startsWith(name.endsWith('/') || name.endsWith(':') ? name : `${name}/`),
    )
    .sort((a, b) => b.length - a.length)[0];
  if (owner === undefined) return [`${path} imports ${target}, which no folder owns`];
  return OWNERS[owner]?.test(path) === true ? [] : [`${path} may not import ${target}`];
}

describe('layers', () => {
  test('the check reads the whole code base, not an empty folder', () => {
    expect(code.length).toBeGreaterThan(150);
    expect(tests.length).toBeGreaterThan(30);
    expect(code.flatMap(({ imports }) => imports).length).toBeGreaterThan(600);
  });

  test('every file imports only what its folder may, and judges use no clock, chance or outside', () => {
    expect(code.flatMap(trespasses)).toEqual([]);
  });

  test.each([
    ['a static import', 'src/metrics/x.ts', "import { x } from '../ledger/x.ts';", 'may not import src/ledger/x.ts'],
    ['a dynamic import', 'src/core/x.ts', "await import('../app/x.ts');", 'may not import src/app/x.ts'],
    ['an import with a computed name', 'src/app/x.ts', 'await import(name);', 'not a plain text'],
    ['a type import', 'src/alerts/x.ts', "type A = import('../rules/x.ts').A;", 'may not import src/rules/x.ts'],
    ['a re-export', 'src/sources/a/x.ts', "export * from '../../ledger/x.ts';", 'may not import src/ledger/x.ts'],
    ['Octokit outside its folder', 'src/sources/x.ts', "import '@octokit/rest';", 'may not import @octokit/rest'],
    ['a library that nobody owns', 'src/app/x.ts', "import 'left-pad';", 'which no folder owns'],
    ['a clock in a judge', 'src/rules/x.ts', 'export const now = new Date();', 'must not use Date'],
    ['chance in a judge', 'src/budgets/x.ts', 'export const x = Math.random();', 'must not use Math.random'],
    ['an unknown folder', 'src/utils/x.ts', 'export const x = 1;', 'does not know'],
  ])('sees %s', (_name, path, text, sentence) => {
    expect(trespasses(inspect(path, text)).join()).toContain(sentence);
  });

  test.each([
    ['a member that is called like a global', 'src/rules/x.ts', 'export const x = { Date: 1, process: 2 }.process;'],
    ['the calendar of core/time.ts', 'src/core/time.ts', 'export const x = new Date(0);'],
    ['a neighbour in a nested folder', 'src/sources/agents/x.ts', "import '../artifacts/y.ts';"],
    ['the port of GitHub in a source', 'src/sources/agents/x.ts', "import type { A } from '../../github/port.ts';"],
  ])('lets %s pass', (_name, path, text) => {
    expect(trespasses(inspect(path, text))).toEqual([]);
  });

  test.each(ONE_ADAPTER)('%s is met in one file only', (library) => {
    const users = code.filter(({ imports }) => imports.includes(library)).map(({ path }) => path);
    expect(users.length, users.join()).toBeLessThanOrEqual(1);
  });
});

/** The folder of a file below src/app; `.` for one above the folders, null for one elsewhere. */
function appFolderOf(path: string): string | null {
  const [, folder = null] = /^src\/app\/(?:([^/]+)\/)?[^/]+$/.exec(path) ?? [];
  return path.startsWith('src/app/') ? (folder ?? '.') : null;
}

/** What a file of src/app imports that its folder may not, each as a sentence. */
function strays({ path, imports }: Pick<SourceFile, 'path' | 'imports'>): readonly string[] {
  const folder = appFolderOf(path);
  if (folder === null) return [];
  const allowed = APP_MAY_IMPORT[folder];
  if (allowed === undefined) return [`${path} lies in a folder that the table of src/app does not know`];
  return imports
    .filter((target) => {
      const other = appFolderOf(target);
      if (other === null || other === folder) return false;
      return other === '.' ? APP_ACTS[target]?.includes(folder) === false : !allowed.includes(other);
    })
    .map((target) => `${path} may not import ${target}`);
}

/** Files that import each other in a circle, of any length: each circle from its first file back to it. */
function circles(files: readonly Pick<SourceFile, 'path' | 'imports'>[]): readonly string[] {
  const importsOf = new Map(files.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(' -> '));
    if (start >= 0 || done.has(path)) return;
    for (const target of importsOf.get(path) ?? []) visit(target, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
}

describe('circles', () => {
  test('no file imports itself by way of others, types and dynamic imports included', () => {
    expect(circles(code)).toEqual([]);
  });

  test.each([
    ['of two', { a: ['b'], b: ['a'] }, ['a -> b -> a']],
    ['of three behind another file', { a: ['b'], b: ['c'], c: ['d'], d: ['b'] }, ['b -> c -> d -> b']],
    ['of one', { a: ['a'] }, ['a -> a']],
    ['and none where two ways lead to one file', { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, []],
  ])('sees a circle %s', (_name, graph, expected) => {
    expect(circles(Object.entries(graph).map(([path, imports]) => ({ path, imports })))).toEqual(expected);
  });
});

describe('folders of src/app', () => {
  test('every file imports only from the folders that its own may know', () => {
    expect(code.filter(({ path }) => path.startsWith('src/app/')).length).toBeGreaterThan(200);
    expect(code.flatMap(strays)).toEqual([]);
  });

  test('the table names each folder that there is, and each only after what it imports', () => {
    const there = new Set(code.flatMap(({ path }) => appFolderOf(path) ?? []));
    const named = Object.keys(APP_MAY_IMPORT);
    expect([...there].sort()).toEqual([...named].sort());
    const early = named.flatMap((folder, at) =>
      (APP_MAY_IMPORT[folder] ?? [])
        .filter((other) => named.indexOf(other) >= at)
        .map((other) => `${folder}: ${other}`),
    );
    expect(early).toEqual([]);
  });

  test.each([
    ['a stage that knows a later one', 'src/app/stop/x.ts', 'src/app/judge/y.ts', 'may not import src/app/judge/y.ts'],
    ['a command that knows who chose it', 'src/app/guard/x.ts', 'src/app/entry/y.ts', 'may not import src/app/entry'],
    ['a folder that runs the whole', 'src/app/judge/x.ts', 'src/app/watch.ts', 'may not import src/app/watch.ts'],
    ['a folder for everything', 'src/app/common/x.ts', 'src/app/job.ts', 'does not know'],
  ])('sees %s', (_name, path, target, sentence) => {
    expect(strays({ path, imports: [target] }).join()).toContain(sentence);
  });
});

describe('habits', () => {
  test('no dry-run flag reaches what acts: a dry run is a plan that is not applied', () => {
    // Surfaces tell people that nothing was done; they do nothing themselves.
    const below = code.filter(({ path }) => !['app', 'shell', 'surfaces'].includes(folderOf(path)));
    expect(below.length).toBeGreaterThan(40);
    expect(below.filter(({ text }) => /dry[-_ ]?run/i.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('no test replaces a module: fakes stand at the HTTP level', () => {
    const mocks = ['vi.mock', 'vi.doMock', 'vi.stubGlobal', 'vi.useFakeTimers'];
    const users = tests.filter(({ members }) => mocks.some((mock) => members.has(mock)));
    expect(users.map(({ path }) => path)).toEqual([]);
  });

  test('the shells stay shells: at most 80 lines', () => {
    const shells = code.filter(({ path }) => folderOf(path) === 'shell');
    expect(shells.map(({ path }) => path)).toEqual(
      ['action', 'cli', 'meter', 'post', 'track'].map((name) => `src/${name}.ts`),
    );
    expect(shells.filter(({ lines }) => lines > 80).map(({ path }) => path)).toEqual([]);
  });

  test('no file is longer than 300 lines', () => {
    expect(code.filter(({ lines }) => lines > 300).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  test('watch is one function that fits on a page', () => {
    const text = readFileSync(`${ROOT}/src/app/watch.ts`, 'utf8');
    const body = /export async function watch\([\s\S]*?\n}\n/.exec(text)?.[0] ?? '';
    expect(body.split('\n').length).toBeGreaterThan(5);
    expect(body.trimEnd().split('\n').length).toBeLessThanOrEqual(27);
  });

  test('every folder with functions has a test that calls them', () => {
    const tested = new Set(tests.flatMap(({ imports }) => imports).map((target) => dirname(target)));
    const folders = new Set(
      code.filter(({ text }) => /^export (async )?function/m.test(text)).map(({ path }) => dirname(path)),
    );
    // AssemblyScript cannot be imported: its tests call the compiled program.
    const callable = [...folders].filter((folder) => folder !== 'src' && !folder.endsWith('/assembly'));
    expect(callable.filter((folder) => !tested.has(folder))).toEqual([]);
  });
});

describe('rules', () => {
  const files = code
    .filter(({ path, text }) => /^src\/(rules|budgets)\//.test(path) && /^export const \w+: Rule</m.test(text))
    .map(({ path }) => path);

  test('each rule is one file, listed in a registry', async () => {
    const { RULES } = await import('../src/rules/registry.ts');
    const { BUDGET_RULES } = await import('../src/budgets/registry.ts');
    expect(files.length).toBe(RULES.length + BUDGET_RULES.length);
    const listed = [
      ...RULES.map(({ name }) => `src/rules/${name}.ts`),
      ...BUDGET_RULES.map(({ name }) => `src/budgets/${name}-rule.ts`),
    ];
    expect([...files].sort()).toEqual(listed.sort());
  });

  test.each(files)('%s is tested, documented and has a runbook', (path) => {
    const name = basename(path, '.ts').replace(/-rule$/, '');
    expect(existsSync(`${ROOT}/${path.replace(/\.ts$/, '.test.ts')}`)).toBe(true);
    expect(existsSync(`${ROOT}/docs/runbooks/${name}.md`)).toBe(true);
    expect(readFileSync(`${ROOT}/docs/rules.md`, 'utf8')).toContain(`## \`${name}\``);
  });
});
