import type { Call } from './call.ts';
import type { Reply } from './reply.ts';
import type { Access, PermissionKey } from './world.ts';

/** `anyone`: every valid token; `nobody`: refused to all tokens of this fake but a person's. */
export type Need = `${PermissionKey}:${Access}` | 'anyone' | 'user';

export interface Route {
  readonly method: string;
  /** As in GitHub's OpenAPI description: `/repos/{owner}/{repo}/git/ref/{ref}`. */
  readonly template: string;
  /** One of these is enough. */
  readonly needs: readonly Need[];
  /** Counts against the secondary limit on content. */
  readonly content: boolean;
  handle(call: Call): Reply | Promise<Reply>;
}

interface RouteOptions {
  readonly needs: Need | readonly Need[];
  readonly content?: boolean;
}

/** One endpoint: `route('GET /repos/{owner}/{repo}', { needs: 'metadata:read' }, (call) => …)`. */
export function route(line: string, options: RouteOptions, handle: Route['handle']): Route {
  const [method = '', template = ''] = line.split(' ');
  const needs = typeof options.needs === 'string' ? [options.needs] : options.needs;
  return { method, template, needs, content: options.content ?? false, handle };
}

interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a request; the first that fits wins, so special paths stand before general ones. */
export type Router = (method: string, path: string) => Match | null;

/** These parameters may hold slashes, beside `path`. */
const GREEDY = new Set(['ref', 'branch']);

export function makeRouter(routes: readonly Route[]): Router {
  const compiled = routes.map((one) => ({ route: one, pattern: patternOf(one.template) }));
  return (method, path) => {
    for (const { route: one, pattern } of compiled) {
      if (one.method !== method) continue;
      const found = pattern.exec(path);
      if (found) return { route: one, params: decodeAll(found.groups ?? {}) };
    }
    return null;
  };
}

function patternOf(template: string): RegExp {
  const source = template.replace(/\/\{(\w+)\}/g, (_, name: string) => {
    // The path of the root folder is empty, and clients leave the slash before it out.
    if (name === 'path') return '(?:/(?<path>.*))?';
    return `/(?<${name}>${GREEDY.has(name) ? '.+' : '[^/]+'})`;
  });
  return new RegExp(`^${source}$`);
}

function decodeAll(groups: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value = '']) => [name, decodeURIComponent(value)]));
}
