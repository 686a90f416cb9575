import { type Call, param } from '../call.ts';
import { paginate } from '../paging.ts';
import { empty, found, json, Refusal, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { artifactShape } from '../shapes/actions.ts';
import type { FakeArtifact } from '../world.ts';
import { runOf } from './runs.ts';

const A = '/repos/{owner}/{repo}/actions';

/** The only path of the storage host that zips are redirected to. */
const STORAGE_PATH = '/artifacts/';

export const artifactRoutes: readonly Route[] = [
  route(`GET ${A}/artifacts`, { needs: 'actions:read' }, (call) => listArtifacts(call, call.world.artifacts)),
  route(`GET ${A}/runs/{run_id}/artifacts`, { needs: 'actions:read' }, (call) => {
    const run = runOf(call);
    return listArtifacts(
      call,
      call.world.artifacts.filter((artifact) => artifact.run === run),
    );
  }),
  route(`GET ${A}/artifacts/{artifact_id}`, { needs: 'actions:read' }, (call) =>
    json(artifactShape(call.baseUrl, call.world, artifactOf(call))),
  ),
  route(`GET ${A}/artifacts/{artifact_id}/{archive_format}`, { needs: 'actions:read' }, redirectToZip),
];

function artifactOf(call: Call): FakeArtifact {
  const id = Number(param(call, 'artifact_id'));
  return found(call.world.artifacts.find((artifact) => artifact.id === id));
}

function listArtifacts(call: Call, artifacts: readonly FakeArtifact[]): Reply {
  const name = call.query.get('name');
  const chosen = artifacts.filter((artifact) => name === null || artifact.name === name).sort((a, b) => b.id - a.id);
  const { items, total, headers } = paginate(call, chosen);
  const payload = items.map((artifact) => artifactShape(call.baseUrl, call.world, artifact));
  return json({ total_count: total, artifacts: payload }, 200, headers);
}

function redirectToZip(call: Call): Reply {
  const artifact = artifactOf(call);
  if (param(call, 'archive_format') !== 'zip') throw new Refusal(404, 'Not Found');
  if (artifact.expired) throw new Refusal(410, 'Artifact has expired');
  return empty(302, { location: `${call.storageUrl}${STORAGE_PATH}${artifact.id}?sig=${artifact.digest.slice(-16)}` });
}

/** What the storage host answers: it knows only the signed link, and refuses whoever sends it a GitHub token. */
export function storageReply(artifacts: readonly FakeArtifact[], url: URL, authorization: string | undefined): Reply {
  if (authorization !== undefined) return storageRefusal(403, 'AuthenticationFailed');
  const id = Number(url.pathname.slice(STORAGE_PATH.length));
  const artifact = artifacts.find((one) => one.id === id && one.digest.endsWith(url.searchParams.get('sig') ?? 'none'));
  if (!artifact) return storageRefusal(404, 'BlobNotFound');
  return { status: 200, headers: { 'content-type': 'application/zip' }, body: artifact.zip };
}

function storageRefusal(status: number, code: string): Reply {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(`<Error><Code>${code}</Code></Error>`),
  };
}
