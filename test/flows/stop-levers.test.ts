import { createHmac } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { leversOf } from '../../src/app/stop/levers.ts';
import { resume } from '../../src/app/stop/resume.ts';
import { stop } from '../../src/app/stop/stop.ts';
import { defaultConfig } from '../../src/config/parse.ts';
import { canonicalJson } from '../../src/core/canonical.ts';
import type { StopReceipt } from '../../src/core/halt.ts';
import { connectGitHub } from '../../src/github/client.ts';
import type { Lever } from '../../src/responses/stop/levers.ts';
import { variableLever } from '../../src/responses/stop/variable.ts';
import { MAX_ISSUE_RECEIPT, receiptMarkdown } from '../../src/surfaces/receipt.ts';
import { receiptTerminal } from '../../src/surfaces/terminal/receipt.ts';
import { type ActionResult, runAction } from '../drivers/run-action.ts';
import { runCli } from '../drivers/run-cli.ts';
import type { TokenKind } from '../fakes/github/world.ts';
import { startFakeGitHub } from '../fakes/github.ts';
import { connectToFake, STOP_PERMISSIONS } from '../kit/connect-github.ts';
import { fastClock } from '../kit/fast-clock.ts';
import { mortal } from '../kit/mortal.ts';
import { NOON, plantRunaway, type Runaway } from '../kit/runaway.ts';
import { PATH, type Receiver, receiver, SECRET } from '../kit/webhook-receiver.ts';
import { expectResumed, expectStopped, expectWhole, QUICK, resumeJob } from './stop-ends.ts';

const SWITCH = 'CHECKREIN_STOP';

function variable({ github }: Runaway, kind: TokenKind, fetch: typeof globalThis.fetch = globalThis.fetch): Lever {
  const { variables } = connectGitHub({
    ...{ token: github.mintToken({ variables: 'write' }, kind), repo: github.fullName, baseUrl: github.url, fetch },
    ...{ userAgent: 'checkrein-test', waitUnit: 1, throttle: false, timeoutMs: 2_000 },
  });
  return variableLever(variables, SWITCH);
}

function leftOver({ residue }: StopReceipt): readonly (readonly string[])[] {
  return residue.map(({ what, id }) => [what, id]);
}

