/** Globs come from the configuration and from our own lists. There are few of them, and each is matched against many paths. */
const COMPILED = new Map<string, RegExp>();
const MOST_COMPILED = 2_000;

/**
 * Whether a text matches a glob, ignoring case: `*` matches anything but a slash, `**` anything, `**` and a slash any folders or
 * none, `?` one character. The globs come from the configuration, which only maintainers write.
 */
export function matchesGlob(glob: string, text: string): boolean {
  const known = COMPILED.get(glob);
  if (known !== undefined) return known.test(text);
  const made = compiled(glob);
  if (COMPILED.size >= MOST_COMPILED) COMPILED.clear();
  COMPILED.set(glob, made);
  return made.test(text);
}

function compiled(glob: string): RegExp {
  const pattern = glob
    .split(/(\*{2,}\/|\*+|\?)/)
    .map((part) => {
      if (part === '?') return '[^/]';
      if (part === '*') return '[^/]*';
      if (/^\*+\/$/.test(part)) return '(?:.*/)?';
      return /^\*+$/.test(part) ? '.*' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${pattern}$`, 'i');
}
