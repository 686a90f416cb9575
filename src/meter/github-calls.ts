import { http, https } from './light-http.ts';
import type { GitHubAccess } from './plan.ts';

/** GitHub's answer; null when it could not be reached. */
export interface GitHubAnswer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: Buffer;
}

const PATIENCE = 10_000;
const MOST_BYTES = 64_000_000;

/**
 * Sends one request without any library. The client that the rest of Checkrein uses takes more memory than the whole meter,
 * which sends one small request a minute.
 */
export function callGitHub(
  { api, token }: GitHubAccess,
  method: 'GET' | 'POST',
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<GitHubAnswer | null> {
  const url = new URL(`${api}${path}`);
  const open = url.protocol === 'http:' ? http.request : https().request;
  return new Promise((resolve) => {
    const request = open(
      url,
      {
        method,
        timeout: PATIENCE,
        headers: {
          ...{ accept: 'application/vnd.github+json', 'user-agent': 'checkrein', 'x-github-api-version': '2022-11-28' },
          ...{ authorization: `Bearer ${token}`, ...headers },
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on('data', (part: Buffer) => {
          size += part.length;
          if (size > MOST_BYTES) request.destroy();
          else parts.push(part);
        });
        response.on('close', () => {
          const whole = response.complete && size <= MOST_BYTES;
          const { statusCode = 0, headers } = response;
          resolve(whole ? { status: statusCode, etag: headers.etag ?? null, body: Buffer.concat(parts) } : null);
        });
      },
    );
    request.on('timeout', () => request.destroy());
    // Connection errors all mean "not reached"; the next minute tries again.
    request.on('error', () => resolve(null));
    request.end();
  });
}

/** Ends a run; null when GitHub accepted, else why it did not, in our words. */
export async function cancelRun(access: GitHubAccess, repo: string, run: number): Promise<string | null> {
  const answer = await callGitHub(access, 'POST', `/repos/${repo}/actions/runs/${run}/cancel`);
  if (answer === null) return 'GitHub could not be reached to cancel the run';
  if (answer.status === 202) return null;
  if (answer.status === 403) return 'The run could not be cancelled: the token of the guard needs `actions: write`';
  return `The run could not be cancelled: GitHub answered ${answer.status}`;
}
