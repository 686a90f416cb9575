/** The parsed value of a workflow file, or undefined if it is not valid YAML. */
export async function yamlValue(text: string): Promise<unknown> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { logLevel: 'silent' });
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? null;
  } catch (error) {
    // The parser's error for a document whose aliases expand too far.
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}
