import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The service to which a step of a job uploads artifacts, as actions/upload-artifact speaks with it. */
export interface ArtifactService extends AsyncDisposable {
  /** What the runner puts into the environment of a step. */
  readonly env: Readonly<Record<string, string>>;
  /** What was uploaded and finished, by name. */
  readonly uploaded: Map<string, Uint8Array>;
}

const RUN_ID = 'b1a8c2d0-run';
const JOB_ID = '77aa-job';

/** How a service is to behave. */
export interface ArtifactWish {
  /** The storage of the account is full: nothing is taken. */
  readonly full?: boolean;
  /** Names that somebody has used in this run before. */
  readonly taken?: readonly string[];
  /** So many of the first requests are answered with an error of the server. */
  readonly stumbles?: number;
}

/** Starts one; the token is good for one run and job, as the runner's is. */
export async function startArtifactService(wish: ArtifactWish = {}): Promise<ArtifactService> {
  const { full = false, taken = [], stumbles = 0 } = wish;
  let requests = 0;
  const claims = Buffer.from(JSON.stringify({ scp: `Actions.ExampleScope Actions.Results:${RUN_ID}:${JOB_ID}` }));
  const token = `header.${claims.toString('base64url')}.signature`;
  const begun = new Map<string, Uint8Array>();
  const uploaded = new Map<string, Uint8Array>();
  const server: Server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    requests++;
    if (requests <= stumbles) {
      response.writeHead(503).end();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const blob = /^\/blob\/(.+)$/.exec(url.pathname)?.[1];
    if (blob !== undefined && request.method === 'PUT' && request.headers['x-ms-blob-type'] === 'BlockBlob') {
      begun.set(decodeURIComponent(blob), body);
      response.writeHead(201).end();
      return;
    }
    const refused = refusalOf(url.pathname, body);
    const may = refused === null && request.headers.authorization === `Bearer ${token}`;
    const answer = may ? call(url.pathname, body) : null;
    response.writeHead(answer === null ? (refused?.status ?? 403) : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { msg: refused?.msg ?? 'refused' }));
  });

  /** In the words that actions/upload-artifact tells of (its issues 307 and 634) and the toolkit looks for. */
  function refusalOf(path: string, body: Uint8Array): { readonly status: number; readonly msg: string } | null {
    if (!path.endsWith('/CreateArtifact')) return null;
    if (full) return { status: 403, msg: 'insufficient usage to create artifact' };
    const { name } = JSON.parse(Buffer.from(body).toString());
    const isTaken = taken.includes(name) || uploaded.has(name);
    return isTaken ? { status: 409, msg: 'an artifact with this name already exists on the workflow run' } : null;
  }

  function call(path: string, body: Uint8Array): object | null {
    const asked = JSON.parse(Buffer.from(body).toString());
    if (asked.workflow_run_backend_id !== RUN_ID || asked.workflow_job_run_backend_id !== JOB_ID) return null;
    if (path.endsWith('.ArtifactService/CreateArtifact') && asked.version === 4) {
      return { ok: true, signed_upload_url: `${base()}/blob/${encodeURIComponent(asked.name)}?sig=secret` };
    }
    if (!path.endsWith('.ArtifactService/FinalizeArtifact')) return null;
    const bytes = begun.get(asked.name);
    const hash = bytes === undefined ? '' : createHash('sha256').update(bytes).digest('hex');
    if (bytes === undefined || asked.size !== String(bytes.length) || asked.hash !== `sha256:${hash}`) return null;
    uploaded.set(asked.name, bytes);
    return { ok: true, artifact_id: '1' };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: { ACTIONS_RESULTS_URL: `${base()}/`, ACTIONS_RUNTIME_TOKEN: token },
    uploaded,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
