import { fits, isCode, isProse } from '../kinds.ts';
import { inFile, newLines } from '../lines.ts';
import type { Found, ReadFile, ReviewCheck } from '../matter.ts';
import type { PatchLine } from '../patch.ts';

const CONFIGURATIONS: readonly string[] = [
  ...['**/.eslintrc*', '**/eslint.config.*', '**/.eslintignore', '**/biome.json', '**/biome.jsonc', '**/.prettierrc*'],
  ...[
    '**/tsconfig*.json',
    '**/.flake8',
    '**/setup.cfg',
    '**/mypy.ini',
    '**/ruff.toml',
    '**/.ruff.toml',
    '**/.pylintrc',
  ],
  ...['**/.golangci.yml', '**/.golangci.yaml', '**/.rubocop.yml', '**/clippy.toml', '**/.clippy.toml', '**/tox.ini'],
  ...['**/jest.config.*', '**/vitest.config.*', '**/.nycrc*', '**/.c8rc*', '**/codecov.yml', '**/.codecov.yml'],
  ...[
    '**/.coveragerc',
    '**/pytest.ini',
    '**/conftest.py',
    '**/sonar-project.properties',
    '**/knip.json',
    '**/phpstan.neon',
  ],
  ...['**/.oxlintrc.json', '**/.stylelintrc*', '**/.markdownlint*', '**/.swiftlint.yml', '**/rustfmt.toml'],
  ...['**/deny.toml', '**/.golangci.toml', '**/.golangci.json', '**/playwright.config.*', '**/cypress.config.*'],
  ...['**/karma.conf.*', '**/.mocharc*', '**/nextest.toml', '**/.secretlintrc*', '**/commitlint.config.*'],
  ...[
    '**/.prettierignore',
    '**/.biomeignore',
    '**/.gitleaksignore',
    '**/.gitleaks.toml',
    '**/.semgrepignore',
    '**/.trivyignore',
    '**/.snyk',
    '**/.nsprc',
    '**/detekt.yml',
  ],
];
/** Files that contain some gates among much else. */
const MIXED: readonly string[] = [
  '**/pyproject.toml',
  '**/package.json',
  '**/Cargo.toml',
  '**/Makefile',
  '**/*.yml',
  '**/*.yaml',
];

const SILENCED =
  /eslint-disable|biome-ignore|oxlint-disable|@ts-(?:ignore|nocheck|expect-error)|#\s*(?:noqa|nosec|type:\s*ignore|pylint:\s*disable|pragma:\s*no cover)|\/\/\s*(?:nolint|nosec|NOSONAR)|#!?\[allow\(|@SuppressWarnings|@SuppressFBWarnings|rubocop:disable|(?:istanbul|c8|v8) ignore|phpcs:ignore|@phpstan-ignore|swiftlint:disable|NOLINT\b/;
/** A script of that name that does nothing, and so never fails. */
const EMPTY_SCRIPT =
  /"(?:pre|post)?(?:test|lint|check|type-?check|tsc|verify|validate|ci|coverage|audit|e2e)[\w:.-]{0,60}"\s*:\s*"\s*(?:|true|:|exit 0|echo\b[^"&|;]{0,200}(?:&& exit 0)?)\s*"/;
const LET_PASS =
  /continue-on-error:\s*true|\|\|\s*(?:true|exit 0|:)\s*(?:$|["'])|--no-verify|--passWithNoTests|set \+e\b|--force\b.{0,200}\btest/;

/** A check is silenced or made less strict. */
export const GATES_LOOSENED: ReviewCheck = {
  name: 'gates-loosened',
  title: 'A gate is loosened',
  question: 'Are lint, types, coverage or checks silenced, switched off, made to pass, or is a threshold lowered?',
  remedy: 'Have what the gate found mended, or say in the change why it is wrong.',
  find: ({ files }) => files.filter(({ path }) => !isProse(path)).flatMap(loosened),
};

function loosened(file: ReadFile): readonly Found[] {
  const fresh = newLines(file);
  const config = fits(file.path, CONFIGURATIONS);
  const lowered = config || fits(file.path, MIXED) ? lowerings(file) : [];
  const silenced = isCode(file.path) ? fresh.filter(({ text }) => SILENCED.test(text)) : [];
  const passing =
    isCode(file.path) && !/\.(?:sh|bash)$/.test(file.path) ? [] : fresh.filter(({ text }) => LET_PASS.test(text));
  const emptied = /package\.json$/i.test(file.path) ? fresh.filter(({ text }) => EMPTY_SCRIPT.test(text)) : [];
  return [
    ...lowered,
    ...emptied.map(({ line }) => inFile('high', file, line, 'A script that should check something does nothing.')),
    ...silenced.map(({ line }) => inFile('medium', file, line, 'A check is silenced here.')),
    ...passing.map(({ line }) => inFile('high', file, line, 'What fails here passes from now on.')),
    ...(config && lowered.length === 0
      ? [inFile('medium', file, fresh[0]?.line ?? null, 'It sets what checks ask for.')]
      : []),
    ...(config && file.status === 'removed' ? [inFile('high', file, 1, 'The settings of a check are deleted.')] : []),
  ];
}

const THRESHOLD =
  /["']?(branches|functions|lines|statements|threshold|fail[_-]under|target|min\w{0,40}|coverage\w{0,40})["']?\s*[:=]\s*["']?(\d{1,3}(?:\.\d+)?)/i;
const ON = /["']?([\w/@.-]{1,80})["']?\s*[:=]\s*(?:\[\s*)?["']?(true|error|2|deny|forbid|on)\b/i;
const OFF = /["']?([\w/@.-]{1,80})["']?\s*[:=]\s*(?:\[\s*)?["']?(false|off|warn|warning|0|1|allow|ignore|none)\b/i;

/** Numbers that went down and switches that were turned off, by the name before them. */
function lowerings(file: ReadFile): readonly Found[] {
  const before = settingsOf(file.lines.filter(({ kind }) => kind === 'removed'));
  return file.lines
    .filter(({ kind }) => kind === 'added')
    .flatMap((at) => {
      if (isLower(at, before)) return [inFile('high', file, at.line, 'A threshold is lowered.')];
      return isOff(at, before) ? [inFile('high', file, at.line, 'A check is switched off or only warns.')] : [];
    });
}

/** What lines set, each read once. */
interface Settings {
  /** The highest value by lowercase name. */
  readonly thresholds: ReadonlyMap<string, number>;
  readonly on: ReadonlySet<string>;
}

function settingsOf(lines: readonly PatchLine[]): Settings {
  const thresholds = new Map<string, number>();
  const on = new Set<string>();
  for (const { text } of lines) {
    const [, name = '', number = ''] = THRESHOLD.exec(text) ?? [];
    const key = name.toLowerCase();
    if (key !== '') thresholds.set(key, Math.max(Number(number), thresholds.get(key) ?? 0));
    const switched = ON.exec(text)?.[1];
    if (switched !== undefined) on.add(switched);
  }
  return { thresholds, on };
}

function isLower({ text }: PatchLine, { thresholds }: Settings): boolean {
  const [, name = '', number = ''] = THRESHOLD.exec(text) ?? [];
  return Number(number) < (thresholds.get(name.toLowerCase()) ?? 0);
}

function isOff({ text }: PatchLine, { on }: Settings): boolean {
  const name = OFF.exec(text)?.[1];
  return name !== undefined && on.has(name);
}