describe('the repository variable', () => {
  test.each([null, 'a: b\nc'])('was %j: a stop sets it and a resume puts it back', async (before) => {
    await using scene = await plantRunaway({ withPull: true });
    const { variables } = scene.github.world;
    if (before !== null) variables.set(SWITCH, before);
    const levers = [variable(scene, 'app')];
    const receipt = await stop(scene.job({ ...QUICK, levers }));
    expectStopped(scene);
    await expectWhole(scene, receipt);
    expect(receipt.levers).toMatchObject([{ kind: 'variable', answer: 'accepted' }]);
    expect(variables.get(SWITCH)).toBe(before === null ? 'stopped:1' : `stopped:1:${before}`);
    await resume({ ...resumeJob(scene), levers });
    await expectResumed(scene);
    expect(variables.get(SWITCH) ?? null).toBe(before);
  });

  test("cannot be written with a job's token: that is left over with what to do, and hinders nothing else", async () => {
    await using scene = await plantRunaway({ withPull: true });
    const levers = [variable(scene, 'github_token')];
    const receipt = await stop(scene.job({ ...QUICK, levers }));
    expectStopped(scene);
    expect(leftOver(receipt)).toEqual([['lever', 'variable']]);
    expect(receipt.residue[0]?.remedy).toContain('GitHub App');
    expect(receipt.levers).toMatchObject([{ answer: 'refused' }]);
    expect(receipt.timeToStop).not.toBeNull();
    expect(scene.github.world.variables.size).toBe(0);
    const again = await stop(scene.job({ ...QUICK, levers: [variable(scene, 'app')] }));
    await expectWhole(scene, again);
    expect(scene.github.world.variables.get(SWITCH)).toBe('stopped:1');
  });

  test.each([1, 2])('is put back although the stop died after call %d about it', async (nth) => {
    await using scene = await plantRunaway({ withPull: true });
    const { variables } = scene.github.world;
    variables.set(SWITCH, 'running');
    const { fetch, dead } = mortal(nth);
    const dying = stop(scene.job({ ...QUICK, levers: [variable(scene, 'app', fetch)] }));
    expect(await Promise.race([dying, dead])).toBe('dead');
    const levers = [variable(scene, 'app')];
    const receipt = await stop(scene.job({ ...QUICK, levers }));
    expectStopped(scene);
    await expectWhole(scene, receipt);
    expect(variables.get(SWITCH)).toBe('stopped:1:running');
    await resume({ ...resumeJob(scene), levers });
    expect(variables.get(SWITCH)).toBe('running');
  });

  test('is right after answers that were lost', async () => {
    await using scene = await plantRunaway();
    const fault = { kind: 'lost' } as const;
    scene.github.faults.add({ method: 'POST', path: /variables/, fault });
    scene.github.faults.add({ method: 'DELETE', path: /variables/, fault });
    const levers = [variable(scene, 'app')];
    await expectWhole(scene, await stop(scene.job({ ...QUICK, levers })));
    expect(scene.github.world.variables.get(SWITCH)).toBe('stopped:1');
    expect((await resume({ ...resumeJob(scene), levers })).residue).toEqual([]);
    expect(scene.github.world.variables.has(SWITCH)).toBe(false);
  });

  test('is left alone by a stop of one agent, and by a resume when somebody has set it since', async () => {
    await using scene = await plantRunaway();
    const { variables } = scene.github.world;
    const levers = [variable(scene, 'app')];
    const one = await stop(scene.job({ ...QUICK, levers, scope: { kind: 'agents', names: ['triage'] } }));
    expect(one).not.toHaveProperty('levers');
    expect(variables.size).toBe(0);
    await stop(scene.job({ ...QUICK, levers }));
    expect(variables.get(SWITCH)).toBe('stopped:2');
    variables.set(SWITCH, 'mine');
    await resume({ ...resumeJob(scene), levers });
    expect(variables.get(SWITCH)).toBe('mine');
  });

  test('is let go once more when somebody who goes on with the stop sets it while it is resumed', async () => {
    await using scene = await plantRunaway();
    const { variables } = scene.github.world;
    const levers = [variable(scene, 'app')];
    await stop(scene.job({ ...QUICK, levers }));
    const job = { ...resumeJob(scene), levers };
    const { append } = job.ledger;
    const late: typeof append = (decide) => {
      variables.set(SWITCH, 'stopped:1');
      return append(decide);
    };
    expect((await resume({ ...job, ledger: { ...job.ledger, append: late } })).residue).toEqual([]);
    expect(variables.has(SWITCH)).toBe(false);
  });

  test('lets a canary run, and is not set again by whoever goes on with the stop of the others', async () => {
    await using scene = await plantRunaway();
    const { variables } = scene.github.world;
    const levers = [variable(scene, 'app')];
    await using hook = await receiver(404);
    // Something is left over, so that somebody goes on with it.
    await stop(scene.job({ ...QUICK, levers: [...levers, hook.lever] }));
    expect(variables.get(SWITCH)).toBe('stopped:1');
    await resume({ ...resumeJob(scene, { stage: 'canary', canary: scene.triage.path }), levers });
    expect(variables.has(SWITCH)).toBe(false);
    const others = scene.agents.filter(({ name }) => name === 'fixer');
    await stop(scene.job({ ...QUICK, levers, agents: others }));
    expect((await scene.ledger.read()).state.halt.generation).toBe(1);
    expect(scene.triage.state).toBe('active');
    expect(variables.has(SWITCH)).toBe(false);
  });
});

