/*
 * Node's HTTP as `process` gives it. An `import` touches all its exports, including the browser's WebSocket, whose implementation
 * would take 12 MB for as long as the agent works.
 */
export const http: typeof import('node:http') = process.getBuiltinModule('node:http');

/** Loaded on demand: TLS is only used for one request a minute. */
export function https(): typeof import('node:https') {
  return process.getBuiltinModule('node:https');
}

/** Loaded on demand: few engines send compressed data. */
export function zlib(): typeof import('node:zlib') {
  return process.getBuiltinModule('node:zlib');
}
