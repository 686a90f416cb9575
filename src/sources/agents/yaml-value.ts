/** The value that the text of a workflow file stands for; undefined when it is not valid YAML. */
export async function yamlValue(text: string): Promise<unknown> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { logLevel: 'silent' });
  if (document.errors.length > 0) return undefined;
  try {
    return document.toJS({ maxAliasCount: 100 }) ?? null;
  } catch (error) {
    // A document whose aliases blow it up is refused by the parser in this form.
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}
