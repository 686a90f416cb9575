import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { probeServer } from './probe.ts';

const SERVER = fileURLToPath(new URL('../../../test/fakes/mcp/server.mjs', import.meta.url));
const PLENTY = 20_000;

function program(how: string, ...words: string[]) {
  return { command: [process.execPath, SERVER, how, ...words], env: { PATH: process.env['PATH'] ?? '' } };
}

const ask = (how: string, timeout = PLENTY) => probeServer({ name: 'test', timeout, reach: program(how) }, '0');

describe('a program that speaks MCP', () => {
  test('is well when it lists its tools, of which only the number is kept', async () => {
    const probe = await ask('well');
    expect(probe).toMatchObject({ what: 'mcp-server', name: 'test', ok: true, tools: 3, problem: null });
    expect(probe.latency).toBeGreaterThan(0);
    const hostile = await ask('hostile');
    expect(hostile).toMatchObject({ ok: true, tools: 3 });
    expect(JSON.stringify(hostile)).not.toMatch(/evil|script|ignore/);
  });

  test('may say other things before it speaks MCP', async () => {
    expect(await ask('chatty')).toMatchObject({ ok: true, tools: 1 });
  });

  test('gets no variable of ours but those that it is given', async () => {
    await using files = await createFixture({});
    const env = files.getPath('env.json');
    process.env['CHECKREIN_SIGNING_KEY'] = 'secret';
    try {
      await probeServer({ name: 'test', timeout: PLENTY, reach: program('well', env) }, '0');
    } finally {
      delete process.env['CHECKREIN_SIGNING_KEY'];
    }
    expect(Object.keys(JSON.parse(readFileSync(env, 'utf8')))).toEqual(['PATH']);
  });

  test.each([
    ['does not answer', 'silent', 800, 'it took too long'],
    ['dies', 'dying', PLENTY, 'it ended before it answered'],
    ['never stops talking', 'flooding', PLENTY, 'it ended before it answered'],
  ])('that %s is told so, in our words', async (_what, how, timeout, problem) => {
    expect(await ask(how, timeout)).toEqual({
      what: 'mcp-server',
      name: 'test',
      ok: false,
      latency: null,
      tools: null,
      problem,
    });
  });

  test('that is not there or may not be run is told so', async () => {
    const reach = (command: string) => ({ command: [command], env: {} });
    const at = { name: 'test', timeout: PLENTY };
    expect(await probeServer({ ...at, reach: reach('/nowhere/mcp') }, '0')).toMatchObject({
      problem: 'its program is not on this machine',
    });
    expect(await probeServer({ ...at, reach: reach(SERVER) }, '0')).toMatchObject({
      problem: 'its program may not be run',
    });
  });

  test('is ended with all that it started, even if it does not want to', async () => {
    await using files = await createFixture({});
    const pid = files.getPath('pid');
    const reach = program('stubborn', pid);
    // Long enough for a busy machine to start it.
    expect(await probeServer({ name: 'test', timeout: 6_000, reach }, '0')).toMatchObject({ ok: false });
    const group = readFileSync(pid, 'utf8');
    const alive = (): string => execFileSync('ps', ['-eo', 'pgid=,stat=']).toString();
    await expect.poll(alive, { timeout: 20_000 }).not.toMatch(new RegExp(`^ *${group} +[^Z]`, 'm'));
  });
});

async function listening(listener: RequestListener): Promise<AsyncDisposable & { readonly url: string }> {
  const server: Server = createServer(listener);
  await new Promise<void>((accept) => server.listen(0, '127.0.0.1', accept));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((accept) => server.close(accept));
    },
  };
}

const speakMcp: RequestListener = (request, response) => {
  void (async () => {
    if (request.headers.authorization !== 'Bearer t0ken') {
      response.writeHead(401).end();
      return;
    }
    const server = new McpServer({ name: 'test', version: '1.0.0' });
    server.registerTool('search', {}, () => ({ content: [] }));
    const transport = new StreamableHTTPServerTransport({});
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    await transport.handleRequest(request, response);
  })();
};

describe('a server that speaks MCP over HTTP', () => {
  const at = (url: string, token: string | null, timeout = PLENTY) =>
    probeServer({ name: 'test', timeout, reach: { url, token } }, '0');

  test('is asked with its token, and says when it wants another', async () => {
    await using server = await listening(speakMcp);
    expect(await at(server.url, 't0ken')).toMatchObject({ ok: true, tools: 1 });
    expect(await at(server.url, 'wrong')).toMatchObject({ ok: false, problem: 'it wants another token' });
  });

  test('is not followed elsewhere, where the token would go with it', async () => {
    const heard: (string | undefined)[] = [];
    await using elsewhere = await listening((request, response) => {
      heard.push(request.headers.authorization);
      response.end();
    });
    await using server = await listening((_request, response) => {
      response.writeHead(307, { location: elsewhere.url }).end();
    });
    expect(await at(server.url, 't0ken')).toMatchObject({ ok: false });
    expect(heard).toEqual([]);
  });

  test('that hangs, breaks, answers nonsense or is not there is told so', async () => {
    await using hangs = await listening(() => undefined);
    expect(await at(hangs.url, null, 500)).toMatchObject({ ok: false, problem: 'it took too long' });
    await using broken = await listening((_request, response) => response.writeHead(503).end('@everyone'));
    expect(await at(broken.url, null)).toMatchObject({ ok: false, problem: 'it answered with HTTP status 503' });
    await using nonsense = await listening((_request, response) => response.end('<html>'));
    expect(await at(nonsense.url, null)).toMatchObject({ ok: false });
    expect(await at('http://127.0.0.1:9/mcp', null)).toMatchObject({ ok: false, problem: 'it could not be reached' });
  });
});
