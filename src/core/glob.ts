/**
 * Whether a text fits a glob, without regard to case: `*` stands for anything but a slash, `**` for anything, `**` and a slash for
 * any folders or none, `?` for one character. The globs come from the configuration, which only maintainers write.
 */
export function matchesGlob(glob: string, text: string): boolean {
  const pattern = glob
    .split(/(\*{2,}\/|\*+|\?)/)
    .map((part) => {
      if (part === '?') return '[^/]';
      if (part === '*') return '[^/]*';
      if (/^\*+\/$/.test(part)) return '(?:.*/)?';
      return /^\*+$/.test(part) ? '.*' : part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    })
    .join('');
  return new RegExp(`^${pattern}$`, 'i').test(text);
}
