import { spawnSync } from 'node:child_process';
import { symlinkSync, utimesSync } from 'node:fs';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { fromMs, HOUR, MINUTE } from '../../core/time.ts';
import { freshFiles } from './places.ts';

const NOW = Date.now();
const BEFORE = fromMs(NOW - MINUTE);

function names(env: Readonly<Record<string, string>>, root: string, since = BEFORE): readonly string[] {
  const { files } = freshFiles([env], since);
  return files.map(({ path }) => path.slice(root.length + 1)).sort();
}

describe('the files that may tell of the session of a job', () => {
  test('are those of its engines, wherever they keep them', async () => {
    await using home = await createFixture({
      'temp/claude-execution-output.json': '[]',
      'temp/claude-execution-7/claude-execution-output.json': '[]',
      'temp/other.json': '[]',
      '.claude/projects/-work/a.jsonl': '{}',
      '.claude/projects/-work/a/subagents/agent-1.jsonl': '{}',
      '.claude/settings.json': '{}',
      '.codex/sessions/2026/11/20/rollout-1.jsonl': '{}',
      '.gemini/tmp/x/chats/session-1.json': '{}',
      '.copilot/session-state/1/events.jsonl': '{}',
      'notes.jsonl': '{}',
    });
    expect(names({ HOME: home.path, RUNNER_TEMP: home.getPath('temp') }, home.path)).toEqual([
      '.claude/projects/-work/a.jsonl',
      '.claude/projects/-work/a/subagents/agent-1.jsonl',
      '.codex/sessions/2026/11/20/rollout-1.jsonl',
      '.copilot/session-state/1/events.jsonl',
      '.gemini/tmp/x/chats/session-1.json',
      'temp/claude-execution-7/claude-execution-output.json',
      'temp/claude-execution-output.json',
    ]);
    expect(names({ HOME: '/nowhere', CLAUDE_CONFIG_DIR: home.getPath('.claude') }, home.path)).toHaveLength(2);
  });

  test('count although they say to be older than the job, for who owns a file can set that', async () => {
    await using home = await createFixture({ '.claude/projects/p/a.jsonl': '{}' });
    utimesSync(home.getPath('.claude/projects/p/a.jsonl'), 1, 1);
    expect(names({ HOME: home.path }, home.path)).toHaveLength(1);
  });

  test('do not count when they were not touched since the guard decided', async () => {
    await using home = await createFixture({ '.claude/projects/p/a.jsonl': '{}' });
    expect(names({ HOME: home.path }, home.path, fromMs(Date.now() + HOUR))).toEqual([]);
  });

  test('are plain files: links lead nowhere, and pipes are not waited for', async () => {
    await using home = await createFixture({ secret: '{}', '.claude/projects/p/a.jsonl': '{}' });
    symlinkSync(home.getPath('secret'), home.getPath('.claude/projects/p/link.jsonl'));
    spawnSync('sh', ['-c', 'mkfifo "$1"', 'sh', home.getPath('.claude/projects/p/pipe.jsonl')]);
    expect(names({ HOME: home.path }, home.path)).toEqual(['.claude/projects/p/a.jsonl']);
  });

  test('are at most so many, those written last, and the others are counted', async () => {
    const many = Object.fromEntries(Array.from({ length: 320 }, (_, i) => [`.claude/projects/p/${i}.jsonl`, '{}']));
    await using home = await createFixture(many);
    const { files, left } = freshFiles([{ HOME: home.path }], BEFORE);
    expect(files).toHaveLength(300);
    expect(left).toEqual(['20 more session files were written than are read: they are too many or too large']);
  });

  test('are none where there is no home and no folder', () => {
    expect(freshFiles([{}], BEFORE)).toEqual({ files: [], left: [] });
  });
});
