import { sha256 } from '../../core/hash.ts';

/** The content of the hidden first line of an issue. */
export interface Marker {
  readonly key: string;
  readonly episode: number;
  readonly hash: string;
}

/** The hidden first line by which we recognise our own issue. Never contains outside text. */
export function writeMarker(marker: Marker): string {
  return `<!-- checkrein:v1 kind=alert key=${markerKey(marker.key)} gen=${marker.episode} h=${marker.hash} -->`;
}

/** Reads the first line of an issue; null when it is none of our markers. It does not prove who wrote it. */
export function readMarker(body: string): Marker | null {
  const found = /^<!-- checkrein:v1 kind=alert key=([\w:.-]{1,128}) gen=(\d{1,9}) h=([0-9a-f]{1,64}) -->/.exec(body);
  if (found === null) return null;
  const [, key = '', episode = '', hash = ''] = found;
  return { key, episode: Number(episode), hash };
}

/** The fingerprint in a form that cannot end the comment. */
export function markerKey(fingerprint: string): string {
  return /^\w[\w:.]{0,127}$/.test(fingerprint) ? fingerprint : sha256(fingerprint);
}