describe('the webhook', () => {
  test('is told of the stop and of the resume, signed, once each', async () => {
    await using scene = await plantRunaway();
    await using hook = await receiver(200);
    const reason = `It \u001b[31mruns @everyone ${'x'.repeat(1_000)}`;
    const first = await stop(scene.job({ ...QUICK, levers: [variable(scene, 'github_token'), hook.lever], reason }));
    expect(leftOver(first)).toEqual([['lever', 'variable']]);
    const levers = [variable(scene, 'app'), hook.lever];
    const receipt = await stop(scene.job({ ...QUICK, levers, reason }));
    await expectWhole(scene, receipt);
    await resume({ ...resumeJob(scene), levers });
    expect(hook.heard).toHaveLength(2);
    for (const { headers, body } of hook.heard) {
      const signature = createHmac('sha256', SECRET).update(body).digest('hex');
      expect(headers['x-checkrein-signature-256']).toBe(`sha256=${signature}`);
      expect(headers['content-type']).toBe('application/json');
      expect(headers).not.toHaveProperty('authorization');
    }
    const [stopped, resumed] = hook.heard.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(stopped).toMatchObject({ event: 'stop', repo: scene.github.fullName, generation: 1, at: receipt.halt.at });
    expect(stopped?.['agents']).toEqual(['fixer', 'idle', 'triage']);
    expect(String(stopped?.['reason']).length).toBeLessThan(450);
    for (const trap of ['@everyone', '\u001b']) expect(stopped?.['reason']).not.toContain(trap);
    expect(resumed).toMatchObject({ event: 'resume', generation: 1 });
    expect(new Set(hook.heard.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
  });

  test.each([
    [null, 5, 'failed'],
    [302, 1, 'refused'],
  ] as const)(
    'that always answers %j is asked %d times, left over, and hinders nothing',
    async (status, times, answer) => {
      await using scene = await plantRunaway({ withPull: true });
      await using hook = await receiver(status);
      const receipt = await stop(scene.job({ ...QUICK, levers: [hook.lever] }));
      expectStopped(scene);
      expect(leftOver(receipt)).toEqual([['lever', 'webhook']]);
      expect(receipt.levers).toMatchObject([{ kind: 'webhook', answer }]);
      expect(receipt.timeToStop).not.toBeNull();
      expect(hook.heard.map(({ path }) => path)).toEqual(Array.from({ length: times }, () => PATH));
      await expectShownWithoutSecrets(scene, hook, receipt);
      const back = await resume({ ...resumeJob(scene), levers: [hook.lever] });
      expect(back.residue.map(({ what, id }) => [what, id])).toEqual([['lever', 'webhook']]);
      await expectResumed(scene);
    },
  );

  test('is asked once the workflows are off, while runs live, and holds up none of them', async () => {
    await using scene = await plantRunaway();
    const seen: unknown[] = [];
    const patient: Lever = {
      ...{ kind: 'webhook', looks: false, isFor: () => true },
      ask: async () => {
        seen.push([scene.fixer.state, scene.triage.state, scene.alive().length > 0]);
        // Were the runs to wait for it, it would wait for ever.
        while (scene.alive().length > 0) await setTimeout(2);
      },
    };
    await expectWhole(scene, await stop(scene.job({ ...QUICK, levers: [patient] })));
    expect(seen).toEqual([['disabled_manually', 'disabled_manually', true]]);
  });

  test('is asked by the next process with the same key when the first one died before it wrote that down', async () => {
    await using scene = await plantRunaway();
    await using hook = await receiver(200);
    let die: (word: 'dead') => void = () => undefined;
    const dead = new Promise<'dead'>((resolve) => {
      die = resolve;
    });
    const dying: Lever = {
      ...hook.lever,
      ask: async (order) => {
        await hook.lever.ask(order);
        die('dead');
        await new Promise(() => undefined);
      },
    };
    expect(await Promise.race([stop(scene.job({ ...QUICK, levers: [dying] })), dead])).toBe('dead');
    await expectWhole(scene, await stop(scene.job({ ...QUICK, levers: [hook.lever] })));
    expect(hook.heard).toHaveLength(2);
    expect(new Set(hook.heard.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });
});

/** Neither the ledger nor anything that people see holds the address or the secret. */
async function expectShownWithoutSecrets(scene: Runaway, { url }: Receiver, receipt: StopReceipt): Promise<void> {
  const frame = { repo: scene.github.fullName, ledger: 'memory:', whole: false, notes: [] };
  const events: string[] = [];
  for await (const event of scene.ledger.events()) events.push(canonicalJson(event));
  const shown = [
    receiptMarkdown(receipt, frame, MAX_ISSUE_RECEIPT),
    receiptTerminal(receipt, frame, { colour: false, width: 100 }),
    canonicalJson((await scene.ledger.read()).state),
    ...events,
  ].join('\n');
  expect(shown).toContain('webhook: asked');
  for (const hidden of [SECRET, PATH, new URL(url).host]) expect(shown).not.toContain(hidden);
}

describe('levers of a configuration', () => {
  const webhook = { url_env: 'HOOK_URL', secret_env: 'HOOK_SECRET' };

  test('are none by default', async () => {
    await using scene = await plantRunaway();
    expect(leversOf(defaultConfig().stop, connected(scene), { HOOK_URL: 'https://example.com' })).toEqual([]);
  });

  test('whose environment lacks something are left over, and told with what to do', async () => {
    await using scene = await plantRunaway();
    const env = { HOOK_URL: `https://example.com${PATH}` };
    const receipt = await stop(
      scene.job({ ...QUICK, levers: leversOf({ ...defaultConfig().stop, webhook }, connected(scene), env) }),
    );
    expectStopped(scene);
    expect(leftOver(receipt)).toEqual([['lever', 'webhook']]);
    expect(receipt.residue[0]?.why).toContain('no HOOK_SECRET');
    expect(JSON.stringify(receipt)).not.toMatch(/planted|example\.com/);
  });

  test('work together', async () => {
    await using scene = await plantRunaway();
    await using hook = await receiver(204);
    const levers = leversOf({ ...defaultConfig().stop, variable: SWITCH, webhook }, connected(scene), {
      HOOK_URL: hook.url,
      HOOK_SECRET: SECRET,
    });
    const receipt = await stop(scene.job({ ...QUICK, levers }));
    await expectWhole(scene, receipt);
    expect(receipt.levers?.map(({ kind, answer }) => [kind, answer])).toEqual([
      ['variable', 'accepted'],
      ['webhook', 'accepted'],
    ]);
  });
});

function connected({ github }: Runaway): Parameters<typeof leversOf>[1] {
  const token = github.mintToken({ variables: 'write' }, 'app');
  return connectGitHub({
    token,
    repo: github.fullName,
    baseUrl: github.url,
    userAgent: 'checkrein-test',
    throttle: false,
  });
}

describe('the action, as it is shipped', { timeout: 120_000 }, () => {
  const agent = 'name: Fixer\non: push\njobs:\n  fix:\n    steps:\n      - uses: anthropics/claude-code-action@v1\n';
  const config = `stop:\n  reserve: 0\n  variable: ${SWITCH}\n  webhook: { url_env: HOOK_URL, secret_env: HOOK_SECRET }\n`;

  test('moves both levers, and shows nowhere where the webhook is and with what it is signed', async () => {
    const clock = fastClock(NOON, 20);
    await using hook = await receiver(404);
    await using github = await startFakeGitHub({ owner: 'octo', repo: 'levers', now: clock.now });
    await github.addWorkflowFile('.github/workflows/fixer.yml', agent);
    await github.commitFile('main', '.github/checkrein.yml', config);
    const token = github.mintToken({ ...STOP_PERMISSIONS, variables: 'write' }, 'app');
    const act = (inputs: Readonly<Record<string, string>>): Promise<ActionResult> =>
      runAction({
        ...{ github, token, inputs, event: { name: 'workflow_dispatch' } },
        env: { ...clock.env, GITHUB_TRIGGERING_ACTOR: 'octocat', HOOK_URL: hook.url, HOOK_SECRET: SECRET },
      });
    const rehearsed = await runCli(['stop', '--all', '--dry-run', '--reason', 'To see', '--repo', github.fullName], {
      env: {
        ...clock.env,
        GITHUB_API_URL: github.url,
        GITHUB_GRAPHQL_URL: `${github.url}/graphql`,
        GITHUB_TOKEN: token,
      },
    });
    expect(rehearsed.stdout).toContain(`The variable ${SWITCH} would be set.`);
    expect(rehearsed.stdout).toContain('The webhook of HOOK_URL would be called.');
    expect(github.world.variables.size + hook.heard.length).toBe(0);
    const stopped = await act({ command: 'stop', agent: 'all' });
    expect(stopped.exitCode, stopped.stdout).toBe(4);
    expect(stopped.summary).toMatch(/- variable: asked [\d:]+, accepted\n- webhook: asked [\d:]+, refused/);
    expect(github.world.variables.get(SWITCH)).toBe('stopped:1');
    const resumed = await act({ command: 'resume' });
    expect(resumed.exitCode, resumed.stdout).toBe(1);
    expect(github.world.variables.has(SWITCH)).toBe(false);
    expect(hook.heard.map(({ body }) => (JSON.parse(body) as { event: string }).event)).toEqual(['stop', 'resume']);
    const { git } = connectToFake(github);
    const branch = await git.branch('checkrein');
    const files = await git.tree(branch?.tree ?? '');
    const kept = await Promise.all(files.map(async ({ blob }) => Buffer.from(await git.blob(blob)).toString()));
    const shown = JSON.stringify([stopped, resumed, github.world.issues, kept, github.log.map(({ path }) => path)]);
    expect(kept.join('')).toContain('"kind":"webhook"');
    expect(shown).toContain('webhook: asked');
    for (const hidden of [SECRET, PATH, new URL(hook.url).host]) expect(shown).not.toContain(hidden);
  });
});
