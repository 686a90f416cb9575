import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, type Failure, OutsideFailure } from '../../core/failure.ts';
import { sha256 } from '../../core/hash.ts';
import { type Duration, SECOND } from '../../core/time.ts';
import { zipOf } from '../zip/read-zip.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** A file for an artifact of the run that this job belongs to. */
export interface UploadOrder {
  /** Of the artifact. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** How long one of the three requests may take. */
const PATIENCE: Duration = 3 * SECOND;

/**
 * Uploads a small file as an artifact of this run, as actions/upload-artifact does. The workflow's own upload step is long over
 * when the job's `post` steps run, so nothing else would upload it. Nothing is written to the disk.
 * @returns the name of the artifact, which differs from the requested one if somebody in the run had taken that before.
 * @throws OutsideFailure if the runner gives no access to its artifacts, or they do not accept it.
 */
export async function uploadFile(env: Env, { name, file, text }: UploadOrder): Promise<string> {
  const base = env['ACTIONS_RESULTS_URL'] ?? '';
  const token = env['ACTIONS_RUNTIME_TOKEN'] ?? '';
  const ids = backendIds(token);
  if (base === '' || ids === null) throw failed('the runner gives this step no access to them', NO_ACCESS);
  const call = callerOf(base, token);
  const zip = zipOf(file, text);
  const { own, url } = await created(call, ids, name);
  await put(url, zip);
  await call('FinalizeArtifact', { ...ids, name: own, size: `${zip.length}`, hash: `sha256:${sha256(zip)}` });
  return own;
}

const NO_ACCESS: Partial<Failure> = {
  kind: 'unsupported',
  remedy:
    'Servers without the artifact service of GitHub.com give none: there a spool that outlives the job helps (CHECKREIN_SPOOL)',
  retry: false,
};

/** A name can be used only once per run, and ours is predictable. A step that takes it first must not keep the record out. */
async function created(
  call: Call,
  ids: BackendIds,
  name: string,
): Promise<{ readonly own: string; readonly url: string }> {
  const first = await attempt(() => call('CreateArtifact', { ...ids, name, version: 4 }));
  if (!first.ok && first.failure.kind !== 'conflict') throw new OutsideFailure(first.failure);
  const own = first.ok ? name : `${name}-${crypto.randomUUID().slice(0, 8)}`;
  const answer = first.ok ? first.value : await call('CreateArtifact', { ...ids, name: own, version: 4 });
  const url = answer['signed_upload_url'] ?? answer['signedUploadUrl'];
  if (typeof url !== 'string') throw failed('the answer names no place to upload to');
  return { own, url };
}

interface BackendIds {
  readonly workflow_run_backend_id: string;
  readonly workflow_job_run_backend_id: string;
}

/** The runner's token says which run and job it is for: `Actions.Results:RUN:JOB` among its scopes. */
function backendIds(token: string): BackendIds | null {
  const payload = token.split('.')[1] ?? '';
  const scopes = scopesIn(Buffer.from(payload, 'base64url').toString('utf8'));
  const [, run = '', job = ''] = /(?:^| )Actions\.Results:([^: ]+):([^: ]+)(?: |$)/.exec(scopes) ?? [];
  return run === '' ? null : { workflow_run_backend_id: run, workflow_job_run_backend_id: job };
}

function scopesIn(text: string): string {
  try {
    const claims: unknown = JSON.parse(text);
    const scopes = typeof claims === 'object' && claims !== null && 'scp' in claims ? claims.scp : '';
    return typeof scopes === 'string' ? scopes : '';
  } catch (error) {
    if (error instanceof SyntaxError) return '';
    throw error;
  }
}

type Call = (method: string, body: object) => Promise<Readonly<Record<string, unknown>>>;

function callerOf(base: string, token: string): Call {
  const service = new URL('/twirp/github.actions.results.api.v1.ArtifactService/', base);
  return async (method, body) => {
    const answer = await request(new URL(method, service), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const data: unknown = await answer.json().catch(() => null);
    const object = typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
    if (object['ok'] !== true) throw failed(`${method} was refused`);
    return object;
  };
}

async function put(url: string, bytes: Uint8Array): Promise<void> {
  const headers = { 'x-ms-blob-type': 'BlockBlob', 'content-type': 'application/zip' };
  await request(new URL(url), { method: 'PUT', headers, body: Buffer.from(bytes) });
}

/** After a single failure the service is tried once more, since the step has little time. */
const TRIES = 2;
const BETWEEN: Duration = SECOND / 2;

/** Sends one request. The URL may contain a signature, so messages show nothing of it. */
async function request(url: URL, init: RequestInit): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const answer = await attempt(() => requestOnce(url, init));
    if (answer.ok) return answer.value;
    if (!answer.failure.retry || tries === TRIES) throw new OutsideFailure(answer.failure);
    await sleep(BETWEEN);
  }
}

async function requestOnce(url: URL, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) }).catch(
    (error: unknown) => {
      throw failed(`no answer (${error instanceof Error ? error.name : 'error'})`);
    },
  );
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

/** The service's wording when the account's storage is full. */
const FULL = /insufficient usage|quota/i;

/** Shows nothing of the service's response except known conditions. */
async function refusal(answer: Response): Promise<OutsideFailure> {
  const { status } = answer;
  const text = await answer.text().catch(() => '');
  if (FULL.test(text)) {
    const remedy = 'Delete artifacts of old runs, or let them expire sooner; GitHub counts anew every 6 to 12 hours';
    return failed('the storage for artifacts is full', { kind: 'forbidden', remedy, retry: false });
  }
  if (status === 409) return failed('its name was taken', { kind: 'conflict', retry: false });
  return failed(`status ${status}`, { retry: status >= 500 || status === 429 });
}

function failed(why: string, more: Partial<Failure> = {}): OutsideFailure {
  return new OutsideFailure({
    kind: 'unavailable',
    message: `Could not upload the guard's record as an artifact: ${why}`,
    remedy: 'Without it and without the ledger nobody learns what the session of this job came to',
    retry: true,
    ...more,
  });
}
