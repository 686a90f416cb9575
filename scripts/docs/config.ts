import { editorSchema } from '../../src/config/parse.ts';
import { type JsonSchema, optionTable } from './options.ts';
import { GENERATED } from './table.ts';

/** config/schema.json, before formatting. */
export function schemaFile(): string {
  return JSON.stringify({ title: 'Checkrein', ...editorSchema() });
}

/** docs/config.md */
export function configPage(): string {
  const root = editorSchema() as JsonSchema;
  return [
    '# Configuration',
    GENERATED,
    'Checkrein reads `.github/checkrein.yml` from the default branch. A repository without that file works: agents are discovered, ' +
      'the default rules apply. Every option with its default and a comment: [config/default.yml](../config/default.yml). For ' +
      'completion in an editor, begin the file with a line that points to the schema:',
    '```yaml\n# yaml-language-server: $schema=https://raw.githubusercontent.com/checkrein/checkrein/main/config/schema.json\n```',
    'The file is read strictly. An unknown option, a wrong type or a doubled name is an error with its line, and nothing is ' +
      'done until it is fixed. `checkrein rules check FILE` looks at a file before it is committed. Durations are written ' +
      '`90s`, `15m`, `6h`, `30d`; long numbers may be written `2_000_000`.',
    ...sections('', root),
  ]
    .join('\n\n')
    .concat('\n');
}

/** One table for the options at this path, then one for each group of options inside it. */
function sections(path: string, schema: JsonSchema): readonly string[] {
  const group = schema.items ?? schema;
  if (typeof group.additionalProperties === 'object') return kinds(path, group.additionalProperties);
  if (group.properties === undefined) return [];
  const inner = Object.entries(group.properties).flatMap(([name, option]) =>
    path === 'rules' ? [] : sections(path === '' ? name : `${path}.${name}`, option),
  );
  const heading = path === '' ? '## All options' : `## \`${path}\``;
  const more = path === 'rules' ? ['Their options are on [a page of their own](rules.md).'] : [];
  return [heading, optionTable(group.properties, group.required), ...more, ...inner];
}

/** A table for each kind of entry under a name the reader chooses. Its `type` says which kind it is. */
function kinds(path: string, { oneOf = [] }: JsonSchema): readonly string[] {
  return oneOf.flatMap(({ properties = {}, required }) => {
    const type = String(properties['type']?.const);
    return [`## \`${path}.NAME\` of type \`${type}\``, optionTable(properties, required)];
  });
}
