import { expect, test } from 'vitest';
import { oldServer } from './server-version.ts';

// The number is that of server_version_num: 10000 × the major version + the minor one, since PostgreSQL 10.
test.each([
  [150_014, 'PostgreSQL 15'],
  [130_000, 'PostgreSQL 13'],
])('a server of version %i is refused, with what would do', (version, name) => {
  const failure = oldServer(version, 'postgres://db.example.com/fleet');
  expect(failure?.message).toContain(
    `The server of postgres://db.example.com/fleet is ${name}, and Checkrein needs 16`,
  );
  expect(failure?.failure).toMatchObject({
    kind: 'unsupported',
    retry: false,
    remedy: expect.stringMatching(/^Upgrade/),
  });
});

test.each([160_000, 160_010, 180_001])('a server of version %i will do', (version) => {
  expect(oldServer(version, 'postgres://db.example.com/fleet')).toBeNull();
});
