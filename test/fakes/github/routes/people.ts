import { actorOf, type Call, param } from '../call.ts';
import { found, json, Refusal, type Reply } from '../reply.ts';
import { type Route, route } from '../router.ts';
import { userShape } from '../shapes/people.ts';

export const peopleRoutes: readonly Route[] = [
  route('GET /user', { needs: 'user' }, me),
  route('GET /repos/{owner}/{repo}/collaborators/{username}/permission', { needs: 'metadata:read' }, permission),
];

function me(call: Call): Reply {
  return json({
    ...userShape(call.baseUrl, actorOf(call)),
    user_view_type: 'public',
    name: null,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: '2011-01-25T18:44:36Z',
    updated_at: '2026-01-01T00:00:00Z',
  });
}

/** `permission` is folded, `role_name` the real role. Strangers and `Copilot` give 404. */
function permission(call: Call): Reply {
  const login = param(call, 'username').toLowerCase();
  const user = found(call.world.users.find((one) => one.login.toLowerCase() === login));
  const role = call.world.roles.get(user.login);
  if (!role) throw new Refusal(404, `${user.login} is not a user`);
  return json({
    permission: role.permission,
    role_name: role.roleName,
    user: { ...userShape(call.baseUrl, user), role_name: role.roleName },
  });
}
