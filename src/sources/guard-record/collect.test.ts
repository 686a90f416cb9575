import { createFixture } from 'fs-fixture';
import { expect, test } from 'vitest';
import { after, fromMs, MINUTE, SECOND } from '../../core/time.ts';
import { collectJob } from './collect.ts';

const NOW = fromMs(Date.now());
const BEGAN = after(NOW, -MINUTE);

/** A session of Claude Code with one answer. */
function transcript(session: string, cwd: string): string {
  const row = { sessionId: session, cwd, isSidechain: false, timestamp: after(BEGAN, SECOND) };
  const usage = { input_tokens: 10, output_tokens: 5 };
  const rows = [
    { type: 'summary', summary: 'x', leafUuid: 'l' },
    { ...row, type: 'user', uuid: `${session}-1`, message: { role: 'user', content: 'x' } },
    {
      ...{ ...row, type: 'assistant', uuid: `${session}-2`, requestId: `${session}-r` },
      message: { id: `${session}-m`, model: 'x', role: 'assistant', stop_reason: 'end_turn', usage, content: [] },
    },
  ];
  return rows.map((each) => `${JSON.stringify(each)}\n`).join('');
}

test.each([
  ['self-hosted', ['ours', 'elsewhere']],
  ['github-hosted', ['ours', 'elsewhere', 'theirs']],
])('where two runners of one user share a home, the record of a %s job holds %j', async (kind, expected) => {
  await using home = await createFixture({
    '.claude/projects/a/ours.jsonl': transcript('ours', '/home/u/runner-1/_work/garden/garden'),
    '.claude/projects/b/theirs.jsonl': transcript('theirs', '/home/u/runner-2/_work/garden/garden'),
    '.claude/projects/c/elsewhere.jsonl': transcript('elsewhere', '/tmp/copy'),
  });
  const env = {
    ...{ HOME: home.path, RUNNER_ENVIRONMENT: kind },
    GITHUB_WORKSPACE: '/home/u/runner-1/_work/garden/garden',
  };
  const { sessions } = await collectJob([env, { HOME: home.path }], BEGAN, NOW, []);
  expect(sessions.map(({ engineSession }) => engineSession).sort()).toEqual([...expected].sort());
});
