import { createRequire } from 'node:module';

/*
 * Node's HTTP as `require` gives it. An `import` of it touches all its exports, the browser's WebSocket among them, whose
 * implementation takes 12 MB that the meter would hold for as long as the agent works.
 */
const require: NodeJS.Require = createRequire(import.meta.url);

export const http: typeof import('node:http') = require('node:http');

/** Loaded when it is needed: TLS is for the one request a minute. */
export function https(): typeof import('node:https') {
  return require('node:https');
}

/** Loaded when it is needed: few engines send what is compressed. */
export function zlib(): typeof import('node:zlib') {
  return require('node:zlib');
}
