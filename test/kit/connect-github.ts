import { connectGitHub } from '../../src/github/client.ts';
import type { ConnectionOptions } from '../../src/github/connection.ts';
import type { GitHub } from '../../src/github/port.ts';
import type { Permissions } from '../fakes/github/world.ts';
import type { FakeGitHub } from '../fakes/github.ts';

/** All that the jobs of the emergency stop hold together. */
export const STOP_PERMISSIONS: Permissions = {
  actions: 'write',
  contents: 'write',
  issues: 'write',
  'pull-requests': 'write',
  statuses: 'write',
};

/** Our client on a fake GitHub: retries come after milliseconds, but an answer may take as long as a busy machine needs. */
export function connectToFake(
  fake: FakeGitHub,
  permissions: Permissions = STOP_PERMISSIONS,
  options: Partial<ConnectionOptions> = {},
): GitHub {
  return connectGitHub({
    token: fake.mintToken(permissions),
    repo: fake.fullName,
    baseUrl: fake.url,
    userAgent: 'checkrein-test',
    waitUnit: 1,
    throttle: false,
    timeoutMs: 60_000,
    ...options,
  });
}
