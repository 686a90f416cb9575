import { fits, isLockFile } from '../kinds.ts';
import { inFile, newLines } from '../lines.ts';
import type { Found, Matter, ReadFile, ReviewCheck } from '../matter.ts';
import type { PatchLine } from '../patch.ts';

const MANIFESTS: readonly string[] = [
  ...['**/package.json', '**/requirements*.txt', '**/requirements/*.txt', '**/constraints*.txt', '**/pyproject.toml'],
  ...['**/Pipfile', '**/setup.py', '**/setup.cfg', '**/environment.yml', '**/Cargo.toml', '**/build.rs', '**/go.mod'],
  ...['**/go.work', '**/Gemfile', '**/*.gemspec', '**/pom.xml', '**/build.gradle', '**/build.gradle.kts'],
  ...['**/settings.gradle', '**/settings.gradle.kts', '**/libs.versions.toml', '**/composer.json', '**/*.csproj'],
  ...['**/*.fsproj', '**/*.vbproj', '**/Directory.Packages.props', '**/Directory.Build.props', '**/packages.config'],
  ...['**/Package.swift', '**/Podfile', '**/mix.exs', '**/pubspec.yaml', '**/deno.json', '**/deno.jsonc'],
  ...['**/jsr.json', '**/pnpm-workspace.yaml', '**/Dockerfile', '**/*.Dockerfile', '**/Dockerfile.*'],
  ...['**/Containerfile', '**/docker-compose*.yml', '**/docker-compose*.yaml', '**/compose.yml', '**/compose.yaml'],
  ...['**/flake.nix', '**/shell.nix', '**/Brewfile', '**/.tool-versions', '**/CMakeLists.txt', '**/conanfile.*'],
  ...['**/vcpkg.json', '**/MODULE.bazel', '**/WORKSPACE'],
];

/** Runs by itself on install. */
const INSTALL_SCRIPT = /"(?:pre|post)?(?:install|prepare|prepublish|pack)"\s*:/;
/** Lets packages run arbitrary code on install. */
const LETS_RUN =
  /\b(?:onlyBuiltDependencies|neverBuiltDependencies|trustedDependencies|allowBuilds|allowScripts|dangerouslyAllowAllBuilds|enableScripts)\b/;
/** A package from outside of the registry. */
const ELSEWHERE =
  /(?:"resolved"\s*:\s*"|resolved\s+"|tarball:\s*)(?!https:\/\/registry\.(?:npmjs\.org|yarnpkg\.com)\/)(?:https?:|git\+?\w*:|file:\.\.)|\bgit\+(?:https?|ssh|git):\/\//;
