import { describe, expect, test } from 'vitest';
import { PLANTED_SECRETS } from '../../../test/kit/secrets.ts';
import { filesChangedOf, placeInWorkspace } from './changed-files.ts';

function told(path: string, cwd: string | null = '/work/repo'): unknown {
  const files = filesChangedOf([placeInWorkspace(path, cwd)], true);
  return files?.outside === 1 ? 'outside' : files?.paths[0];
}

describe('the place of a changed file', () => {
  test.each([
    ['/work/repo/src/a.ts', 'src/a.ts'],
    ['src/a.ts', 'src/a.ts'],
    ['./src/../lib//b.ts', 'lib/b.ts'],
    ['/home/runner/work/garden/garden/src/a.ts', 'src/a.ts'],
    ['/__w/garden/garden/src/a.ts', 'src/a.ts'],
    ['/github/workspace/src/a.ts', 'src/a.ts'],
    ['D:\\a\\garden\\garden\\src\\a.ts', 'src/a.ts'],
    ['/work/repo/../other/a.ts', 'outside'],
    ['../../etc/passwd', 'outside'],
    ['/etc/passwd', 'outside'],
    ['/work/repository/a.ts', 'outside'],
    ['~/notes.txt', 'outside'],
    ['C:\\Windows\\a.ini', 'outside'],
    ['/home/runner/work/garden/garden/../../../../../etc/passwd', 'outside'],
  ])('%s is %s', (path, place) => {
    expect(told(path)).toBe(place);
  });

  test('a job that works in a folder of the workspace names paths from its root all the same', () => {
    const cwd = '/home/runner/work/garden/garden/packages/x';
    expect(told(`${cwd}/a.ts`, cwd)).toBe('packages/x/a.ts');
  });

  test.each(PLANTED_SECRETS.map(({ kind, text, core }) => [kind, text, core] as const))(
    'no %s stands in it, also as the name of a folder',
    (_kind, text, core) => {
      for (const path of [text, `/work/repo/${text}/a.ts`, `src/${text}`]) {
        expect(JSON.stringify(filesChangedOf([placeInWorkspace(path, '/work/repo')], true))).not.toContain(core);
      }
    },
  );
});

describe('the files of a session', () => {
  test('count once each, and many are not all named', () => {
    const places = Array.from({ length: 150 }, (_, i) => placeInWorkspace(`src/${i}.ts`, null));
    const files = filesChangedOf([...places, ...places, placeInWorkspace('/etc/a', null)], true);
    expect(files).toMatchObject({ count: 151, outside: 1 });
    expect(files?.paths).toHaveLength(100);
  });

  test('are unknown where nothing is told and the record is not whole', () => {
    expect(filesChangedOf([], false)).toBeNull();
    expect(filesChangedOf([], true)).toEqual({ count: 0, outside: 0, paths: [] });
  });
});
