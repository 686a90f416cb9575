import { decodeText } from './json/text.ts';

const OPEN_BRACE = 0x7b;

/** A log of gh-aw in which the engine writes what it prints among the words of others. */
const LOG = /(?:^|[/\\])agent-stdio\.log$/;

/** A cheap test of the first bytes, and of the name: false means that no session file begins so. */
export function mayBeSession(head: Uint8Array, path: string): boolean {
  if (head[0] === OPEN_BRACE || LOG.test(path)) return true;
  const first = decodeText(head.subarray(0, 4_096)).trimStart()[0];
  return first === '{' || first === '[';
}

/** True for the first bytes of a zip, also of an empty one. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}
