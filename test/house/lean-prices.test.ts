import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as library from '@pydantic/genai-prices';
import { createFixture } from 'fs-fixture';
import { afterAll, describe, expect, test } from 'vitest';
import { leanly, MODELS_FILE } from '../../scripts/lean-prices.ts';

type Library = typeof library;

const LIBRARY = join(import.meta.dirname, '../../node_modules/@pydantic/genai-prices/dist/index.js');
const USAGE = { input_tokens: 300_000, cache_read_tokens: 7_000, output_tokens: 1_100 };
const AT = new Date('2026-03-01T12:00:00Z');

/** The library as the bundle holds it. */
const { program, models: texts } = leanly(readFileSync(LIBRARY, 'utf8'));
const folder = await createFixture({ 'lean.mjs': program, [MODELS_FILE]: texts });
afterAll(() => folder.rm());
const lean = (await import(pathToFileURL(join(folder.path, 'lean.mjs')).href)) as Library;

/** What a model costs, and where it was found. */
function priced({ calcPrice }: Library, model: string, providerId?: string): unknown {
  const found = calcPrice(USAGE, model, { timestamp: AT, ...(providerId === undefined ? {} : { providerId }) });
  return found && { ...found, provider: found.provider.id };
}

describe('the library of prices in the bundle', () => {
  test.each([
    'claude-sonnet-4-5-20250929',
    'claude-opus-4-6',
    'anthropic.claude-3-5-haiku-20241022-v1:0',
    'gpt-5.4',
    'gemini-2.5-pro',
    'deepseek-chat',
    'grok-4',
    'nobody-knows-it',
  ])('prices %s as the library does', (model) => {
    expect(priced(lean, model)).toEqual(priced(library, model));
  });

  test.each(['anthropic', 'aws', 'azure', 'google', 'mistral', 'groq'])('knows the models of %s', (providerId) => {
    const models = library.findProvider({ providerId })?.models ?? [];
    expect(models.length).toBeGreaterThan(1);
    expect(lean.findProvider({ providerId })?.models).toEqual(models);
    for (const { id } of models) expect(priced(lean, id, providerId)).toEqual(priced(library, id, providerId));
  });

  test('is refused when it is not written as it was', () => {
    expect(() => leanly('const E = [];')).toThrow(/not written as it was/);
    expect(() => leanly('const E = [{ id: "a", models: [] }];')).toThrow(/not written as it was/);
  });
});
