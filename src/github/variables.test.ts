import { expect, test } from 'vitest';
import { type FakeGitHub, startFakeGitHub } from '../../test/fakes/github.ts';
import { connectToFake } from '../../test/kit/connect-github.ts';
import { attempt } from '../core/failure.ts';
import { connectGitHub } from './client.ts';
import type { VariablesApi } from './variables-port.ts';

function ofApp(github: FakeGitHub, access: 'read' | 'write'): VariablesApi {
  const token = github.mintToken({ variables: access }, 'app');
  const place = { repo: github.fullName, baseUrl: github.url, userAgent: 'checkrein-test' };
  return connectGitHub({ ...place, token, waitUnit: 1, throttle: false }).variables;
}

test('a variable is made, changed, read and removed, and removing it again is no failure', async () => {
  await using github = await startFakeGitHub();
  const api = ofApp(github, 'write');
  expect(await api.get('HALTED')).toBeNull();
  await api.create('HALTED', 'no');
  await api.change('HALTED', 'a: b\nc');
  expect(await api.get('HALTED')).toBe('a: b\nc');
  await api.remove('HALTED');
  await api.remove('HALTED');
  expect(await api.get('HALTED')).toBeNull();
  expect(github.schemaErrors).toEqual([]);
});

test('one that somebody else has made meanwhile is a conflict, which may be tried again', async () => {
  await using github = await startFakeGitHub();
  const api = ofApp(github, 'write');
  await api.create('HALTED', 'no');
  expect(await attempt(() => api.create('HALTED', 'yes'))).toMatchObject({
    failure: { kind: 'conflict', retry: true },
  });
  expect(await api.get('HALTED')).toBe('no');
});

test("a job's token is refused with the advice to take an app's, not to add a line that GitHub does not have", async () => {
  await using github = await startFakeGitHub();
  const { variables } = connectToFake(github, { variables: 'write' });
  for (const call of [() => variables.get('HALTED'), () => variables.create('HALTED', 'no')]) {
    const result = await attempt<unknown>(call);
    expect(result).toMatchObject({ failure: { kind: 'forbidden', retry: false } });
    expect(result).toMatchObject({ failure: { remedy: expect.stringContaining('GitHub App') } });
    expect(result).not.toMatchObject({ failure: { remedy: expect.stringContaining('permissions:') } });
  }
  const readOnly = ofApp(github, 'read');
  expect(await readOnly.get('HALTED')).toBeNull();
  expect(await attempt(() => readOnly.create('HALTED', 'no'))).toMatchObject({ failure: { kind: 'forbidden' } });
});