/** The same in a manifest. In version lists, such addresses may also be those of web pages. */
const ELSEWHERE_IN_MANIFEST = /"(?:git\+|github:|https?:\/\/|file:\.\.)[^"]{0,800}"(?:\s*,)?\s*$/;
/** The same in other ecosystems' formats. */
const ELSEWHERE_TOO: readonly (readonly [readonly string[], RegExp])[] = [
  [['**/package.json'], /:\s*"npm:/],
  [
    ['**/requirements*.txt', '**/requirements/*.txt', '**/constraints*.txt', '**/pyproject.toml', '**/setup.py'],
    /^\s*(?:-i|--index-url|--extra-index-url|-f|--find-links|--trusted-host)\b|\s@\s{0,9}(?:https?|git\+\w{1,9}|file):|^\s*(?:-e\s+)?(?:https?|file|git\+\w{1,9}):\/\/|\b(?:git|url|index-url)\s*=\s*["'](?!https:\/\/pypi\.org\/)(?:https?|ssh|git|file):/,
  ],
  [
    ['**/uv.lock', '**/poetry.lock', '**/pdm.lock', '**/Pipfile.lock'],
    /\b(?:git|url|registry)"?\s*[:=]\s*"(?!https:\/\/(?:pypi\.org|files\.pythonhosted\.org)\/)(?:https?|ssh|git|file):/,
  ],
  [
    ['**/Cargo.toml', '**/Cargo.lock'],
    /\bgit\s*=\s*"|\bregistry(?:-index)?\s*=\s*"|^\s*\[(?:patch|replace)\b|"(?:registry|sparse)\+(?!https:\/\/(?:github\.com\/rust-lang\/crates\.io-index|index\.crates\.io\/))/,
  ],
  [['**/go.mod', '**/go.work'], /^\s*replace\b|\s=>\s/],
  [
    ['**/Gemfile', '**/Gemfile.lock', '**/*.gemspec', '**/Podfile'],
    /\b(?:git|github|gist|bitbucket):?\s*(?:=>\s*)?["']|^\s*source\s+["'](?!https:\/\/(?:rubygems\.org|cdn\.cocoapods\.org))|^\s*remote:\s*(?!https:\/\/rubygems\.org\/)\S/,
  ],
  [
    ['**/build.gradle', '**/build.gradle.kts', '**/settings.gradle', '**/settings.gradle.kts', '**/pom.xml'],
    /\bmaven\s*[{(]|\burl\s{0,9}[=(]?\s{0,9}(?:uri\()?["']https?:|<(?:repository|pluginRepository)>/,
  ],
];
/** The checksum of a package, which prevents substitution by another one. */
const CHECKSUM = /"integrity"\s*:|^\s*integrity\s|^\s*checksum\s*[:=]|^\s*resolution:\s*\{integrity:/;
/** What changes along with it if the package or version is another. */
const NAMES_PACKAGE =
  /"?(?:version|resolved|name)"?\s*[:=\s]|^\s*resolution:\s*"|^\s*"node_modules\/|^\s*['"]?[@\w./-]{1,200}@/;
/** A line of go.sum: module and version, then the checksum. */
const GO_SUM = /^(\S{1,400} v\S{1,200}) h1:/;

/** What gets installed changes. */
export const DEPENDENCIES: ReviewCheck = {
  name: 'dependencies',
  title: 'Dependencies change',
  question:
    'Does it change what is installed: manifests, exact versions without a manifest, packages from elsewhere than the registry, a checksum without its version, or scripts that run on install?',
  remedy: 'Look each new package up: its name, its age, who publishes it.',
  find: ({ files }: Matter) => {
    const manifests = files.filter(({ path }) => fits(path, MANIFESTS));
    const locks = files.filter(({ path }) => isLockFile(path));
    return [
      ...manifests.flatMap(manifestFindings),
      ...locks.flatMap((file) => lockFindings(file, manifests.length > 0)),
    ];
  },
};

function manifestFindings(file: ReadFile): readonly Found[] {
  const lines = newLines(file).map((at) => ({ ...at, text: withPlainLetters(at.text) }));
  const isNode = /package\.json$/i.test(file.path);
  const scripts = lines.filter(({ text }) => isNode && INSTALL_SCRIPT.test(text));
  const trusting = lines.filter(({ text }) => LETS_RUN.test(text));
  const strange = lines.filter(
    ({ text }) =>
      (isFromElsewhere(file, text) || ELSEWHERE_IN_MANIFEST.test(text)) &&
      !/"(?:url|homepage|bugs|funding)"/.test(text),
  );
  const first = lines[0]?.line ?? null;
  return [
    ...scripts.map(({ line }) => inFile('high', file, line, 'A script runs by itself when somebody installs.')),
    ...trusting.map(({ line }) => inFile('high', file, line, 'Packages may run scripts when they are installed.')),
    ...strange.map(({ line }) => inFile('high', file, line, 'A package comes from elsewhere than the registry.')),
    ...(scripts.length + trusting.length + strange.length === 0
      ? [inFile('medium', file, first, 'It says what is installed or built.')]
      : []),
  ];
}

/** JSON allows every character to be written as an escape, which programs decode and patterns miss. */
function withPlainLetters(text: string): string {
  return text.replace(/\\u00([2-7][0-9a-f])/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

function isFromElsewhere({ path }: ReadFile, text: string): boolean {
  return ELSEWHERE.test(text) || ELSEWHERE_TOO.some(([globs, pattern]) => fits(path, globs) && pattern.test(text));
}

function lockFindings(file: ReadFile, hasManifest: boolean): readonly Found[] {
  const strange = newLines(file).find(({ text }) => isFromElsewhere(file, withPlainLetters(text)));
  if (strange !== undefined) {
    return [inFile('high', file, strange.line, 'A package comes from elsewhere than the registry.')];
  }
  const forged = checksumAlone(file);
  if (forged !== null) return [inFile('high', file, forged, 'A checksum changes and its version does not.')];
  return [
    hasManifest
      ? inFile('medium', file, null, 'Exact versions change.')
      : inFile('high', file, null, 'Exact versions change although no manifest does.'),
  ];
}

/** The name and version for a checksum are within this many lines above it. */
const LINES_OF_PACKAGE = 6;

/** The line of a checksum that changed although package and version did not. */
function checksumAlone(file: ReadFile): number | null {
  const { lines } = file;
  if (/go\.sum$/i.test(file.path)) {
    const gone = new Set(lines.flatMap(({ kind, text }) => (kind === 'removed' ? (GO_SUM.exec(text)?.[1] ?? []) : [])));
    const isForged = ({ kind, text }: PatchLine): boolean =>
      kind === 'added' && gone.has(GO_SUM.exec(text)?.[1] ?? '') && !lines.some((one) => isKeptAs(one, text));
    return lines.find(isForged)?.line ?? null;
  }
  const found = lines.find(({ kind, text }, i) => {
    if (kind !== 'added' || !CHECKSUM.test(text)) return false;
    const above = lines.slice(Math.max(0, i - LINES_OF_PACKAGE), i);
    const isReplaced = above.some((one) => one.kind === 'removed' && CHECKSUM.test(one.text));
    return isReplaced && !above.some((one) => one.kind !== 'kept' && NAMES_PACKAGE.test(one.text));
  });
  return found?.line ?? null;
}

/** Whether a removed line says the same, so that it was only moved. */
function isKeptAs({ kind, text }: PatchLine, other: string): boolean {
  return kind === 'removed' && text.trim() === other.trim();
}
