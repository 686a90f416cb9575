import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { lineOf, treesOf } from './processes.ts';
import { psProcesses, readPs } from './ps-table.ts';

/** As macOS 15 prints it: the states `Ss`, `S+` and `Z`, a login shell, a path with a blank, and a process without a command line. */
const MACOS = `    1     0 Ss   /sbin/launchd
  812   640 S    /Users/runner/runners/2.330.0/bin/Runner.Worker spawnclient 110 113
  840   812 S    /bin/bash -e /Users/runner/work/_temp/1.sh
  866   840 S+   node /opt/homebrew/bin/claude -p fix it
  871   866 R+   /Applications/Some App.app/Contents/MacOS/tool --flag
  872   866 Z    (git)
  900     1 S    -zsh
`;

describe('processes as ps tells of them', () => {
  test('are read with their parents, states and words', () => {
    const all = readPs(MACOS);
    expect(all).toHaveLength(7);
    expect(all[3]).toEqual({
      ...{ pid: 866, parent: 840, state: 'S', born: '' },
      words: ['node', '/opt/homebrew/bin/claude', '-p', 'fix', 'it'],
    });
    expect(treesOf([{ pid: 866, born: '' }], all).map(({ pid }) => pid)).toEqual([866, 871, 872]);
    expect(lineOf(871, all).has(812)).toBe(true);
  });

  test.each([
    ['', []],
    ['ps: illegal option -- x\nusage: ps\n', []],
    ['  12\n', []],
  ])('of %j are none', (text, expected) => {
    expect(readPs(text)).toEqual(expected);
  });

  test.skipIf(spawnSync('ps', ['-V']).error !== undefined)('are those of this machine (where it has ps)', () => {
    const own = psProcesses().find(({ pid }) => pid === process.pid);
    expect(own).toMatchObject({ parent: process.ppid });
    expect(own?.words?.join(' ')).toContain('node');
  });
});
