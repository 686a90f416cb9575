import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { isMap, isPair, isScalar, isSeq, parse, parseDocument } from 'yaml';
import { editorSchema, type ParsedConfig, parseConfig } from '../../src/config/parse.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const TEXT = readFileSync(join(ROOT, 'config', 'default.yml'), 'utf8');

/** The file with its examples switched on: lines that begin with `#   `, below a list or a group that may be an empty one. */
const WITH_EXAMPLES = TEXT.replace(/: (?:\[\]|\{\})\n(?=# {3})/g, ':\n').replace(/^# (?= {2})/gm, '');

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  /** What stands under names of the reader's own. */
  readonly additionalProperties?: Schema | boolean;
  readonly oneOf?: readonly Schema[];
}

/** Groups whose members have names of the reader's own, written as `channels.*`. */
const OWN_NAMES = ['channels'];

/** Labels that the reader chooses: no options. */
const OWN_LABELS = ['inhibit[].source', 'inhibit[].target'];

/** Every option that the schema knows, lists written as `agents[].name`. */
function paths(schema: Schema, at = ''): readonly string[] {
  if (OWN_NAMES.includes(at) && typeof schema.additionalProperties === 'object') {
    const kinds = schema.additionalProperties.oneOf ?? [];
    return [...new Set([`${at}.*`, ...kinds.flatMap((kind) => paths(kind, `${at}.*`))])];
  }
  if (schema.items?.properties !== undefined) return paths(schema.items, `${at}[]`);
  return Object.entries(schema.properties ?? {}).flatMap(([name, option]) => {
    const path = at === '' ? name : `${at}.${name}`;
    return [path, ...paths(option, path)];
  });
}

/** Every option that a YAML text names. */
function named(node: unknown, at = ''): readonly string[] {
  if (isSeq(node)) return node.items.flatMap((item) => named(item, `${at}[]`));
  if (!isMap(node) || OWN_LABELS.includes(at)) return [];
  return node.items.filter(isPair).flatMap(({ key, value }) => {
    const name = OWN_NAMES.includes(at) ? '*' : isScalar(key) ? String(key.value) : '?';
    const path = `${at === '' ? '' : `${at}.`}${name}`;
    return [path, ...named(value, path)];
  });
}

function reasons(parsed: ParsedConfig): readonly string[] {
  return parsed.ok ? [] : parsed.errors.map(({ line, message }) => `${line}: ${message}`);
}

describe('config/default.yml', () => {
  test('says exactly what holds without a file', () => {
    const parsed = parseConfig(TEXT, 'default.yml');
    expect(reasons(parsed)).toEqual([]);
    const nothing = parseConfig('', 'none.yml');
    expect(parsed.ok && [parsed.config, parsed.warnings, parsed.alerts]).toEqual(
      nothing.ok && [nothing.config, nothing.warnings, nothing.alerts],
    );
    expect(parsed.ok).toBe(true);
  });

  test('names every option that there is, and no other', () => {
    const known = paths(editorSchema());
    expect(known.length).toBeGreaterThan(50);
    expect([...new Set(named(parseDocument(WITH_EXAMPLES).contents))].sort()).toEqual([...known].sort());
  });

  test('has examples that are right', () => {
    const parsed = parseConfig(WITH_EXAMPLES, 'examples.yml');
    expect(reasons(parsed)).toEqual([]);
    expect(parsed.ok && parsed.config.agents[0]?.limits?.tokens).toBe(2_000_000);
    expect(parsed.ok && parsed.config.budgets.map(({ name }) => name)).toContain('fixer-day');
  });

  test('explains every group and every option of a group with a comment', () => {
    const lines = TEXT.split('\n');
    const bare = lines.filter((line, i) => {
      if (!/^ {0,4}[a-z_-]+:/.test(line) || /^ *enabled:/.test(line)) return false;
      const above = lines[i - 1] ?? '';
      return !line.includes('#') && !above.trimStart().startsWith('#') && !/^ {4}(usd|warn_at|period):/.test(line);
    });
    expect(bare).toEqual([]);
  });
});

describe('config/schema.json', () => {
  const validate = new Ajv2020({ strict: false }).compile(
    JSON.parse(readFileSync(join(ROOT, 'config', 'schema.json'), 'utf8')),
  );

  test('accepts the default file', () => {
    expect(validate(parse(TEXT)), JSON.stringify(validate.errors)).toBe(true);
  });

  test.each([
    ['an unknown option', { budgts: [] }],
    ['an unknown rule', { rules: { runawy: {} } }],
    ['a wrong type', { mode: 1 }],
  ])('refuses %s', (_name, value) => {
    expect(validate(value)).toBe(false);
  });
});

describe('the README', () => {
  test('shows configurations that are right', () => {
    const blocks = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/^```yaml\n(version: [\s\S]*?)^```$/gm)];
    expect(blocks.length).toBeGreaterThan(0);
    for (const [, text = ''] of blocks) expect(reasons(parseConfig(text, 'README.md'))).toEqual([]);
  });
});
