import { matchesGlob } from '../core/glob.ts';
import { plainPath } from './lines.ts';

const TEST_FOLDER = /(?:^|\/)(?:tests?|__tests__|specs?|e2e|integration-tests?|testing)\//i;
const TEST_FILE =
  /(?:[._-](?:test|spec|e2e|cy)\.[a-z]+|(?:^|\/)test_[^/]+\.py|_test\.(?:go|py|rb|exs|dart|cc|cpp)|(?:Test|Tests|Spec|IT)\.(?:java|kt|cs|scala|swift|groovy))$/;
const CODE =
  /\.(?:[cm]?[jt]sx?|py|go|rs|rb|java|kts?|cs|scala|swift|php|c|cc|cpp|cxx|h|hpp|m|mm|ex|exs|erl|clj|dart|lua|pl|r|jl|sh|bash|zsh|ps1|sql|vue|svelte|groovy|zig|sol|tf)$/i;
const PROSE = /\.(?:md|mdx|markdown|txt|rst|adoc)$/i;

/** Whether a path is a test file. */
export function isTest(path: string): boolean {
  const plain = plainPath(path);
  return CODE.test(plain) && (TEST_FILE.test(plain) || TEST_FOLDER.test(plain));
}

/** Whether a path is source code. */
export function isCode(path: string): boolean {
  return CODE.test(plainPath(path));
}

/** Whether a path is text for people. */
export function isProse(path: string): boolean {
  return PROSE.test(plainPath(path));
}

const LOCK_FILES =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock|Cargo\.lock|go\.sum|poetry\.lock|uv\.lock|pdm\.lock|Pipfile\.lock|Gemfile\.lock|composer\.lock|packages\.lock\.json|Package\.resolved|gradle\.lockfile|flake\.lock|mix\.lock|pubspec\.lock)$/i;

/** Whether a path is a generated list of exact versions. */
export function isLockFile(path: string): boolean {
  return LOCK_FILES.test(plainPath(path));
}

const GENERATED: readonly string[] = [
  ...[
    'dist/**',
    '**/dist/**',
    'build/**',
    'out/**',
    '**/generated/**',
    '**/*.generated.*',
    '**/*.min.js',
    '**/*.min.css',
  ],
  ...['**/*.map', '**/*.pb.go', '**/*_pb2.py', '**/*.g.dart', '**/*.Designer.cs'],
];

/** Whether a path is generated, as far as its name shows. */
export function isGenerated(path: string, more: readonly string[]): boolean {
  return fits(path, GENERATED) || fits(path, more);
}

/** Whether a path matches one of the globs, look-alikes included. */
export function fits(path: string, globs: readonly string[]): boolean {
  const plain = plainPath(path);
  return globs.some((glob) => matchesGlob(glob, plain));
}
