import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { createFixture } from 'fs-fixture';
import { describe, expect, test } from 'vitest';
import { type Fallback, plainOutput } from './plain-output.ts';

const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;

/** A stream that only remembers, and the failures that were told. */
function fallback(): Fallback & { readonly streamed: Buffer[]; readonly failures: unknown[] } {
  const streamed: Buffer[] = [];
  const failures: unknown[] = [];
  return {
    streamed,
    failures,
    stream: () => ({ write: (bytes) => streamed.push(Buffer.from(bytes)) }),
    failed: (error) => failures.push(error.code),
  };
}

describe('an output that is no terminal', () => {
  test.each(['file', '/dev/null'])('is written to without a stream: %s', async (name) => {
    await using files = await createFixture({ file: '' });
    const path = name === 'file' ? files.getPath('file') : name;
    const handle = openSync(path, 'a');
    const spare = fallback();
    const output = plainOutput(handle, spare);
    output?.write('ä\n');
    output?.write('b\n');
    closeSync(handle);
    expect(output).not.toBeNull();
    expect(spare).toMatchObject({ streamed: [], failures: [] });
    expect(readFileSync(path, 'utf8')).toBe(name === 'file' ? 'ä\nb\n' : '');
  });

  test('gets the rest from a stream once it would have to wait, whole and in order', async () => {
    await using files = await createFixture({});
    const path = files.getPath('pipe');
    execFileSync('/usr/bin/mkfifo', [path]);
    const reader = openSync(path, O_RDONLY | O_NONBLOCK);
    const writer = openSync(path, O_WRONLY | O_NONBLOCK);
    const spare = fallback();
    const output = plainOutput(writer, spare);
    const text = Array.from({ length: 100_000 }, (_, i) => `${i}ä`).join('\n');
    output?.write(text);
    output?.write('after');
    closeSync(writer);
    expect(spare.streamed).toHaveLength(2);
    expect(Buffer.concat([readFileSync(reader), ...spare.streamed]).toString()).toBe(`${text}after`);
    expect(spare.failures).toEqual([]);
    closeSync(reader);
  });

  test('that cannot be written says so once, when the command has said how it ends', async () => {
    await using files = await createFixture({ file: '' });
    const handle = openSync(files.getPath('file'), 'r');
    const spare = fallback();
    const output = plainOutput(handle, spare);
    output?.write('a');
    output?.write('b');
    expect(spare.failures).toEqual([]);
    await new Promise(setImmediate);
    expect(spare).toMatchObject({ streamed: [], failures: ['EBADF'] });
    closeSync(handle);
  });
});

test('what may be a terminal, or cannot be looked at, is left to the stream', () => {
  const handle = openSync('/dev/zero', 'r');
  expect(plainOutput(handle, fallback())).toBeNull();
  closeSync(handle);
  expect(plainOutput(handle, fallback())).toBeNull();
});
