import { type Failure, OutsideFailure } from '../core/failure.ts';
import { fromMs } from '../core/time.ts';
import type { Connection } from './connection.ts';
import { failureOf, type Purpose } from './failure.ts';
import { unreadable } from './raw.ts';

const DOWNLOAD: Purpose = { doing: 'download an artifact', permission: 'actions: read' };

/**
 * The bytes of an artifact's zip. GitHub redirects to a storage host. The redirect is followed by hand, because the token
 * must not go there.
 * @throws OutsideFailure `gone` when expired, `too_large` as soon as more than `maxBytes` have arrived.
 */
export async function downloadArtifact(connection: Connection, id: number, maxBytes: number): Promise<Uint8Array> {
  const answer = await connection.send(DOWNLOAD, 'GET /repos/{owner}/{repo}/actions/artifacts/{id}/zip', {
    id,
    request: { redirect: 'manual', parseSuccessResponseBody: false },
  });
  const body = answer.data instanceof ReadableStream ? (answer.data as ReadableStream<Uint8Array>) : null;
  if (answer.status < 300) return await readLimited(body, maxBytes);
  await body?.cancel();
  return await fromStorage(connection, targetOf(answer.headers['location'], connection.baseUrl), maxBytes);
}

function targetOf(location: unknown, baseUrl: string): URL {
  if (typeof location === 'string' && URL.canParse(location, baseUrl)) {
    const target = new URL(location, baseUrl);
    // Plain http is for test servers, which are themselves reached by plain http.
    if (target.protocol === 'https:' || target.protocol === new URL(baseUrl).protocol) return target;
  }
  throw new OutsideFailure(unreadable('a redirect to an artifact', 'it leads nowhere'));
}

async function fromStorage(connection: Connection, target: URL, maxBytes: number): Promise<Uint8Array> {
  connection.meter.beforeRequest();
  try {
    const response = await connection.fetch(target, { signal: AbortSignal.timeout(connection.timeoutMs * 6) });
    if (!response.ok) {
      await response.body?.cancel();
      throw new OutsideFailure(storageRefusal(response.status));
    }
    const announced = Number(response.headers.get('content-length') ?? 0);
    if (announced > maxBytes) {
      await response.body?.cancel();
      throw new OutsideFailure(tooLarge(maxBytes));
    }
    return await readLimited(response.body, maxBytes);
  } catch (error) {
    throw new OutsideFailure(failureOf(error, DOWNLOAD, fromMs(Date.now())));
  }
}

async function readLimited(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    // Leaving the loop cancels the download.
    if (size > maxBytes) throw new OutsideFailure(tooLarge(maxBytes));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function tooLarge(maxBytes: number): Failure {
  return {
    kind: 'too_large',
    message: `An artifact is larger than the limit of ${Math.floor(maxBytes / 1_048_576)} MiB`,
    remedy: 'Upload the session files of the agent as an artifact of their own',
    retry: false,
  };
}

function storageRefusal(status: number): Failure {
  const message = `Could not download an artifact: GitHub's storage answered ${status}`;
  return status === 404 || status === 410
    ? { kind: 'gone', message, remedy: 'It has expired or was deleted', retry: false }
    : { kind: 'unavailable', message, remedy: 'Nothing to do: the next run tries again', retry: true };
}
