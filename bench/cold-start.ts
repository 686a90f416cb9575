import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Spread, spreadOf } from './measure.ts';

const FILES = ['GITHUB_OUTPUT', 'GITHUB_STATE', 'GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'];

/** Milliseconds from the start of the process to the arrival of its first request, and of a bare Node beside it. */
export async function coldStart(node: string, rounds: number): Promise<{ action: Spread; bare: Spread }> {
  const action: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds + 1; round++) {
    const bareTime = await timeToExit(node);
    const actionTime = await timeToFirstRequest(node);
    if (round === 0) continue;
    bare.push(bareTime);
    action.push(actionTime);
  }
  return { action: spreadOf(action), bare: spreadOf(bare) };
}

function timeToExit(node: string): Promise<number> {
  const started = performance.now();
  const child = spawn(node, ['-e', '0'], { stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('exit', () => resolve(performance.now() - started));
  });
}

async function timeToFirstRequest(node: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'checkrein-bench-'));
  for (const name of [...FILES, 'event.json']) writeFileSync(join(folder, name), name === 'event.json' ? '{}' : '');
  let arrived = Number.NaN;
  const server = createServer((_request, response) => {
    if (Number.isNaN(arrived)) arrived = performance.now();
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"message":"Bad credentials"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const started = performance.now();
  const child = spawn(node, ['dist/action.js'], { stdio: 'ignore', env: environment(folder, url) });
  await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
  server.close();
  rmSync(folder, { recursive: true });
  return arrived - started;
}

function environment(folder: string, url: string): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(FILES.map((name) => [name, join(folder, name)])),
    'INPUT_GITHUB-TOKEN': 'not-a-real-token',
    INPUT_COMMAND: 'watch',
    INPUT_CONFIG: '.github/checkrein.yml',
    GITHUB_ACTIONS: 'true',
    GITHUB_API_URL: url,
    GITHUB_GRAPHQL_URL: `${url}/graphql`,
    GITHUB_SERVER_URL: url,
    GITHUB_REPOSITORY: 'octo/garden',
    GITHUB_EVENT_NAME: 'schedule',
    GITHUB_EVENT_PATH: join(folder, 'event.json'),
    GITHUB_RUN_ID: '1',
    RUNNER_TEMP: folder,
  };
}
