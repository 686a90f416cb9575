/** True when `version` (`2.1.38`) is older than `other`. False when it is not a version. */
export function isBefore(version: string, other: string): boolean {
  if (!/^\d{1,9}(?:\.\d{1,9}){0,3}/.test(version)) return false;
  const [ours, theirs] = [partsOf(version), partsOf(other)];
  const first = theirs.findIndex((part, index) => part !== (ours[index] ?? 0));
  return first !== -1 && (ours[first] ?? 0) < (theirs[first] ?? 0);
}

function partsOf(version: string): readonly number[] {
  return version.split(/[^\d]/).map(Number);
}
