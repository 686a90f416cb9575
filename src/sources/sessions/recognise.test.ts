import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NO_PRICES } from '../prices/price-list.ts';
import { mayBeSession } from './head.ts';
import { readSessionFile } from './recognise.ts';
import { FORMATS } from './registry.ts';

const SAMPLES = '../shared/samples';

/** The format of each sample is given in its MANIFEST.md. */
function formatOf(file: string): string {
  const name = basename(file);
  if (file.includes('claude-code-action/') || name.startsWith('exec-')) return 'claude-execution';
  if (name.startsWith('codex-exec')) return 'codex-exec';
  if (name.startsWith('codex-')) return 'codex-rollout';
  if (name.startsWith('copilot-')) return 'copilot-events';
  return name.startsWith('gemini-') ? 'gemini-chat' : 'claude-transcript';
}

describe.skipIf(!existsSync(SAMPLES))('the samples (skipped where ../shared/samples is not there)', () => {
  test('each is recognised by its content, under a name that says nothing', () => {
    const files = globSync(`${SAMPLES}/*/*.json*`);
    expect(files).toHaveLength(24);
    for (const file of files) {
      const bytes = readFileSync(file);
      const { format } = readSessionFile('some-file', bytes, NO_PRICES);
      expect([file, format]).toEqual([file, formatOf(file)]);
      expect(mayBeSession(bytes.subarray(0, 4_096), 'some-file')).toBe(true);
    }
  });
});

describe('readSessionFile', () => {
  test.each([
    '{"name":"x","type":"module"}',
    '[{"type":"result","status":"success"}]',
    '{"result":"a text"}',
    '<html></html>',
    'assistant: "assistant"',
    '"assistant"',
    '[1,2,"assistant"]',
  ])('does not take %s for a session', (text) => {
    const { format, sessions, complaints } = readSessionFile('path/x.json', Buffer.from(text), NO_PRICES);
    expect([format, sessions]).toEqual([null, []]);
    expect(complaints).toMatchObject([{ path: 'path/x.json', line: null, byte: null }]);
    expect(complaints[0]?.reason).toContain('format not recognised');
  });

  test.each([
    ['gh-aw-usage', '{"event":"token_usage","request_id":"7","input_tokens":3}'],
    ['gh-aw-usage', '{"input_tokens":3,"output_tokens":1,"ai_credits":0.2}'],
    ['gemini-output', '{"session_id":"x","response":"","stats":{"models":{},"tools":{}}}'],
  ])('recognises %s', (format, text) => {
    expect(readSessionFile('x', Buffer.from(text), NO_PRICES).format).toBe(format);
  });

  test('names at most twenty damaged places, and counts the others', () => {
    const rows = Array.from({ length: 50 }, () => '{"type":"assistant","message":');
    const text = [JSON.stringify({ type: 'system', subtype: 'init', session_id: 's' }), ...rows].join('\n');
    const { sessions, complaints } = readSessionFile('x', Buffer.from(text), NO_PRICES);
    expect(sessions).toHaveLength(1);
    expect(complaints).toHaveLength(21);
    expect(complaints.at(-1)?.reason).toBe('30 more places cannot be read');
  });

  test('every format has a name of its own', () => {
    expect(new Set(FORMATS.map((format) => format.name)).size).toBe(FORMATS.length);
  });
});
