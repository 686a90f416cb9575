import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { FakeUser } from '../world.ts';
import { nodeId } from './urls.ts';

export type UserPayload = NonNullable<RestEndpointMethodTypes['issues']['getComment']['response']['data']['user']>;

/** A user as GitHub shows it inside of other things. */
export function userShape(baseUrl: string, user: FakeUser): UserPayload {
  const url = `${baseUrl}/users/${encodeURIComponent(user.login)}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId('U', user.id),
    avatar_url: `https://avatars.githubusercontent.com/u/${user.id}?v=4`,
    gravatar_id: '',
    url,
    html_url: `https://github.com/${user.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    site_admin: false,
  };
}

export type AppPayload = NonNullable<
  RestEndpointMethodTypes['issues']['getComment']['response']['data']['performed_via_github_app']
>;

/** The app that wrote something, as `performed_via_github_app` shows it. */
export function appShape(baseUrl: string, slug: string, owner: FakeUser): AppPayload {
  return {
    id: 15_368,
    slug,
    node_id: nodeId('A', 15_368),
    owner: userShape(baseUrl, owner),
    name: slug,
    description: null,
    external_url: `https://github.com/apps/${slug}`,
    html_url: `https://github.com/apps/${slug}`,
    created_at: '2018-07-30T09:30:17Z',
    updated_at: '2024-04-10T20:33:16Z',
    permissions: {},
    events: [],
  };
}
