import { createRequire } from 'node:module';

/*
 * Node's HTTP through `require`. An `import` touches all its exports, including the browser's WebSocket, whose implementation
 * would take 12 MB for as long as the agent works.
 */
const require: NodeJS.Require = createRequire(import.meta.url);

export const http: typeof import('node:http') = require('node:http');

/** Loaded on demand: TLS is only used for one request a minute. */
export function https(): typeof import('node:https') {
  return require('node:https');
}

/** Loaded on demand: few engines send compressed data. */
export function zlib(): typeof import('node:zlib') {
  return require('node:zlib');
}
