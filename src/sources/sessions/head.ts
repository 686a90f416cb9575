import { decodeText } from './json/text.ts';

const OPEN_BRACE = 0x7b;

/** The logs of gh-aw and of the Gemini CLI's action in which the engine's output is mixed with other output. */
const LOG = /(?:^|[/\\])(?:agent-stdio|detection|stdout|stderr)\.log$/;

/** A cheap test of the first bytes and the name. False means that it is not a session file. */
export function mayBeSession(head: Uint8Array, path: string): boolean {
  if (head[0] === OPEN_BRACE || LOG.test(path)) return true;
  const first = decodeText(head.subarray(0, 4_096)).replaceAll('\0', ' ').trimStart()[0];
  // Any number of zeros may stand in front of records.
  if (first === undefined) return head[0] === 0;
  return first === '{' || first === '[';
}

/** True for the first bytes of a file that gzip packed. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** True for the first bytes of a zip, including an empty one. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}
