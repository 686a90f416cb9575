import { MAX_NAME, plainLine } from './text.ts';

/** What distinguishes a custom metric or event from others with the same name: `{ target: 'linux' }`. */
export type Labels = Readonly<Record<string, string>>;

/** The most labels one metric or event may have. */
export const MAX_LABELS = 8;

const MAX_KEY = 40;
const NAME = /^[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$/;
const KEY = /^[a-z][a-z0-9_]*$/;

/** Reserved for what Checkrein itself derives from sessions, recorded events, calls, its spool, reports and builds. */
const RESERVED = ['session.', 'event.', 'tool.', 'track.', 'spool.', 'report.', 'ci.', 'checkrein.'];

/** Why a name is not valid for a custom metric or event, in a sentence that says what would be; null if it is valid. */
export function nameProblem(name: string, what: 'metric' | 'event'): string | null {
  const example = what === 'metric' ? 'build.duration' : 'release.published';
  const an = what === 'event' ? 'an' : 'a';
  const shown = plainLine(name);
  if (name.length > MAX_NAME)
    return `The name of ${an} ${what} has at most ${MAX_NAME} characters, not ${name.length}.`;
  if (!NAME.test(name)) {
    const near = nearName(name);
    const meant = near === null ? '' : ` Did you mean '${near}'?`;
    return `The name of ${an} ${what} is lower-case words with dots between them, such as ${example}, not '${shown}'.${meant}`;
  }
  const reserved = RESERVED.find((start) => name.startsWith(start));
  return reserved === undefined ? null : `Names that begin with '${reserved}' are Checkrein's own; '${shown}' is one.`;
}

/** Why labels cannot be kept, in a sentence; null if they can. */
export function labelsProblem(labels: Labels): string | null {
  const keys = Object.keys(labels);
  if (keys.length > MAX_LABELS) return `There may be at most ${MAX_LABELS} labels, not ${keys.length}.`;
  for (const key of keys) {
    const value = labels[key] ?? '';
    const shown = plainLine(key);
    if (!KEY.test(key) || key.length > MAX_KEY) {
      return `The name of a label is at most ${MAX_KEY} lower-case letters, digits and underscores and begins with a letter, not '${shown}'.`;
    }
    if (plainLine(value) === '') return `The label '${shown}' has no value.`;
    if (value.length > MAX_NAME) {
      return `The value of the label '${shown}' has at most ${MAX_NAME} characters, not ${value.length}.`;
    }
  }
  return null;
}

/** `Build Duration` was probably meant as `build.duration`; null if nothing like a name can be made of it. */
function nearName(name: string): string | null {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/-/g, '_')
    .split(/[^a-z0-9_]+/)
    .map((word) => word.replace(/^[^a-z]+/, ''))
    .filter((word) => word !== '');
  const near = words.join('.');
  return NAME.test(near) ? near : null;
}
