/** The files that gh-aw writes its records to, in any folder. Their contents are gh-aw's even in an unknown shape. */
const NAMES = ['agent_usage.json', 'agent_usage.jsonl', 'token_usage.jsonl', 'token-usage.jsonl', 'aw_info.json'];

/** True for the name of a file that only gh-aw writes. */
export function isNameOfGhAw(path: string): boolean {
  return NAMES.includes(path.slice(path.lastIndexOf('/') + 1));
}
