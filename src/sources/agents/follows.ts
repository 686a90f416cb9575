/** The names of the workflows whose runs' ends start this file, from its `on: workflow_run`. */
export function followedEnds(parsed: unknown): readonly string[] | null {
  const { workflows, types } = fields(fields(fields(parsed)['on'])['workflow_run']);
  const names = typeof workflows === 'string' ? [workflows] : workflows;
  const whens = typeof types === 'string' ? [types] : types;
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => typeof name === 'string')) return null;
  // Without `types` GitHub uses `requested` and `completed`. Only a file that names the end alone is unambiguous.
  return Array.isArray(whens) && whens.length === 1 && whens[0] === 'completed' ? names : null;
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
