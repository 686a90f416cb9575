import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CHANNELS, channelFor } from './registry.ts';
import { channelSettings } from './settings.ts';

const HERE = import.meta.dirname;
const FOLDERS = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** The types that the configuration takes, as its schema tells editors. */
function configuredTypes(): readonly string[] {
  const { oneOf = [] } = z.toJSONSchema(channelSettings, { io: 'input' });
  return oneOf.flatMap(({ properties }) => {
    const type = properties?.['type'];
    return typeof type === 'object' ? [String(type.const)] : [];
  });
}

describe('the list of channels', () => {
  test('has a channel for each folder, and the configuration a type for each channel', () => {
    expect(FOLDERS.length).toBeGreaterThanOrEqual(10);
    expect(Object.keys(CHANNELS).sort()).toEqual([...FOLDERS].sort());
    expect([...configuredTypes()].sort()).toEqual([...FOLDERS].sort());
  });

  test.each(Object.entries(CHANNELS))('%s knows its own name, and lies in a folder that is whole', (type, channel) => {
    expect(channel.type).toBe(type);
    expect(channelFor(channel.type as 'slack').type).toBe(type);
    for (const file of ['settings.ts', 'channel.ts']) expect(existsSync(join(HERE, type, file))).toBe(true);
  });

  test.each(FOLDERS)('docs/channels.md tells how %s is set up, and what it cannot do', (type) => {
    const page = readFileSync(join(HERE, '../../../docs/channels.md'), 'utf8');
    expect(page).toMatch(new RegExp(`^### \`${type}\``, 'm'));
    expect(page).toMatch(new RegExp(`^\\| \`${type}\` \\|`, 'm'));
  });

  test.each(FOLDERS)('%s is held to the contract, and against hostile text', (type) => {
    const contract = join(HERE, '../../../test/contract');
    const files = readdirSync(contract).filter((name) => name.startsWith('channel'));
    const texts = files.map((name) => readFileSync(join(contract, name), 'utf8'));
    expect(
      texts.filter((text) => text.includes(`'${type}'`) || text.includes(`${type}: async`)).length,
    ).toBeGreaterThanOrEqual(2);
  });
});
