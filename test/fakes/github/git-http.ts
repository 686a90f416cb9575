import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { GIT_ENV } from './git.ts';
import { Refusal } from './reply.ts';
import { holds, tokenOf } from './tokens.ts';
import type { World } from './world.ts';

/** Serves `/OWNER/REPO.git/…` through git's own HTTP backend, so that clone and push work as against GitHub. */
export async function serveGit(
  world: World,
  gitDir: string,
  request: IncomingMessage,
  url: URL,
  response: ServerResponse,
): Promise<number> {
  const service = url.searchParams.get('service') ?? url.pathname.split('/').at(-1);
  const refused = refusal(world, request, service === 'git-receive-pack');
  if (refused) {
    response.writeHead(refused.reply.status, { 'www-authenticate': 'Basic realm="GitHub"' }).end(refused.message);
    return refused.reply.status;
  }
  const backend = spawn('git', ['-c', 'http.receivepack=true', 'http-backend'], {
    env: {
      ...GIT_ENV,
      GIT_PROJECT_ROOT: dirname(gitDir),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname.replace(/^\/[^/]+\/[^/]+\.git/, '/repo.git'),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      REMOTE_USER: 'token',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(backend.stdin);
  backend.stdin.on('error', () => backend.stdin.destroy());
  const output = Buffer.concat(await backend.stdout.toArray());
  return writeCgi(response, output);
}

function refusal(world: World, request: IncomingMessage, isPush: boolean): Refusal | null {
  try {
    const token = tokenOf(world, request.headers.authorization);
    return holds(token, isPush ? 'contents:write' : 'contents:read')
      ? null
      : new Refusal(403, 'Write access to repository not granted.');
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** A CGI answer is headers, an empty line and a body; `Status:` holds the status. */
function writeCgi(response: ServerResponse, output: Buffer): number {
  const end = output.indexOf('\r\n\r\n');
  const rows = output.subarray(0, end).toString('latin1').split('\r\n');
  const headers = rows.map((row) => [row.slice(0, row.indexOf(':')), row.slice(row.indexOf(':') + 1).trim()] as const);
  const status = Number.parseInt(headers.find(([name]) => name === 'Status')?.[1] ?? '200', 10);
  response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== 'Status')));
  response.end(output.subarray(end + 4));
  return status;
}
