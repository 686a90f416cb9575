import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import type { Finished } from '../drivers/process.ts';
import { runCli } from '../drivers/run-cli.ts';
import { startGoogleChat } from '../fakes/channels/cards.ts';
import { startPagerDuty } from '../fakes/channels/pagerduty.ts';
import { startSlack } from '../fakes/channels/slack.ts';
import { startFakeGitHub } from '../fakes/github.ts';

const KEY = 'b'.repeat(32);

async function doctor(
  config: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<Finished> {
  await using files = await createFixture({ 'c.yml': config });
  return await runCli(['doctor', '--channels', '--config', 'c.yml', ...args], { cwd: files.path, env });
}

describe('doctor --channels', () => {
  test('sends a test to each channel and says what came back', async () => {
    await using slack = await startSlack();
    await using pager = await startPagerDuty();
    await using chat = await startGoogleChat();
    const config = [
      'channels:',
      '  ops: { type: slack, webhook: env:SLACK_OPS }',
      `  pager: { type: pagerduty, routing_key: env:PD_KEY, api: '${pager.url}' }`,
      '  space: { type: google-chat, webhook: env:CHAT_HOOK }',
    ].join('\n');
    const env = { SLACK_OPS: slack.webhook, PD_KEY: KEY, CHAT_HOOK: chat.webhook.replace('planted-chat-token', 'old') };
    const { exitCode, stdout, stderr } = await doctor(config, env);
    expect(stdout).toMatch(/^ops \(slack\): the message went through in \d+ ms\. See whether it is there\.$/m);
    expect(stdout).toMatch(/^pager \(pagerduty\): the message went through/m);
    expect(stdout).toContain('space (google-chat): FAILED. the Google Chat webhook in CHAT_HOOK answered 404. ');
    expect(stdout).toContain('issues (github-issue): not tried: it is on GitHub, and no repository was named');
    expect(stdout).toContain('1 of 4 channels did not take the message.');
    expect([exitCode, stderr]).toEqual([1, '']);
    expect(slack.messages.length).toBe(1);
    expect(pager.incidents).toMatchObject([{ state: 'resolved' }]);
    for (const secret of ['planted', KEY, slack.url.slice(7)]) expect(stdout).not.toContain(secret);
  });

  test('names a secret that is missing, with its place and the name that was meant', async () => {
    await using slack = await startSlack();
    const config = 'channels:\n  ops: { type: slack, webhook: env:SLACK_OPS_WEBHOK }\n';
    const { exitCode, stdout } = await doctor(config, { SLACK_OPS_WEBHOOK: slack.webhook }, ['--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      repo: null,
      channels: [
        expect.objectContaining({ name: 'issues', outcome: 'not_tried' }),
        {
          ...{ name: 'ops', type: 'slack', outcome: 'failed', tookMs: null },
          reason: "channels.ops.webhook: the environment has no SLACK_OPS_WEBHOK. Did you mean 'SLACK_OPS_WEBHOOK'?",
        },
      ],
    });
    expect(slack.heard).toEqual([]);
  });

  test('tries the issues of a repository, and leaves none open', async () => {
    await using github = await startFakeGitHub();
    const token = github.mintToken({ contents: 'read', issues: 'write' });
    const env = { GITHUB_API_URL: github.url, GITHUB_GRAPHQL_URL: `${github.url}/graphql`, GITHUB_TOKEN: token };
    const { exitCode, stdout } = await doctor('version: 1\n', env, ['--repo', github.fullName]);
    expect(stdout).toContain('issues (github-issue): the message went through');
    expect(exitCode).toBe(0);
    expect(github.world.issues).toMatchObject([{ state: 'closed' }]);
  });

  test('a secret that is written out is an error before anything is sent', async () => {
    const { exitCode, stdout, stderr } = await doctor(
      "channels: { ops: { type: slack, webhook: 'https://hooks.slack.com/services/T0/B0/planted' } }\n",
      {},
    );
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain('c.yml:1:33: channels.ops.webhook: expected env:NAME');
    expect(stderr).not.toContain('planted');
  });
});

describe('doctor, of jobs that tell', () => {
  const workflow = (env: Readonly<Record<string, string>>): string =>
    JSON.stringify({
      on: { schedule: [{ cron: '17 * * * *' }] },
      jobs: {
        watch: {
          permissions: {
            ...{ actions: 'read', checks: 'read', contents: 'write', issues: 'write' },
            ...{ 'pull-requests': 'read', statuses: 'read' },
          },
          steps: [{ uses: 'checkrein/checkrein@v1', env }],
        },
      },
    });
  const config = 'channels:\n  ops: { type: slack, webhook: env:SLACK_OPS }\n';

  test.each([
    ['lacks it', {}, 1],
    ['hands on another one', { SLACK_OP: 'from a secret' }, 1],
    ['hands it on', { SLACK_OPS: 'from a secret' }, 0],
  ])('a step that %s', async (_what, env, code) => {
    const path = '.github/workflows/checkrein.yml';
    await using files = await createFixture({ [path]: workflow(env), '.github/checkrein.yml': config });
    const { exitCode, stdout } = await runCli(['doctor'], { cwd: files.path });
    expect(exitCode).toBe(code);
    if (code === 0) return;
    expect(stdout).toContain('wrong: the configuration asks for channels.ops.webhook, but SLACK_OPS is not in its env');
    expect(stdout.includes("Did you mean 'SLACK_OP'?")).toBe(Object.hasOwn(env, 'SLACK_OP'));
  });
});
