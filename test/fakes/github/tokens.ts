import { Refusal } from './reply.ts';
import type { Need, Route } from './router.ts';
import { ACTIONS_BOT, type FakeToken, type Permissions, type TokenKind, userNamed, type World } from './world.ts';

/** Makes a token that the fake knows from now on. */
export function mintToken(world: World, permissions: Permissions, kind: TokenKind): FakeToken {
  const prefix = kind === 'user' ? 'ghp' : 'ghs';
  const token: FakeToken = {
    secret: `${prefix}_${String(world.nextId()).padStart(36, 'A')}`,
    kind,
    permissions,
    user: userNamed(world, { github_token: ACTIONS_BOT.login, app: 'checkrein[bot]', user: 'octocat' }[kind]),
    app: { github_token: 'github-actions', app: 'checkrein', user: null }[kind],
  };
  world.tokens.set(token.secret, token);
  return token;
}

/** A token of a pull request from a fork: it reads what was granted and writes nothing. */
export function readOnly(permissions: Permissions): Permissions {
  return Object.fromEntries(Object.keys(permissions).map((key) => [key, 'read']));
}

/** The token behind `Authorization: token …`, `Bearer …` or git's `Basic …`. */
export function tokenOf(world: World, authorization: string | undefined): FakeToken {
  if (authorization === undefined) throw new Refusal(401, 'Requires authentication');
  const [scheme = '', value = ''] = authorization.split(' ');
  const secret = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString().split(':')[1] : value;
  const token = world.tokens.get(secret ?? '');
  if (!token) throw new Refusal(401, 'Bad credentials');
  return token;
}

/** 403 unless the token holds one of the permissions that the route asks for. */
export function checkPermission(token: FakeToken, route: Route): void {
  if (route.needs.some((need) => holds(token, need))) return;
  const bearer = token.kind === 'user' ? 'personal access token' : 'integration';
  const accepted = route.needs.map((need) => need.replace('-', '_').replace(':', '='));
  throw new Refusal(403, `Resource not accessible by ${bearer}`, {
    headers: { 'x-accepted-github-permissions': accepted.join('; ') },
  });
}

/** No `permissions:` block has these keys, so the token of a job never holds them. */
const NEVER_OF_A_JOB: ReadonlySet<string> = new Set(['administration', 'environments', 'variables', 'workflows']);

export function holds(token: FakeToken, need: Need): boolean {
  if (need === 'anyone' || need === 'metadata:read') return true;
  if (need === 'user') return token.kind === 'user';
  const [key, access] = need.split(':') as [keyof Permissions, 'read' | 'write'];
  if (token.kind === 'github_token' && NEVER_OF_A_JOB.has(key)) return false;
  const granted = token.permissions[key];
  return access === 'read' ? granted !== undefined : granted === 'write';
}
