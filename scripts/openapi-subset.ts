/**
 * Cuts the part of GitHub's OpenAPI description that the fake GitHub is checked against, and makes it plain JSON Schema.
 *
 *   node scripts/openapi-subset.ts PATH/TO/@octokit/openapi/generated/api.github.com.json
 *
 * The package (385 MB) is no dependency: unpack it somewhere outside and give the path. Which endpoints are taken is
 * read from the fake itself.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ROUTES } from '../test/fakes/github/routes.ts';

const TARGET = fileURLToPath(new URL('../test/fakes/openapi/github.json', import.meta.url));
const REF = '#/components/schemas/';

/** Keywords that do not affect whether a value is valid. */
const NOISE = new Set([
  'description',
  'example',
  'examples',
  'title',
  'externalDocs',
  'deprecated',
  'default',
  'format',
]);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Node = { [key: string]: Json };

const description = parse(process.argv[2]);
const components = node(node(description['components'])['schemas']);
const wanted = new Set<string>();

const operations: Node = {};
for (const { method, template } of ROUTES) {
  const operation = node(node(node(description['paths'])[template])[method.toLowerCase()]);
  operations[`${method} ${template}`] = {
    body: operation['requestBody'] === undefined ? null : contentOf(node(operation['requestBody'])),
    bodyRequired: operation['requestBody'] !== undefined && node(operation['requestBody'])['required'] === true,
    responses: responsesOf(node(operation['responses'])),
  };
}

const schemas: Node = {};
for (const name of wanted) schemas[name] = plain(node(components[name])); // grows during the loop

writeFileSync(TARGET, `${JSON.stringify({ version: node(description['info'])['version'], operations, schemas })}\n`);
console.log(`${ROUTES.length} operations, ${wanted.size} schemas -> ${TARGET}`);

function parse(path: string | undefined): Node {
  if (path === undefined) throw new Error('Give the path of api.github.com.json as the only argument');
  return node(JSON.parse(readFileSync(path, 'utf8')) as Json);
}

function node(value: Json | undefined): Node {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Error(`Expected an object in the description, found ${JSON.stringify(value)}`);
  }
  return value;
}

/** Successful responses only. Error responses are described too thinly to check more than their basic shape. */
function responsesOf(responses: Node): Node {
  const kept = Object.entries(responses).filter(([status]) => /^[23]/.test(status));
  return Object.fromEntries(kept.map(([status, response]) => [status, contentOf(node(response))]));
}

function contentOf(holder: Node): Json {
  if (holder['content'] === undefined) return null;
  const content = node(holder['content']);
  const media = content['application/json'] ?? Object.values(content)[0];
  return media === undefined ? null : plain(node(node(media)['schema']));
}

/** One schema without noise, with `nullable` rewritten as JSON Schema and references recorded. */
function plain(schema: Node): Node {
  const result: Node = {};
  for (const [key, value] of Object.entries(schema)) {
    if (NOISE.has(key) || key.startsWith('x-') || key === 'nullable' || key === 'discriminator') continue;
    result[key] = keyword(key, value);
  }
  return schema['nullable'] === true ? orNull(result) : result;
}

function keyword(key: string, value: Json): Json {
  if (key === '$ref' && typeof value === 'string') return reference(value);
  if (key === 'properties')
    return Object.fromEntries(Object.entries(node(value)).map(([name, one]) => [name, plain(node(one))]));
  if (Array.isArray(value) && ['allOf', 'anyOf', 'oneOf'].includes(key)) return value.map((one) => plain(node(one)));
  const isSchema = ['items', 'additionalProperties', 'not'].includes(key) && typeof value === 'object';
  return isSchema ? plain(node(value)) : value;
}

function reference(target: string): string {
  const name = target.slice(REF.length);
  wanted.add(name);
  return `github#/schemas/${name}`;
}

function orNull(schema: Node): Node {
  if (typeof schema['type'] !== 'string') return { anyOf: [schema, { type: 'null' }] };
  const choices = Array.isArray(schema['enum']) ? { enum: [...schema['enum'], null] } : {};
  return { ...schema, type: [schema['type'], 'null'], ...choices };
}
