import { fits, isLockFile } from '../kinds.ts';
import { inFile, newLines } from '../lines.ts';
import type { Found, Matter, ReadFile, ReviewCheck } from '../matter.ts';

const MANIFESTS: readonly string[] = [
  ...['**/package.json', '**/requirements*.txt', '**/pyproject.toml', '**/Pipfile', '**/setup.py', '**/Cargo.toml'],
  ...['**/go.mod', '**/Gemfile', '**/*.gemspec', '**/pom.xml', '**/build.gradle', '**/build.gradle.kts'],
  ...['**/composer.json', '**/*.csproj', '**/Directory.Packages.props', '**/Package.swift', '**/mix.exs'],
  ...['**/pubspec.yaml', '**/deno.json', '**/Dockerfile', '**/*.Dockerfile', '**/flake.nix'],
];

/** Runs by itself when somebody installs. */
const INSTALL_SCRIPT = /"(?:pre|post)?(?:install|prepare|prepublish|pack)"\s*:/;
/** A package that comes from elsewhere than the registry. */
const ELSEWHERE =
  /(?:"resolved"\s*:\s*"|resolved\s+"|tarball:\s*)(?!https:\/\/registry\.(?:npmjs\.org|yarnpkg\.com)\/)(?:https?|git\+?\w*):|"(?:git\+|github:|https?:\/\/|file:\.\.)[^"]{0,800}"(?:\s*,)?\s*$|\bgit\+(?:https?|ssh):\/\//;

/** What is installed changes. */
export const DEPENDENCIES: ReviewCheck = {
  name: 'dependencies',
  title: 'Dependencies change',
  question:
    'Does it change what is installed: manifests, exact versions without a manifest, packages from elsewhere than the registry, or scripts that run on install?',
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
  const lines = newLines(file);
  const scripts = lines.filter(({ text }) => /package\.json$/i.test(file.path) && INSTALL_SCRIPT.test(text));
  const strange = lines.filter(({ text }) => ELSEWHERE.test(text) && !/"(?:url|homepage|bugs|funding)"/.test(text));
  const first = lines[0]?.line ?? null;
  return [
    ...scripts.map(({ line }) => inFile('high', file, line, 'A script runs by itself when somebody installs.')),
    ...strange.map(({ line }) => inFile('high', file, line, 'A package comes from elsewhere than the registry.')),
    ...(scripts.length + strange.length === 0
      ? [inFile('medium', file, first, 'It says what is installed or built.')]
      : []),
  ];
}

function lockFindings(file: ReadFile, hasManifest: boolean): readonly Found[] {
  const strange = newLines(file).find(({ text }) => ELSEWHERE.test(text));
  if (strange !== undefined) {
    return [inFile('high', file, strange.line, 'A package comes from elsewhere than the registry.')];
  }
  return [
    hasManifest
      ? inFile('medium', file, null, 'Exact versions change.')
      : inFile('high', file, null, 'Exact versions change although no manifest does.'),
  ];
}
