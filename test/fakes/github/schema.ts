import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

type Schema = Readonly<Record<string, unknown>>;

interface Operation {
  readonly body: Schema | null;
  readonly bodyRequired: boolean;
  readonly responses: Readonly<Record<string, Schema | null>>;
}

interface Description {
  readonly version: string;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** Refusals are under-described: these statuses may come from any endpoint, with a `message`. */
const REFUSALS = new Set([400, 401, 403, 404, 409, 410, 422, 429, 500, 502, 503]);

let description: Description | null = null;
let ajv: Ajv | null = null;
const validators = new Map<string, ValidateFunction>();

function load(): Description {
  if (description === null) {
    const file = new URL('../openapi/github.json', import.meta.url);
    description = JSON.parse(readFileSync(file, 'utf8')) as Description;
  }
  return description;
}

/** The endpoints that the description holds, as `GET /repos/{owner}/{repo}`. */
export function describedOperations(): readonly string[] {
  return Object.keys(load().operations);
}

/** What is wrong with the body of a request, by GitHub's own description; empty when nothing is. */
export function requestErrors(line: string, body: unknown): readonly string[] {
  const operation = load().operations[line];
  if (!operation) return [`${line} is not in the description`];
  if (operation.body === null) return [];
  if (body === null) return operation.bodyRequired ? ['Body should be a JSON object'] : [];
  return errorsOf(`${line} body`, operation.body, body);
}

/** What is wrong with an answer of the fake, by GitHub's own description; empty when nothing is. */
export function responseErrors(line: string, status: number, body: unknown): readonly string[] {
  const operation = load().operations[line];
  if (!operation) return [`${line} is not in the description`];
  if (REFUSALS.has(status)) return hasMessage(body) ? [] : ['a refusal has no message'];
  const schema = operation.responses[String(status)];
  if (schema === undefined) return [`status ${status} is not described`];
  if (schema === null) return [];
  return body === undefined ? ['the body is missing'] : errorsOf(`${line} ${status}`, schema, body);
}

function hasMessage(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'message' in body;
}

/** Compiles on first use (5 to 75 ms), once for all fakes of the process. */
function errorsOf(key: string, schema: Schema, value: unknown): string[] {
  const validate = validators.get(key) ?? compiler().compile(schema);
  validators.set(key, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map((error) => `${error.instancePath || '/'} ${error.message ?? error.keyword}`);
}

function compiler(): Ajv {
  if (ajv === null) {
    ajv = new Ajv({ strict: false, allErrors: true, inlineRefs: false, validateFormats: false });
    ajv.addSchema({ $id: 'github', schemas: load().schemas });
  }
  return ajv;
}
