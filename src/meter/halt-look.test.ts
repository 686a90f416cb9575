import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { haltLook } from './halt-look.ts';

test.each([
  ['gone, where a lease was written into it', 404, true, 'gone'],
  ['none, where nothing was ever written', 404, false, 'none'],
  ['unknown, while GitHub does not answer', 500, true, 'unknown'],
])('a ledger that cannot be found is %s', async (_name, status, written, kind) => {
  const server = createServer((_request, answer) => answer.writeHead(status).end('{}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const terms = { ledger: 'branch:octo/repo', agent: 'fixer', workflow: null, written };
  const look = haltLook({ api: `http://127.0.0.1:${port}`, token: 'x' }, terms);
  const found = await look?.();
  server.close();
  server.closeAllConnections();
  expect(found?.kind).toBe(kind);
});
