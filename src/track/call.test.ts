import { describe, expect, test } from 'vitest';
import { callLine } from './call.ts';

const NOW = Date.parse('2026-11-21T09:30:15.250Z');
const CALL = { server: 'github', tool: 'get_issue', durationMs: 12.5, success: true };

describe('a call that is tracked', () => {
  test('becomes a line with the moment at which it ended', () => {
    expect(callLine(CALL, NOW)).toEqual({
      ...{ v: 1, kind: 'call', at: '2026-11-21T09:30:15.250Z' },
      ...{ server: 'github', tool: 'get_issue', ms: 12.5, ok: true },
    });
  });

  test('may have taken no time at all', () => {
    expect(callLine({ ...CALL, durationMs: 0 }, NOW)).toMatchObject({ ms: 0 });
  });

  test.each([
    [{ durationMs: -1 }, 'durationMs to be a number of milliseconds that is not below 0, not -1'],
    [{ durationMs: Number.NaN }, 'not NaN'],
    [{ durationMs: Number.POSITIVE_INFINITY }, 'not Infinity'],
    [{ durationMs: '12' }, 'not a text'],
    [{ durationMs: undefined }, 'durationMs to be a number of milliseconds that is not below 0, not nothing'],
    [{ server: undefined }, 'server to be a name, not nothing (is it missing?)'],
    [{ server: '' }, 'server to be a name, not an empty text'],
    [{ server: ' \u200b' }, 'server to be a name, not an empty text'],
    [{ tool: undefined }, 'tool to be a name, not nothing'],
    [{ tool: ['a'] }, 'tool to be a name, not a list'],
    [{ success: undefined }, 'success to be true or false, not nothing'],
    [{ success: 'yes' }, 'success to be true or false, not a text'],
    [{ success: 1 }, 'success to be true or false, not 1'],
  ])('with %j is a mistake of the program, and is told so', (wrong, sentence) => {
    expect(() => callLine({ ...CALL, ...wrong }, NOW)).toThrow(TypeError);
    expect(() => callLine({ ...CALL, ...wrong }, NOW)).toThrow(sentence);
  });

  test.each([[undefined], [null], ['github'], [7]])('that is %j is a mistake too', (call) => {
    expect(() => callLine(call, NOW)).toThrow('track() wants { server, tool, durationMs, success }');
  });

  test('repeats no text in its message: it may hold anything', () => {
    expect(() => callLine({ ...CALL, durationMs: 'hunter2' }, NOW)).not.toThrow(/hunter2/);
  });
});

describe('what is kept of a call', () => {
  test('is the class of an error, and only of a call that failed', () => {
    const errorMessage = 'POST /login with password=hunter2 failed with status code 401';
    expect(callLine({ ...CALL, success: false, errorMessage }, NOW)).toMatchObject({ error: 'http_401' });
    expect(JSON.stringify(callLine({ ...CALL, success: false, errorMessage }, NOW))).not.toContain('hunter2');
    expect(callLine({ ...CALL, errorMessage }, NOW)).not.toHaveProperty('error');
    expect(callLine({ ...CALL, success: false }, NOW)).not.toHaveProperty('error');
  });

  test.each([
    [new RangeError('ghp_0123456789abcdefghijklmnopqrstuvwxyz'), 'RangeError'],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [{ message: 'x' }, 'other'],
    [7, 'other'],
  ])('is told of %j too: what is given on failure only is never refused', (errorMessage, error) => {
    expect(callLine({ ...CALL, success: false, errorMessage }, NOW)).toMatchObject({ error });
  });

  test.each([[7], [{}], [null], ['']])('is no resource where it is %j', (resource) => {
    expect(callLine({ ...CALL, resource }, NOW)).not.toHaveProperty('resource');
  });

  test.each([
    ['src/app/watch.ts', 'src/app/watch.ts'],
    ['https://api.test/items/7?token=abc#part', 'https://api.test/items/7'],
    ['https://mona:hunter2@db.test/x', 'https://[redacted:url-credentials]@db.test/x'],
    ['/home/mona/garden/notes.txt', '[redacted:home]/garden/notes.txt'],
    ['data:text/plain;base64,aHVudGVyMg==', 'data:'],
    ['docs/what?.md', 'docs/what?.md'],
    ['\u202e', 'unnamed'],
  ])('of the resource %j is %j', (resource, kept) => {
    expect(callLine({ ...CALL, resource }, NOW)).toMatchObject({ resource: kept });
  });

  test('is capped', () => {
    const line = callLine({ ...CALL, tool: 't'.repeat(10_000), resource: 'r'.repeat(1_000_000) }, NOW);
    expect(JSON.stringify(line).length).toBeLessThan(400);
  });

  test('is nothing that was not asked for', () => {
    expect(Object.keys(callLine({ ...CALL, input: { prompt: 'secret' }, result: 'secret' }, NOW))).toEqual([
      ...['v', 'kind', 'at', 'server', 'tool', 'ms', 'ok'],
    ]);
  });
});
