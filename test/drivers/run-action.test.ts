import { createFixture, type FsFixture } from 'fs-fixture';
import { describe, expect, it } from 'vitest';
import { startFakeGitHub } from '../fakes/github.ts';
import { parsePairs } from './command-files.ts';
import { runAction } from './run-action.ts';

const YAML = `
inputs:
  command:
    default: auto
  github-token:
    default: \${{ github.token }}
  with space: {}
runs:
  using: node24
  main: dist/main.js
`;

/** An action of a few lines in a folder of its own. */
function action(main: string, post?: string): Promise<FsFixture> {
  return createFixture({
    'action.yml': post === undefined ? YAML : `${YAML}  post: dist/post.js\n`,
    'package.json': '{"type":"module"}',
    'dist/main.js': `import { appendFileSync, readFileSync } from 'node:fs';\n${main}`,
    'dist/post.js': post ?? '',
  });
}

describe('the environment of an action', () => {
  it('holds the inputs with their defaults, and nothing of ours', async () => {
    await using folder = await action('console.log(JSON.stringify(process.env));');
    await using github = await startFakeGitHub();
    process.env['LEAKED_FROM_THE_TESTS'] = 'yes';
    const { stdout } = await runAction({
      root: folder.path,
      github,
      token: 'ghs_given',
      inputs: { 'with space': 'x' },
    });
    delete process.env['LEAKED_FROM_THE_TESTS'];
    const env = JSON.parse(stdout) as Record<string, string>;
    expect(env).toMatchObject({
      INPUT_COMMAND: 'auto',
      'INPUT_GITHUB-TOKEN': '***',
      INPUT_WITH_SPACE: 'x',
      GITHUB_API_URL: github.url,
      GITHUB_GRAPHQL_URL: `${github.url}/graphql`,
      GITHUB_REPOSITORY: 'octo/fleet',
      GITHUB_EVENT_NAME: 'schedule',
    });
    expect(env).not.toHaveProperty('LEAKED_FROM_THE_TESTS');
    expect(env).not.toHaveProperty('GITHUB_TOKEN');
  });

  it('refuses inputs that action.yml does not know', async () => {
    await using folder = await action('');
    await expect(runAction({ root: folder.path, inputs: { comand: 'watch' } })).rejects.toThrow('no input comand');
  });

  it('has the event in a file and the wanted time on its wall', async () => {
    await using folder = await action(`
      const event = JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH, 'utf8'));
      console.log(event.action, event.repository.full_name, new Date().toISOString().slice(0, 16), new Date(0).getTime());`);
    const event = { name: 'workflow_run', payload: { action: 'completed' } };
    const { stdout } = await runAction({ root: folder.path, event, now: '2031-05-06T07:08:00.000Z' });
    expect(stdout).toBe('completed octo/fleet 2031-05-06T07:08 0\n');
  });
});

describe('what an action leaves behind', () => {
  it('is read back from its files, and saved state reaches post', async () => {
    await using folder = await action(
      `appendFileSync(process.env.GITHUB_OUTPUT, 'report<<END_1\\ntwo\\nrows\\nEND_1\\nstatus=healthy\\n');
       appendFileSync(process.env.GITHUB_STATE, 'Started=yes\\n');
       appendFileSync(process.env.GITHUB_ENV, 'LATER=1\\n');
       appendFileSync(process.env.GITHUB_STEP_SUMMARY, '# main\\n');`,
      `import { appendFileSync } from 'node:fs';
       appendFileSync(process.env.GITHUB_STEP_SUMMARY, process.env.STATE_Started + process.env.LATER);`,
    );
    expect(await runAction({ root: folder.path })).toMatchObject({
      exitCode: 0,
      outputs: { report: 'two\nrows', status: 'healthy' },
      state: { Started: 'yes' },
      env: { LATER: '1' },
      summary: '# main\nyes1',
    });
    expect((await runAction({ root: folder.path, phases: ['main'] })).summary).toBe('# main\n');
  });

  it('is printed without secrets', async () => {
    await using folder = await action(`
      console.log('::add-mask::first%0Asecond');
      console.log(process.env['INPUT_GITHUB-TOKEN'], 'first\\nsecond');
      console.error('first\\nsecond');`);
    const { stdout, stderr } = await runAction({ root: folder.path, token: 'ghs_secret' });
    expect([stdout, stderr]).toEqual(['::add-mask::first%0Asecond\n*** ***\n', '***\n']);
  });

  it('is a failure when main fails, though post still runs', async () => {
    await using folder = await action('process.exitCode = 3;', "console.log('post ran');");
    expect(await runAction({ root: folder.path })).toMatchObject({ exitCode: 3, stdout: 'post ran\n' });
  });

  it('is what was written before it was killed', async () => {
    await using folder = await action(`
      appendFileSync(process.env.GITHUB_OUTPUT, 'status=unknown\\n');
      console.log('written');
      setInterval(() => {}, 1000);`);
    const end = new AbortController();
    const killed = await runAction({ root: folder.path, killOn: end.signal, hear: () => end.abort() });
    expect(killed).toMatchObject({ exitCode: null, outputs: { status: 'unknown' } });
  });
});

describe('files with pairs', () => {
  it.each([
    ['nothing that is a pair\n', 'Invalid format'],
    ['name<<END\nvalue\n', 'Matching delimiter not found'],
  ])('are refused as by the runner: %j', (text, message) => {
    expect(() => parsePairs(text)).toThrow(message);
  });

  it('keep empty values and signs in them', () => {
    expect(parsePairs('a=\nb=c=d\ne<<X\nX\nf<<X\n\n\nX\n')).toEqual({ a: '', b: 'c=d', e: '', f: '\n' });
  });
});
