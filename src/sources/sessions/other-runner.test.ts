import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ofOtherRunner, workFolderIn } from './other-runner.ts';

describe('a session of another runner', () => {
  test.each([
    ['/home/u/runner-1/_work/garden/garden', '/home/u/runner-2/_work/garden/garden', true],
    ['/home/u/runner-1/_work/garden/garden', '/home/u/runner-1/_work/garden/garden', false],
    ['/home/u/runner-1/_work/garden/garden', '/home/u/runner-1/_work/garden/garden/src', false],
    ['/home/u/runner-1/_work/garden/garden', '/home/u/runner-1/_work/_temp/copy', false],
    ['/home/u/runner-1/_work/garden/garden', '/home/u/runner-11/_work/garden/garden', true],
    ['/home/u/runner-1/_work/garden/garden', '/tmp/copy', false],
    ['/srv/builds/garden', '/home/u/runner-2/_work/garden/garden', true],
    ['/srv/builds/garden', '/srv/builds/garden/_work/x', false],
  ])('in a job of %s works in %s: %s', (workspace, folder, isOther) => {
    expect(ofOtherRunner(workspace)(folder)).toBe(isOther);
  });

  test('is none that works in the checkout by way of a link, whichever path it names', () => {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'checkrein-runner-')));
    const disk = join(root, 'disk', '_work', 'garden');
    mkdirSync(disk, { recursive: true });
    mkdirSync(join(root, 'runner'));
    symlinkSync(join(root, 'disk', '_work'), join(root, 'runner', '_work'));
    const isOthers = ofOtherRunner(join(root, 'runner', '_work', 'garden'));
    const folders = [disk, join(root, 'runner', '_work', 'garden'), join(root, 'runner-2', '_work', 'garden')];
    expect(folders.map(isOthers)).toEqual([false, false, true]);
    rmSync(root, { recursive: true });
  });

  test('says where it works in a row of Claude Code, and in the first row of Codex', () => {
    expect(workFolderIn({ type: 'user', cwd: '/a' })).toBe('/a');
    expect(workFolderIn({ type: 'session_meta', payload: { cwd: '/b' } })).toBe('/b');
    expect(workFolderIn({ type: 'summary', payload: 7 })).toBeNull();
  });
});
