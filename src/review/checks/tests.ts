import { isTest } from '../kinds.ts';
import { inFile, lostLines, newLines, plainPath } from '../lines.ts';
import type { Found, Matter, ReadFile, ReviewCheck } from '../matter.ts';
import type { PatchLine } from '../patch.ts';

/** Tests are removed. */
export const TESTS_REMOVED: ReviewCheck = {
  name: 'tests-removed',
  title: 'Tests are removed',
  question: 'Does it delete test files, or move them to where nobody runs them?',
  remedy: 'Ask what guards this behaviour from now on.',
  find: (matter) =>
    matter.files.flatMap((file) => {
      if (file.status === 'removed') return isTest(file.path) ? [deleted(file, matter)] : [];
      return file.from !== null && isTest(file.from) && !isTest(file.path)
        ? [inFile('high', file, null, 'Tests are moved to where they are none any more.')]
        : [];
    }),
};

/** A test file that was split or merged is gone, but its tests are not. */
function deleted(file: ReadFile, matter: Matter): Found {
  const checks = file.lines.filter((at) => isSaid(at) && ASSERTION.test(at.text));
  const lost = lostChecks(file, matter).filter((at) => isSaid(at) && ASSERTION.test(at.text));
  return checks.length > 0 && lost.length === 0
    ? inFile('low', file, 1, 'It is deleted, and all that it asserted stands in other tests of the change.')
    : inFile('high', file, 1, 'Tests are deleted.');
}

/** What a test lost and no other test in the change got: a line moved to where nobody runs it is lost. */
function lostChecks(file: ReadFile, { files }: Matter): readonly PatchLine[] {
  return lostLines(file, { files: files.filter(({ path, status }) => isTest(path) && status !== 'removed') });
}

const SKIP =
  /\b(?:it|test|describe|context|suite)(?:\.\w{1,40}){0,4}\.(?:skip|only|todo|fixme|skipIf|runIf|fails)\b|\b(?:xit|xdescribe|xtest|xcontext|fit|fdescribe)\s*\(|@(?:pytest\.mark\.(?:skip|skipif|xfail)|unittest\.skip\w*)|\bpytest\.skip\(|\bself\.skipTest\(|\b[tb]\.Skip(?:Now|f)?\(|@(?:Disabled|Ignore)\b|#\[ignore|\[Ignore|Skip\s*=\s*"|\bGTEST_SKIP|\bDISABLED_\w+|\bXCTSkip|\bmarkTestSkipped\(/;
const ASSERTION =
  /\b(?:assert\w*|expect\w*|should|verify|ensure|refute\w*|XCTAssert\w*|EXPECT_\w+|ASSERT_\w+|require\.\w+|must\w*)\s*[(.!]|^\s*assert\s|\bt\.(?:Error|Fatal|Fail)\w*\(|\.should[.\s]|\bpanic!\(/;
const NOTHING =
  /\bexpect\((true|1|'')\)\.to(?:Be|Equal)\(\1\)|\bassert(?:True)?\(?\s*(?:True|true|1)(?:\s*\))?(?:\s*;)?\s*$|\bassert (?:1\s*==\s*1|True)\b|\bassert!\(true\)|\.toBe\(true \|\| |\bexpect\(\)\.pass/;
const STRICT =
  /\.(?:toBe|toEqual|toStrictEqual|toHaveLength|toThrow\w*)\(\s*[^)\s]|assertEqual|assert_eq!|\bassert [^=\n]{1,200}==/;
const LOOSE =
  /\.(?:toBeTruthy|toBeDefined|toBeFalsy|toMatchObject|toContain|toBeInstanceOf)\(|\.not\.(?:toThrow|toBeNull|toBeUndefined)\(|expect\.(?:any|anything)\b|toBeGreaterThanOrEqual\(0\)|assertIsNotNone|assertTrue|assert_ne!|is_ok\(\)|\bassert \w+(?:\.\w+)*\s*$/;

/** Tests check less than before. */
export const TESTS_WEAKENED: ReviewCheck = {
  name: 'tests-weakened',
  title: 'Tests check less',
  question:
    'Are tests skipped or singled out, assertions taken away, made empty or made looser, or what they expect recorded anew?',
  remedy: 'Ask why the test was wrong; a test that fails is news, not noise.',
  find: (matter) => [
    ...matter.files.filter(isJudged).flatMap((file) => weaker(file, matter)),
    ...matter.files.filter(isRecord).flatMap(rewritten),
  ],
};

const RECORD = /(?:^|\/)__(?:image_)?snapshots__\/|\.(?:snap|golden|approved\.[a-z]{1,9})$/i;

/** Recorded expectations of tests, written by a program. */
function isRecord({ path, status }: ReadFile): boolean {
  return RECORD.test(plainPath(path)) && status !== 'added';
}

function rewritten(file: ReadFile): readonly Found[] {
  const [gone] = file.lines.filter(({ kind }) => kind === 'removed');
  if (file.status === 'removed') return [inFile('medium', file, 1, 'What tests expected by a record is deleted.')];
  return gone === undefined && file.reading !== 'binary'
    ? []
    : [
        inFile(
          'medium',
          file,
          gone?.line ?? null,
          'What tests expect was recorded anew: whatever came out is right now.',
        ),
      ];
}

function isJudged({ path, status }: ReadFile): boolean {
  return isTest(path) && status !== 'removed';
}

function weaker(file: ReadFile, matter: Matter): readonly Found[] {
  const fresh = newLines(file);
  const lost = lostChecks(file, matter).filter(isSaid);
  return [
    ...fresh
      .filter(({ text }) => SKIP.test(text))
      .map(({ line }) => inFile('high', file, line, 'A test is skipped or singled out.')),
    ...fresh
      .filter(({ text }) => NOTHING.test(text))
      .map(({ line }) => inFile('high', file, line, 'An assertion holds whatever happens.')),
    ...fewer(file, fresh, lost),
    ...looser(file, fresh, lost),
  ];
}

/** A comment asserts nothing. */
function isSaid({ text }: PatchLine): boolean {
  return !/^\s*(?:\/\/|#|\*|\/\*)/.test(text);
}

function fewer(file: ReadFile, fresh: readonly PatchLine[], lost: readonly PatchLine[]): readonly Found[] {
  const gone = lost.filter(({ text }) => ASSERTION.test(text));
  const come = fresh.filter((at) => isSaid(at) && ASSERTION.test(at.text) && !NOTHING.test(at.text));
  const fewer = gone.length - come.length;
  if (fewer <= 0) return [];
  const reason = `${fewer} ${fewer === 1 ? 'assertion is' : 'assertions are'} taken away.`;
  return [inFile('high', file, gone[0]?.line ?? null, reason)];
}

function looser(file: ReadFile, fresh: readonly PatchLine[], lost: readonly PatchLine[]): readonly Found[] {
  const strict = (lines: readonly PatchLine[]): number =>
    lines.filter(({ text }) => STRICT.test(text) && !LOOSE.test(text)).length;
  if (strict(lost) <= strict(fresh)) return [];
  return fresh
    .filter(({ text }) => LOOSE.test(text))
    .map(({ line }) => inFile('high', file, line, 'An exact expectation became a loose one.'));
}
