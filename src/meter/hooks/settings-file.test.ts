import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HookEntry } from './engines.ts';
import { addHook, removeHooks } from './settings-file.ts';

const HOOK: HookEntry = { event: 'PreToolUse', entry: { hooks: [{ command: 'ask first' }] }, head: {} };

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checkrein-settings-'));
  path = join(folder, 'settings.json');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A job of the same user that adds and removes its hook again and again, and adds it at the end. */
async function job(name: string, times: number): Promise<string> {
  const program = `
    const { addHook, removeHooks } = await import(${JSON.stringify(join(import.meta.dirname, 'settings-file.ts'))});
    const hook = { event: 'PreToolUse', entry: { hooks: [{ command: ${JSON.stringify(name)} }] }, head: {} };
    const failures = [];
    for (let i = 0; i < ${times}; i++) {
      failures.push(addHook(${JSON.stringify(path)}, hook, ${JSON.stringify(name)}));
      failures.push(removeHooks(${JSON.stringify(path)}, ${JSON.stringify(name)}));
    }
    failures.push(addHook(${JSON.stringify(path)}, hook, ${JSON.stringify(name)}));
    console.log(JSON.stringify(failures.filter((failure) => failure !== null)));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (part: Buffer) => {
    said += part.toString();
  });
  await once(child, 'close');
  return said.trim();
}

describe('settings that several jobs share', () => {
  test('lose no hook and nothing else while all of them add and remove theirs', async () => {
    writeFileSync(path, '{"model":"opus"}', { mode: 0o640 });
    expect(await Promise.all(['one', 'two', 'three'].map((name) => job(name, 40)))).toEqual(['[]', '[]', '[]']);
    const { model, hooks } = JSON.parse(readFileSync(path, 'utf8'));
    expect(model).toBe('opus');
    const commands = hooks.PreToolUse.map((entry: { hooks: { command: string }[] }) => entry.hooks[0]?.command);
    expect(commands.sort()).toEqual(['one', 'three', 'two']);
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  test('are left alone while somebody else is at them, and changed when that one has died', () => {
    writeFileSync(`${path}.checkrein`, 'half');
    expect(addHook(path, HOOK, 'ask')).toBe('its settings are being changed by somebody else');
    expect(readFileSync(`${path}.checkrein`, 'utf8')).toBe('half');
    const before = Date.now() / 1_000 - 11;
    utimesSync(`${path}.checkrein`, before, before);
    expect(addHook(path, HOOK, 'ask')).toBeNull();
    expect(readFileSync(path, 'utf8')).toContain('ask first');
  });

  test('are written to no other file by way of a link', () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'mine');
    symlinkSync(victim, `${path}.checkrein`);
    expect(addHook(path, HOOK, 'ask')).not.toBeNull();
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });

  test('are not kept from others for good by a link that leads nowhere', () => {
    symlinkSync(join(folder, 'nowhere'), `${path}.checkrein`);
    const before = Date.now() / 1_000 - 11;
    lutimesSync(`${path}.checkrein`, before, before);
    expect(addHook(path, HOOK, 'ask')).toBeNull();
    expect(readFileSync(path, 'utf8')).toContain('ask first');
  });

  test('that are not there have no hook to remove, and none are created', () => {
    expect(removeHooks(join(folder, 'none', 'settings.json'), 'ask')).toBeNull();
    expect(() => statSync(join(folder, 'none'))).toThrow('ENOENT');
  });

  test('that cannot be created are told of', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(addHook(join(folder, 'file', 'settings.json'), HOOK, 'ask')).toMatch(
      /cannot be written \(E(NOTDIR|EXIST)\)/,
    );
    mkdirSync(path);
    expect(addHook(path, HOOK, 'ask')).toMatch(/were left alone|cannot be written/);
  });
});
